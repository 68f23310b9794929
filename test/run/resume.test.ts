// A run that is cut off after each entry of its journal goes on as if nothing had happened: whatever it had done is not
// done again, and whatever it may have done is looked at.

import type { Entry } from '../../src/journal/entry.ts';
import type { Host, Play, Value } from '../../src/model.ts';
import { assert, tests } from '../tests.ts';
import { block, computed, host, hosts, literal, meta, play, task, variable } from './build.ts';
import { attempt, DIED, TestJournal, type Tried, World } from './harness.ts';

const args = (values: Readonly<Record<string, Value>>) =>
  new Map(Object.entries(values).map(([name, value]) => [name, literal(value)]));
const keep = (name: string, value: Value, more: Parameters<typeof task>[1] = {}) =>
  task(name, { module: 'keep', args: args({ name, value }), ...more });
const item = computed('item', (scope) => scope.get('item') ?? null);

/** Every kind of thing that a run has to find again: registered values, loops, handlers, blocks, waves, inner plays. */
function everything(): { readonly plays: readonly Play[]; readonly all: readonly Host[] } {
  const all = hosts('a', 'b', 'c');
  const below = ['a/x', 'a/y'].map((path) => host(path, 'host', [], all[0]));
  const inner = play('inner', 'all', [
    keep('deep', 'a', { register: 'deep' }),
    task('say deep', {
      module: 'say',
      args: new Map([['msg', computed('deep', (scope) => scope.get('deep') ?? null)]]),
    }),
  ]);
  const loop = task('loop', {
    module: 'keep',
    args: new Map([
      ['name', item],
      ['value', literal('x')],
    ]),
    loop: literal(['one', 'two']),
    register: 'looped',
  });
  const first = play(
    'first',
    'a,b,c',
    [
      keep('alpha', 1, { notify: ['handle'], register: 'alpha' }),
      loop,
      meta('flush_handlers'),
      block('guarded', {
        block: [task('fails', { module: 'fail' })],
        rescue: [keep('rescued', true)],
        always: [keep('always', 2, { notify: ['handle'] })],
      }),
      keep('last', 3, { runOnce: true, register: 'once' }),
      task('say', { module: 'say', args: new Map([['msg', variable('once')]]) }),
      task('order', { module: 'order', args: args({ what: 'tea' }), register: 'ordered' }),
      task('say order', { module: 'say', args: new Map([['msg', variable('ordered')]]) }),
    ],
    { serial: [{ hosts: 1 }, { hosts: 2 }], handlers: [keep('handle', 4)] },
  );
  return {
    plays: [first, play('outer', 'a', [inner]), play('second', 'a,c', [keep('omega', 5)])],
    all: [...all, ...below],
  };
}

const fresh = () => {
  const { plays, all } = everything();
  return { plays, hosts: all };
};

/** What a run came to, the numbers of its order aside. */
const outcome = ({ exitCode, recap, world }: Tried) => ({
  exitCode,
  recap,
  values: [...world.values].sort(),
  writes: [...world.writes].sort(),
});

/** Runs until the journal has so many entries, then goes on in another process, with the same world. */
async function cutAndResumed(room: number, leaves: boolean): Promise<Tried> {
  const world = new World();
  const journal = new TestJournal(room, leaves);
  const cut = await attempt({ ...fresh(), world, journal });
  assert.is(cut.exitCode, DIED);
  return goOn(world, journal.entries, new Map());
}

/** Goes on, and says of what nobody can look at whether it was done. */
async function goOn(world: World, entries: readonly Entry[], assumed: ReadonlyMap<number, boolean>): Promise<Tried> {
  const journal = new TestJournal();
  const resumed = await attempt({ ...fresh(), world, journal, earlier: entries, assumed });
  if (resumed.exitCode !== 3) return resumed;
  const asked = resumed.steps.flatMap((step) => {
    const [, on, write, what] = /^(\S+) .*whether write (\d+) was done .*: "(.*?)"/.exec(step) ?? [];
    return on === undefined ? [] : [[Number(write), world.writes.includes(`${on} ${what}`)] as const];
  });
  assert.ok(asked.length > 0, 'what cannot be looked at is asked for');
  return goOn(world, [...entries, ...journal.entries], new Map(asked));
}

async function whole(): Promise<{ readonly tried: Tried; readonly entries: readonly Entry[] }> {
  const journal = new TestJournal();
  const tried = await attempt({ ...fresh(), journal });
  return { tried, entries: journal.entries };
}

tests('resume', {
  'a run that is cut off after any entry ends like one that was not': async () => {
    const { tried, entries } = await whole();
    assert.is(tried.exitCode, 0);
    for (let room = 1; room < entries.length; room += 1) {
      const last = JSON.stringify(entries[room - 1]);
      // What is only told makes no difference to what goes on.
      if (last.startsWith('{"event"') && !last.includes('"type":"write-')) continue;
      // Only before a write does it matter whether it still left.
      for (const leaves of last.includes('"write-started"') ? [true, false] : [true]) {
        const resumed = await cutAndResumed(room, leaves);
        assert.equal(outcome(resumed), outcome(tried), `after entry ${room}: ${last}`);
      }
    }
  },
});
