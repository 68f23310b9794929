// Soaking: what was proved on the hosts of a wave is proved again and again for a time, before the next wave begins.

import { duration } from '../duration.ts';
import type { Emit, Play, Result, Soak, Step, Task } from '../model.ts';
import { stepsInside } from '../playbook/walk.ts';
import type { TaskModule } from '../task.ts';
import { pause, type RunClock } from './clock.ts';
import { Gate } from './gate.ts';
import { isFallen } from './settle.ts';
import type { SoakWork, TaskWork } from './work.ts';

/** A proof that fails so often in a row holds no longer: one lost packet does not stop a fleet. */
const MISSES = 2;

export interface SoakWorld {
  readonly clock: RunClock;
  readonly emit: Emit;
  readonly interrupted: AbortSignal | undefined;
  readonly planning: boolean;
  /** How many proofs are looked at at once. */
  readonly forks: number;
  readonly plays: readonly Play[];
  readonly modules: ReadonlyMap<string, TaskModule>;
  /** Looks whether a proof still holds, without telling or keeping anything. */
  look(work: TaskWork): Promise<Result>;
}

/** A proof, and how it failed in the last looks in a row. */
interface Watched {
  readonly work: TaskWork;
  readonly name: string;
  misses: number;
}

export class Soaks {
  readonly #world: SoakWorld;
  readonly #gate: Gate;
  /** The plays of the playbook that soak, with every task inside. */
  readonly #plays = new Map<Play, ReadonlySet<Task>>();
  /** By play, and there by task and host. */
  readonly #proofs = new Map<Play, Map<string, { readonly work: TaskWork; readonly name: string }>>();

  constructor(world: SoakWorld) {
    this.#world = world;
    this.#gate = new Gate(world.forks);
    for (const play of world.plays.flatMap(soaking)) this.#plays.set(play, new Set(tasksIn(play)));
  }

  /** Remembers a task that proved something, for the soak of the plays around it. */
  remember(work: TaskWork, name: string, result: Result): void {
    if (!this.#world.modules.get(work.task.module)?.provesChanges) return;
    const proved = result.status === 'ok' && !result.leftAlone;
    for (const [play, tasks] of this.#plays) {
      if (!tasks.has(work.task)) continue;
      let proofs = this.#proofs.get(play);
      if (!proofs) this.#proofs.set(play, (proofs = new Map()));
      const key = `${work.task.id} ${work.host.path}`;
      if (proved) proofs.set(key, { work, name });
      else proofs.delete(key);
    }
  }

  /** An earlier part of the run has watched them already. */
  forget(work: SoakWork): void {
    this.#take(work);
  }

  /** `ok` when all held for the whole time; `skipped` where there was nothing to hold, or when interrupted. */
  async settle(work: SoakWork): Promise<Result> {
    if (this.#world.planning) return this.#tell(work);
    const proofs = this.#take(work);
    if (proofs.length === 0) return result('skipped', 'nothing was proved here that could be looked at again');
    return this.#watch(work, proofs);
  }

  #tell({ step, host, soak }: SoakWork): Result {
    const words = `soak  ${duration(soak.seconds)} after its wave, its proofs looked at every ${duration(soak.everySeconds)}`;
    this.#world.emit({ type: 'note', task: soakId(step), host: host.path, message: words });
    return result('to_prove', words);
  }

  /** Those on the host and below it. Another pass of the play begins with none. */
  #take({ step, host }: SoakWork): Watched[] {
    const proofs = this.#proofs.get(step);
    const here = [...(proofs ?? [])].filter(([, { work }]) => `${work.host.path}/`.startsWith(`${host.path}/`));
    for (const [key] of here) proofs?.delete(key);
    return here.map(([, { work, name }]) => ({ work, name, misses: 0 }));
  }

  async #watch(work: SoakWork, proofs: readonly Watched[]): Promise<Result> {
    const { clock, interrupted } = this.#world;
    const { seconds, everySeconds } = work.soak;
    const since = clock.now();
    const end = since + seconds * 1000;
    for (;;) {
      const left = (end - clock.now()) / 1000;
      this.#waiting(work, proofs, since);
      await pause(clock, left > 0 ? Math.min(everySeconds, left) : everySeconds, interrupted);
      const broken = interrupted?.aborted ? undefined : await this.#round(work, proofs);
      if (interrupted?.aborted) {
        return { ...result('skipped', 'interrupted: a run that goes on from here soaks anew'), code: 'interrupted' };
      }
      if (broken) return broken;
      const doubtful = proofs.some(({ misses }) => misses > 0);
      if (clock.now() >= end && !doubtful)
        return result('ok', `${counted(proofs.length)} held for ${duration(seconds)}`);
    }
  }

  #waiting({ step, host, soak }: SoakWork, proofs: readonly Watched[], since: number): void {
    const doubtful = proofs.filter(({ misses }) => misses > 0).length;
    const what =
      doubtful > 0 ? `${doubtful} of ${counted(proofs.length)} failed a look` : `${counted(proofs.length)} to hold`;
    const until = new Date(since + soak.seconds * 1000).toISOString();
    const ref = { task: soakId(step), host: host.path };
    this.#world.emit({ type: 'step-waiting', ...ref, what, since: new Date(since).toISOString(), until });
  }

  /** Looks at every proof once. The failure of the first that holds no longer. */
  async #round(work: SoakWork, proofs: readonly Watched[]): Promise<Result | undefined> {
    const looks = await Promise.all(proofs.map((proof) => this.#look(proof.work)));
    const broken = proofs.map((proof, index) => this.#judge(work, proof, looks[index] as Result));
    return broken.find((each) => each !== undefined);
  }

  #look(proof: TaskWork): Promise<Result> {
    return new Promise((resolve, reject) => {
      this.#gate.enter(() => {
        this.#world
          .look(proof)
          .finally(() => this.#gate.leave())
          .then(resolve, reject);
      });
    });
  }

  #judge({ step, host }: SoakWork, proof: Watched, look: Result): Result | undefined {
    const changed = look.leftAlone ? `it would be changed again: ${look.change?.summary ?? ''}` : undefined;
    if (!isFallen(look) && changed === undefined) {
      proof.misses = 0;
      return undefined;
    }
    proof.misses += 1;
    const where = `"${proof.name}" on ${proof.work.host.path}`;
    const why = changed ?? look.message ?? look.status;
    if (proof.misses >= MISSES || look.stopsRun) {
      const status = look.status === 'unreachable' ? 'unreachable' : 'failed';
      const message = `${where} does not hold any more, in ${MISSES} looks in a row: ${why}`;
      return { ...result(status, message), hint: look.hint, code: look.code ?? 'soak', stopsRun: look.stopsRun };
    }
    const message = `${where} failed a look, and is looked at again: ${why}`;
    this.#world.emit({ type: 'note', task: soakId(step), host: host.path, message });
    return undefined;
  }
}

const result = (status: Result['status'], message: string): Result => ({ status, message, values: {}, seconds: 0 });

const counted = (number: number): string => `${number} ${number === 1 ? 'proof' : 'proofs'}`;

/** The id of a play's soak, as that of a step inside the play. */
export const soakId = (play: Play): string => `${play.id}.soak`;

export const soakName = ({ seconds }: Soak): string => `soak for ${duration(seconds)}`;

function soaking(step: Step): Play[] {
  const inside = stepsInside(step).flatMap(soaking);
  return step.kind === 'play' && step.soak ? [step, ...inside] : inside;
}

function tasksIn(step: Step): Task[] {
  return step.kind === 'task' ? [step] : stepsInside(step).flatMap(tasksIn);
}
