// The writes that a run has told of, and which of them nobody knows the outcome of.

import type { Event, StepRef } from '../model.ts';

export interface ToldWrite extends StepRef {
  /** Its number in the run. */
  readonly write: number;
  readonly what: string;
  readonly job: string | undefined;
}

/** A fold over events. A write that a later part of the run found out about has the outcome that it then told. */
export class Writes {
  readonly #open = new Map<number, ToldWrite>();
  readonly #numbers = new Set<number>();
  readonly #unknown = new Set<number>();

  take(event: Event): void {
    if (event.type === 'write-started') {
      const { write, what, job, task, host } = event;
      this.#numbers.add(write);
      this.#open.set(write, { write, what, job, task, host });
    }
    if (event.type !== 'write-ended') return;
    if (event.outcome === 'unknown') this.#unknown.add(event.write);
    else this.#open.delete(event.write);
  }

  get count(): number {
    return this.#numbers.size;
  }

  /** `running`: what has no outcome yet is being awaited, and not unknown. */
  unknown(running: boolean): readonly ToldWrite[] {
    return [...this.#open.values()].filter(({ write }) => !running || this.#unknown.has(write));
  }
}
