// A run or a plan from its first event to its last.

import { dirname, resolve } from 'node:path';
import { idleTerms } from '../inventory/limit.ts';
import { select } from '../inventory/pattern.ts';
import type { WorkEnded } from '../journal/entry.ts';
import type { Event, EventBody, Host, Result, Value } from '../model.ts';
import type { Chooser } from './choose.ts';
import { systemClock } from './clock.ts';
import { type Comeback, comeback } from './comeback.ts';
import { Doors, type Tell } from './door.ts';
import { type Done, type Executor, embeddedExecutor } from './executor.ts';
import { scopeWorld } from './hostvars.ts';
import { chooserFor } from './limited.ts';
import { CloudLocks } from './locks.ts';
import type { RunOptions } from './options.ts';
import { Recap } from './recap.ts';
import { BUG } from './reply.ts';
import { Ends, retrace } from './retrace.ts';
import { next, type State, schedule } from './schedule.ts';
import type { ScopeWorld } from './scope.ts';
import { Store } from './store.ts';
import { endEntry, endEvent, noticeEvent, startEvent } from './tell.ts';
import { WindowGuard } from './window.ts';
import type { Happening, TaskWork, Work } from './work.ts';

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
  readonly #comeback: Comeback | undefined;
  /** What an earlier part of the run did, and begins later on this way. */
  #done = new Ends();
  /** By task: how it began in an earlier part of the run. */
  readonly #untold = new Map<string, EventBody>();
  #bug = false;
  #stopMessage: string | undefined;
  /** Why no host was there to run on. */
  #nobody: string | undefined;

  constructor(options: RunOptions) {
    const { playbook, inventory, connections, mode, clock = systemClock, ledger, earlier } = options;
    const groupVars = inventory.groupVars ?? new Map();
    this.#options = options;
    this.#chooser = chooserFor(options.limit);
    const begin = () =>
      schedule({
        plays: playbook.plays,
        hosts: inventory.hosts,
        chooser: this.#chooser,
        forks: options.forks,
        forceHandlers: options.forceHandlers ?? false,
        seed: options.seed ?? '',
      });
    this.#state = begin();
    this.#comeback = earlier && comeback({ earlier, playbook, groupVars, begin });
    this.#scopes = scopeWorld({
      tree: this.#state.tree,
      store: new Store(),
      extraVars: options.extraVars,
      planning: mode === 'plan',
      playbookFolder: resolve(dirname(playbook.file)),
      inventoryFolder: resolve(dirname(inventory.files[0] ?? '.')),
      lookup: (kind, terms) => connections.lookup(kind, terms),
    });
    const tell: Tell = (event, answer) => this.#keepAndTell(event, answer);
    this.#doors = new Doors(tell, clock, ledger, options.id, this.#comeback?.writes);
    this.#executor = embeddedExecutor({
      modules: options.modules,
      scopes: this.#scopes,
      connections,
      clock,
      doors: this.#doors,
      ledger,
      emit: tell,
      kill: options.kill,
      permit: options.permit,
      locks: new CloudLocks(options.lock),
      role: this.#chooser.role,
      groupVars,
      windows: new WindowGuard(clock),
      plays: playbook.plays,
      forks: options.forks,
      approvals: options.approvals,
      interrupted: options.signal,
      past: this.#comeback?.past ?? new Map(),
      announce: (work) => this.#announce(work),
    });
  }

  async run(): Promise<{ readonly exitCode: number }> {
    const { ledger, id } = this.#options;
    const underWay = this.#comeback ? this.#comeBack(this.#comeback) : this.#setOut();
    await this.#drive(underWay);
    this.#judgeLimit();
    const exitCode = this.#exitCode();
    const canGoOn = ledger !== undefined && exitCode !== 0 && exitCode !== 4;
    this.#tell({
      type: 'run-ended',
      exitCode,
      recap: this.#recap.rows(),
      notReached: [...this.#state.selected].filter((host) => !this.#recap.reached(host)),
      message: this.#message(exitCode),
      writes: this.#doors.writes,
      ...(canGoOn && { resume: id }),
    });
    return { exitCode };
  }

  #setOut(): readonly Work[] {
    const { mode, version, playbook, inventory, limit, id } = this.#options;
    this.#tell({
      type: 'run-started',
      mode,
      ...(id !== undefined && { run: id }),
      version,
      playbook: playbook.file,
      inventory: inventory.files,
      limit: limit?.text,
      hosts: this.#selectedHosts(),
    });
    return this.#advance({ type: 'begin' });
  }

  /** Walks the way that was gone before, quietly, and gives the works that were under way at its end. */
  #comeBack({ ends, again, later }: Comeback): readonly Work[] {
    const { ledger, id = '', earlier } = this.#options;
    const { underWay, left } = retrace({
      state: this.#state,
      ends,
      later,
      say: (notice) => {
        const event = noticeEvent(notice, this.#scopes);
        this.#recap.take(event);
        if (event.type === 'task-started') this.#untold.set(event.task, event);
      },
      recall: (work, { ended }) => this.#recall(work, ended),
    });
    this.#done = left;
    if (earlier) ledger?.append({ resumed: { ...earlier.resumed, again } });
    const steps = underWay.flatMap((work) =>
      work.kind === 'task' ? { task: work.task.id, host: work.host.path } : [],
    );
    this.#tell({ type: 'run-resumed', run: id, done: ends.length, underWay: steps });
    return underWay;
  }

  #recall(work: Work, ended: WorkEnded): Happening {
    const done = this.#executor.recall(work, ended);
    const told = endEvent(work, done);
    if (told) this.#recap.take(told);
    return happened(work, done);
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
    this.#keepAndTell(event);
  }

  #keepAndTell(event: EventBody, answer?: Value): void {
    const { emit, ledger } = this.#options;
    if (ledger) {
      const kept: Event = { at: new Date().toISOString(), ...event };
      ledger.append(answer === undefined ? { event: kept } : { event: kept, answer });
    }
    emit(event);
  }

  /** Feeds the scheduler with what happens until nothing is under way any more. Rejects for a bug of the engine. */
  #drive(first: readonly Work[]): Promise<void> {
    const { signal } = this.#options;
    return new Promise((resolve, reject) => {
      const begin = (works: readonly Work[]) => {
        for (const work of works) this.#start(work).then(take, reject);
        if (!this.#state.finished) return;
        signal?.removeEventListener('abort', interrupt);
        resolve();
      };
      const take = (happening: Happening) => {
        try {
          begin(this.#advance(happening));
        } catch (error) {
          reject(error);
        }
      };
      const interrupt = () => take({ type: 'interrupt' });
      signal?.addEventListener('abort', interrupt, { once: true });
      begin(first);
      if (signal?.aborted) interrupt();
    });
  }

  /** What the scheduler wants to have started now; what it says is told first. */
  #advance(happening: Happening): readonly Work[] {
    const { say, start } = next(this.#state, happening);
    for (const notice of say) this.#tell(noticeEvent(notice, this.#scopes));
    return start;
  }

  async #start(work: Work): Promise<Happening> {
    const before = this.#done.take(work);
    if (before) return this.#recall(work, before.ended);
    const started = startEvent(work);
    if (work.kind === 'task') this.#announce(work);
    if (started) this.#tell(started);
    const done = await this.#executor.execute(work);
    this.#note(work, done.result);
    this.#options.ledger?.append({ ended: endEntry(work, done) });
    const ended = endEvent(work, done);
    if (ended) this.#tell(ended);
    return happened(work, done);
  }

  /** A task that began in an earlier part of the run is told of here before it goes on. */
  #announce({ task }: TaskWork): void {
    const event = this.#untold.get(task.id);
    if (event) this.#tell(event);
    this.#untold.delete(task.id);
  }

  #note(work: Work, result: Result): void {
    if (work.kind === 'confirm' && result.status === 'failed') this.#stopMessage ??= result.message;
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
    if (exitCode === 130) {
      const underWay = this.#options.kill?.aborted ? 'was given up, its outcome is unknown' : 'was awaited';
      return `interrupted: what was under way ${underWay}; nothing else was started`;
    }
    if (exitCode === 1) return 'there was a bug in cs-play or in a task module';
    if (exitCode === 5) return `stopped by a safety rule: ${this.#stopMessage ?? ''}`;
    return this.#state.empty ?? this.#nobody;
  }
}

const happened = (work: Work, { result, found }: Done): Happening => ({
  type: 'ended',
  work: work.id,
  result,
  ...(found ? { found } : {}),
});
