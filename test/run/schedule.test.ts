// What the scheduler starts, in which order: batches, blocks, brakes.

import { tests } from '../tests.ts';
import { block, host, hosts, meta, play, task } from './build.ts';
import { abcd, cases } from './schedule-case.ts';

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
