import { assert, type Cases, tests } from '../tests.ts';
import { below, block, host, hosts, literal, meta, play, task } from './build.ts';
import { course, type Outcome, type Simulation, simulate } from './simulate.ts';

const abcd = hosts('A', 'B', 'C', 'D');

/** `{ 'fail A': 'failed' }` as a function: what a task comes to on a host. */
const outcomes =
  (table: Readonly<Record<string, Outcome>>) =>
  (name: string, path: string): Outcome | undefined =>
    table[`${name} ${path}`];

interface Case extends Omit<Simulation, 'outcome'> {
  readonly outcomes?: Readonly<Record<string, Outcome>>;
  /** The tasks started, in order. */
  readonly runs: string;
  /** Hosts out of the run at its end. */
  readonly lost?: Readonly<Record<string, 'failed' | 'unreachable'>>;
}

function cases(table: Readonly<Record<string, Case>>): Cases {
  return Object.fromEntries(
    Object.entries(table).map(([title, { outcomes: given = {}, runs, lost = {}, ...simulation }]) => [
      title,
      () => {
        const seen = simulate({ ...simulation, outcome: outcomes(given) });
        assert.is(course(seen), runs);
        assert.equal(Object.fromEntries(seen.state.casualties), lost);
        assert.is(seen.state.finished, true);
      },
    ]),
  );
}

tests(
  'tasks in lockstep',
  cases({
    'a task starts on every host before the next one starts': {
      plays: [play('p', 'all', [task('one'), task('two')])],
      hosts: abcd,
      runs: 'one: A B C D | two: A B C D',
    },
    'a host that failed leaves, the others go on, and it stays out of later plays': {
      plays: [play('p', 'all', [task('one'), task('two')]), play('q', 'all', [task('three')])],
      hosts: abcd,
      outcomes: { 'one B': 'failed' },
      runs: 'one: A B C D | two: A C D | three: A C D',
      lost: { B: 'failed' },
    },
    'an ignored failure changes nothing': {
      plays: [play('p', 'all', [task('one'), task('two')], { anyErrorsFatal: true, maxFailPercentage: 0 })],
      hosts: hosts('A', 'B'),
      outcomes: { 'one A': 'ignored' },
      runs: 'one: A B | two: A B',
    },
    'run_once runs on the first live host': {
      plays: [play('p', 'all', [task('one'), task('two', { runOnce: true })])],
      hosts: abcd,
      outcomes: { 'one A': 'failed' },
      runs: 'one: A B C D | two: B',
      lost: { A: 'failed' },
    },
    'run_once that fails fails for the whole batch': {
      plays: [play('p', 'all', [task('one', { runOnce: true }), task('two')])],
      hosts: hosts('A', 'B'),
      outcomes: { 'one A': 'failed' },
      runs: 'one: A',
      lost: { A: 'failed', B: 'failed' },
    },
    'a safety rule stops the run, but for always': {
      plays: [
        play('p', 'all', [
          block('b', { block: [task('one')], rescue: [task('rescue')], always: [task('always')] }),
          task('two'),
        ]),
        play('q', 'all', [task('three')]),
      ],
      hosts: hosts('A', 'B'),
      outcomes: { 'one A': 'stop' },
      runs: 'one: A B | always: A B',
      lost: { A: 'failed' },
    },
  }),
);

