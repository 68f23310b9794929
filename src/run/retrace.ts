// The way of a run up to where its journal ends, walked again through the scheduler: what was done is handed back to it
// and not done again. Pure: what the ends mean for variables and facts is the caller's.

import type { WorkEnded } from '../journal/entry.ts';
import { next, type State } from './schedule.ts';
import type { Happening, Notice, Work } from './work.ts';

/** An end that stands, with its number among all that were kept. */
export interface Standing {
  readonly number: number;
  readonly ended: WorkEnded;
}

export interface Retraced {
  /** Works that began and did not end: they are to go on. In the order of their beginning. */
  readonly underWay: readonly Work[];
  /** Ends of works that do not begin on this way, or not yet. */
  readonly left: Ends;
}

/** Ends by the work that they are for, each taken once. */
export class Ends {
  readonly #ends = new Map<string, Standing[]>();

  add(end: Standing): void {
    const key = endKey(end);
    this.#ends.set(key, [...(this.#ends.get(key) ?? []), end]);
  }

  take(work: Work): Standing | undefined {
    return this.#ends.get(workKey(work))?.shift();
  }

  all(): readonly Standing[] {
    return [...this.#ends.values()].flat();
  }
}

export interface Walk {
  /** Before its first happening. */
  readonly state: State;
  readonly ends: readonly Standing[];
  /** A work has ended as before; gives what the scheduler is told of it. */
  readonly recall: (work: Work, end: Standing) => Happening;
  readonly say: (notice: Notice) => void;
  /** Whether the end of a work that did not begin in its turn may stand in when it begins later. */
  readonly later: (end: Standing) => boolean;
}

/** The step on the host that a work or its end is for. One work at a time has it: what is repeated is told apart by order. */
const keyOf = (kind: string, step: string, host: string): string => `${kind} ${step} ${host}`;

const workKey = (work: Work): string =>
  keyOf(work.kind, work.kind === 'task' ? work.task.id : work.step.id, work.host.path);
const endKey = ({ ended }: Standing): string => keyOf(ended.kind, ended.step, ended.host);

export function retrace(walk: Walk): Retraced {
  const walker = new Walker(walk);
  walker.happen({ type: 'begin' });
  const missed = walk.ends.filter((end) => !walker.end(end));
  return { left: walker.catchUp(missed, walk.later), underWay: walker.underWay() };
}

class Walker {
  readonly #walk: Walk;
  /** By key: the works under way. A task may be under way on a host once only. */
  readonly #begun = new Map<string, Work>();
  /** Works begun since this was looked at last. */
  #news: Work[] = [];

  constructor(walk: Walk) {
    this.#walk = walk;
  }

  underWay(): readonly Work[] {
    return [...this.#begun.values()];
  }

  happen(happening: Happening): void {
    const { say, start } = next(this.#walk.state, happening);
    say.forEach(this.#walk.say);
    for (const work of start) {
      this.#begun.set(workKey(work), work);
      this.#news.push(work);
    }
  }

  /** False where no such work is under way. */
  end(end: Standing): boolean {
    const key = endKey(end);
    const work = this.#begun.get(key);
    if (!work) return false;
    this.#begun.delete(key);
    this.happen(this.#walk.recall(work, end));
    return true;
  }

  /** Ends works that begin later than they once did. Gives what is left over. */
  catchUp(missed: readonly Standing[], later: (end: Standing) => boolean): Ends {
    const waiting = new Ends();
    const left = new Ends();
    for (const end of missed) (later(end) ? waiting : left).add(end);
    this.#news = [...this.underWay()];
    while (this.#news.length > 0) {
      const works = this.#news;
      this.#news = [];
      for (const work of works) {
        const end = waiting.take(work);
        if (end) this.end(end);
      }
    }
    for (const end of waiting.all()) left.add(end);
    return left;
  }
}
