// What a play waits for: windows, a person's yes, and a time in which its proofs hold. By the door of a whole run.

import type { Confirm, EventBody, Host, Play, Soak, Window } from '../../src/model.ts';
import type { Answer, Approvals, Question } from '../../src/run/confirm.ts';
import { assert, tests } from '../tests.ts';
import { host, hosts, layer, literal, play, task } from './build.ts';
import { attempt, type Tried, World } from './harness.ts';
import { discovery, fail, keep, say } from './steps.ts';

/** A Thursday. */
const NOW = '2026-01-01T00:00:00Z';
const tuesday: readonly Window[] = [{ days: [1], from: 60, to: 120, timeZone: 'UTC' }];
const thursday: readonly Window[] = [{ days: [3], from: 0, to: 60, timeZone: 'UTC' }];

const told = (tried: Tried, type: EventBody['type']): readonly EventBody[] =>
  tried.events.filter((event) => event.type === type);
const notes = (tried: Tried): string[] =>
  tried.events.flatMap((event) => (event.type === 'note' ? [`${event.host}: ${event.message}`] : []));
const endMessage = (tried: Tried): string | undefined => {
  const end = tried.events.at(-1);
  return end?.type === 'run-ended' ? end.message : undefined;
};
const withWindow = (path: string, value: string, parent?: Host): Host =>
  host(path, 'host', [], parent, [layer('test', { window: literal(value) })]);

tests('a window', {
  'that is closed lets nothing be written, and what only looks goes on': async () => {
    const plays = [play('p', 'all', [say('s'), keep('k', 1), say('t')], { window: tuesday })];
    const tried = await attempt({ plays, hosts: hosts('A'), now: NOW });
    const why = 'outside its window: tue 01:00-02:00 UTC; it opens on Tue 2026-01-06 at 01:00 UTC (in 5 days 1 h)';
    assert.equal([tried.exitCode, tried.world.writes], [5, []]);
    assert.equal(tried.steps, ['A s: ok', `A k: failed ${why}`]);
    assert.is(endMessage(tried), `stopped by a safety rule: A: ${why}`);
  },
  'that is open lets it be written': async () => {
    const plays = [play('p', 'all', [keep('k', 1)], { window: thursday })];
    assert.equal((await attempt({ plays, hosts: hosts('A'), now: NOW })).world.writes, ['A x=1']);
  },
  'that closes meanwhile stops the next write': async () => {
    const wait = {
      until: [literal(false)],
      retries: literal(1),
      delaySeconds: literal(7200),
      ignoreErrors: literal(true),
    };
    const plays = [play('p', 'all', [keep('k', 1), say('s', 'x', wait), keep('l', 2)], { window: thursday })];
    const tried = await attempt({ plays, hosts: hosts('A'), now: NOW });
    assert.equal([tried.exitCode, tried.world.writes], [5, ['A x=1']]);
  },
  'stops what a rescue would take up': async () => {
    const block = { kind: 'block' as const, id: 'b', block: [keep('k', 1)], rescue: [say('r')], always: [say('w')] };
    const { at, name, tags, when, vars } = task('b');
    const plays = [
      play('p', 'all', [{ at, name, tags, when, vars, anyErrorsFatal: false, ...block }], { window: tuesday }),
    ];
    const tried = await attempt({ plays, hosts: hosts('A'), now: NOW });
    assert.equal([tried.exitCode, tried.steps.length, tried.steps[1]], [5, 2, 'A w: ok']);
  },
  'of the inventory counts as well as the play’s': async () => {
    const plays = [play('p', 'all', [keep('k', 1)], { window: thursday })];
    const tried = await attempt({ plays, hosts: [withWindow('A', 'thu 00:30-02:00')], now: NOW });
    const closed = 'outside its window: thu 00:30-02:00 UTC';
    assert.is(
      endMessage(tried),
      `stopped by a safety rule: A: ${closed}; they are open together on Thu 2026-01-01 at 00:30 UTC (in 30 min)`,
    );
  },
  'of a host above counts as well as the host’s own': async () => {
    const above = withWindow('A', 'fri');
    const plays = [play('p', 'A/B', [keep('k', 1)])];
    const tried = await attempt({ plays, hosts: [above, withWindow('A/B', 'thu', above)], now: NOW });
    assert.is(
      endMessage(tried),
      'stopped by a safety rule: A/B: outside its window: fri 00:00-24:00 UTC; they are never open together',
    );
  },
  'of the host that is worked through counts': async () => {
    const plays = [play('p', 'B', [keep('k', 1, { delegateTo: literal('A') })])];
    const tried = await attempt({ plays, hosts: [withWindow('A', 'fri'), ...hosts('B')], now: NOW });
    assert.equal([tried.exitCode, tried.world.writes], [5, []]);
  },
  'that cannot be read is closed': async () => {
    const plays = [play('p', 'all', [keep('k', 1)])];
    const tried = await attempt({ plays, hosts: [withWindow('A', 'caturday')], now: NOW });
    const why = 'the variable "window" of A is no window: there is no day "caturday"';
    assert.equal([tried.exitCode, endMessage(tried)], [5, `stopped by a safety rule: A: ${why}`]);
  },
  'is told in a plan, once a cloud, where anything would be written': async () => {
    const right = new World();
    right.values.set('C x', 1);
    const plays = [play('p', 'all', [keep('k', 1), keep('l', 1)], { window: tuesday })];
    const tried = await attempt({ plays, hosts: hosts('A', 'B', 'C'), mode: 'plan', now: NOW, world: right });
    const words = 'window  tue 01:00-02:00 UTC: closed; it opens on Tue 2026-01-06 at 01:00 UTC (in 5 days 1 h)';
    assert.equal([tried.exitCode, notes(tried)], [0, [`A: ${words}`, `B: ${words}`]]);
    const open = await attempt({
      plays: [play('p', 'all', [keep('k', 1)], { window: thursday })],
      hosts: hosts('A'),
      mode: 'plan',
      now: NOW,
    });
    assert.equal(notes(open), ['A: window  thu 00:00-01:00 UTC: open until Thu 2026-01-01 at 01:00 UTC (in 1 h)']);
  },
});

