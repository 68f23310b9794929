// A run or a plan from its first event to its last.

import { dirname, resolve } from 'node:path';
import type { Connections } from '../connection.ts';
import { idleTerms, limitRole } from '../inventory/limit.ts';
import { select } from '../inventory/pattern.ts';
import type { Emit, EventBody, Host, HostPattern, Inventory, Playbook, Result, VarLayer } from '../model.ts';
import type { TaskModule } from '../task.ts';
import type { Permit } from './attempt.ts';
import type { Chooser } from './choose.ts';
import { type RunClock, systemClock } from './clock.ts';
import { Doors } from './door.ts';
import { type Executor, embeddedExecutor } from './executor.ts';
import { scopeWorld } from './hostvars.ts';
import { CloudLocks, type TakeLock } from './locks.ts';
import { Recap } from './recap.ts';
import { BUG } from './reply.ts';
import { next, type State, schedule } from './schedule.ts';
import type { ScopeWorld } from './scope.ts';
import { Store } from './store.ts';
import { endEvent, noticeEvent, startEvent } from './tell.ts';
import type { Happening, Work } from './work.ts';

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
}

/** Runs or plans a checked playbook. Tells everything in events, the last one included; never throws for a host. */
export async function run(options: RunOptions): Promise<{ readonly exitCode: number }> {
  return new Run(options).run();
}

class Run {
  readonly #options: RunOptions;
  readonly #chooser: Chooser;
  readonly #state: State;
  readonly #scopes: ScopeWorld;
  readonly #doors: Doors;
  readonly #executor: Executor;
  readonly #recap = new Recap();
  #bug = false;
  #stopMessage: string | undefined;
  /** Why no host was there to run on. */
  #nobody: string | undefined;

