// Runs that a guard held back, or that were cut off while one did, and go on.

import type { Entry } from '../../src/journal/entry.ts';
import type { EventBody, Host, Play, Window } from '../../src/model.ts';
import type { Approvals } from '../../src/run/confirm.ts';
import { assert, tests } from '../tests.ts';
import { host, hosts, literal, play, task } from './build.ts';
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
async function part(
  trial: Partial<Trial> & Pick<Trial, 'plays'>,
  journal = new TestJournal(),
): Promise<[Tried, readonly Entry[]]> {
  const tried = await attempt({ hosts: hosts('A', 'B'), journal, ...trial });
  return [tried, [...(trial.earlier ?? []), ...journal.entries]];
}

/** Side by side on two hosts: below each of them, a play that asks and one that soaks. */
const sideBySide = (): Play[] => [
  play('p', 'A,B', [
    play('q', 'all', [keep('k', 1), task('t', { module: 'proof' })], { confirm, soak, serial: [{ hosts: 1 }] }),
    say('s'),
  ]),
];

const family = (): Host[] =>
  hosts('A', 'B').flatMap((top) => [top, ...['x', 'y'].map((name) => host(`${top.path}/${name}`, 'host', [], top))]);

const looks = (world: World, path: string) => world.checks.filter((check) => check === `${path}: proof`).length;

const outcome = ({ exitCode, recap, world }: Tried) => ({ exitCode, recap, values: [...world.values].sort() });

/** Cuts a run off after each entry of its journal, or after every so many, and compares what the rest comes to with a run that was not. */
async function cutEverywhere(plays: () => Play[], all: () => Host[], every = 1): Promise<void> {
  const yes = () => ({ plays: plays(), hosts: all(), approvals: new Yes() });
  const [plain, entries] = await part(yes());
  for (let room = 1; room < entries.length; room += every) {
    const world = new World();
    const [cut, earlier] = await part({ ...yes(), world }, new TestJournal(room, true));
    assert.is(cut.exitCode, DIED);
    const goesOn = { ...yes(), world, earlier };
    const [resumed] = await part(goesOn);
    const where = `cut after ${JSON.stringify(entries[room - 1])}`;
    assert.equal(outcome(resumed), outcome(plain), where);
    assert.is(world.writes.length, plain.world.writes.length, where);
    assert.is(goesOn.approvals.asked, plain.events.filter(isQuestion).length - answered(earlier), where);
  }
}

const isQuestion = ({ type }: EventBody): boolean => type === 'confirmation-awaited';

/** How many questions had their answer kept. */
const answered = (entries: readonly Entry[]): number =>
  entries.filter((entry) => 'ended' in entry && entry.ended.kind === 'confirm').length;

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
  'ends like one that was not cut off, after whatever entry it was': () =>
    cutEverywhere(guarded, () => hosts('A', 'B')),
  'ends like one that was not cut off, with plays side by side': () => cutEverywhere(sideBySide, family, 4),
});