tests(
  'blocks',
  cases({
    'rescue runs on the hosts that failed, the others finish the block first': {
      plays: [
        play('p', 'all', [
          block('b', { block: [task('one'), task('rest')], rescue: [task('rescue')], always: [task('always')] }),
          task('end'),
        ]),
      ],
      hosts: hosts('A', 'B', 'C'),
      outcomes: { 'one A': 'failed', 'one B': 'failed' },
      runs: 'one: A B C | rest: C | rescue: A B | always: A B C | end: A B C',
    },
    'a failing rescue fails the host after always': {
      plays: [
        play('p', 'all', [
          block('b', { block: [task('one')], rescue: [task('rescue')], always: [task('always')] }),
          task('end'),
        ]),
      ],
      hosts: hosts('A', 'B'),
      outcomes: { 'one A': 'failed', 'rescue A': 'failed' },
      runs: 'one: A B | rescue: A | always: A B | end: B',
      lost: { A: 'failed' },
    },
    'a failing always fails the host although the rescue went well': {
      plays: [
        play('p', 'all', [
          block('b', { block: [task('one')], rescue: [task('rescue')], always: [task('always')] }),
          task('end'),
        ]),
      ],
      hosts: hosts('A', 'B'),
      outcomes: { 'one A': 'failed', 'always A': 'failed' },
      runs: 'one: A B | rescue: A | always: A B | end: B',
      lost: { A: 'failed' },
    },
    'an unreachable host gets neither rescue nor always': {
      plays: [
        play('p', 'all', [
          block('b', { block: [task('one')], rescue: [task('rescue')], always: [task('always')] }),
          task('end'),
        ]),
      ],
      hosts: hosts('A', 'B'),
      outcomes: { 'one A': 'unreachable' },
      runs: 'one: A B | always: B | end: B',
      lost: { A: 'unreachable' },
    },
    'a block inside always whose failure is rescued does not undo the failure before it': {
      plays: [
        play('p', 'all', [
          block('b', {
            block: [task('one')],
            always: [block('c', { block: [task('two')], rescue: [task('rescue')] }), task('three')],
          }),
          task('end'),
        ]),
      ],
      hosts: hosts('A', 'B'),
      outcomes: { 'one A': 'failed', 'two A': 'failed' },
      runs: 'one: A B | two: A B | rescue: A | three: A B | end: B',
      lost: { A: 'failed' },
    },
    'any_errors_fatal in a block with rescue sends all hosts there': {
      plays: [
        play('p', 'all', [
          block('b', { block: [task('one', { anyErrorsFatal: true }), task('rest')], rescue: [task('rescue')] }),
          task('end'),
        ]),
      ],
      hosts: hosts('A', 'B', 'C'),
      outcomes: { 'one A': 'failed' },
      runs: 'one: A B C | rescue: A B C | end: A B C',
    },
    'any_errors_fatal lets always run and nothing after it': {
      plays: [
        play('p', 'all', [
          block('b', { block: [task('one', { anyErrorsFatal: true }), task('rest')], always: [task('always')] }),
          task('end'),
        ]),
      ],
      hosts: hosts('A', 'B'),
      outcomes: { 'one A': 'failed' },
      runs: 'one: A B | always: A B',
      lost: { A: 'failed' },
    },
    'clear_host_errors in always brings a failed host back': {
      plays: [
        play('p', 'all', [block('b', { block: [task('one')], always: [meta('clear_host_errors')] }), task('end')]),
      ],
      hosts: hosts('A', 'B'),
      outcomes: { 'one A': 'failed' },
      runs: 'one: A B | end: A B',
    },
    'a rescue may end the host': {
      plays: [
        play('p', 'all', [block('b', { block: [task('one')], rescue: [meta('end_host')] }), task('end')]),
        play('q', 'all', [task('next')]),
      ],
      hosts: hosts('A', 'B'),
      outcomes: { 'one A': 'failed' },
      runs: 'one: A B | end: B | next: A B',
    },
  }),
);

