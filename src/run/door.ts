// What the connections may tell while they work for a step, turned into events; and the count of all writes.

import type { StepDoor } from '../connection.ts';
import type { Emit, StepRef } from '../model.ts';
import type { RunClock } from './clock.ts';
import { HIDDEN } from './no-log.ts';
import type { Watch } from './watch.ts';

type Outcome = 'done' | 'failed' | 'unknown';

/** A step's door, and the writes that left through it and were not answered. */
export interface OpenDoor extends StepDoor {
  /** Whether any write left through it. */
  readonly wrote: boolean;
  /** Ends the writes in flight as unknown and says which they were. */
  giveUp(): readonly string[];
}

/** Doors of one run. */
export class Doors {
  /** Writes so far. */
  writes = 0;
  readonly #emit: Emit;
  readonly #clock: RunClock;
  readonly #warned = new Set<string>();

  constructor(emit: Emit, clock: RunClock) {
    this.#emit = emit;
    this.#clock = clock;
  }

  /** Tells a warning, once a run for the same text. */
  warn(message: string, hint?: string, host?: string): void {
    const key = `${message}\n${hint ?? ''}`;
    if (this.#warned.has(key)) return;
    this.#warned.add(key);
    this.#emit({ type: 'warning', message, hint, host });
  }

  /** `noLog`: nothing is told but that there was something to tell. */
  open(step: StepRef, watch: Watch, planning: boolean, noLog = false): OpenDoor {
    const told = (text: string) => (noLog ? HIDDEN : text);
    const inFlight = new Map<number, string>();
    let wrote = false;
    return {
      get wrote() {
        return wrote;
      },
      deadline: watch.deadline,
      get signal() {
        return watch.signal;
      },
      planning,
      waiting: (what, until) => {
        const since = new Date(this.#clock.now()).toISOString();
        this.#emit({ type: 'step-waiting', ...step, what: told(what), since, until: until.toISOString() });
      },
      note: (message) => this.#emit({ type: 'note', ...step, message: told(message) }),
      warn: (message, hint) => this.warn(told(message), noLog ? undefined : hint, step.host),
      writing: (what, job) => {
        wrote = true;
        return this.#write(step, inFlight, told, what, job);
      },
      giveUp: () => {
        const lost = [...inFlight.values()];
        for (const write of [...inFlight.keys()]) this.#end(step, inFlight, write, 'unknown');
        return lost;
      },
    };
  }

  #write(
    step: StepRef,
    inFlight: Map<number, string>,
    told: (text: string) => string,
    what: string,
    job: string | undefined,
  ) {
    const write = ++this.writes;
    inFlight.set(write, told(what));
    this.#emit({ type: 'write-started', ...step, write, what: told(what), job });
    return (outcome: Outcome, message?: string) =>
      this.#end(step, inFlight, write, outcome, message === undefined ? undefined : told(message));
  }

  /** An answer that comes after it was given up has been told of already. */
  #end(step: StepRef, inFlight: Map<number, string>, write: number, outcome: Outcome, message?: string): void {
    if (!inFlight.delete(write)) return;
    this.#emit({ type: 'write-ended', ...step, write, outcome, message });
  }
}
