// What a run is made of.

import type { Connections } from '../connection.ts';
import type { Ledger } from '../journal/entry.ts';
import type { Emit, HostPattern, Inventory, Playbook, VarLayer } from '../model.ts';
import type { TaskModule } from '../task.ts';
import type { Permit } from './attempt.ts';
import type { RunClock } from './clock.ts';
import type { Earlier } from './comeback.ts';
import type { Approvals } from './confirm.ts';
import type { TakeLock } from './locks.ts';

/** All of it is made and closed by whoever runs it. */
export interface RunOptions {
  /** `plan`: nothing is written. */
  readonly mode: 'plan' | 'run';
  readonly version: string;
  readonly playbook: Playbook;
  readonly inventory: Inventory;
  readonly modules: ReadonlyMap<string, TaskModule>;
  /** Not closed by the run. */
  readonly connections: Connections;
  /** `-e`. */
  readonly extraVars?: VarLayer | undefined;
  /** `--limit`, its subscripts settled. */
  readonly limit?: HostPattern | undefined;
  /** `-f`: how many steps may be under way at once, in the whole tree. */
  readonly forks: number;
  /** `--force-handlers`. */
  readonly forceHandlers?: boolean | undefined;
  /** For `order: shuffle`: the same seed gives the same order. */
  readonly seed?: string | undefined;
  readonly emit: Emit;
  /** First Ctrl-C: nothing new starts, what is under way is awaited. */
  readonly signal?: AbortSignal | undefined;
  /** Second Ctrl-C: what is under way is given up. */
  readonly kill?: AbortSignal | undefined;
  readonly clock?: RunClock | undefined;
  /** Asked before each change is made, in a run. */
  readonly permit?: Permit | undefined;
  /** Called in a run before the first look of a task that may change a cloud: once a cloud. */
  readonly lock?: TakeLock | undefined;
  /** The id under which the run is kept. */
  readonly id?: string | undefined;
  /** Where all is kept that a resumed run needs. */
  readonly ledger?: Ledger | undefined;
  /** An earlier part of the same run, to go on from. */
  readonly earlier?: Earlier | undefined;
  /** Where a `confirm:` is asked; without it nobody says yes. */
  readonly approvals?: Approvals | undefined;
}