tests(
  'batches and budgets',
  cases({
    'serial cuts batches, the last size repeats': {
      plays: [play('p', 'all', [task('one')], { serial: [{ hosts: 1 }, { percent: 50 }] })],
      hosts: abcd,
      runs: 'one: A B C D',
    },
    'a share of nothing is one host at a time': {
      plays: [play('p', 'all', [task('one'), task('two')], { serial: [{ percent: 0 }] })],
      hosts: abcd.slice(0, 2),
      runs: 'one: A | two: A | one: B | two: B',
    },
    'the budget has to be exceeded, not reached': {
      plays: [play('p', 'all', [task('one'), task('two')], { maxFailPercentage: 50 })],
      hosts: abcd,
      outcomes: { 'one A': 'failed', 'one B': 'unreachable' },
      runs: 'one: A B C D | two: C D',
      lost: { A: 'failed', B: 'unreachable' },
    },
    'unreachable hosts count against the budget': {
      plays: [play('p', 'all', [task('one'), task('two')], { maxFailPercentage: 20 })],
      hosts: abcd,
      outcomes: { 'one A': 'unreachable', 'one B': 'unreachable' },
      runs: 'one: A B C D',
      lost: { A: 'unreachable', B: 'unreachable' },
    },
    'a broken budget starts no later batch and no later play': {
      plays: [
        play('p', 'all', [task('one'), task('two')], { serial: [{ hosts: 2 }], maxFailPercentage: 40 }),
        play('q', 'all', [task('three')]),
      ],
      hosts: abcd,
      outcomes: { 'one A': 'failed' },
      runs: 'one: A B',
      lost: { A: 'failed' },
    },
    'a failure inside a block with always counts once always has run': {
      plays: [
        play('p', 'all', [block('b', { block: [task('one')], always: [task('always')] }), task('next')], {
          maxFailPercentage: 20,
        }),
      ],
      hosts: abcd,
      outcomes: { 'one A': 'failed', 'one B': 'failed' },
      runs: 'one: A B C D | always: A B C D',
      lost: { A: 'failed', B: 'failed' },
    },
    'a rescued failure does not count': {
      plays: [
        play('p', 'all', [block('b', { block: [task('one')], rescue: [task('rescue')] }), task('next')], {
          maxFailPercentage: 0,
        }),
      ],
      hosts: hosts('A', 'B'),
      outcomes: { 'one A': 'failed' },
      runs: 'one: A B | rescue: A | next: A B',
    },
    'a batch that lost all its hosts stops the play and those after it': {
      plays: [play('p', 'all', [task('one')], { serial: [{ hosts: 1 }] }), play('q', 'all', [task('two')])],
      hosts: abcd,
      outcomes: { 'one A': 'failed' },
      runs: 'one: A',
      lost: { A: 'failed' },
    },
    'a budget decides instead of the lost batch': {
      plays: [
        play('p', 'all', [task('one')], { serial: [{ hosts: 1 }], maxFailPercentage: 100 }),
        play('q', 'all', [task('two')]),
      ],
      hosts: hosts('A', 'B'),
      outcomes: { 'one A': 'failed' },
      runs: 'one: A B | two: B',
      lost: { A: 'failed' },
    },
    'end_play ends all batches, end_batch only its own': {
      plays: [
        play('p', 'all', [task('one'), meta('end_play'), task('no')], { serial: [{ hosts: 1 }] }),
        play('q', 'all', [task('two'), meta('end_batch'), task('not')], { serial: [{ hosts: 1 }] }),
      ],
      hosts: hosts('A', 'B'),
      runs: 'one: A | two: A B',
    },
    'throttle lets so many run at once and forgets none': {
      plays: [play('p', 'all', [task('one', { throttle: 2 }), task('two')])],
      hosts: abcd,
      runs: 'one: A B C D | two: A B C D',
    },
  }),
);

// The three ways in which Ansible's brakes fail open: each table row is one playbook.
const preflight = play('preflight', 'all', [task('pre')]);
const fatal = { serial: [{ hosts: 2 }], anyErrorsFatal: true };
const stopping = task('one', { anyErrorsFatal: true });
const after = play('after', 'all', [task('after')]);

