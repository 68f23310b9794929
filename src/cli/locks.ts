// The locks that one run holds: of each cloud as soon as it may change it, all given up at its end.

import type { CloudIdentity, Connections, StepDoor, TaskHost } from '../connection.ts';
import { SafetyStop } from '../errors.ts';
import { holderWords, type LockHolder } from '../lock/holder.ts';
import { type Lock, takeLock } from '../lock/lock.ts';
import type { Emit } from '../model.ts';

export interface RunLocksOptions {
  readonly state: string;
  /** The run's id. */
  readonly run: string;
  readonly connections: Pick<Connections, 'identity'>;
  readonly emit: Emit;
}

export class RunLocks {
  readonly #options: RunLocksOptions;
  /** By identity: an inventory may call one cloud by two names. */
  readonly #locks = new Map<string, Promise<Lock>>();
  /** A step that was given up may still be waiting for its cloud to say which it is. */
  #ended = false;

  constructor(options: RunLocksOptions) {
    this.#options = options;
  }

  /** Resolves when the lock is held of the cloud in which that host lies. Rejects as `takeLock` and `identity` do. */
  readonly take = async (host: TaskHost, step: StepDoor): Promise<void> => {
    const found = await this.#options.connections.identity(host, step);
    if (!found) return;
    if (this.#ended) throw new SafetyStop('the run has ended, and takes no more locks', { code: 'lock' });
    let lock = this.#locks.get(found.identity);
    if (!lock) {
      lock = this.#lock(found);
      this.#locks.set(found.identity, lock);
      lock.catch(() => this.#locks.delete(found.identity));
    }
    await lock;
  };

  async #lock(found: CloudIdentity): Promise<Lock> {
    const { state, run } = this.#options;
    const { lock, tookOverFrom } = await takeLock(state, { ...found, run });
    // A run that was resumed takes over from itself.
    if (tookOverFrom && tookOverFrom.run !== run) this.#tell(found.cloud, tookOverFrom);
    return lock;
  }

  #tell(cloud: string, dead: LockHolder): void {
    this.#options.emit({
      type: 'warning',
      message: `the lock of cloud "${cloud}" is taken over from ${holderWords(dead)}: its process is dead`,
      hint: `it ended in the middle; to go on with it instead: Ctrl-C, and cs-play resume ${dead.run}`,
    });
  }

  /** Gives all up. Rejects with `SafetyStop` where one has to stay, after the others. */
  async release(): Promise<void> {
    this.#ended = true;
    const taken = await Promise.allSettled(this.#locks.values());
    const locks = taken.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
    const released = await Promise.allSettled(locks.map((lock) => lock.release()));
    for (const one of released) if (one.status === 'rejected') throw one.reason;
  }
}
