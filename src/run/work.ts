// What the scheduler asks for and what it tells: the words between the pure part of a run and the part that acts.

import type { Block, Confirm, Host, Meta, Play, Result, Soak, Task } from '../model.ts';

/** The hosts around a piece of work, for `ansible_play_hosts` and its like. Asked when wanted: they change. */
export interface Scene {
  readonly play: Play;
  /** The host that the play stands on; undefined for a play on top. */
  readonly on: Host | undefined;
  readonly batch: readonly Host[];
  /** Every host that the play selected, the failed ones included. */
  readonly all: readonly Host[];
  /** Those of `all` that have not failed. */
  alive(): readonly Host[];
}

/** Whether a `rescue:` (of this play or around it) or an ignored play will take up what fails here. */
export interface Covered {
  readonly failed: boolean;
  readonly unreachable: boolean;
}

interface WorkBase {
  /** Counts from 1 in the order of starting; never used twice in a run. */
  readonly id: number;
  readonly host: Host;
  readonly scene: Scene;
  readonly covered: Covered;
  /** Whether a `rescue:` of this very play follows a failure: it sees `ansible_failed_task` and `_result`. */
  readonly rescuedHere: boolean;
}

/** Run a task on a host. */
export interface TaskWork extends WorkBase {
  readonly kind: 'task';
  readonly task: Task;
  readonly handler: boolean;
  /** Hosts that get what this one registers as well: the rest of the batch under `run_once`. */
  readonly shared: readonly Host[];
}

/** Judge the conditions of an inner play or a meta step on a host: `ok` goes in, `skipped` does not. */
export interface EnterWork extends WorkBase {
  readonly kind: 'enter';
  readonly step: Play | Meta;
}

/** An inner play is over: make it the one result that it is for the host it stands on. */
export interface LeaveWork extends WorkBase {
  readonly kind: 'leave';
  readonly step: Play;
  readonly outcome: PlayOutcome;
  /** The play's `ignore_errors`, as judged when it was entered. */
  readonly ignored: boolean;
  readonly handler: boolean;
}

/** Find out what lies below a cloud, for a play on top. */
export interface DiscoverWork extends WorkBase {
  readonly kind: 'discover';
  readonly step: Play;
}

/** Ask a person whether a play may begin, or one of its waves: anything but `ok` stops the run. */
export interface ConfirmWork extends WorkBase {
  readonly kind: 'confirm';
  readonly step: Play;
  readonly confirm: Confirm;
  /** Which wave it is, from 1; undefined where the question is for the whole play. */
  readonly wave: number | undefined;
}

/** Repeat for a time what was proved on a host of a wave and below it: `skipped` where nothing was. */
export interface SoakWork extends WorkBase {
  readonly kind: 'soak';
  readonly step: Play;
  readonly soak: Soak;
}

export type Work = TaskWork | EnterWork | LeaveWork | DiscoverWork | ConfirmWork | SoakWork;

/** What a whole play came to. `failed` wins over `unreachable`, that over `changed`, that over `to_prove`. */
export interface PlayOutcome {
  readonly status: 'ok' | 'changed' | 'skipped' | 'failed' | 'unreachable' | 'to_prove';
  readonly message: string | undefined;
  readonly hint?: string | undefined;
  /** Paths of the hosts that failed or could not be reached, unrescued. */
  readonly fallen: readonly string[];
  /** The play's budget broke or none of its hosts is left: nothing after it on its level may start. */
  readonly stopped: boolean;
}

/** What the world answered to the scheduler. */
export type Happening =
  | { readonly type: 'begin' }
  /** `found`: the hosts that a discovery brought, parents before children. */
  | { readonly type: 'ended'; readonly work: number; readonly result: Result; readonly found?: readonly Host[] }
  | { readonly type: 'interrupt' };

/** What the scheduler tells: the events that no single host's work gives rise to, with names not yet filled in. */
export type Notice =
  | {
      readonly type: 'play-started';
      readonly scene: Scene;
      readonly batch: number;
      readonly batches: number;
      readonly notReached: readonly Host[];
    }
  | { readonly type: 'play-ended'; readonly scene: Scene; readonly batch: number }
  | {
      readonly type: 'task-started';
      readonly step: Task | Play;
      readonly handler: boolean;
      readonly scene: Scene;
      readonly hosts: readonly Host[];
    }
  | {
      readonly type: 'budget-broken';
      readonly scene: Scene;
      readonly message: string;
      readonly notReached: readonly Host[];
    }
  | { readonly type: 'soak-started'; readonly scene: Scene; readonly soak: Soak; readonly hosts: readonly Host[] }
  | { readonly type: 'rescue-withheld'; readonly block: Block; readonly hosts: readonly Host[] }
  | { readonly type: 'warning'; readonly message: string; readonly hint?: string; readonly host?: Host };
