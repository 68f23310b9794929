// Entries as lines and back: what returns, what is lost and says so, and that no secret is ever in a line.

import type { Location } from '../../src/errors.ts';
import { decode, encode, encodeHeader } from '../../src/journal/codec.ts';
import { type Entry, NOT_KEPT } from '../../src/journal/entry.ts';
import type { Result, Value, ValueMap } from '../../src/model.ts';
import { plain } from '../../src/report/paint.ts';
import { renderPlace } from '../../src/report/problem.ts';
import { Secret } from '../../src/secret.ts';
import { numbers } from '../run/random.ts';
import { assert, tests } from '../tests.ts';
import { event, header, noon, note } from './entries.ts';

const TEXT = 'correct "horse"\\battery';
const secret = new Secret(TEXT);
/** A known secret that is a word of ours as well. */
const word = new Secret('changed');

const step = { task: '0.1', host: 'eu-1' };

/** An entry that a resumed run is given again, with the value in it. */
const keeping = (value: unknown): Entry => ({ change: { ...step, at: noon, change: { detail: value as Value } } });

const result = (more: Partial<Result>): Result => ({ status: 'ok', values: {}, seconds: 1, ...more });

const stepEnded = (more: Partial<Result>): Entry =>
  event({ type: 'step-ended', ...step, name: 'n', module: 'm', rescued: false, notified: [], result: result(more) });

function detailOf(entry: Entry): unknown {
  return 'change' in entry ? entry.change.change['detail'] : undefined;
}

const there = (entry: Entry) => decode(encode(entry));

const unknown = { unknown: true, reason: 'registered by "Upload"' } as const;
const proto = JSON.parse('{"__proto__": {"a": 1}}');

const same: readonly unknown[] = [
  ...[null, true, false, 0, -0, 1.5, 1e300, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY],
  ...['', 'a', '"$secret"', '{"$secret":true}', 'zwei\nZeilen', '\u2028', '\0', 'ä€𝄞', '\ud800'],
  ...[[], [[]], [[1, [2, [3]]], []], {}, { a: { b: { c: [] } } }, proto, { constructor: 1, toString: 2 }],
  ...[{ $secret: true }, { $map: { $map: {} } }, { $a: 1, b: -0 }, { b: 1, $number: 'NaN' }, { $lost: [Number.NaN] }],
  ...[unknown, [unknown, { deep: unknown }], new Date(noon), [new Date(0)]],
];

class Own {
  readonly a = 1;
}

const lost: readonly [unknown, unknown][] = [
  [secret, NOT_KEPT],
  [
    { key: secret, name: 'a' },
    { key: NOT_KEPT, name: 'a' },
  ],
  [
    [1, [secret]],
    [1, [NOT_KEPT]],
  ],
  [`--password=${TEXT}`, NOT_KEPT],
  [
    { [`x${TEXT}`]: 1, b: 2 },
    { 'x***': NOT_KEPT, b: 2 },
  ],
  ['-----BEGIN PRIVATE KEY-----\nMIIE', NOT_KEPT],
  [new Map(), { unknown: true, reason: 'a Map, which a journal does not keep' }],
  [new Own(), { unknown: true, reason: 'a Own, which a journal does not keep' }],
  [() => 1, { unknown: true, reason: 'a function, which a journal does not keep' }],
  [1n, { unknown: true, reason: 'a bigint, which a journal does not keep' }],
];

const text = '- hosts: all\n  tasks:\n\t- debug: { msg: "{{ x }}" }\r\n\n- end';
const source = { file: 'play.yml', text };
const places: readonly Location[] = [
  ...[0, 2, 12, 13, 23, 31, 55, 56, 57, text.length].map((start) => ({ source, start, end: start + 6 })),
  { source, start: 15, end: text.length },
  { source: { file: '-e', text: '' }, start: 0, end: 0 },
  { source: { file: 'a', text: '\n' }, start: 0, end: 0 },
  { source: { file: 'a', text: 'x'.repeat(500) }, start: 300, end: 310 },
];

const placeOf = (entry: Entry) => {
  const ended = 'event' in entry && entry.event.type === 'step-ended' ? entry.event : undefined;
  assert.ok(ended?.result.at);
  return ended.result.at;
};

/** A random value, with everything that a value may hold but what is lost. */
function valueFrom(below: (limit: number) => number, depth: number): unknown {
  const leaves = [null, true, -0, 0.1, Number.NaN, 'text', '', '{"$map":1}', unknown, new Date(below(2 ** 40))];
  const kind = depth === 0 ? 0 : below(3);
  if (kind === 0) return leaves[below(leaves.length)];
  const items = Array.from({ length: below(4) }, () => valueFrom(below, depth - 1));
  const names = ['$map', '$secret', '__proto__', 'a', 'status', 'at', ''];
  return kind === 1 ? items : Object.fromEntries(items.map((item) => [names[below(names.length)], item]));
}

