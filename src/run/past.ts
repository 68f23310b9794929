// What an earlier part of a run knew of steps that it did not see end: changes begun, writes made, items done. Folded
// from the journal; a step that goes on is given it.

import type { ChangeBegun, Entry, ItemDone } from '../journal/entry.ts';
import type { EventBody, StepRef, Value, ValueMap } from '../model.ts';
import { unknownIn } from '../template/thing.ts';

/** A write of an earlier part of the run. */
export interface PastWrite {
  readonly write: number;
  readonly what: string;
  readonly job: string | undefined;
  outcome: 'done' | 'failed' | 'unknown';
  /** Undefined where it was never told, or held a secret. */
  answer: Value | undefined;
  /** What a person said: that it was done, that it was not. */
  readonly assumed: boolean | undefined;
}

/** One step that is to go on. Each part is handed out once. */
export class StepPast {
  readonly items: ReadonlyMap<number, ItemDone>;
  /** What it came to, secrets aside, where it is only looked at again. */
  readonly values: ValueMap | undefined;
  readonly #changes: ChangeBegun[];
  readonly #late: ChangeBegun[];
  readonly #writes: PastWrite[];

  constructor({ items = new Map(), changes = [], late = [], writes = [], values }: Partial<Known>) {
    this.items = items;
    this.values = values;
    this.#changes = [...changes];
    this.#late = [...late];
    this.#writes = [...writes];
  }

  /** Of a step that came to its end, and is looked at again. */
  static ended(values: ValueMap): StepPast {
    return new StepPast({ values });
  }

  /** The next change that was begun for that item of a loop (undefined without one) and not seen to its end. */
  takeChange(item: number | undefined): ChangeBegun | undefined {
    return takeFor(item, this.#changes);
  }

  /** The change that was made for that item, whole, and was not in effect in time. */
  takeLate(item: number | undefined): ChangeBegun | undefined {
    return takeFor(item, this.#late);
  }

  /** The next write of those words. */
  takeWrite(what: string): PastWrite | undefined {
    const index = this.#writes.findIndex((each) => each.what === what);
    return index < 0 ? undefined : this.#writes.splice(index, 1)[0];
  }
}

interface Known {
  readonly items: ReadonlyMap<number, ItemDone>;
  readonly changes: readonly ChangeBegun[];
  readonly late: readonly ChangeBegun[];
  readonly writes: readonly PastWrite[];
  readonly values: ValueMap | undefined;
}

function takeFor(item: number | undefined, changes: ChangeBegun[]): ChangeBegun | undefined {
  const index = changes.findIndex((each) => each.item === item);
  return index < 0 ? undefined : changes.splice(index, 1)[0];
}

/** How a step came to its last end. */
export type End =
  /** It came to an end that stands. */
  | 'stands'
  /** It failed by itself. Where something of it was done, it goes on from there; otherwise it is begun anew. */
  | 'failed'
  /** All of it was done and was not in effect in time. That is looked at first, and then it is begun anew. */
  | 'late'
  /** It was cut off: by the end of the process, an interrupt, a safety rule. */
  | 'cut';

type Began = EventBody & { type: 'write-started' };
type Ended = EventBody & { type: 'write-ended' };

/** Folds the entries of one step on one host, in their order. */
export class StepFold {
  #items = new Map<number, ItemDone>();
  /** Each with the numbers of its writes. */
  #changes: { readonly change: ChangeBegun; readonly writes: number[] }[] = [];
  #writes: PastWrite[] = [];
  #late: ChangeBegun[] = [];
  /** Since the step was last begun. */
  #wrote = false;

  change(change: ChangeBegun): void {
    this.#changes.push({ change, writes: [] });
  }

  began({ write, what, job }: Began, assumed: boolean | undefined): void {
    this.#changes.at(-1)?.writes.push(write);
    this.#wrote = true;
    this.#writes.push({ write, what, job, outcome: 'unknown', answer: undefined, assumed });
  }

  wrote({ write, outcome }: Ended, answer: Value | undefined): void {
    const known = answer === undefined || unknownIn(answer) ? undefined : answer;
    const began = this.#writes.find((each) => each.write === write);
    if (began) Object.assign(began, { outcome, answer: known });
  }

  item(item: ItemDone, end: End): void {
    if (end !== 'stands') {
      this.#settle(end);
      return;
    }
    this.#items.set(item.index, item);
    // What is not known of other items stays so.
    const mine = ({ change }: { readonly change: ChangeBegun }) => change.item === item.index;
    const writes = new Set(this.#changes.filter(mine).flatMap((each) => each.writes));
    this.#changes = this.#changes.filter((each) => !mine(each));
    this.#writes = this.#writes.filter(({ write }) => !writes.has(write));
    this.#late = this.#late.filter((change) => change.item !== item.index);
  }

  ended(end: End): void {
    if (end === 'stands') this.#items = new Map();
    this.#settle(end);
    this.#wrote = false;
  }

  /**
   * What there is to go on with; undefined where nothing is. Where the change itself is not known whole any more, it is
   * looked for anew, and then only writes of which nobody knows are of interest.
   */
  past(): StepPast | undefined {
    const changes = this.#changes.filter(({ writes }) => writes.length > 0).map(({ change }) => change);
    const whole = changes.length > 0 && changes.every(({ change }) => !unknownIn(change));
    const writes = this.#writes.filter(({ outcome }) => whole || outcome === 'unknown');
    const late = this.#late.filter(({ change }) => !unknownIn(change));
    if (this.#items.size + writes.length + late.length === 0) return undefined;
    return new StepPast({ items: this.#items, changes: whole ? changes : [], late, writes });
  }

  /** What was done here may have been undone since; what is unknown stays so. */
  undone(): void {
    this.#late = [];
    if (!this.#wasWritten('unknown')) this.#settle('stands');
  }

  #settle(end: End): void {
    if (end === 'cut' || (end !== 'stands' && this.#wasWritten('unknown'))) return;
    // What goes on and fails again without a write has nothing left to go on with: a fresh look may see why.
    if (end === 'failed' && this.#wrote && this.#wasWritten('done')) return;
    this.#late = end === 'late' ? this.#changes.slice(-1).map(({ change }) => change) : [];
    this.#changes = [];
    this.#writes = [];
  }

  #wasWritten(wanted: PastWrite['outcome']): boolean {
    return this.#writes.some(({ outcome }) => outcome === wanted);
  }
}

/** The step that an entry speaks of, where it is one of those that a fold takes. */
export function stepOf(entry: Entry): StepRef | undefined {
  if ('change' in entry) return entry.change;
  if ('item' in entry) return entry.item;
  if (!('event' in entry)) return undefined;
  const { event } = entry;
  return event.type === 'write-started' || event.type === 'write-ended' ? event : undefined;
}
