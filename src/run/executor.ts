// The one seam between deciding and doing: a work goes in, what it came to comes out. In this process here; a durable
// workflow can stand in its place.

import { setMaxListeners } from 'node:events';
import { Failure } from '../errors.ts';
import type { Emit, Host, Meta, Play, Result, Task, Value } from '../model.ts';
import type { TaskModule } from '../task.ts';
import type { Attempt } from './attempt.ts';
import type { Role } from './choose.ts';
import { judge } from './conditions.ts';
import { discoveryEvent, type GroupLayers, hostsFound } from './discovery.ts';
import { type ItemWorld, runItem } from './item.ts';
import { loopItems, runLoop } from './loop.ts';
import { hidden, hideValues } from './no-log.ts';
import { PlannedChanges } from './planned.ts';
import { type Reply, registered, skipped, thrown, toProve } from './reply.ts';
import { HostScope, type ScopeWorld } from './scope.ts';
import { leavingAlone, planning, type Strategy } from './strategy.ts';
import { Watch } from './watch.ts';
import { nameOf, textOf } from './words.ts';
import type { DiscoverWork, EnterWork, LeaveWork, TaskWork, Work } from './work.ts';

export interface Executor {
  /** Never rejects: what goes wrong is in the result. */
  execute(work: Work): Promise<Done>;
}

/** What a work came to. */
export interface Done {
  readonly result: Result;
  readonly name: string;
  /** The host whose connections were used instead. */
  readonly delegatedTo?: string | undefined;
  /** Hosts that a discovery found, parents before children. */
  readonly found?: readonly Host[] | undefined;
}

export interface ExecutorOptions extends ItemWorld {
  readonly modules: ReadonlyMap<string, TaskModule>;
  readonly scopes: ScopeWorld;
  readonly role: (host: Host) => Role;
  readonly groupLayers: GroupLayers;
  readonly emit: Emit;
}

/** How long looking into a cloud may take. */
const DISCOVERY_SECONDS = 120;

/** Executes in this process. With `scopes.planning` nothing is ever written: there is no strategy that could. */
export function embeddedExecutor(options: ExecutorOptions): Executor {
  return new Embedded(options);
}

class Embedded implements Executor {
  readonly #options: ExecutorOptions;
  readonly #planning: Strategy | undefined;
  /** For tasks with `check_mode: true` in a run: what they plan excuses no failure. */
  readonly #checkMode = planning(new PlannedChanges());

  constructor(options: ExecutorOptions) {
    this.#options = options;
    this.#planning = options.scopes.planning ? planning(new PlannedChanges()) : undefined;
    if (options.kill) setMaxListeners(0, options.kill);
  }

  async execute(work: Work): Promise<Done> {
    const started = this.#options.clock.now();
    const done = await this.#dispatch(work);
    const seconds = (this.#options.clock.now() - started) / 1000;
    return { ...done, result: { ...done.result, seconds } };
  }

  #dispatch(work: Work): Promise<Done> | Done {
    switch (work.kind) {
      case 'task':
        return this.#task(work);
      case 'enter':
        return this.#enter(work);
      case 'leave':
        return this.#leave(work);
      case 'discover':
        return this.#discover(work);
    }
  }

  #scope(work: Work, vars = work.kind === 'task' ? work.task.vars : work.step.vars): HostScope {
    return new HostScope(this.#options.scopes, work.host, work.scene, vars);
  }

