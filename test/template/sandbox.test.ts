// An expression reaches what its scope gives, and nothing behind it.

import { assert, tests } from '../tests.ts';
import { complaintOf, evaluate, expression, type Names, render, scopeOf } from './evaluate.ts';

const names: Names = {
  s: 'text',
  n: 1,
  list: [1, 2],
  map: { a: 1 },
  evil: JSON.parse('{"__proto__": {"polluted": true}, "constructor": "mine"}'),
};

/** All of these must fail, or be undefined where that is asked. */
const refused = [
  'constructor',
  '__proto__',
  'toString',
  'hasOwnProperty',
  'globalThis',
  'process',
  'require',
  's.constructor',
  's.__proto__',
  's.__class__.__mro__',
  's.length',
  "s['constructor']",
  "''.constructor.constructor('return process')()",
  "s.constructor('x')",
  'list.constructor',
  'list.length',
  "list['length']",
  'list.map',
  "list['push'](3)",
  'list.push(3)',
  'list.append(3)',
  'map.constructor',
  "map['__proto__']",
  'map.toString',
  'map.hasOwnProperty("a")',
  'map.update({"a": 2})',
  'map.pop("a")',
  "n.constructor('x')",
  'n.toFixed(2)',
  's.at(0)',
  's | attr("__class__")',
  's | constructor',
  's | toString',
  's is constructor',
  'constructor()',
  '__proto__()',
  'toString()',
  "list | map('constructor')",
  "list | map(attribute='constructor')",
  "list | select('constructor')",
  "map | map(attribute='__proto__.polluted')",
  "'{0.__class__}'.format(s)",
  "'{x.__init__}'.format(x=s)",
  "'%(constructor)s' % map",
  "map.get('constructor').a",
  "range.constructor('x')",
  '(1).constructor',
  '[].constructor',
  '{}.constructor',
  '{}.__proto__',
  "s is version('1', 'constructor')",
  "[map, map] | sort(attribute='constructor')",
];

tests('sandbox', {
  'prototypes, constructors and globals are out of reach': () => {
    for (const text of refused) complaintOf(() => evaluate(text, names));
  },
  'they are as undefined as any other name': () => {
    for (const text of ['constructor', 's.constructor', 'map.__proto__', 'list.length', 'map["toString"]']) {
      assert.is(evaluate(`${text} is defined`, names), false, text);
      assert.is(evaluate(`${text} | default('none')`, names), 'none', text);
    }
  },
  'a key named like a prototype member is a key': () => {
    assert.is(evaluate('evil.constructor', names), 'mine');
    assert.equal(evaluate("evil['__proto__']", names), { polluted: true });
    assert.is(evaluate('evil.polluted is defined', names), false);
  },
  'maps that expressions make cannot pollute a prototype': () => {
    for (const text of [
      "{'__proto__': {'polluted': true}}",
      "{} | combine({'__proto__': {'polluted': true}}, recursive=true)",
      "[{'key': '__proto__', 'value': {'polluted': true}}] | items2dict",
      "dict([('__proto__', {'polluted': true})])",
      '\'{"__proto__": {"polluted": true}}\' | from_json',
    ]) {
      assert.is(evaluate(`(${text}).polluted is defined`), false, text);
      assert.equal(Object.keys(evaluate(text) as object), ['__proto__'], text);
    }
    assert.is(({} as { polluted?: boolean }).polluted, undefined);
  },
  'nothing that is evaluated changes what the scope holds': () => {
    const before = JSON.stringify(names);
    const texts = [
      'list | sort | reverse',
      "map | combine({'b': 2})",
      'list + [3]',
      'list | union([9])',
      "users | default(list) | map('string')",
    ];
    for (const text of texts) evaluate(text, names);
    render('{% set list = [] %}{% for map in list %}{% endfor %}', names);
    assert.is(JSON.stringify(names), before);
  },
  'what would grow without bound is refused': () => {
    for (const text of [
      "'a' * 1000000000",
      "'a' * 100000 * 100000",
      '[1] * 1000000000',
      'range(1000000000)',
      "'a'.ljust(1000000000)",
      "'a'.zfill(1000000000)",
      "'a' | center(1000000000)",
      "'%1000000000d' % 1",
      "'{:>1000000000}'.format(1)",
      "'a' | indent(1000000000)",
      '[1] | to_nice_json(indent=1000000000)',
      '[1] | batch(1000000000, 0)',
      "('a' * 1000000) | replace('a', 'b' * 1000)",
      "(['a' * 1000000] * 1000) | join",
      "('a' * 200000) is search('(a+)+b')",
      '9 ** 9 ** 9',
    ]) {
      assert.match(complaintOf(() => evaluate(text)).message, /longer than|too large|too many/, text);
    }
    const loops = '{% for a in range(2000) %}{% for b in range(2000) %}{% endfor %}{% endfor %}';
    assert.match(complaintOf(() => render(loops)).message, /run more than/);
    const doubling = `{% set x = 'aaaaaaaa' %}${'{% set x = x ~ x %}'.repeat(40)}{{ x }}`;
    assert.match(complaintOf(() => render(doubling)).message, /longer than/);
  },
  'what is nested too deeply is refused before it is evaluated': () => {
    for (const text of [
      `${'('.repeat(5000)}1${')'.repeat(5000)}`,
      `${'['.repeat(1000)}${']'.repeat(1000)}`,
      `${'not '.repeat(3000)}true`,
      `${'-'.repeat(3000)}1`,
      `1${' + 1'.repeat(3000)}`,
      `a${'.b'.repeat(3000)}`,
      `1${' | string'.repeat(2000)}`,
      `${'1 if 1 else '.repeat(1000)}1`,
      `1${' == 1'.repeat(20000)}`,
    ]) {
      assert.match(complaintOf(() => expression(text)).message, /nested too deeply|more than 5000 parts/);
    }
    assert.match(
      complaintOf(() => render(`${'{% if 1 %}'.repeat(500)}${'{% endif %}'.repeat(500)}`)).message,
      /too deeply/,
    );
  },
  'a small condition is evaluated in microseconds, however much the scope holds': () => {
    const many = Object.fromEntries(Array.from({ length: 10_000 }, (_, index) => [`host${index}`, { rc: index }]));
    const condition = expression('host77.rc == 77 and host78.rc in [1, 78]');
    const scope = scopeOf(many);
    const started = process.cpuUsage();
    for (let turn = 0; turn < 20_000; turn += 1) condition.evaluate(scope);
    const { user } = process.cpuUsage(started);
    assert.ok(user / 20_000 < 50, `${user / 20_000} µs`);
  },
});
