// A play from its first batch to its last, on top or on a host of another play.

import type { Host, Play } from '../model.ts';
import { Batch, type Shared, type Standing } from './batch.ts';
import { nobodyLeft } from './budget.ts';
import { type Chooser, choose, discoverBatch, isAlive } from './choose.ts';
import { runCourse } from './course.ts';
import { refusal, soak } from './guards.ts';
import type { Process } from './process.ts';
import { ordered, waveCount, waveSize } from './waves.ts';
import type { PlayOutcome } from './work.ts';

/** What plays need besides what they share. */
export interface Setting {
  readonly shared: Shared;
  readonly chooser: Chooser;
  /** For `order: shuffle`. */
  readonly seed: string;
}

/** Plays on top, one after the other, until one is stopped. `stop` is told why where no host can tell. */
export function* runPlaybook(setting: Setting, plays: readonly Play[], stop: (why: string) => void): Process<void> {
  const { shared } = setting;
  for (const play of plays) {
    shared.playsLeft -= 1;
    const outcome = yield* runPlay(setting, play, undefined);
    if (outcome.stopped && outcome.fallen.length === 0) stop(outcome.message ?? '');
    if (outcome.stopped || shared.stopped) return;
  }
}

function* runPlay(setting: Setting, play: Play, standing: Standing | undefined): Process<PlayOutcome> {
  const { shared, chooser } = setting;
  const choice = yield* choose(shared, chooser, play, standing);
  if ('outcome' in choice) return choice.outcome;
  const hosts = ordered(choice.hosts, play.order, setting.seed);
  const waves = new Waves(setting, play, hosts);
  const batches: Batch[] = [];
  let over: string | undefined;
  over = yield* refusal(shared, { play, standing, hosts: waves.live, wave: undefined, later: [] });
  while (over === undefined && !heldAround(standing, shared)) {
    const wave = waves.next();
    if (!wave) break;
    over = yield* refusal(shared, { play, standing, hosts: wave.batch, wave: waves.begun, later: wave.later() });
    if (over !== undefined) {
      waves.takeBack();
      break;
    }
    const batch = new Batch(shared, play, standing, { ...wave, all: hosts }, (host) => isAlive(shared, host));
    batches.push(batch);
    yield* runBatch(setting, batch, waves);
    over = whyOver(batch, !waves.isDone);
    if (!standing) keepCasualties(batch);
  }
  return outcomeOf(batches, waves, over);
}

const heldAround = (standing: Standing | undefined, shared: Shared): boolean =>
  standing ? standing.batch.held(standing.section) : shared.stopped;

/** Cuts batches from the hosts that are alive when a batch begins. */
class Waves {
  readonly live: readonly Host[];
  readonly dead: readonly Host[];
  readonly count: number;
  begun = 0;
  #next = 0;
  #before = 0;
  readonly #setting: Setting;
  readonly #play: Play;

  constructor(setting: Setting, play: Play, hosts: readonly Host[]) {
    this.#setting = setting;
    this.#play = play;
    this.live = hosts.filter((host) => isAlive(setting.shared, host));
    this.dead = hosts.filter((host) => !isAlive(setting.shared, host));
    this.count = waveCount(play.serial, this.live.length);
  }

  next(): { batch: readonly Host[]; later: () => readonly Host[] } | undefined {
    const size = waveSize(this.#play.serial, this.begun, this.live.length);
    const batch: Host[] = [];
    this.#before = this.#next;
    while (batch.length < size && this.#next < this.live.length) {
      const host = this.live[this.#next];
      this.#next += 1;
      if (host && isAlive(this.#setting.shared, host)) batch.push(host);
    }
    if (batch.length === 0) return undefined;
    this.begun += 1;
    const next = this.#next;
    return { batch, later: () => this.live.slice(next) };
  }

  /** The batch that `next` gave last does not begin. */
  takeBack(): void {
    this.begun -= 1;
    this.#next = this.#before;
  }

  /** Hosts of the batches that have not begun. */
  get left(): readonly Host[] {
    return this.live.slice(this.#next);
  }

  get isDone(): boolean {
    return this.#next === this.live.length;
  }
}

function* runBatch(setting: Setting, batch: Batch, waves: Waves): Process<void> {
  const { scene, shared } = batch;
  const number = waves.begun;
  shared.say({ type: 'play-started', scene, batch: number, batches: waves.count, notReached: waves.dead });
  yield* discoverBatch(batch, setting.chooser);
  yield* runCourse({ batch, playInside: (play, standing) => runPlay(setting, play, standing) });
  yield* soak(batch, waves.isDone);
  shared.say({ type: 'play-ended', scene, batch: number });
}

/** Why no later batch may begin, or undefined. */
function whyOver(batch: Batch, moreHosts: boolean): string | undefined {
  if (batch.broken !== undefined) return batch.broken;
  if (batch.ended === 'play') return 'end_play';
  const lost = batch.members.filter((member) => member.fault).length;
  const words = nobodyLeft(batch.play, lost, batch.members.length);
  const more = moreHosts || (!batch.standing && batch.shared.playsLeft > 0);
  if (words !== undefined && more) batch.break(words);
  return words;
}

function keepCasualties(batch: Batch): void {
  for (const { host, fault } of batch.members) if (fault) batch.shared.casualties.set(host.path, fault.status);
}

function outcomeOf(batches: readonly Batch[], waves: Waves, over: string | undefined): PlayOutcome {
  const lost = batches.flatMap((batch) => batch.members.filter((member) => member.fault));
  const fallen = lost.map((member) => member.host.path);
  if (fallen.length > 0) {
    const failed = lost.some((member) => member.fault?.status === 'failed');
    const words = failed ? 'failed' : 'could not be reached';
    const message = `${fallen.join(', ')} ${words}${notReached(waves)}`;
    return {
      status: failed ? 'failed' : 'unreachable',
      message,
      fallen,
      stopped: over !== undefined && over !== 'end_play',
    };
  }
  const stopped = { message: undefined, fallen, stopped: false };
  const cutShort = batches.some((batch) => batch.cutShort && !batch.ended);
  if ((cutShort || !waves.isDone) && over !== 'end_play') {
    return { ...stopped, status: 'skipped', message: `stopped from around it${notReached(waves)}` };
  }
  const sum = (pick: (batch: Batch) => number) => batches.reduce((total, batch) => total + pick(batch), 0);
  if (sum((batch) => batch.tally.changed) > 0) return { ...stopped, status: 'changed' };
  if (sum((batch) => batch.tally.toProve) > 0) return { ...stopped, status: 'to_prove' };
  return { ...stopped, status: sum((batch) => batch.tally.done) > 0 ? 'ok' : 'skipped' };
}

function notReached(waves: Waves): string {
  return waves.isDone ? '' : `; not reached: ${waves.left.map((host) => host.path).join(', ')}`;
}
