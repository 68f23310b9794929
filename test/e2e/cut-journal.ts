// A journal whose process is killed right after one of its entries: nothing is kept from then on, and nothing that waits
// to be kept may leave.

import { SafetyStop } from '../../src/errors.ts';
import type { Entry } from '../../src/journal/entry.ts';
import type { Journal } from '../../src/journal/runs.ts';

/** After which entry a process is killed. */
export interface Cut {
  /** Asked of each entry when it is in the journal, with its number from 1. */
  readonly after: (entry: Entry, number: number) => boolean;
  /** Whether a write that waits for that very entry still leaves. */
  readonly leaves: boolean;
}

export const isWriteBegun = (entry: Entry): boolean => 'event' in entry && entry.event.type === 'write-started';
export const isWriteEnded = (entry: Entry): boolean => 'event' in entry && entry.event.type === 'write-ended';

export class CutJournal implements Journal {
  readonly id: string;
  readonly folder: string;
  /** Resolves with the last entry that is kept. */
  readonly killed: Promise<Entry>;
  /** Resolves when the first end of a write comes that is not kept any more. */
  readonly answered: Promise<void>;
  readonly #journal: Journal;
  readonly #cut: Cut;
  readonly #kill: (last: Entry) => void;
  readonly #answer: () => void;
  #number = 0;
  #dead = false;
  /** How many that wait are still told that all is kept. */
  #grace = 0;

  constructor(journal: Journal, cut: Cut) {
    this.id = journal.id;
    this.folder = journal.folder;
    this.#journal = journal;
    this.#cut = cut;
    const [killed, kill] = signal<Entry>();
    const [answered, answer] = signal<void>();
    this.killed = killed;
    this.answered = answered;
    this.#kill = kill;
    this.#answer = answer;
  }

  append(entry: Entry): void {
    if (this.#dead) {
      if (isWriteEnded(entry)) this.#answer();
      return;
    }
    this.#journal.append(entry);
    this.#number += 1;
    if (!this.#cut.after(entry, this.#number)) return;
    this.#dead = true;
    this.#grace = this.#cut.leaves && isWriteBegun(entry) ? 1 : 0;
    this.#kill(entry);
  }

  /** Whoever told of a write waits right after that. */
  settled(): Promise<void> {
    if (!this.#dead) return this.#journal.settled();
    this.#grace -= 1;
    return this.#grace >= 0 ? this.#journal.settled() : Promise.reject(new SafetyStop('the process is dead'));
  }

  close(): Promise<void> {
    return this.#journal.close();
  }
}

function signal<T>(): readonly [Promise<T>, (value: T) => void] {
  let resolve: (value: T) => void = () => undefined;
  const promise = new Promise<T>((resolved) => {
    resolve = resolved;
  });
  return [promise, resolve];
}
