// What a task on a host comes to, and everything that is told of a run. Part of the model, which exports it.

import type { Location } from './errors.ts';
import type { HostKind, ValueMap } from './model.ts';

/** In a plan `changed` means: a run would change it. `to_prove` occurs in plans only. */
export type Status = 'ok' | 'changed' | 'skipped' | 'failed' | 'unreachable' | 'to_prove';

/** A change in words: what, and what it costs whom. */
export interface ChangeWords {
  /** `restart v-12-VM (console proxy)`. */
  readonly summary: string;
  /** `stop, start; about 2 min without consoles in ams; 3 sessions cut`. */
  readonly impact?: string | undefined;
  /** Before and after, where a diff says more than words; `--diff` prints it. */
  readonly diff?: { readonly before: string; readonly after: string; readonly name?: string | undefined } | undefined;
}

/** What one task on one host came to. */
export interface Result {
  readonly status: Status;
  /** What there is to say: why it failed, what is right already, what is to be proved. */
  readonly message?: string | undefined;
  readonly hint?: string | undefined;
  readonly at?: Location | undefined;
  readonly code?: string | undefined;
  readonly change?: ChangeWords | undefined;
  /** What `register` sees besides changed, failed, skipped. */
  readonly values: ValueMap;
  /** What the verdict rests on, by name. */
  readonly decidedOn?: ValueMap | undefined;
  /** The failure was ignored (`ignore_errors`, `ignore_unreachable`). */
  readonly ignored?: boolean | undefined;
  /** A change that was wanted on a host that is only on the way to the selected ones. */
  readonly leftAlone?: boolean | undefined;
  readonly items?: readonly ItemResult[] | undefined;
  /** The task says `no_log`: nothing of the values may be shown. */
  readonly noLog?: boolean | undefined;
  /** Something was changed although the task failed: the recap counts it where the failure is ignored. */
  readonly changedToo?: boolean | undefined;
  /** A safety rule stops the whole run here (`SafetyStop`); no `rescue:` takes it up. */
  readonly stopsRun?: boolean | undefined;
  readonly seconds: number;
}

export interface ItemResult {
  readonly label: string;
  readonly result: Result;
}

/** Which task on which host an event speaks of. */
export interface StepRef {
  readonly task: string;
  readonly host: string;
}

/** One line of Ansible's recap. `toProve` occurs in plans only. */
export interface RecapRow {
  readonly host: string;
  readonly ok: number;
  readonly changed: number;
  readonly unreachable: number;
  readonly failed: number;
  readonly skipped: number;
  readonly rescued: number;
  readonly ignored: number;
  readonly toProve: number;
}

/** Everything that happens. Journal, terminal, JSON and reports are folds over this stream. */
export type Event = { readonly at: string } & EventBody;
export type EventBody =
  /** First event of every run. `mode` plan: nothing will be written. */
  | {
      readonly type: 'run-started';
      readonly mode: 'plan' | 'run';
      /** The id under which the run is kept; absent where nothing is kept (plans). */
      readonly run?: string | undefined;
      readonly version: string;
      readonly playbook: string;
      readonly inventory: readonly string[];
      readonly limit: string | undefined;
      readonly hosts: readonly string[];
    }
  /**
   * A run goes on in another process. `done`: how many works had ended; `underWay`: the steps that had begun and are gone
   * on with.
   */
  | {
      readonly type: 'run-resumed';
      readonly run: string;
      readonly done: number;
      readonly underWay: readonly StepRef[];
    }
  /** A play begins on a batch. `on`: the host that an inner play stands on. Batches count from 1. */
  | {
      readonly type: 'play-started';
      readonly play: string;
      readonly name: string;
      readonly on: string | undefined;
      readonly batch: number;
      readonly batches: number;
      readonly hosts: readonly string[];
      readonly notReached: readonly string[];
    }
  | { readonly type: 'play-ended'; readonly play: string; readonly on: string | undefined; readonly batch: number }
  /** Discovery found the hosts below a host, with a few facts for the heading of a report. */
  | {
      readonly type: 'host-discovered';
      readonly host: string;
      readonly facts: ValueMap;
      readonly children: readonly { readonly host: string; readonly kind: HostKind }[];
    }
  /** A task begins on its first host of a batch. */
  | {
      readonly type: 'task-started';
      readonly task: string;
      readonly name: string;
      readonly module: string;
      readonly handler: boolean;
      readonly on: string | undefined;
      readonly hosts: readonly string[];
    }
  | ({ readonly type: 'step-started' } & StepRef)
  /** For the live line: who is awaited, for what, until when. */
  | ({ readonly type: 'step-waiting'; readonly what: string; readonly since: string; readonly until: string } & StepRef)
  | ({
      readonly type: 'step-retried';
      readonly retriesLeft: number;
      readonly message: string | undefined;
    } & StepRef)
  /** Before and after every write to the world. `what` holds no secret; `job` is an async job's id. */
  | ({
      readonly type: 'write-started';
      readonly write: number;
      readonly what: string;
      readonly job?: string | undefined;
    } & StepRef)
  | ({
      readonly type: 'write-ended';
      readonly write: number;
      readonly outcome: 'done' | 'failed' | 'unknown';
      readonly message?: string | undefined;
    } & StepRef)
  /** One item of a loop is done. */
  | ({ readonly type: 'item-ended'; readonly label: string; readonly result: Result } & StepRef)
  | ({
      readonly type: 'step-ended';
      readonly name: string;
      readonly module: string;
      readonly delegatedTo?: string | undefined;
      readonly result: Result;
      readonly rescued: boolean;
      readonly notified: readonly string[];
    } & StepRef)
  /** Somebody has to say yes before a play or one of its waves begins. `question` counts from 1 in each part of a run. */
  | {
      readonly type: 'confirmation-awaited';
      readonly question: number;
      readonly play: string;
      readonly name: string;
      readonly on: string | undefined;
      readonly message: string;
      readonly hosts: readonly string[];
      /** ISO time until which an answer is waited for. */
      readonly until: string;
    }
  /** The waiting is over. `who` and `reason` where somebody answered. */
  | {
      readonly type: 'confirmation-given';
      readonly question: number;
      readonly play: string;
      readonly on: string | undefined;
      readonly answer: 'approved' | 'rejected' | 'timed out' | 'interrupted';
      readonly who?: string | undefined;
      readonly reason?: string | undefined;
    }
  /** A budget broke: nothing new starts in this play. */
  | {
      readonly type: 'budget-broken';
      readonly play: string;
      readonly on: string | undefined;
      readonly message: string;
      readonly notReached: readonly string[];
    }
  /**
   * A `rescue:` does not run since a brake was pulled first: what failed in its block on these hosts and below them, told
   * as rescued, counts as failed. The ids of the block's steps begin with its own.
   */
  | { readonly type: 'rescue-withheld'; readonly block: string; readonly hosts: readonly string[] }
  | {
      readonly type: 'warning';
      readonly message: string;
      readonly hint?: string | undefined;
      readonly host?: string | undefined;
    }
  /** A word of a task worth a line: the bundle that will be served, how many sessions will be cut. */
  | ({ readonly type: 'note'; readonly message: string } & StepRef)
  /** Last event of every run. `notReached`: selected hosts that no task ran on. */
  | {
      readonly type: 'run-ended';
      readonly exitCode: number;
      readonly recap: readonly RecapRow[];
      readonly notReached: readonly string[];
      readonly message: string | undefined;
      readonly writes: number;
      /** The id of a run that can go on from here. */
      readonly resume?: string | undefined;
    };

/** Receives each event as it happens. Must not throw. */
export type Emit = (event: EventBody) => void;