tests(
  'brakes that fail open in Ansible',
  cases({
    'any_errors_fatal stops later batches when the host is unreachable': {
      plays: [play('p', 'all', [stopping, task('next')], fatal), after],
      hosts: abcd,
      outcomes: { 'one B': 'unreachable' },
      runs: 'one: A B',
      lost: { B: 'unreachable' },
    },
    'max_fail_percentage stops later batches when one host fails and another is unreachable': {
      plays: [play('p', 'all', [task('one'), task('next')], { serial: [{ hosts: 3 }], maxFailPercentage: 20 }), after],
      hosts: [...abcd, host('E')],
      outcomes: { 'one A': 'failed', 'one C': 'unreachable' },
      runs: 'one: A B C',
      lost: { A: 'failed', C: 'unreachable' },
    },
    'a host lost in an earlier play takes no place in a batch, with any_errors_fatal': {
      plays: [preflight, play('p', 'all', [stopping, task('next')], fatal), after],
      hosts: abcd,
      outcomes: { 'pre A': 'failed', 'one B': 'failed' },
      runs: 'pre: A B C D | one: B C',
      lost: { A: 'failed', B: 'failed' },
    },
    'a host lost in an earlier play takes no place in a batch, with a budget': {
      plays: [
        preflight,
        play('p', 'all', [task('one'), task('next')], { serial: [{ hosts: 2 }], maxFailPercentage: 0 }),
        after,
      ],
      hosts: abcd,
      outcomes: { 'pre A': 'unreachable', 'one B': 'failed' },
      runs: 'pre: A B C D | one: B C',
      lost: { A: 'unreachable', B: 'failed' },
    },
    'a batch whose live hosts are all lost stops the play, whoever died before': {
      plays: [preflight, play('p', 'all', [task('one'), task('next')], { serial: [{ hosts: 1 }] }), after],
      hosts: abcd,
      outcomes: { 'pre A': 'failed', 'one B': 'failed' },
      runs: 'pre: A B C D | one: B',
      lost: { A: 'failed', B: 'failed' },
    },
  }),
);

const chg: Readonly<Record<string, Outcome>> = { 'chg A': 'changed', 'chg B': 'changed', 'chg C': 'changed' };
const abc = hosts('A', 'B', 'C');

tests(
  'handlers',
  cases({
    'run once a flush, in the order of definition': {
      plays: [
        play('p', 'all', [task('chg', { notify: ['h3', 'h1', 'h2'] }), meta('flush_handlers'), task('end')], {
          handlers: [task('h1'), task('h2'), task('h3')],
        }),
      ],
      hosts: hosts('A'),
      outcomes: chg,
      runs: 'chg: A | h1: A | h2: A | h3: A | end: A',
    },
    'a topic runs every handler that listens': {
      plays: [
        play('p', 'all', [task('chg', { notify: ['topic'] })], {
          handlers: [task('one', { listen: ['topic'] }), task('three'), task('two', { listen: ['topic', 'other'] })],
        }),
      ],
      hosts: hosts('A'),
      outcomes: chg,
      runs: 'chg: A | one: A | two: A',
    },
    'a handler may notify one before it, in the same flush': {
      plays: [
        play('p', 'all', [task('chg', { notify: ['h2'] })], {
          handlers: [task('h1'), task('h2', { notify: ['h1', 'h3'] }), task('h3')],
        }),
      ],
      hosts: hosts('A'),
      outcomes: { ...chg, 'h2 A': 'changed' },
      runs: 'chg: A | h2: A | h3: A | h1: A',
    },
    'a handler that notifies itself runs twice and not for ever': {
      plays: [play('p', 'all', [task('chg', { notify: ['s'] })], { handlers: [task('s', { notify: ['s'] })] })],
      hosts: hosts('A'),
      outcomes: { ...chg, 's A': 'changed' },
      runs: 'chg: A | s: A A',
    },
    'a failed host runs none': {
      plays: [play('p', 'all', [task('chg', { notify: ['h'] }), task('fail')], { handlers: [task('h')] })],
      hosts: abc,
      outcomes: { ...chg, 'fail A': 'failed' },
      runs: 'chg: A B C | fail: A B C | h: B C',
      lost: { A: 'failed' },
    },
    'a failed host runs its own with force_handlers': {
      plays: [
        play('p', 'all', [task('chg', { notify: ['h'] }), task('fail')], {
          handlers: [task('h')],
          forceHandlers: true,
        }),
      ],
      hosts: abc,
      outcomes: { ...chg, 'fail A': 'failed' },
      runs: 'chg: A B C | fail: A B C | h: A B C',
      lost: { A: 'failed' },
    },
    'the word of the play beats the flag': {
      plays: [
        play('p', 'all', [task('chg', { notify: ['h'] }), task('fail')], {
          handlers: [task('h')],
          forceHandlers: false,
        }),
      ],
      hosts: hosts('A', 'B'),
      forceHandlers: true,
      outcomes: { ...chg, 'fail A': 'failed' },
      runs: 'chg: A B | fail: A B | h: B',
      lost: { A: 'failed' },
    },
    'a broken budget drops those of healthy hosts': {
      plays: [
        play('p', 'all', [task('chg', { notify: ['h'] }), task('fail'), task('next')], {
          handlers: [task('h')],
          maxFailPercentage: 0,
        }),
      ],
      hosts: abc,
      outcomes: { ...chg, 'fail A': 'failed' },
      runs: 'chg: A B C | fail: A B C',
      lost: { A: 'failed' },
    },
    'a broken budget runs them all with force_handlers': {
      plays: [
        play('p', 'all', [task('chg', { notify: ['h'] }), task('fail'), task('next')], {
          handlers: [task('h')],
          maxFailPercentage: 0,
          forceHandlers: true,
        }),
      ],
      hosts: abc,
      outcomes: { ...chg, 'fail A': 'failed' },
      runs: 'chg: A B C | fail: A B C | h: A B C',
      lost: { A: 'failed' },
    },
    'a handler that fails inside a block is rescued': {
      plays: [
        play(
          'p',
          'all',
          [
            block('b', {
              block: [task('chg', { notify: ['h'] }), meta('flush_handlers')],
              rescue: [task('rescue')],
              always: [task('always')],
            }),
            task('end'),
          ],
          { handlers: [task('h')] },
        ),
      ],
      hosts: hosts('A', 'B'),
      outcomes: { ...chg, 'h A': 'failed' },
      runs: 'chg: A B | h: A B | rescue: A | always: A B | end: A B',
    },
    'a flush that is not for a host leaves its handlers for later': {
      plays: [
        play(
          'p',
          'all',
          [task('chg', { notify: ['h'] }), meta('flush_handlers', { when: [literal(true)] }), task('end')],
          { handlers: [task('h')] },
        ),
      ],
      hosts: hosts('A', 'B'),
      enters: (_step, path) => path === 'A',
      outcomes: chg,
      runs: 'chg: A B | h: A | end: A B | h: B',
    },
  }),
);

