// One run a cloud at a time: the lock of a cloud is taken before the first look of a task that may change it, so that
// what is seen is still so when it is changed.

import type { StepDoor, TaskHost } from '../connection.ts';
import type { Host } from '../model.ts';
import type { HostScope } from './scope.ts';

/** Takes the lock of the cloud in which that host lies. Rejects with `SafetyStop` where another has it. */
export type TakeLock = (host: TaskHost, step: StepDoor) => Promise<void>;

export class CloudLocks {
  readonly #take: TakeLock | undefined;
  /** By the path of the cloud. */
  readonly #taken = new Map<string, Promise<void>>();

  /** Without `take` nothing is locked. */
  constructor(take: TakeLock | undefined) {
    this.#take = take;
  }

  /**
   * Resolves when the lock is held of the cloud in which the host lies, at once where it lies in none. Steps that ask
   * meanwhile share the answer; a failure is not kept, since the next step may reach the cloud.
   */
  async hold(through: HostScope, step: StepDoor): Promise<void> {
    const cloud = topOf(through.host);
    if (!this.#take || cloud.kind !== 'cloud') return;
    let taken = this.#taken.get(cloud.path);
    if (!taken) {
      taken = this.#take(through.asTaskHost(), step);
      this.#taken.set(cloud.path, taken);
      taken.catch(() => this.#taken.delete(cloud.path));
    }
    await taken;
  }
}

function topOf(host: Host): Host {
  let top = host;
  while (top.parent) top = top.parent;
  return top;
}
