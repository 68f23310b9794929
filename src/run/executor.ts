// The one seam between deciding and doing: a work goes in, what it came to comes out. In this process here; a durable
// workflow can stand in its place.

import { setMaxListeners } from 'node:events';
import type { Discovery } from '../connection.ts';
import { Failure } from '../errors.ts';
import type { WorkEnded } from '../journal/entry.ts';
import type { Host, Meta, Play, Result, ValueMap } from '../model.ts';
import { judge } from './conditions.ts';
import { type Approvals, Confirmations } from './confirm.ts';
import { discoveryEvent, type GroupVars, hostsFound } from './discovery.ts';
import { Forgotten, isForgotten } from './forgotten.ts';
import { stepKey } from './history.ts';
import { StepPast } from './past.ts';
import { keepResult } from './register.ts';
import { skipped, thrown, toProve } from './reply.ts';
import { HostScope } from './scope.ts';
import { Soaks, soakName } from './soak.ts';
import { TaskRunner, type TaskWorld } from './task-runner.ts';
import { Watch } from './watch.ts';
import { nameOf } from './words.ts';
import type { ConfirmWork, DiscoverWork, EnterWork, LeaveWork, SoakWork, TaskWork, Work } from './work.ts';

export interface Executor {
  /** What goes wrong on a host is in the result; rejects for a bug of the engine only. */
  execute(work: Work): Promise<Done>;
  /** Takes in what an earlier part of the run did, as if it had just been done. */
  recall(work: Work, ended: WorkEnded): Done;
}

/** What a work came to. */
export interface Done {
  readonly result: Result;
  readonly name: string;
  /** The host whose connections were used instead. */
  readonly delegatedTo?: string | undefined;
  readonly discovery?: Discovery | undefined;
  /** Hosts that the discovery found, parents before children. */
  readonly found?: readonly Host[] | undefined;
  readonly facts?: ValueMap | undefined;
  readonly variables?: ValueMap | undefined;
}

export interface ExecutorOptions extends TaskWorld {
  readonly groupVars: GroupVars;
  /** What an earlier part of the run knew of tasks that it did not see end, by `stepKey`. */
  readonly past: ReadonlyMap<string, StepPast>;
  /** Called before a task of an earlier part of the run is asked again. */
  readonly announce: (work: TaskWork) => void;
  /** Of the playbook, on top. */
  readonly plays: readonly Play[];
  readonly forks: number;
  readonly approvals: Approvals | undefined;
}

/** How long looking into a cloud may take. */
const DISCOVERY_SECONDS = 120;

/** Executes in this process. With `scopes.planning` nothing is ever written: there is no strategy that could. */
export function embeddedExecutor(options: ExecutorOptions): Executor {
  return new Embedded(options);
}

class Embedded implements Executor {
  readonly #options: ExecutorOptions;
  readonly #tasks: TaskRunner;
  readonly #past: Map<string, StepPast>;
  readonly #forgotten: Forgotten;
  readonly #confirmations: Confirmations;
  readonly #soaks: Soaks;

