// The time that one attempt at a task may take. Work that does not heed its signal is left behind at the deadline.

import { Failure, Unreachable } from '../errors.ts';
import type { RunClock } from './clock.ts';

export class Watch {
  readonly seconds: number;
  readonly deadline: Date;
  readonly #clock: RunClock;
  readonly #cancel: () => void;
  readonly #kill: AbortSignal | undefined;
  readonly #killed: () => void;
  #end: Failure | undefined;
  #controller: AbortController | undefined;
  #left: ((reason: Failure) => void) | undefined;

  /** `kill`: gives up what is under way at once, for the second Ctrl-C. */
  constructor(clock: RunClock, seconds: number, kill: AbortSignal | undefined) {
    this.seconds = seconds;
    this.#clock = clock;
    this.deadline = new Date(clock.now() + seconds * 1000);
    this.#cancel = clock.timer(seconds * 1000, () => this.#finish(timedOut(seconds)));
    this.#kill = kill;
    this.#killed = () => this.#finish(new Unreachable('given up while it was under way', { code: 'interrupted' }));
    kill?.addEventListener('abort', this.#killed, { once: true });
    if (kill?.aborted) this.#killed();
  }

  get expired(): boolean {
    return this.#end !== undefined;
  }

  get signal(): AbortSignal {
    if (!this.#controller) {
      this.#controller = new AbortController();
      if (this.#end) this.#controller.abort(this.#end);
    }
    return this.#controller.signal;
  }

  /** What `work` comes to, or a `Failure` with code `timeout` when the time is over first. */
  race<T>(work: Promise<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      if (this.#end) {
        reject(this.#end);
        work.catch(() => {});
        return;
      }
      this.#left = reject;
      work.then(resolve, reject);
    });
  }

  /** Resolves after that time or at the deadline, whatever comes first. */
  sleep(seconds: number): Promise<void> {
    if (this.#end) return Promise.resolve();
    return new Promise((resolve) => {
      const cancel = this.#clock.timer(seconds * 1000, resolve);
      this.#left = () => {
        cancel();
        resolve();
      };
    });
  }

  /** The attempt is over. */
  close(): void {
    this.#cancel();
    this.#kill?.removeEventListener('abort', this.#killed);
    this.#left = undefined;
  }

  #finish(reason: Failure): void {
    if (this.#end) return;
    this.#end = reason;
    this.#controller?.abort(reason);
    this.#left?.(reason);
  }
}

function timedOut(seconds: number): Failure {
  return new Failure(`not done after ${seconds} s`, {
    code: 'timeout',
    hint: 'timeout: on the task gives it more time',
    values: { timedout: true },
  });
}
