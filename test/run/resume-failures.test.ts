// What a resume makes of failures: they count while a run goes on, and are tried again once it has ended.

import type { Entry } from '../../src/journal/entry.ts';
import type { Host, Play, Step, Value, ValueMap } from '../../src/model.ts';
import { Secret } from '../../src/secret.ts';
import { assert, tests } from '../tests.ts';
import { block, computed, host, hosts, literal, play, task, variable } from './build.ts';
import { attempt, DIED, TestJournal, type Tried, World } from './harness.ts';

const args = (values: Readonly<Record<string, Value>>) =>
  new Map(Object.entries(values).map(([name, value]) => [name, literal(value)]));
const keep = (name: string, value: Value) => task(name, { module: 'keep', args: args({ name, value }) });
const order = (what: string) => task(what, { module: 'order', args: args({ what }) });
/** Fails on some hosts, for as long as the set says so. */
const failOn = (name: string, failing: ReadonlySet<string>, how = 'failure') =>
  task(name, {
    module: 'fail',
    args: args({ msg: 'broken', how }),
    when: [computed('failing', (scope) => failing.has(String(scope.get('inventory_hostname'))))],
  });

interface Story {
  readonly plays: () => readonly Play[];
  readonly hosts: () => readonly Host[];
  readonly world?: World;
}

/** A run, and then what each resume of it comes to. Before each, something may change in the world. */
async function story({ plays, hosts: all, world = new World() }: Story, between: readonly (() => void)[]) {
  const told: Tried[] = [];
  let entries: readonly Entry[] = [];
  for (const change of [() => undefined, ...between]) {
    change();
    const journal = new TestJournal();
    const earlier = entries.length > 0 ? { earlier: entries } : {};
    const tried = await attempt({ plays: plays(), hosts: all(), world, journal, ...earlier });
    told.push(tried);
    entries = [...entries, ...journal.entries];
  }
  return told;
}

/** Hosts at the same task end in any order: they are told by name here. */
const summary = ({ exitCode, steps }: Tried) => said(exitCode, ...steps);
const said = (exitCode: number, ...steps: readonly string[]) => ({ exitCode, steps: steps.toSorted() });
const playOf = (steps: readonly Step[], more = {}) => [play('p', 'all', steps, more)];

