// Cooperating processes without time: each runs until it needs work done or other processes to end. Nothing here
// knows plays or hosts. The same answers in the same order give the same requests in the same order.

import type { Result } from '../model.ts';
import { Gate } from './gate.ts';
import type { Work } from './work.ts';

/** At most `limit` at a time of all that carry the same key, wherever in the tree they are. */
export interface Throttle {
  readonly key: string;
  readonly limit: number;
}

export interface WorkTerms {
  readonly throttle?: Throttle | undefined;
  /** Asked when a work's turn comes: true withdraws it, it never starts and its result is undefined. */
  readonly withdraw?: (() => boolean) | undefined;
  /** It only waits, for a person or for time to pass: it is not among those of which only so many may be under way. */
  readonly idle?: boolean | undefined;
}

type Request =
  | { readonly kind: 'work'; readonly works: readonly Work[]; readonly terms: WorkTerms }
  | {
      readonly kind: 'processes';
      readonly processes: readonly Process<unknown>[];
      readonly throttle: Throttle | undefined;
    };

/** Resumed with the list of results of what it asked for last. */
export type Process<T> = Generator<Request, T, unknown>;

/** Has works done; their results in the same order, undefined for those that were withdrawn. */
export function* perform(works: readonly Work[], terms: WorkTerms = {}): Process<(Result | undefined)[]> {
  return (yield { kind: 'work', works, terms }) as (Result | undefined)[];
}

/** Runs processes side by side until all have ended; what they returned, in the same order. */
export function* together<T>(processes: readonly Process<T>[], throttle?: Throttle): Process<T[]> {
  return (yield { kind: 'processes', processes, throttle }) as T[];
}

/** Waits for a number of answers. */
class Gathering {
  readonly answers: unknown[];
  #missing: number;
  #whenComplete: (() => void) | undefined;

  constructor(size: number) {
    this.answers = new Array(size);
    this.#missing = size;
  }

  answer(index: number, value: unknown): void {
    this.answers[index] = value;
    this.#missing -= 1;
    if (this.#missing === 0) this.#whenComplete?.();
  }

  /** True when all is there; otherwise `then` is called once it is. */
  complete(then: () => void): boolean {
    if (this.#missing === 0) return true;
    this.#whenComplete = then;
    return false;
  }
}

const unlimited = (): Gate => new Gate(Number.POSITIVE_INFINITY);

export class Processes {
  readonly #forks: Gate;
  readonly #throttles = new Map<string, Gate>();
  readonly #running = new Map<number, (result: Result) => void>();
  #started: Work[] = [];
  #rootEnded = false;
  #interrupted = false;

  /** `forks`: how many works may be under way at once in the whole tree. */
  constructor(forks: number) {
    this.#forks = new Gate(forks);
  }

  /** True when nothing is under way and nothing will start any more. */
  get finished(): boolean {
    return this.#running.size === 0 && (this.#rootEnded || this.#interrupted);
  }

  begin(root: Process<void>): void {
    this.#resume(root, undefined, () => {
      this.#rootEnded = true;
    });
  }

  /** From here on nothing starts; what is under way ends. */
  interrupt(): void {
    this.#interrupted = true;
  }

  end(id: number, result: Result): void {
    const take = this.#running.get(id);
    if (!take) throw new Error(`work ${id} is not under way`);
    this.#running.delete(id);
    take(result);
  }

  /** The works to start since this was asked last. */
  takeStarted(): Work[] {
    const started = this.#started;
    this.#started = [];
    return started;
  }

  #resume(process: Process<unknown>, answer: unknown, ended: (value: unknown) => void): void {
    for (;;) {
      if (this.#interrupted) return;
      const step = process.next(answer);
      if (step.done) {
        ended(step.value);
        return;
      }
      const gathering = this.#ask(step.value);
      if (!gathering.complete(() => this.#resume(process, gathering.answers, ended))) return;
      answer = gathering.answers;
    }
  }

  #ask(request: Request): Gathering {
    if (request.kind === 'work') {
      const gathering = new Gathering(request.works.length);
      request.works.forEach((work, index) => {
        this.#startWork(work, request.terms, (result) => gathering.answer(index, result));
      });
      return gathering;
    }
    const gathering = new Gathering(request.processes.length);
    request.processes.forEach((process, index) => {
      this.#throttled(request.throttle, (leave) => {
        this.#resume(process, undefined, (value) => {
          leave();
          gathering.answer(index, value);
        });
      });
    });
    return gathering;
  }

  #startWork(work: Work, terms: WorkTerms, take: (result: Result | undefined) => void): void {
    const forks = terms.idle ? unlimited() : this.#forks;
    this.#throttled(terms.throttle, (leave) => {
      forks.enter(() => {
        const done = (result: Result | undefined) => {
          forks.leave();
          leave();
          take(result);
        };
        if (this.#interrupted) return;
        if (terms.withdraw?.()) {
          done(undefined);
          return;
        }
        this.#started.push(work);
        this.#running.set(work.id, done);
      });
    });
  }

  #throttled(throttle: Throttle | undefined, start: (leave: () => void) => void): void {
    if (!throttle) {
      start(() => {});
      return;
    }
    let gate = this.#throttles.get(throttle.key);
    if (!gate) this.#throttles.set(throttle.key, (gate = new Gate(throttle.limit)));
    const entered = gate;
    entered.enter(() => start(() => entered.leave()));
  }
}