  constructor(options: RunOptions) {
    const { playbook, inventory, connections, mode, clock = systemClock, emit } = options;
    this.#options = options;
    this.#chooser = chooserFor(options.limit);
    this.#state = schedule({
      plays: playbook.plays,
      hosts: inventory.hosts,
      chooser: this.#chooser,
      forks: options.forks,
      forceHandlers: options.forceHandlers ?? false,
      seed: options.seed ?? '',
    });
    this.#scopes = scopeWorld({
      tree: this.#state.tree,
      store: new Store(),
      extraVars: options.extraVars,
      planning: mode === 'plan',
      playbookFolder: resolve(dirname(playbook.file)),
      inventoryFolder: resolve(dirname(inventory.files[0] ?? '.')),
      lookup: (kind, terms) => connections.lookup(kind, terms),
    });
    this.#doors = new Doors(emit, clock);
    this.#executor = embeddedExecutor({
      modules: options.modules,
      scopes: this.#scopes,
      connections,
      clock,
      doors: this.#doors,
      emit,
      kill: options.kill,
      permit: options.permit,
      locks: new CloudLocks(options.lock),
      role: this.#chooser.role,
      groupVars: inventory.groupVars ?? new Map(),
      interrupted: options.signal,
    });
  }

  async run(): Promise<{ readonly exitCode: number }> {
    const { mode, version, playbook, inventory, limit } = this.#options;
    this.#tell({
      type: 'run-started',
      mode,
      version,
      playbook: playbook.file,
      inventory: inventory.files,
      limit: limit?.text,
      hosts: this.#selectedHosts(),
    });
    await this.#drive();
    this.#judgeLimit();
    const exitCode = this.#exitCode();
    this.#tell({
      type: 'run-ended',
      exitCode,
      recap: this.#recap.rows(),
      notReached: [...this.#state.selected].filter((host) => !this.#recap.reached(host)),
      message: this.#message(exitCode),
      writes: this.#doors.writes,
    });
    return { exitCode };
  }

  /** Once all is found that `--limit` may mean, a name in it that means nothing is a slip. */
  #judgeLimit(): void {
    const { limit, inventory } = this.#options;
    const { tree, discovered } = this.#state;
    const open = ({ kind, path }: Host) => kind === 'cloud' && !discovered.has(path);
    if (!limit || inventory.hosts.some((host) => open(host) && this.#chooser.role(host) !== 'out')) return;
    const hosts = tree.all();
    const idle = idleTerms(limit, hosts).map((term) => `"${term.text}"`);
    if (!hosts.some((host) => this.#chooser.role(host) === 'selected')) {
      this.#nobody = `--limit "${limit.text}" is for no host that there is`;
    } else if (idle.length > 0) this.#doors.warn(`--limit: there is no host ${idle.join(' and no host ')}`);
  }

  #selectedHosts(): string[] {
    const { playbook, inventory } = this.#options;
    const selected = new Set(playbook.plays.flatMap((play) => select(play.hosts, inventory.hosts)));
    return inventory.hosts
      .filter((host) => selected.has(host) && this.#chooser.role(host) !== 'out')
      .map((host) => host.path);
  }

  #tell(event: EventBody): void {
    this.#recap.take(event);
    this.#options.emit(event);
  }

  /** Feeds the scheduler with what happens until nothing is under way any more. Rejects for a bug of the engine. */
  #drive(): Promise<void> {
    const { signal } = this.#options;
    return new Promise((resolve, reject) => {
      const interrupt = () => advance({ type: 'interrupt' });
      const advance = (happening: Happening) => {
        try {
          const { say, start } = next(this.#state, happening);
          for (const notice of say) this.#tell(noticeEvent(notice, this.#scopes));
          for (const work of start) this.#start(work).then(advance, reject);
          if (!this.#state.finished) return;
          signal?.removeEventListener('abort', interrupt);
          resolve();
        } catch (error) {
          reject(error);
        }
      };
      signal?.addEventListener('abort', interrupt, { once: true });
      advance({ type: 'begin' });
      if (signal?.aborted) interrupt();
    });
  }

  async #start(work: Work): Promise<Happening> {
    const started = startEvent(work);
    if (started) this.#tell(started);
    const done = await this.#executor.execute(work);
    const { result, found } = done;
    this.#note(work, result);
    const ended = endEvent(work, done);
    if (ended) this.#tell(ended);
    return { type: 'ended', work: work.id, result, ...(found ? { found } : {}) };
  }

  #note(work: Work, result: Result): void {
    if (result.stopsRun) this.#stopMessage ??= `${work.host.path}: ${result.message ?? ''}`;
    if (result.code !== BUG) return;
    this.#bug = true;
    this.#doors.warn(`${work.host.path}: ${result.message ?? 'a bug'}`, result.hint, work.host.path);
  }

  #exitCode(): number {
    if (this.#options.signal?.aborted) return 130;
    if (this.#bug) return 1;
    if (this.#state.stopped) return 5;
    const fallen = new Set(this.#state.casualties.values());
    if (fallen.has('failed')) return 2;
    if (fallen.has('unreachable')) return 3;
    return (this.#state.empty ?? this.#nobody) === undefined ? 0 : 4;
  }

  #message(exitCode: number): string | undefined {
    if (exitCode === 130)
      return 'interrupted: what was under way was awaited, nothing else was started; the same command goes on from here';
    if (exitCode === 1) return 'there was a bug in cs-play or in a task module';
    if (exitCode === 5) return `stopped by a safety rule: ${this.#stopMessage ?? ''}`;
    return this.#state.empty ?? this.#nobody;
  }
}

function chooserFor(limit: HostPattern | undefined): Chooser {
  if (!limit) return { select, role: () => 'selected', limited: false };
  const roles = new Map<Host, ReturnType<typeof limitRole>>();
  const role = (host: Host) => {
    const known = roles.get(host);
    if (known) return known;
    const found = limitRole(limit, host);
    roles.set(host, found);
    return found;
  };
  return { select, role, limited: true };
}