  async #task(work: TaskWork): Promise<Done> {
    const { task } = work;
    const scope = this.#scope(work);
    const name = nameOf(task, scope);
    const delegated: { to?: string } = {};
    const reply = await this.#reply(work, name, scope, delegated);
    const result = this.#ignoring(task, this.#scope(work), reply.result);
    this.#register(work, task, name, result);
    return { result, name, delegatedTo: delegated.to };
  }

  async #reply(work: TaskWork, name: string, scope: HostScope, delegated: { to?: string }): Promise<Reply> {
    const { task } = work;
    const strategy = this.#strategyFor(work);
    const planning = strategy?.planning ?? false;
    const runOne = async (fresh: () => HostScope): Promise<Reply> => {
      const started = this.#options.clock.now();
      const prepare = () => this.#attempt(work, name, fresh(), strategy, delegated);
      const reply = await runItem(this.#options, fresh(), prepare, planning);
      const judged = strategy ? strategy.failure(reply.result, work.host.path) : reply.result;
      const seconds = (this.#options.clock.now() - started) / 1000;
      const kept = { ...reply, result: this.#finished(task, { ...judged, seconds }) };
      this.#keep(work, kept);
      return kept;
    };
    if (!task.loop) return runOne(() => this.#scope(work));
    const items = loopItems(task, scope);
    if ('unknown' in items && planning)
      return { result: toProve(`for each of a list that is not known yet: ${items.unknown}`) };
    if ('unknown' in items) return { result: thrown(new Failure(`the list of "loop" is not known: ${items.unknown}`)) };
    if ('result' in items) return { result: strategy ? strategy.failure(items.result, work.host.path) : items.result };
    return runLoop(
      {
        clock: this.#options.clock,
        stopping: () => this.#options.stopping(),
        runItem: (inside) => runOne(() => inside.with([])),
        itemEnded: ({ result }, label) => {
          const ref = { task: task.id, host: work.host.path };
          this.#options.emit({ type: 'item-ended', ...ref, ...hidden({ label, result }) });
        },
      },
      task,
      scope,
      items,
    );
  }

  /** What the task's own keywords say of how a result is shown. */
  #finished(task: Task, result: Result): Result {
    const shown =
      task.diff === false && result.change?.diff
        ? { ...result, change: { ...result.change, diff: undefined } }
        : result;
    if (!task.noLog) return shown;
    hideValues(shown);
    return { ...shown, noLog: true };
  }

  #attempt(
    work: TaskWork,
    name: string,
    scope: HostScope,
    strategy: Strategy | undefined,
    delegated: { to?: string },
  ): Attempt {
    const { task } = work;
    const module = this.#options.modules.get(task.module);
    if (!module) throw new Error(`no task module is called "${task.module}"`);
    if (task.checkMode === false && module.apply && this.#planning) {
      throw new Failure(`"check_mode: false" would let "${task.module}" write in a plan`, {
        code: 'check-mode',
        hint: 'a plan never writes: leave it out, "check" of the task is what a plan needs',
        at: task.at,
      });
    }
    const through = task.delegateTo ? this.#delegate(task, scope) : scope;
    if (through !== scope) delegated.to = through.host.path;
    return { task, module, name, scope, through, strategy };
  }

  #delegate(task: Task, scope: HostScope): HostScope {
    const name = textOf(task.delegateTo?.evaluate(scope) ?? null);
    const { tree } = this.#options.scopes;
    const host = tree.get(name) ?? (name === 'localhost' ? localhost : undefined);
    if (host) return new HostScope(this.#options.scopes, host, scope.scene, []);
    throw new Failure(`delegate_to names no host: "${name}"`, {
      at: task.delegateTo?.at,
      code: 'delegate',
      hint: 'a host below another is named by its path, as in "eu-1/ms1"',
    });
  }

  #strategyFor({ task, host }: TaskWork): Strategy | undefined {
    if (this.#options.role(host) === 'on the way') return leavingAlone;
    return this.#planning ?? (task.checkMode ? this.#checkMode : undefined);
  }

  #keep({ host, shared }: TaskWork, { facts, variables }: Reply): void {
    if (facts && Object.keys(facts).length > 0) host.facts = { ...host.facts, ...facts };
    for (const [name, value] of Object.entries(variables ?? {})) {
      for (const each of [host, ...shared]) this.#options.scopes.store.set(each, name, value);
    }
  }

  #ignoring(task: Task, scope: HostScope, result: Result): Result {
    if (result.stopsRun) return result;
    if (result.status === 'unreachable' && task.ignoreUnreachable) return { ...result, ignored: true };
    if (result.status !== 'failed' || !task.ignoreErrors) return result;
    try {
      return judge([task.ignoreErrors], scope).truth === true ? { ...result, ignored: true } : result;
    } catch (error) {
      // Both are told: the failure, and why it was not ignored.
      const why = thrown(error).message ?? '';
      return { ...result, message: `${result.message ?? ''}; ignore_errors: ${why}` };
    }
  }

  #register(work: TaskWork | LeaveWork, step: Task | Play, name: string, result: Result): void {
    const { store } = this.#options.scopes;
    const shared = work.kind === 'task' ? work.shared : [];
    const set = (variable: string, value: Value) => {
      for (const host of [work.host, ...shared]) store.set(host, variable, value);
    };
    if (step.register !== undefined) set(step.register, registered(result, name));
    const fell = result.status === 'failed' || (result.status === 'unreachable' && step.kind === 'play');
    if (!fell || result.ignored || !work.rescuedHere) return;
    set('ansible_failed_task', { name, action: step.kind === 'task' ? step.module : 'play' });
    set('ansible_failed_result', registered(result, name));
  }

  #enter(work: EnterWork): Done {
    const { step } = work;
    const scope = this.#scope(work);
    const name = step.kind === 'play' ? nameOf(step, scope) : step.action;
    const result = this.#entry(step, scope);
    if (step.kind === 'play' && step.register !== undefined && result.status !== 'ok') {
      this.#options.scopes.store.set(work.host, step.register, registered(result, name));
    }
    return { result, name };
  }

  #entry(step: Play | Meta, scope: HostScope): Result {
    try {
      const when = judge(step.when, scope);
      if (when.truth === false) return skipped(when.text);
      if (when.truth === 'unknown') return this.#unknownEntry(when.text, when.unknown.reason);
      const ignore =
        step.kind === 'play' && step.ignoreErrors !== undefined && judge([step.ignoreErrors], scope).truth === true;
      return { status: 'ok', values: { ignore_errors: ignore }, seconds: 0 };
    } catch (error) {
      const failure = thrown(error);
      return this.#planning ? this.#planning.failure(failure, scope.host.path) : failure;
    }
  }

  #unknownEntry(text: string, reason: string): Result {
    if (this.#planning) return toProve(`when ${text}, which is not known yet: ${reason}`);
    return thrown(new Failure(`whether "${text}" is true is not known: ${reason}`, { code: 'unknown-value' }));
  }

  #leave(work: LeaveWork): Done {
    const { step, outcome, ignored } = work;
    const { status, message, hint, fallen } = outcome;
    const name = nameOf(step, this.#scope(work));
    const values = fallen.length > 0 ? { failed_hosts: [...fallen] } : {};
    const result: Result = {
      status,
      message,
      hint,
      values,
      seconds: 0,
      ignored: (ignored && status === 'failed') || undefined,
    };
    this.#register(work, step, name, result);
    return { result, name };
  }

  async #discover(work: DiscoverWork): Promise<Done> {
    const { clock, doors, connections, kill, emit, groupLayers } = this.#options;
    const { host, step } = work;
    const scope = this.#scope(work, []);
    const name = nameOf(step, scope);
    const watch = new Watch(clock, DISCOVERY_SECONDS, kill);
    try {
      const door = doors.open({ task: step.id, host: host.path }, watch, this.#planning !== undefined);
      const discovery = await watch.race(connections.discover(scope.asTaskHost(), door));
      if (!discovery) return { result: { status: 'ok', values: {}, seconds: 0 }, name };
      const found = hostsFound(host, discovery, groupLayers);
      host.facts = { ...host.facts, ...discovery.facts };
      emit(discoveryEvent(host, discovery, found));
      return { result: { status: 'ok', values: {}, seconds: 0 }, name, found };
    } catch (error) {
      return { result: thrown(error), name };
    } finally {
      watch.close();
    }
  }
}

/** The machine that cs-play runs on, where the inventory does not write it. */
const localhost: Host = {
  path: 'localhost',
  name: 'localhost',
  kind: 'host',
  parent: undefined,
  groups: [],
  layers: [],
  facts: { ansible_connection: 'local' },
};