const confirm: Confirm = { message: literal('go on?'), timeoutSeconds: 3600, each: 'play' };

/** Answers each question as the list says, and remembers it; after its end nobody answers. */
class Answers implements Approvals {
  readonly questions: Question[] = [];
  readonly #answers: readonly (Answer | undefined)[];

  constructor(...answers: readonly (Answer | undefined)[]) {
    this.#answers = answers;
  }

  ask(question: Question, signal: AbortSignal): Promise<Answer | undefined> {
    const answer = this.#answers[this.questions.length];
    this.questions.push(question);
    if (answer) return Promise.resolve(answer);
    return new Promise((resolve) => signal.addEventListener('abort', () => resolve(undefined), { once: true }));
  }
}

const yes: Answer = { approved: true, who: 'anna@desk' };
const no: Answer = { approved: false, who: 'bob@desk', reason: 'not tonight' };

tests('a play with confirm', {
  'begins after a yes, and asks once for all its waves': async () => {
    const approvals = new Answers(yes);
    const plays = [play('p', 'all', [say('s')], { confirm, serial: [{ hosts: 1 }] })];
    const tried = await attempt({ plays, hosts: hosts('A', 'B'), approvals, now: NOW });
    assert.equal([tried.exitCode, tried.steps], [0, ['A s: ok', 'B s: ok']]);
    const question = { number: 1, play: 'p', on: undefined, message: 'go on?', hosts: ['A', 'B'] };
    assert.equal(approvals.questions, [{ ...question, until: new Date('2026-01-01T01:00:00Z') }]);
    assert.equal(tried.events.map(({ type }) => type).slice(1, 4), [
      'confirmation-awaited',
      'confirmation-given',
      'play-started',
    ]);
  },
  'is stopped by a no, and so is what comes after': async () => {
    const plays = [play('p', 'all', [keep('k', 1)], { confirm }), play('q', 'all', [say('s')])];
    const tried = await attempt({ plays, hosts: hosts('A'), approvals: new Answers(no) });
    assert.equal([tried.exitCode, tried.steps, tried.world.writes], [5, [], []]);
    assert.is(endMessage(tried), 'stopped by a safety rule: "p" was rejected by bob@desk: not tonight');
  },
  'is stopped when nobody answers in time': async () => {
    const plays = [play('p', 'all', [keep('k', 1)], { confirm })];
    const tried = await attempt({ plays, hosts: hosts('A'), approvals: new Answers() });
    assert.equal([tried.exitCode, tried.world.writes], [5, []]);
    assert.is(endMessage(tried), 'stopped by a safety rule: nobody confirmed "p" within 1 h');
    assert.is(told(tried, 'confirmation-given').length, 1);
  },
  'is stopped where nobody can be asked': async () => {
    const tried = await attempt({ plays: [play('p', 'all', [keep('k', 1)], { confirm })], hosts: hosts('A') });
    assert.equal([tried.exitCode, tried.world.writes], [5, []]);
    assert.is(endMessage(tried), 'stopped by a safety rule: "p" has to be confirmed, and nobody can be asked');
  },
  'waits no longer when it is interrupted': async () => {
    const plays = [play('p', 'all', [keep('k', 1)], { confirm })];
    const interruptAt = (event: EventBody) => event.type === 'confirmation-awaited';
    const tried = await attempt({ plays, hosts: hosts('A'), approvals: new Answers(), interruptAt });
    const [given] = told(tried, 'confirmation-given');
    assert.equal([tried.exitCode, given?.type === 'confirmation-given' && given.answer], [130, 'interrupted']);
  },
  'asks before each wave where it says so, and a no leaves the later ones alone': async () => {
    const approvals = new Answers(yes, no);
    const each: Partial<Play> = { confirm: { ...confirm, each: 'wave' }, serial: [{ hosts: 1 }] };
    const tried = await attempt({
      plays: [play('p', 'all', [say('s')], each)],
      hosts: hosts('A', 'B', 'C'),
      approvals,
    });
    assert.equal([tried.exitCode, tried.steps], [5, ['A s: ok']]);
    assert.equal(
      approvals.questions.map((question) => question.hosts),
      [['A'], ['B']],
    );
    const [broken] = told(tried, 'budget-broken');
    assert.equal(broken?.type === 'budget-broken' && broken.notReached, ['B', 'C']);
  },
  'asks for each host that it stands on, and a no stops all': async () => {
    const world = new World();
    world.found = discovery;
    const inner = play('zones', 'zones', [say('s')], { confirm });
    const plays = [play('p', 'clouds', [inner, say('after')])];
    const clouds = [host('c', 'cloud', ['clouds']), host('d', 'cloud', ['clouds'])];
    const approvals = new Answers(yes, no);
    const tried = await attempt({ plays, hosts: clouds, approvals, world });
    assert.equal(
      approvals.questions.map((question) => [question.on, question.hosts]),
      [
        ['c', ['c/ams']],
        ['d', ['d/ams']],
      ],
    );
    assert.is(tried.exitCode, 5);
    assert.equal(
      tried.steps.filter((step) => step.includes('after')),
      [],
    );
  },
  'is told in a plan, and nobody is asked': async () => {
    const plays = [play('p', 'all', [say('s')], { confirm })];
    const tried = await attempt({ plays, hosts: hosts('A'), mode: 'plan' });
    assert.equal([tried.exitCode, notes(tried)], [0, ['A: confirm  before "p": go on? (waits up to 1 h for a yes)']]);
  },
});