  constructor(options: ExecutorOptions) {
    this.#options = options;
    this.#tasks = new TaskRunner(options);
    this.#past = new Map(options.past);
    this.#forgotten = new Forgotten({
      look: (work, values) => {
        options.announce(work);
        return this.#tasks.run(work, StepPast.ended(values));
      },
      keep: (work, ended) => this.#tasks.recall(work, ended),
      momentary: ({ task }) => options.modules.get(task.module)?.momentary ?? [],
      warn: (message, host) => options.doors.warn(message, undefined, host),
      clock: options.clock,
      interrupted: options.interrupted,
    });
    this.#confirmations = new Confirmations(options);
    const look = async (work: TaskWork) => (await this.#forgotten.lookAgain(work.host)) ?? this.#tasks.look(work);
    this.#soaks = new Soaks({ ...options, planning: options.scopes.planning, look });
    // Every step under way listens.
    for (const signal of [options.kill, options.interrupted]) if (signal) setMaxListeners(0, signal);
  }

  async execute(work: Work): Promise<Done> {
    const started = this.#options.clock.now();
    const lost = await this.#forgotten.lookAgain(work.host);
    const done = lost ? { result: lost, name: this.#nameOf(work) } : await this.#dispatch(work);
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
      case 'confirm':
        return this.#confirm(work);
      case 'soak':
        return this.#soak(work);
    }
  }

  #nameOf(work: Work): string {
    if (work.kind === 'task') return nameOf(work.task, new HostScope(this.#options.scopes, work.host, work.scene, []));
    if (work.kind === 'soak') return soakName(work.soak);
    return work.step.kind === 'play' ? nameOf(work.step, this.#scope(work)) : work.step.action;
  }

  async #task(work: TaskWork): Promise<Done> {
    const done = await this.#tasks.run(work, this.#takePast(work));
    this.#soaks.remember(work, done.name, done.result);
    return done;
  }

  async #confirm(work: ConfirmWork): Promise<Done> {
    const scope = this.#scope(work);
    return { result: await this.#confirmations.settle(work, scope), name: nameOf(work.step, scope) };
  }

  async #soak(work: SoakWork): Promise<Done> {
    return { result: await this.#soaks.settle(work), name: soakName(work.soak) };
  }

  #takePast({ task, host }: TaskWork): StepPast | undefined {
    const key = stepKey(task.id, host.path);
    const past = this.#past.get(key);
    this.#past.delete(key);
    return past;
  }

  recall(work: Work, ended: WorkEnded): Done {
    const { result, name, delegatedTo } = ended;
    const done: Done = { result, name, delegatedTo };
    switch (work.kind) {
      case 'task':
        this.#tasks.recall(work, ended);
        this.#soaks.remember(work, name, result);
        if (isForgotten(ended) && !this.#options.modules.get(work.task.module)?.apply) {
          this.#forgotten.add(work, ended);
        }
        return done;
      case 'enter':
        if (work.step.kind === 'play' && result.status !== 'ok') this.#keep(work, work.step, name, result);
        return done;
      case 'leave':
        this.#keep(work, work.step, name, result);
        return done;
      case 'soak':
        this.#soaks.forget(work);
        return done;
      case 'confirm':
        return done;
      case 'discover':
        return ended.discovery ? { ...done, ...this.#found(work.host, ended.discovery) } : done;
    }
  }

  #found(host: Host, discovery: Discovery): Pick<Done, 'discovery' | 'found'> {
    host.facts = { ...host.facts, ...discovery.facts };
    return { discovery, found: hostsFound(host, discovery, this.#options.groupVars) };
  }

  #scope({ host, scene, step }: EnterWork | LeaveWork | DiscoverWork | ConfirmWork): HostScope {
    return new HostScope(this.#options.scopes, host, scene, step.vars);
  }

  #enter(work: EnterWork): Done {
    const { step, host } = work;
    const scope = this.#scope(work);
    const name = step.kind === 'play' ? nameOf(step, scope) : step.action;
    const result = this.#tasks.excuse(this.#entry(step, scope), host);
    if (step.kind === 'play' && result.status !== 'ok') this.#keep(work, step, name, result);
    return { result, name };
  }

  #entry(step: Play | Meta, scope: HostScope): Result {
    try {
      const when = judge(step.when, scope);
      if (when.truth === false) return skipped(when.text);
      if (when.truth === 'unknown') return this.#unknownWhen(when.text, when.unknown.reason);
      const ignore = step.kind === 'play' && step.ignoreErrors ? judge([step.ignoreErrors], scope).truth : false;
      return { status: 'ok', values: { ignore_errors: ignore === true }, seconds: 0 };
    } catch (error) {
      return thrown(error);
    }
  }

  #unknownWhen(text: string, reason: string): Result {
    if (this.#options.scopes.planning) return toProve(`when ${text}, which is not known yet: ${reason}`);
    return thrown(new Failure(`whether "${text}" is true is not known: ${reason}`, { code: 'unknown-value' }));
  }

  #leave(work: LeaveWork): Done {
    const { step, outcome, ignored } = work;
    const { status, message, hint, fallen } = outcome;
    const name = nameOf(step, this.#scope(work));
    const values = fallen.length > 0 ? { failed_hosts: [...fallen] } : {};
    const played: Result = { status, message, hint, values, seconds: 0 };
    const result = ignored && status === 'failed' ? { ...played, ignored } : played;
    this.#keep(work, step, name, result);
    return { result, name };
  }

  #keep(work: EnterWork | LeaveWork, play: Play, name: string, result: Result): void {
    keepResult(this.#options.scopes.store, [work.host], play, name, result, work.rescuedHere);
  }

  async #discover(work: DiscoverWork): Promise<Done> {
    const { clock, doors, connections, kill, emit, scopes } = this.#options;
    const { host, step } = work;
    const scope = new HostScope(scopes, host, work.scene, []);
    const name = nameOf(step, scope);
    const watch = new Watch(clock, DISCOVERY_SECONDS, kill);
    const fine: Result = { status: 'ok', values: {}, seconds: 0 };
    try {
      const options = { planning: scopes.planning, noLog: false, past: undefined };
      const door = doors.open({ task: step.id, host: host.path }, watch, options);
      const discovery = await watch.race(connections.discover(scope.asTaskHost(), door));
      if (!discovery) return { result: fine, name };
      const found = this.#found(host, discovery);
      emit(discoveryEvent(host, discovery, found.found ?? []));
      return { result: fine, name, ...found };
    } catch (error) {
      return { result: thrown(error), name };
    } finally {
      watch.close();
    }
  }
}
