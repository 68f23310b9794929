// Loops and until: how often, with which items, and what is registered.

import type { Value } from '../../src/model.ts';
import { assert, tests } from '../tests.ts';
import { computed, hosts, literal, play, task, variable } from './build.ts';
import { attempt, World } from './harness.ts';
import { args, field, keep, said, say } from './steps.ts';

tests('loops', {
  'run all items, and a failed one fails the task at the end': async () => {
    const item = variable('item');
    const plays = [
      play('p', 'all', [
        task('l', {
          module: 'fail',
          args: args({ msg: 'even' }),
          loop: literal([1, 2, 3]),
          when: [computed('item is even', (scope) => (scope.get('item') as number) % 2 === 0)],
          ignoreErrors: literal(true),
          register: 'r',
        }),
        say(
          'list',
          computed('failed', (scope) =>
            (scope.get('r') as { results: { failed: boolean }[] }).results.map((each) => each.failed),
          ),
        ),
        say('items', item, { loop: literal(['a', ['b']]), register: 'r' }),
      ]),
    ];
    const tried = await attempt({ plays, hosts: hosts('A') });
    assert.equal(tried.steps, ['A l: failed 1 of 3 items failed: even (ignored)', 'A list: ok', 'A items: ok']);
    assert.equal(said(tried.world), ['[false,true,false]', '"a"', '["b"]']);
    assert.equal(tried.recap, { A: '3 0 0 0 0 0 1' });
    const labels = tried.events.flatMap((event) => (event.type === 'item-ended' ? [event.label] : []));
    assert.equal(labels, ['1', '2', '3', 'a', '["b"]']);
  },
  'over nothing, or where every item is skipped, skip the task': async () => {
    const plays = [
      play('p', 'all', [
        say('none', 'x', { loop: literal([]) }),
        say('never', 'x', { loop: literal([1]), when: [literal(false)] }),
      ]),
    ];
    const tried = await attempt({ plays, hosts: hosts('A') });
    assert.equal(tried.steps, ['A none: skipped', 'A never: skipped']);
  },
  'need a list, but not where when is false': async () => {
    const plays = [
      play('p', 'all', [
        say('never', 'x', { loop: variable('nosuch'), when: [literal(false)] }),
        say('text', 'x', { loop: literal('abc') }),
      ]),
    ];
    const tried = await attempt({ plays, hosts: hosts('A') });
    assert.equal(tried.steps, ['A never: skipped false is false', 'A text: failed "loop" requires a list, not text']);
  },
  'give each item its index and neighbours, and see what the item before set': async () => {
    const plays = [
      play('p', 'all', [
        task('set', {
          module: 'set',
          args: args({
            sum: computed(
              'sum',
              (scope) => ((scope.get('sum') as number | undefined) ?? 0) + (scope.get('item') as number),
            ),
          }),
          loop: literal([1, 2, 3]),
        }),
        say('sum', variable('sum')),
        say('loop', field('ansible_loop', 'revindex'), {
          loop: literal(['a', 'b']),
          loopControl: { loopVar: 'each', indexVar: 'i', label: variable('i'), extended: true, pauseSeconds: 2 },
        }),
      ]),
    ];
    const tried = await attempt({ plays, hosts: hosts('A') });
    assert.equal(said(tried.world), ['6', '2', '1']);
    const labels = tried.events.flatMap((event) =>
      event.type === 'item-ended' && event.task === 'loop' ? [event.label] : [],
    );
    assert.equal(labels, ['0', '1']);
  },
});

const counting = (values: readonly Value[]) => {
  let index = 0;
  return computed('next', () => values[Math.min(index++, values.length - 1)] ?? null);
};
const msgIs = (value: Value) =>
  computed(`r.msg == ${value}`, (scope) => (scope.get('r') as { msg: Value }).msg === value);

tests('until', {
  'attempts three times more by default and says three': async () => {
    const plays = [
      play('p', 'all', [
        say('s', 'no', { until: [msgIs('yes')], register: 'r', ignoreErrors: literal(true) }),
        say('attempts', field('r', 'attempts')),
      ]),
    ];
    const tried = await attempt({ plays, hosts: hosts('A') });
    assert.equal(said(tried.world), ['"no"', '"no"', '"no"', '"no"', '3']);
    const left = tried.events.flatMap((event) => (event.type === 'step-retried' ? [event.retriesLeft] : []));
    assert.equal(left, [3, 2, 1]);
    assert.equal(tried.steps[0], 'A s: failed until "r.msg == yes" is still false after 4 attempts (ignored)');
  },
  'ends with the attempt that did it': async () => {
    const plays = [
      play('p', 'all', [
        say('s', counting(['no', 'yes']), { until: [msgIs('yes')], retries: literal(5), register: 'r' }),
        say('attempts', field('r', 'attempts')),
      ]),
    ];
    const tried = await attempt({ plays, hosts: hosts('A') });
    assert.equal(said(tried.world), ['"no"', '"yes"', '2']);
  },
  'is not asked with no retries, nor for an unreachable host': async () => {
    const world = new World();
    world.down.add('A');
    const never = { until: [literal(false)], register: 'r' };
    const plays = [play('p', 'all', [say('s', 'x', { ...never, retries: literal(0) }), keep('k', 1, never)])];
    const tried = await attempt({ plays, hosts: hosts('A'), world });
    assert.equal(tried.steps, ['A s: ok', 'A k: unreachable A does not answer']);
  },
  'retries without it retry until success': async () => {
    const how = counting(['failure', 'failure', 'none']);
    const plays = [
      play('p', 'all', [task('f', { module: 'fail', args: args({ msg: 'no', how }), retries: literal(1) })]),
    ];
    const tried = await attempt({ plays, hosts: hosts('A') });
    assert.equal(tried.steps, ['A f: failed no (after 2 attempts)']);
  },
});