const soak: Soak = { seconds: 600, everySeconds: 60, last: false };
const proof = (name: string) => task(name, { module: 'proof' });
const waves: Partial<Play> = { soak, serial: [{ hosts: 1 }] };
const looks = (tried: Tried, path: string) => tried.world.checks.filter((check) => check === `${path}: proof`).length;

tests('a wave that soaks', {
  'has its proofs looked at again until the time is over, and then the next one begins': async () => {
    const plays = [play('p', 'all', [proof('t'), say('s')], waves)];
    const tried = await attempt({ plays, hosts: hosts('A', 'B') });
    assert.equal(tried.steps, [
      'A t: ok',
      'A s: ok',
      'A soak for 10 min: ok 1 proof held for 10 min',
      'B t: ok',
      'B s: ok',
    ]);
    assert.equal([looks(tried, 'A'), looks(tried, 'B'), tried.exitCode], [11, 1, 0]);
  },
  'soaks after the last one where it says so': async () => {
    const plays = [play('p', 'all', [proof('t')], { ...waves, soak: { ...soak, last: true } })];
    const tried = await attempt({ plays, hosts: hosts('A', 'B') });
    assert.equal([looks(tried, 'A'), looks(tried, 'B')], [11, 11]);
  },
  'fails where a proof fails twice in a row, and the next one does not begin': async () => {
    const world = new World();
    world.proves = (_, look) => (look > 3 ? 'the old certificate is back' : undefined);
    const plays = [play('p', 'all', [proof('t')], waves)];
    const tried = await attempt({ plays, hosts: hosts('A', 'B'), world });
    const why = '"t" on A does not hold any more, in 2 looks in a row: the old certificate is back';
    assert.equal(tried.steps, ['A t: ok', `A soak for 10 min: failed ${why}`]);
    assert.equal([tried.exitCode, tried.recap], [2, { A: '1 0 0 1 0 0 0' }]);
    assert.equal(notes(tried), ['A: "t" on A failed a look, and is looked at again: the old certificate is back']);
    const [broken] = told(tried, 'budget-broken');
    assert.equal(broken?.type === 'budget-broken' && broken.notReached, ['B']);
  },
  'goes on where a proof fails once, and where the budget bears the loss': async () => {
    const once = new World();
    once.proves = (_, look) => (look === 11 ? 'a lost packet' : undefined);
    const plays = [play('p', 'all', [proof('t')], waves)];
    const tried = await attempt({ plays, hosts: hosts('A', 'B'), world: once });
    // The look at the end failed, so there was one more.
    assert.equal([tried.exitCode, looks(tried, 'A'), looks(tried, 'B')], [0, 12, 1]);
    const half = new World();
    half.proves = (path, look) => (path === 'A' && look > 1 ? 'gone' : undefined);
    const budget = { ...waves, serial: [{ hosts: 2 }], maxFailPercentage: 50 };
    const borne = await attempt({
      plays: [play('p', 'all', [proof('t')], budget)],
      hosts: hosts('A', 'B', 'C'),
      world: half,
    });
    assert.equal([borne.exitCode, looks(borne, 'C')], [2, 1]);
  },
  'watches what lies below its hosts, and what inner plays proved': async () => {
    const world = new World();
    world.found = discovery;
    world.proves = (path, look) => (path === 'c/ams/v-1' && look > 1 ? 'closed' : undefined);
    const inner = play('zones', 'zones', [play('vms', 'system_vms', [proof('t')])]);
    const clouds = [host('c', 'cloud', ['clouds']), host('d', 'cloud', ['clouds'])];
    const tried = await attempt({ plays: [play('p', 'clouds', [inner], waves)], hosts: clouds, world });
    assert.is(tried.exitCode, 2);
    const why = '"t" on c/ams/v-1 does not hold any more, in 2 looks in a row: closed';
    assert.is(tried.steps.at(-1), `c soak for 10 min: failed ${why}`);
    assert.is(looks(tried, 'd/ams/v-1'), 0);
  },
  'does not soak where nothing is left of it': async () => {
    const plays = [play('p', 'all', [proof('t'), fail('f')], waves)];
    const tried = await attempt({ plays, hosts: hosts('A', 'B') });
    assert.equal([tried.exitCode, looks(tried, 'A')], [2, 1]);
  },
  'is warned of where nothing was proved': async () => {
    const plays = [play('p', 'all', [say('s')], waves)];
    const tried = await attempt({ plays, hosts: hosts('A', 'B') });
    const [warning] = told(tried, 'warning');
    assert.is(
      warning?.type === 'warning' && warning.message,
      'nothing is watched in the soak of A: no step proved there what the run changed',
    );
    assert.is(tried.exitCode, 0);
  },
  'ends at once when it is interrupted': async () => {
    const plays = [play('p', 'all', [proof('t')], waves)];
    const interruptAt = (event: EventBody) => event.type === 'step-waiting';
    const tried = await attempt({ plays, hosts: hosts('A', 'B'), interruptAt });
    assert.equal([tried.exitCode, tried.steps, looks(tried, 'A')], [130, ['A t: ok'], 1]);
  },
  'does not take the place of what works: forks are not for waiting': async () => {
    const plays = [play('p', 'all', [proof('t')], { soak, serial: [{ hosts: 3 }, { hosts: 1 }] })];
    const tried = await attempt({ plays, hosts: hosts('A', 'B', 'C', 'D'), forks: 1 });
    const took = tried.events.at(-1);
    assert.ok(took?.type === 'run-ended' && tried.exitCode === 0);
    assert.equal(
      ['A', 'B', 'C', 'D'].map((path) => looks(tried, path)),
      [11, 11, 11, 1],
    );
  },
  'is told in a plan, and nobody waits': async () => {
    const plays = [play('p', 'all', [proof('t')], waves)];
    const tried = await attempt({ plays, hosts: hosts('A', 'B'), mode: 'plan' });
    assert.equal(notes(tried), ['A: soak  10 min after its wave, its proofs looked at every 1 min']);
    assert.equal([tried.exitCode, told(tried, 'warning')], [0, []]);
  },
});