const cloud = (name: string) => host(name, 'cloud', ['clouds']);
const found = (each: ReturnType<typeof cloud>) => below(each, { ams: ['v-1', 's-2'], fra: ['v-3', 's-4'] });
const rotate = (more = {}) =>
  play('rotate', 'clouds', [
    task('upload'),
    play('zones', 'zones', [play('vms', 'system_vms', [task('restart'), task('proof')])], {
      serial: [{ hosts: 1 }],
      ...more,
    }),
    task('end'),
  ]);

tests(
  'plays in plays',
  cases({
    'an inner play runs on what lies below its host, zone after zone': {
      plays: [rotate()],
      hosts: [cloud('eu')],
      found,
      runs: 'upload: eu | restart: eu/ams/v-1 eu/ams/s-2 | proof: eu/ams/v-1 eu/ams/s-2 | restart: eu/fra/v-3 eu/fra/s-4 | proof: eu/fra/v-3 eu/fra/s-4 | end: eu',
    },
    'a failure below fails the host above, and the next zone is not touched': {
      plays: [rotate()],
      hosts: [cloud('eu')],
      found,
      outcomes: { 'restart eu/ams/v-1': 'failed' },
      runs: 'upload: eu | restart: eu/ams/v-1 eu/ams/s-2 | proof: eu/ams/s-2',
      lost: { eu: 'failed' },
    },
    'what is only out of reach below makes the host above unreachable': {
      plays: [rotate()],
      hosts: [cloud('eu')],
      found,
      outcomes: { 'restart eu/ams/v-1': 'unreachable' },
      runs: 'upload: eu | restart: eu/ams/v-1 eu/ams/s-2 | proof: eu/ams/s-2',
      lost: { eu: 'unreachable' },
    },
    'a rescue around an inner play sees one failure, and later plays have the hosts back': {
      plays: [
        play('p', 'clouds', [
          block('b', { block: [play('vms', 'system_vms', [task('restart')])], rescue: [task('rescue')] }),
          play('again', 'system_vms', [task('proof')]),
        ]),
      ],
      hosts: [cloud('eu')],
      found: (each) => below(each, { ams: ['v-1', 's-2'] }),
      outcomes: { 'restart eu/ams/v-1': 'unreachable' },
      runs: 'restart: eu/ams/v-1 eu/ams/s-2 | rescue: eu | proof: eu/ams/v-1 eu/ams/s-2',
    },
    'a failure below that is ignored leaves all hosts in': {
      plays: [
        play('p', 'clouds', [
          play('vms', 'system_vms', [task('restart')], { ignoreErrors: literal(true) }),
          play('again', 'system_vms', [task('proof')]),
        ]),
      ],
      hosts: [cloud('eu')],
      found: (each) => below(each, { ams: ['v-1'] }),
      outcomes: { 'restart eu/ams/v-1': 'failed' },
      runs: 'restart: eu/ams/v-1 | proof: eu/ams/v-1',
    },
    'a budget that breaks around an inner play starts nothing new inside it': {
      plays: [
        play('p', 'clouds', [play('vms', 'system_vms', [task('one'), task('two')]), task('end')], {
          maxFailPercentage: 0,
        }),
      ],
      hosts: [cloud('eu'), cloud('us')],
      found: (each) => below(each, { ams: ['v-1'] }),
      outcomes: { 'one eu/ams/v-1': 'failed' },
      runs: 'one: eu/ams/v-1 us/ams/v-1',
      lost: { eu: 'failed' },
    },
    'always inside an inner play runs though the budget around it broke': {
      plays: [
        play(
          'p',
          'clouds',
          [
            play('vms', 'system_vms', [
              block('b', { block: [task('one'), task('two')], always: [task('always')] }),
              task('no'),
            ]),
          ],
          { maxFailPercentage: 0, serial: [{ hosts: 2 }] },
        ),
      ],
      hosts: [cloud('eu'), cloud('us'), cloud('ap')],
      found: (each) => below(each, { ams: ['v-1'] }),
      outcomes: { 'one eu/ams/v-1': 'failed' },
      runs: 'one: eu/ams/v-1 us/ams/v-1 | always: eu/ams/v-1 | two: us/ams/v-1 | always: us/ams/v-1',
      lost: { eu: 'failed' },
    },
    'a change below notifies the handler of the play around, for the host above': {
      plays: [
        play('p', 'clouds', [play('vms', 'system_vms', [task('chg', { notify: ['h'] })])], {
          handlers: [play('h', 'management_servers', [task('restart')], { serial: [{ hosts: 1 }] })],
        }),
      ],
      hosts: ((eu) => [eu, host('eu/ms1', 'management_server', ['management_servers'], eu)])(cloud('eu')),
      found: (each) => below(each, { ams: ['v-1'] }),
      outcomes: { 'chg eu/ams/v-1': 'changed' },
      runs: 'chg: eu/ams/v-1 | restart: eu/ms1',
    },
    'a play that may not be entered is skipped': {
      plays: [play('p', 'clouds', [play('vms', 'system_vms', [task('one')], { when: [literal(false)] }), task('end')])],
      hosts: [cloud('eu')],
      enters: () => false,
      runs: 'end: eu',
    },
    'a play without hosts fails where it stands': {
      plays: [play('p', 'clouds', [play('none', 'nosuch', [task('one')]), task('end')])],
      hosts: [cloud('eu')],
      found,
      runs: '',
      lost: { eu: 'failed' },
    },
    'a limit below a cloud leaves out what is beside it': {
      plays: [rotate()],
      hosts: [cloud('eu'), cloud('us')],
      limit: 'eu/fra',
      found,
      runs: 'upload: eu | restart: eu/fra/v-3 eu/fra/s-4 | proof: eu/fra/v-3 eu/fra/s-4 | end: eu',
    },
    'a play on top whose hosts are below clouds looks into all clouds first': {
      plays: [play('p', 'zones', [task('one')], { serial: [{ hosts: 2 }] })],
      hosts: [cloud('eu'), cloud('us')],
      found: (each) => below(each, { ams: [] }),
      runs: 'one: eu/ams us/ams',
    },
    'a cloud that cannot be looked into is out before its first task where an inner play needs it': {
      plays: [play('p', 'clouds', [task('upload'), play('zones', 'zones', [task('one')])])],
      hosts: [cloud('eu'), cloud('us')],
      found: (each) => below(each, { ams: [] }),
      outcomes: { 'discover eu': 'unreachable' },
      runs: 'upload: us | one: us/ams',
      lost: { eu: 'unreachable' },
    },
  }),
);