tests('an entry as a line', {
  'comes back as it was': () => {
    for (const value of same) {
      const kept = there(keeping(value));
      assert.equal(kept, keeping(value), JSON.stringify(value));
      assert.is(JSON.stringify(kept), JSON.stringify(keeping(value)), 'own fields, and their order');
      assert.is(Object.is(detailOf(kept), value), typeof value !== 'object' || value === null, 'negative zero too');
    }
  },
  'comes back as it was, 300 random values, each in one line': () => {
    const random = numbers(1);
    const below = (limit: number) => Math.floor(random() * limit);
    for (let round = 0; round < 300; round += 1) {
      const value = valueFrom(below, 5);
      const line = encode(keeping(value));
      assert.not.match(line, /\n/);
      assert.equal(decode(line), keeping(value), line);
    }
  },
  'lacks what is undefined; in a list it is null': () => {
    assert.equal(there(keeping({ a: undefined, b: [undefined, 1] })), keeping({ b: [null, 1] }));
  },
  'has an unknown value where a secret, or what is no plain data, was left out': () => {
    for (const [value, read] of lost) {
      assert.equal(there(keeping(value)), keeping(read));
    }
  },
  'never holds the text of a secret, in any place': () => {
    const values: ValueMap = { a: TEXT, [TEXT]: [TEXT], c: secret };
    const full = { message: TEXT, hint: TEXT, change: { summary: TEXT, diff: { before: TEXT, after: TEXT } } };
    const all = result({ ...full, values, decidedOn: values, items: [{ label: TEXT, result: result({ values }) }] });
    const entries: readonly Entry[] = [
      stepEnded(all),
      note(TEXT),
      { ...event({ type: 'write-ended', ...step, write: 1, outcome: 'done', message: TEXT }), answer: values },
      { change: { ...step, at: noon, change: { summary: TEXT, detail: values, values, facts: values } } },
      { item: { ...step, index: 1, result: all, facts: values, variables: values } },
      { ended: { kind: 'task', step: '0.1', host: 'eu-1', name: TEXT, result: all, facts: values } },
      {
        ended: {
          kind: 'discover',
          step: '0',
          host: 'eu-1',
          name: '',
          result: all,
          discovery: { facts: values, children: [] },
        },
      },
    ];
    for (const entry of entries) {
      const line = encode(entry);
      for (const part of [TEXT, JSON.stringify(TEXT).slice(1, -1), 'horse']) assert.not(line.includes(part), line);
    }
    assert.not.match(
      encodeHeader({ ...header({ seed: '' }), id: 'x', asked: { ...header().asked, extraVars: [`p=${TEXT}`] } }),
      /horse/,
    );
  },
  'shows in an event what a terminal shows of a secret': () => {
    const shown = { message: 'no ***', values: { a: '***', b: '***' } };
    assert.equal(there(stepEnded({ message: `no ${TEXT}`, values: { a: secret, b: TEXT } })), stepEnded(shown));
  },
  'keeps the words of a result beside what is left out': () => {
    const full = { message: `no ${TEXT}`, values: { a: TEXT, b: 1 }, items: [{ label: TEXT, result: result({}) }] };
    const read = { message: 'no ***', values: { a: NOT_KEPT, b: 1 }, items: [{ label: '***', result: result({}) }] };
    const ended = (more: Partial<Result>): Entry => ({ item: { ...step, index: 0, result: result(more) } });
    assert.equal(there(ended(full)), ended(read));
  },
  'keeps our own words although a secret is the same': () => {
    const ended = (message: string, value: Value): Entry => ({
      item: {
        task: '0',
        host: `changed-${word}`,
        index: 0,
        result: result({ status: 'changed', message, values: { status: value } }),
      },
    });
    assert.equal(there(ended('was changed', 'changed')), ended('was ***', NOT_KEPT));
  },
  'keeps of a place the line that it is in, and shows the same': () => {
    for (const at of places) {
      const entry = stepEnded({ status: 'failed', at });
      const read = placeOf(there(entry));
      assert.equal(renderPlace(read, plain), renderPlace(at, plain), JSON.stringify([at.start, at.end]));
      assert.ok(encode(entry).length < 1000);
    }
    const hidden = { source: { file: 'a.yml', text: `b: 1\na: ${TEXT}\n` }, start: 5, end: 6 };
    assert.equal(renderPlace(placeOf(there(stepEnded({ at: hidden }))), plain), [
      '  a.yml:2:1',
      '     2 | a: ***',
      '       | ^',
    ]);
  },
  'cannot be made of a value that contains itself': () => {
    const loop: { self?: unknown } = {};
    loop.self = loop;
    assert.throws(
      () => encode(keeping(loop)),
      (error: unknown) => error instanceof RangeError,
    );
  },
  'is refused where it is none': () => {
    for (const line of ['', '{', '7', 'null', '[]', '{"journal":1}'])
      assert.throws(
        () => decode(line),
        (error: unknown) => error instanceof SyntaxError,
      );
  },
});
