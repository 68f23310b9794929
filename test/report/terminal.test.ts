import { colours, plain } from '../../src/report/paint.ts';
import { terminalReport } from '../../src/report/terminal.ts';
import { assert, tests } from '../tests.ts';
import { ended, pipe, row, runEnded, started, stream, task } from './events.ts';

const run = stream(
  started('run'),
  {
    type: 'play-started',
    play: '0',
    name: 'Rotate',
    on: undefined,
    batch: 1,
    batches: 2,
    hosts: ['a', 'b'],
    notReached: ['c'],
  },
  task('t1', 'First'),
  { ...ended('a', 'First', { message: 'hello' }), task: 't1' } as never,
  {
    ...ended('b', 'First', { status: 'failed', message: 'no answer on 443', hint: 'look at the firewall' }),
    task: 't1',
  } as never,
  task('t2', 'Second'),
  {
    ...ended('a', 'Second', {
      status: 'changed',
      change: { summary: 'upload', impact: '3 calls', diff: { before: 'x', after: 'y', name: 'state' } },
    }),
    task: 't2',
  } as never,
  { type: 'budget-broken', play: '0', on: undefined, message: '1 of 2 hosts failed, more than 0 %', notReached: ['c'] },
  runEnded([row('a', { ok: 2, changed: 1 }), row('b', { failed: 1 })], { exitCode: 2, notReached: ['c'], writes: 3 }),
);

const hidden = stream(
  started('run'),
  ended('a', 'Secret', {
    status: 'failed',
    message: 'the key is hunter22',
    hint: 'hunter22',
    values: { key: 'hunter22' },
    noLog: true,
  }),
  runEnded([row('a', { failed: 1 })], { exitCode: 2 }),
);

function printed(events: ReturnType<typeof stream>, verbosity = 0, paint = plain): string {
  const out = pipe();
  const report = terminalReport(out, { paint, verbosity, diff: true });
  for (const event of events) report.take(event);
  return out.text();
}

tests('terminal report', {
  'a run reads task by task, and ends with its failures and the recap': () => {
    assert.is(
      printed(run),
      `
PLAY Rotate
  batch 1 of 2: a, b

TASK First
  ok          a  hello
  failed      b  no answer on 443
              hint: look at the firewall

TASK Second
    --- before: state
    +++ after: state
    @@ -1,1 +1,1 @@
    -x
    +y
  changed     a  upload: 3 calls

STOPPED 1 of 2 hosts failed, more than 0 %; not reached: c

FAILED b
  First
  no answer on 443
  hint: look at the firewall

RECAP                     ok changed unreachable failed skipped rescued ignored
a                          2       1           0      0       0       0       0
b                          0       0           0      1       0       0       0
not reached: c

3 writes, 8 s
`,
    );
  },
  'a play that never came to its hosts is told of and repeated; one that failed with them is not repeated': () => {
    const events = stream(
      started('run'),
      ended('a', 'Zones', { status: 'unreachable', message: 'a does not answer' }, 'play'),
      ended('b', 'Zones', { status: 'failed', message: 'b/x failed', values: { failed_hosts: ['b/x'] } }, 'play'),
      ended('c', 'Zones', { status: 'skipped', message: 'no host matched' }, 'play'),
      runEnded([row('a', { unreachable: 1 }), row('b', { failed: 1 }), row('c', { skipped: 1 })], { exitCode: 2 }),
    );
    assert.is(
      printed(events).slice(0, printed(events).indexOf('RECAP')),
      `
TASK Zones
  unreachable a  a does not answer
  failed      b  b/x failed

UNREACHABLE a
  Zones
  a does not answer

`,
    );
  },
  'a failure that was told as rescued is repeated where the rescue was withheld': () => {
    const step = (id: string, host: string) =>
      ({ ...ended(host, `Step ${id}`, { status: 'failed', message: 'no' }, 'debug', true), task: id }) as never;
    const events = stream(
      started('run'),
      step('0.1.0', 'a/x'),
      step('0.2.0', 'a'),
      step('0.1.1', 'b'),
      { type: 'rescue-withheld', block: '0.1', hosts: ['a'] },
      runEnded([], { exitCode: 2 }),
    );
    assert.is(
      printed(events)
        .match(/^FAILED .*\n.*$/gm)
        ?.join('\n'),
      'FAILED a/x\n  Step 0.1.0',
    );
  },
  'two tasks of one name have a heading each': () => {
    const step = (id: string) => ({ ...ended('a', 'Say', {}), task: id }) as never;
    assert.is(
      printed(stream(step('0.0'), step('0.0'), step('0.1'))),
      `
TASK Say
  ok          a
  ok          a

TASK Say
  ok          a
`,
    );
  },
  'a text keeps the indents of its lines': () => {
    const text = JSON.stringify({ a: [1] }, null, 2);
    assert.is(
      printed(stream(ended('h', 'Say', { message: text }))),
      `
TASK Say
  ok          h  {
                   "a": [
                     1
                   ]
                 }
`,
    );
  },
  'a question says who waits for what and how to answer, and a soak that it has begun': () => {
    const hosts = Array.from({ length: 10 }, (_, index) => `c${index}`);
    const question = { question: 1, play: '0', on: undefined };
    const awaited = { name: 'Rotate', message: 'are the users told?', hosts, until: '2026-11-24T13:00:01Z' };
    const events = stream(
      { ...started('run'), run: '20261124-120000-9f3c' } as never,
      { type: 'confirmation-awaited', ...question, ...awaited },
      { type: 'confirmation-given', ...question, answer: 'approved', who: 'anna@desk', reason: 'all of them' },
      { ...task('0.soak', 'soak for 10 min', 'soak'), hosts } as never,
      { type: 'note', task: '0.soak', host: 'c1', message: '"Every port" on c1 failed a look' },
      runEnded([row('c1', { ok: 1 })], { exitCode: 0 }),
    );
    assert.is(
      printed(events),
      `
CONFIRM Rotate
  are the users told?
  it is for c0, c1, c2, c3, c4, c5, c6, c7, 2 more
  waits 1 h for a yes: cs-play approve 20261124-120000-9f3c, or with --reject
  approved by anna@desk: all of them

TASK soak for 10 min
  soaking     c0, c1, c2, c3, c4, c5, c6, c7, 2 more
              "Every port" on c1 failed a look

RECAP                     ok changed unreachable failed skipped rescued ignored
c1                         1       0           0      0       0       0       0

nothing was written, 5 s
`,
    );
  },
  'nothing of a no_log task is shown at any verbosity': () => {
    assert.not.match(printed(hidden, 3), 'hunter22');
  },
  'no line is longer than 80 columns in a pipe': () => {
    const long = printed(run)
      .split('\n')
      .filter((line) => line.length > 80);
    assert.equal(long, []);
  },
  'colours are there on a terminal and change nothing else': () => {
    const coloured = printed(run, 0, colours);
    assert.match(coloured, '\x1b[0;31mfailed');
    assert.is(coloured.replace(/\x1b\[[0-9;]*m/g, ''), printed(run));
  },
});
