// What a journal is made of: a header, and then an entry for everything that a resumed run or a report has to know.

import type { Discovery } from '../connection.ts';
import type { Event, Result, StepRef, Unknown, Value, ValueMap } from '../model.ts';

/** Stands in what is read back for a secret, which a journal does not keep. */
export const NOT_KEPT: Unknown = { unknown: true, reason: 'a secret, which a journal does not keep' };

/** A file that a run was read from, pinned by content. */
export interface PinnedFile {
  /** Absolute. */
  readonly path: string;
  /** SHA-256 of its bytes, lower-case hex. */
  readonly sha256: string;
}

/** What was asked for on the command line, complete enough to be asked again. Secrets are not in it. */
export interface Asked {
  /** Absolute path. */
  readonly playbook: string;
  /** Absolute paths, in the order given. */
  readonly inventories: readonly string[];
  readonly limit?: string | undefined;
  readonly tags: readonly string[];
  readonly skipTags: readonly string[];
  /** `-e` as given, without those that carry a secret. */
  readonly extraVars: readonly string[];
  /** Names given with `-e` whose values are secrets: they must be given again. */
  readonly secretVars: readonly string[];
  readonly startAtTask?: string | undefined;
  readonly forks: number;
  readonly forceHandlers: boolean;
  /** The folder in which it was asked: relative names in `-e` start there. */
  readonly folder: string;
}

/** The first line of a journal: which run this is, and what it must still be made of when it goes on. */
export interface Header {
  /** The format: readers refuse any other. */
  readonly journal: 1;
  /** `20261125-034100-9f3c`: UTC, and four random hex digits. */
  readonly id: string;
  /** Version of cs-play. */
  readonly version: string;
  /** ISO time. */
  readonly started: string;
  /** `user@host`. */
  readonly who: string;
  readonly process: { readonly pid: number; readonly started: string; readonly boot: string };
  readonly asked: Asked;
  /** Playbook, inventory, variables, own task modules. */
  readonly files: readonly PinnedFile[];
  /** The saved plan that this run applies. */
  readonly plan?: string | undefined;
  /** For `order: shuffle`. */
  readonly seed: string;
}

/** A change as `apply` is given it, kept before the first write of it leaves. */
export interface ChangeBegun extends StepRef {
  /** ISO time at which it was begun. */
  readonly at: string;
  /** Which item of a loop it is for, from 0. */
  readonly item?: number | undefined;
  /** A `Change` of src/task.ts, plain data. */
  readonly change: ValueMap;
}

/** What one item of a loop came to. */
export interface ItemDone extends StepRef {
  readonly index: number;
  readonly result: Result;
  readonly facts?: ValueMap | undefined;
  readonly variables?: ValueMap | undefined;
}

/** What a work of the scheduler came to, with all that a later one may look up. */
export interface WorkEnded {
  readonly kind: 'task' | 'enter' | 'leave' | 'discover' | 'confirm' | 'soak';
  /** The id of the task, play or meta step. */
  readonly step: string;
  readonly host: string;
  readonly name: string;
  readonly delegatedTo?: string | undefined;
  readonly result: Result;
  readonly facts?: ValueMap | undefined;
  readonly variables?: ValueMap | undefined;
  readonly discovery?: Discovery | undefined;
}

export type Entry =
  /** `answer`: with `write-ended`, what the write was answered. */
  | { readonly event: Event; readonly answer?: Value | undefined }
  | { readonly change: ChangeBegun }
  | { readonly item: ItemDone }
  | { readonly ended: WorkEnded }
  | { readonly resumed: Resumed };

/** The run goes on here, in another process. */
export interface Resumed extends Pick<Header, 'version' | 'started' | 'who' | 'process'> {
  /** Which of the `ended` entries so far, counted from 0, do not stand: what they tell of is done again. */
  readonly again: readonly number[];
}

/** Where entries go while a run goes on. */
export interface Ledger {
  /** Puts an entry behind the others. Never throws; what cannot be written makes the next `settled` reject. */
  append(entry: Entry): void;
  /** Resolves when all that was appended is on the disk. Rejects with `SafetyStop` where it cannot be. */
  settled(): Promise<void>;
}
