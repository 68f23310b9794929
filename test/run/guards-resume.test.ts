// Runs that a guard held back, or that were cut off while one did, and go on.

import type { Entry } from '../../src/journal/entry.ts';
import type { EventBody, Play, Window } from '../../src/model.ts';
import type { Approvals } from '../../src/run/confirm.ts';
import { assert, tests } from '../tests.ts';
import { hosts, literal, play, task } from './build.ts';
import { attempt, DIED, TestJournal, type Trial, type Tried, World } from './harness.ts';
import { keep, say } from './steps.ts';

const confirm = { message: literal('go on?'), timeoutSeconds: 60, each: 'wave' } as const;
const soak = { seconds: 600, everySeconds: 300, last: false };

/** Says yes to everything, and counts. */
class Yes implements Approvals {
  asked = 0;

  async ask(): ReturnType<Approvals['ask']> {
    this.asked += 1;
    return { approved: true, who: 'anna@desk' };
  }
}

const guarded = (): Play[] => [
  play('p', 'all', [keep('k', 1), task('t', { module: 'proof' }), say('s')], { confirm, soak, serial: [{ hosts: 1 }] }),
];

/** A part of a run on that world, and what is in its journal. */
async function part(trial: Omit<Trial, 'hosts'>, journal = new TestJournal()): Promise<[Tried, readonly Entry[]]> {
  const tried = await attempt({ hosts: hosts('A', 'B'), journal, ...trial });
  return [tried, [...(trial.earlier ?? []), ...journal.entries]];
}

const looks = (world: World, path: string) => world.checks.filter((check) => check === `${path}: proof`).length;

const outcome = ({ exitCode, recap, world }: Tried) => ({ exitCode, recap, values: [...world.values].sort() });

tests('a run with guards that goes on', {
  'outside a window writes once it is open, and looks at nothing twice': async () => {
    const window: readonly Window[] = [{ days: [4], from: 0, to: 60, timeZone: 'UTC' }];
    const plays = [play('p', 'all', [say('s'), keep('k', 1)], { window })];
    const world = new World();
    const [stopped, earlier] = await part({ plays, world, now: '2026-01-01T00:00:00Z' });
    assert.equal([stopped.exitCode, world.writes], [5, []]);
    const [resumed] = await part({ plays, world, earlier, now: '2026-01-02T00:10:00Z' });
    assert.equal([resumed.exitCode, world.writes.sort()], [0, ['A x=1', 'B x=1']]);
    assert.is(world.checks.length, 2);
  },
  'asks again after a no, and not after a yes': async () => {
    const world = new World();
    const answers = [true, false];
    const approvals: Approvals = { ask: async () => ({ approved: answers.shift() ?? true, who: 'anna@desk' }) };
    const [rejected, earlier] = await part({ plays: guarded(), world, approvals });
    assert.equal([rejected.exitCode, world.writes], [5, ['A x=1']]);
    const yes = new Yes();
    const [resumed] = await part({ plays: guarded(), world, earlier, approvals: yes });
    assert.equal([resumed.exitCode, yes.asked, world.writes], [0, 1, ['A x=1', 'B x=1']]);
  },
  'soaks anew where it was interrupted, and not where it had soaked': async () => {
    const world = new World();
    let waits = 0;
    const interruptAt = (event: EventBody) => event.type === 'step-waiting' && ++waits === 2;
    const [interrupted, earlier] = await part({ plays: guarded(), world, approvals: new Yes(), interruptAt });
    assert.equal([interrupted.exitCode, looks(world, 'A')], [130, 2]);
    const [resumed, whole] = await part({ plays: guarded(), world, earlier, approvals: new Yes() });
    assert.equal([resumed.exitCode, looks(world, 'A'), looks(world, 'B')], [0, 4, 1]);
    assert.is(whole.filter((entry) => 'ended' in entry && entry.ended.kind === 'soak').length, 2);
  },
  'ends like one that was not cut off, after whatever entry it was': async () => {
    const [plain, entries] = await part({ plays: guarded(), approvals: new Yes() });
    for (let room = 1; room < entries.length; room += 1) {
      const world = new World();
      const [cut, earlier] = await part({ plays: guarded(), world, approvals: new Yes() }, new TestJournal(room, true));
      assert.is(cut.exitCode, DIED);
      const [resumed] = await part({ plays: guarded(), world, earlier, approvals: new Yes() });
      assert.equal(outcome(resumed), outcome(plain), `cut after ${JSON.stringify(entries[room - 1])}`);
      assert.is(world.writes.length, 2);
    }
  },
});
