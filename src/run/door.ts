// What the connections may tell while they work for a step, turned into events; and the count of all writes.

import type { EarlierWrite, StepDoor, WriteEnded, WriteOutcome } from '../connection.ts';
import { Failure } from '../errors.ts';
import type { Ledger } from '../journal/entry.ts';
import type { EventBody, StepRef, Value } from '../model.ts';
import type { RunClock } from './clock.ts';
import { HIDDEN } from './no-log.ts';
import type { PastWrite, StepPast } from './past.ts';
import type { Watch } from './watch.ts';

/** A step's door, and the writes that left through it and were not answered. */
export interface OpenDoor extends StepDoor {
  /** Whether any write left through it. */
  readonly wrote: boolean;
  /** Ends the writes in flight as unknown and says which they were. */
  giveUp(): readonly string[];
}

export interface DoorOptions {
  readonly planning: boolean;
  /** Nothing is told but that there was something to tell. */
  readonly noLog: boolean;
  /** What an earlier part of the run knew of the step. */
  readonly past: StepPast | undefined;
}

/** Tells an event; `answer` is kept beside it and shown nowhere. */
export type Tell = (event: EventBody, answer?: Value) => void;

/** Doors of one run. */
export class Doors {
  readonly #tell: Tell;
  readonly #clock: RunClock;
  readonly #ledger: Pick<Ledger, 'settled'> | undefined;
  readonly #run: string | undefined;
  readonly #warned = new Set<string>();
  #writes: number;

  /** `run`: the id under which the run is kept; `writes`: how many an earlier part of it began. */
  constructor(tell: Tell, clock: RunClock, ledger: Pick<Ledger, 'settled'> | undefined, run?: string, writes = 0) {
    this.#tell = tell;
    this.#clock = clock;
    this.#ledger = ledger;
    this.#run = run;
    this.#writes = writes;
  }

  /** Writes so far. */
  get writes(): number {
    return this.#writes;
  }

  /** Tells a warning, once a run for the same text. */
  warn(message: string, hint?: string, host?: string): void {
    const key = `${message}\n${hint ?? ''}`;
    if (this.#warned.has(key)) return;
    this.#warned.add(key);
    this.#tell({ type: 'warning', message, hint, host });
  }

  open(step: StepRef, watch: Watch, { planning, noLog, past }: DoorOptions): OpenDoor {
    const shown = (text: string) => (noLog ? HIDDEN : text);
    const count = (by: 1 | -1) => {
      this.#writes += by;
      return this.#writes;
    };
    const writing = new Writing(step, this.#tell, this.#ledger, count);
    return {
      get wrote() {
        return writing.wrote;
      },
      run: this.#run,
      deadline: watch.deadline,
      get signal() {
        return watch.signal;
      },
      planning,
      waiting: (what, until) => {
        const since = new Date(this.#clock.now()).toISOString();
        this.#tell({ type: 'step-waiting', ...step, what: shown(what), since, until: until.toISOString() });
      },
      note: (message) => this.#tell({ type: 'note', ...step, message: shown(message) }),
      warn: (message, hint) => this.warn(shown(message), noLog ? undefined : hint, step.host),
      earlier: (what) => {
        const write = past?.takeWrite(shown(what));
        return write && writing.earlier(write);
      },
      writing: async (what, job) => {
        const ended = await writing.begin(shown(what), job);
        return (outcome, message, answer) => ended(outcome, message && shown(message), noLog ? undefined : answer);
      },
      giveUp: () => writing.giveUp(),
    };
  }
}

/** The writes of one step. */
class Writing {
  wrote = false;
  readonly #step: StepRef;
  readonly #tell: Tell;
  readonly #ledger: Pick<Ledger, 'settled'> | undefined;
  readonly #count: (by: 1 | -1) => number;
  readonly #inFlight = new Map<number, string>();

  /** `count`: one write more, or one less since it did not leave; gives how many there are, which numbers the last. */
  constructor(step: StepRef, tell: Tell, ledger: Pick<Ledger, 'settled'> | undefined, count: (by: 1 | -1) => number) {
    this.#step = step;
    this.#tell = tell;
    this.#ledger = ledger;
    this.#count = count;
  }

  async begin(what: string, job: string | undefined): Promise<WriteEnded> {
    const write = this.#count(1);
    this.#inFlight.set(write, what);
    this.#tell({ type: 'write-started', ...this.#step, write, what, job });
    try {
      await this.#ledger?.settled();
    } catch (error) {
      this.#end(write, 'failed', 'it did not leave: it could not be kept');
      this.#count(-1);
      throw error;
    }
    // The step may have been given up meanwhile, and its writes with it.
    if (!this.#inFlight.has(write)) throw new Failure('given up before it was sent', { code: 'cancelled' });
    this.wrote = true;
    return this.#ending(write);
  }

  earlier({ write, what, outcome, job, answer, assumed }: PastWrite): EarlierWrite {
    this.wrote = true;
    if (outcome === 'unknown') this.#inFlight.set(write, what);
    return { write, outcome, job, answer, assumed, ended: this.#ending(write) };
  }

  giveUp(): readonly string[] {
    const lost = [...this.#inFlight.values()];
    for (const write of [...this.#inFlight.keys()]) this.#end(write, 'unknown');
    return lost;
  }

  #ending(write: number): WriteEnded {
    return async (outcome, message, answer) => {
      this.#end(write, outcome, message, answer);
      await this.#ledger?.settled();
    };
  }

  /** An answer that comes after it was given up has been told of already. */
  #end(write: number, outcome: WriteOutcome, message?: string, answer?: Value): void {
    if (!this.#inFlight.delete(write)) return;
    this.#tell({ type: 'write-ended', ...this.#step, write, outcome, message }, answer);
  }
}