tests('resume: failures', {
  'what failed is tried again once the run has ended, and nothing that was done': async () => {
    const failing = new Set(['b']);
    const plays = () => playOf([order('tea'), failOn('works', failing), order('cake')]);
    const world = new World();
    const told = await story({ plays, hosts: () => hosts('a', 'b', 'c'), world }, [() => failing.clear()]);
    assert.equal(told.map(summary), [
      said(
        2,
        'a tea: changed tea',
        'b tea: changed tea',
        'c tea: changed tea',
        'a works: skipped failing is false',
        'b works: failed broken',
        'c works: skipped failing is false',
        'a cake: changed cake',
        'c cake: changed cake',
      ),
      said(0, 'b works: skipped failing is false', 'b cake: changed cake'),
    ]);
    assert.equal(told[1]?.recap, { a: '2 2 0 0 1 0 0', b: '2 2 0 0 1 0 0', c: '2 2 0 0 1 0 0' });
    assert.equal(world.writes.toSorted(), [
      'a order cake',
      'a order tea',
      'b order cake',
      'b order tea',
      'c order cake',
      'c order tea',
    ]);
  },
  'a failure before the end of the process stands, and counts for the budget': async () => {
    const failing = new Set(['a']);
    const plays = () =>
      playOf([failOn('works', failing), order('tea'), failOn('late', new Set(['b'])), order('cake')], {
        maxFailPercentage: 40,
      });
    const all = () => hosts('a', 'b', 'c', 'd');
    const world = new World();
    const journal = new TestJournal();
    await attempt({ plays: plays(), hosts: all(), world, journal });
    // The process ends while the third task is under way.
    const until = journal.entries.findIndex((entry) => 'event' in entry && JSON.stringify(entry).includes('"late"'));
    failing.clear();
    const resumed = await attempt({ plays: plays(), hosts: all(), world, earlier: journal.entries.slice(0, until) });
    assert.equal(
      summary(resumed),
      said(2, 'b late: failed broken', 'c late: skipped failing is false', 'd late: skipped failing is false'),
    );
    assert.equal(
      world.writes.filter((write) => write.includes('cake')),
      [],
    );
  },
  'what a safety rule stopped is done when the run goes on': async () => {
    const failing = new Set(['a']);
    const plays = () =>
      playOf([order('tea'), failOn('rule', failing, 'stop'), order('cake')], { serial: [{ hosts: 1 }] });
    const told = await story({ plays, hosts: () => hosts('a', 'b') }, [() => undefined, () => failing.clear()]);
    assert.equal(told.map(summary), [
      said(5, 'a tea: changed tea', 'a rule: failed broken'),
      said(5, 'a rule: failed broken'),
      said(
        0,
        'a rule: skipped failing is false',
        'a cake: changed cake',
        'b tea: changed tea',
        'b rule: skipped failing is false',
        'b cake: changed cake',
      ),
    ]);
  },
  'a failure that a rescue took up is no reason to do anything again': async () => {
    const failing = new Set(['a']);
    const plays = () =>
      playOf([
        block('g', { block: [task('fails', { module: 'fail' })], rescue: [order('mended')] }),
        failOn('works', failing),
        order('cake'),
      ]);
    const told = await story({ plays, hosts: () => hosts('a') }, [() => failing.clear()]);
    assert.equal(summary(told[1] as Tried), said(0, 'a works: skipped failing is false', 'a cake: changed cake'));
  },
  'where a rescue that failed as well had changed nothing, its block goes on at the failure': async () => {
    const failing = new Set(['a']);
    const plays = () =>
      playOf([
        block('g', {
          block: [order('tea'), failOn('works', failing), order('cake')],
          rescue: [task('gives up', { module: 'fail', args: args({ msg: 'no way back' }) })],
        }),
      ]);
    const told = await story({ plays, hosts: () => hosts('a') }, [() => failing.clear()]);
    assert.equal(told.map(summary), [
      said(2, 'a tea: changed tea', 'a works: failed broken (rescued)', 'a gives up: failed no way back'),
      said(0, 'a works: skipped failing is false', 'a cake: changed cake'),
    ]);
  },
  'where it had, the host begins anew': async () => {
    const failing = new Set(['a']);
    const plays = () =>
      playOf([
        order('tea'),
        block('g', {
          block: [keep('new', 1), failOn('works', failing)],
          rescue: [
            task('old', { module: 'keep', args: args({ name: 'new', value: 0 }) }),
            task('gives up', { module: 'fail' }),
          ],
        }),
      ]);
    const told = await story({ plays, hosts: () => hosts('a', 'b') }, [() => failing.clear()]);
    assert.equal(
      summary(told[1] as Tried),
      said(0, 'a tea: changed tea', 'a new: changed set new of a, new is 1', 'a works: skipped failing is false'),
    );
  },
  'inside a play that stands on a host, only the host that failed is tried again': async () => {
    const failing = new Set(['a/y']);
    const plays = () => [
      play('outer', 'a', [
        order('above'),
        play('inner', 'all', [order('tea'), failOn('works', failing), order('cake')]),
        order('after'),
      ]),
    ];
    const all = () => {
      const [a] = hosts('a');
      return [a as Host, ...['a/x', 'a/y'].map((path) => host(path, 'host', [], a))];
    };
    const told = await story({ plays, hosts: all }, [() => failing.clear()]);
    assert.equal(
      summary(told[1] as Tried),
      said(
        0,
        'a/y works: skipped failing is false',
        'a/y cake: changed cake',
        'a inner: changed',
        'a after: changed after',
      ),
    );
  },
  'a secret that was registered is looked up again, and must be what it was': async () => {
    let secret = 'the first secret';
    const failing = new Set(['a']);
    const given = task('given', {
      module: 'say',
      args: new Map([['msg', computed('msg', () => ({ key: new Secret(secret), print: secret.length }))]]),
      register: 'given',
    });
    const use = task('use', { module: 'say', args: new Map([['msg', variable('given')]]) });
    const plays = () => playOf([given, failOn('works', failing), use]);
    const same = await story({ plays, hosts: () => hosts('a') }, [() => failing.clear()]);
    assert.equal(summary(same[1] as Tried), said(0, 'a works: skipped failing is false', 'a use: ok'));
    failing.add('a');
    const changed = await story({ plays, hosts: () => hosts('a') }, [
      () => {
        failing.clear();
        secret = 'another one';
      },
    ]);
    assert.equal(
      summary(changed[1] as Tried),
      said(5, 'a works: failed "given" on a does not come to what it was when the run began: msg.print was 16, is 11'),
    );
  },
  'what the run itself has moved since may be another at that look, and stays what it was': async () => {
    const failing = new Set(['a']);
    const given = task('given', { module: 'glimpse', args: args({ name: 'one' }), register: 'given' });
    const use = task('use', {
      module: 'say',
      args: new Map([['msg', computed('seen', (scope) => (scope.get('given') as ValueMap)['seen'] ?? null)]]),
    });
    const plays = () => playOf([given, keep('one', 1), failOn('works', failing), use]);
    const told = await story({ plays, hosts: () => hosts('a') }, [() => failing.clear()]);
    const resumed = told[1] as Tried;
    assert.equal(summary(resumed), said(0, 'a works: skipped failing is false', 'a use: ok'));
    assert.is(resumed.world.checks.at(-1), 'a: null');
  },
  'a step that failed when half of it was done goes on from there, once; then it is begun anew': async () => {
    const world = new World();
    world.down.add('a second');
    const plays = () => playOf([task('both', { module: 'errands' })]);
    const told = await story({ plays, hosts: () => hosts('a'), world }, [() => undefined, () => world.down.clear()]);
    assert.equal(
      told.map(({ exitCode }) => exitCode),
      [2, 2, 0],
    );
    assert.equal(world.writes, ['a order the first', 'a order the first', 'a order the second']);
    const again = new World();
    again.down.add('a second');
    await story({ plays, hosts: () => hosts('a'), world: again }, [() => again.down.clear()]);
    assert.equal(again.writes, ['a order the first', 'a order the second']);
  },
  'what was not in effect in time is looked at first, and made anew where it is still not': async () => {
    for (const [comes, writes] of [
      [true, 2],
      [false, 4],
    ] as const) {
      const world = new World();
      world.down.add('a counts');
      const plays = () => playOf([task('both', { module: 'errands' })]);
      const told = await story({ plays, hosts: () => hosts('a'), world }, [() => comes && world.down.clear()]);
      assert.equal(
        told.map(({ exitCode }) => exitCode),
        comes ? [2, 0] : [2, 2],
      );
      assert.is(world.writes.length, writes);
    }
  },
  'a change that goes on is that of the same item of the loop': async () => {
    const world = new World();
    world.down.add('a second');
    const item = computed('item', (scope) => scope.get('item') ?? null);
    const loop = task('loop', { module: 'errands', loop: literal(['one', 'two']), when: [computed('x', () => true)] });
    const plays = () => playOf([{ ...loop, vars: [], name: item }]);
    await story({ plays, hosts: () => hosts('a'), world }, [() => world.down.clear()]);
    assert.equal(world.writes.filter((write) => write.endsWith('first')).length, 2);
  },
  'what no_log hides is not kept': async () => {
    const failing = new Set(['a']);
    const hidden = task('hidden', { module: 'say', args: args({ msg: 'psst' }), noLog: true, register: 'hidden' });
    const use = task('use', { module: 'say', args: new Map([['msg', variable('hidden')]]) });
    const plays = () => playOf([hidden, { ...order('quiet'), noLog: true }, failOn('works', failing), use]);
    const journal = new TestJournal();
    await attempt({ plays: plays(), hosts: hosts('a'), journal });
    assert.is(
      journal.lines.some((line) => line.includes('psst') || line.includes('order quiet')),
      false,
    );
    failing.clear();
    const resumed = await attempt({ plays: plays(), hosts: hosts('a'), earlier: journal.entries });
    assert.equal(summary(resumed), said(0, 'a works: skipped failing is false', 'a use: ok'));
  },
  'interrupted twice, a write of which nobody knows is looked at': async () => {
    const plays = () => playOf([keep('one', 1), order('cake')]);
    const world = new World();
    world.hangs = 'a';
    const journal = new TestJournal();
    const killed = await attempt({
      plays: plays(),
      hosts: hosts('a'),
      world,
      journal,
      interruptAt: (event) => event.type === 'write-started',
      killAt: (event) => event.type === 'write-started',
    });
    assert.is(killed.exitCode, 130);
    world.hangs = undefined;
    const resumed = await attempt({ plays: plays(), hosts: hosts('a'), world, earlier: journal.entries });
    assert.equal(summary(resumed), said(0, 'a one: changed set one of a, one is 1', 'a cake: changed cake'));
    assert.is.not(killed.exitCode, DIED);
  },
});