tests('the whole run', {
  'forks cap the whole tree': () => {
    const plays = [play('p', 'clouds', [play('vms', 'system_vms', [task('one'), task('two')])])];
    const seen = simulate({ plays, hosts: ['a', 'b', 'c'].map(cloud), found, forks: 4 });
    assert.is(seen.widest, 4);
    assert.is(seen.started.length, 24);
  },
  'throttle counts over all hosts that an inner play stands on': () => {
    let most = 0;
    const plays = [play('p', 'clouds', [play('vms', 'system_vms', [task('one', { throttle: 2 })])])];
    simulate({
      plays,
      hosts: ['a', 'b', 'c'].map(cloud),
      found,
      pick: (under) => {
        most = Math.max(most, under.filter((work) => work.kind === 'task').length);
        return under.length - 1;
      },
    });
    assert.is(most, 2);
  },
  'a cloud is looked into once, and only when something below it is needed': () => {
    const ms = play('servers', 'management_servers', [task('one')]);
    const plays = [
      play('p', 'clouds', [ms, play('zones', 'zones', [task('two')]), play('vms', 'zones', [task('three')])]),
    ];
    const eu = cloud('eu');
    const seen = simulate({
      plays,
      hosts: [eu, host('eu/ms1', 'management_server', ['management_servers'], eu)],
      found: (each) => below(each, { ams: [] }),
    });
    assert.equal(seen.discovered, ['eu']);
    assert.is(course(seen), 'one: eu/ms1 | two: eu/ams | three: eu/ams');
    const without = simulate({
      plays: [play('p', 'clouds', [ms])],
      hosts: [eu, host('eu/ms1', 'management_server', ['management_servers'], eu)],
    });
    assert.equal(without.discovered, []);
  },
  'an inner play that is held from around before its end is not called done': () => {
    const plays = [
      play('p', 'clouds', [play('vms', 'system_vms', [task('one'), task('two')])], { maxFailPercentage: 0 }),
    ];
    const seen = simulate({
      plays,
      hosts: [cloud('eu'), cloud('us')],
      found: (each) => below(each, { ams: ['v-1'] }),
      outcome: outcomes({ 'one eu/ams/v-1': 'failed' }),
    });
    assert.equal(seen.ended, ['one@eu/ams/v-1: failed', 'one@us/ams/v-1: ok', 'vms@eu: failed', 'vms@us: skipped']);
  },
  'an interrupt starts nothing new and awaits what is under way': () => {
    const plays = [play('p', 'all', [block('b', { block: [task('one')], always: [task('two')] })])];
    const seen = simulate({ plays, hosts: abcd, interruptAfter: 2 });
    assert.is(course(seen), 'one: A B C D');
    assert.is(seen.ended.length, 4);
    assert.is(seen.state.finished, true);
  },
  'a queue behind forks is dropped by an interrupt': () => {
    const seen = simulate({ plays: [play('p', 'all', [task('one')])], hosts: abcd, forks: 2, interruptAfter: 1 });
    assert.is(course(seen), 'one: A B C');
  },
  'a play on top without hosts stops the run': () => {
    const seen = simulate({
      plays: [play('p', 'nosuch', [task('one')]), play('q', 'all', [task('two')])],
      hosts: abcd,
    });
    assert.is(seen.state.empty, 'no host matches "nosuch"');
    assert.is(course(seen), '');
  },
  'a broken budget is told with what it kept from starting': () => {
    const plays = [play('p', 'all', [task('one')], { serial: [{ hosts: 2 }], maxFailPercentage: 0 })];
    const seen = simulate({ plays, hosts: abcd, outcome: outcomes({ 'one A': 'failed' }) });
    const told = seen.notices.flatMap((notice) =>
      notice.type === 'budget-broken' ? [[notice.message, notice.notReached.map((each) => each.path)]] : [],
    );
    assert.equal(told, [
      ['1 of 2 hosts failed or could not be reached, more than the 0 % of max_fail_percentage', ['C', 'D']],
    ]);
  },
});
