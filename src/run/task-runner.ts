// A task on a host from its name to what is kept of it: strategy, loop, delegation, ignoring, registering.

import { Failure } from '../errors.ts';
import { implicitLocalhost } from '../inventory/pattern.ts';
import type { WorkEnded } from '../journal/entry.ts';
import type { Host, Result, Task, ValueMap } from '../model.ts';
import type { TaskModule } from '../task.ts';
import type { Attempt } from './attempt.ts';
import type { Role } from './choose.ts';
import { judge } from './conditions.ts';
import { Doors } from './door.ts';
import { type ItemWorld, runItem } from './item.ts';
import { loopItems, runLoop } from './loop.ts';
import { hidden, hideValues, keptResult, keptVariables } from './no-log.ts';
import type { StepPast } from './past.ts';
import { PlannedChanges } from './planned.ts';
import { keepResult } from './register.ts';
import { type Reply, thrown, toProve } from './reply.ts';
import { HostScope, type ScopeWorld } from './scope.ts';
import type { Store } from './store.ts';
import { leavingAlone, planning, type Strategy } from './strategy.ts';
import { nameOf, textOf } from './words.ts';
import type { TaskWork } from './work.ts';

export interface TaskWorld extends ItemWorld {
  readonly modules: ReadonlyMap<string, TaskModule>;
  readonly scopes: ScopeWorld;
  readonly role: (host: Host) => Role;
}

export interface TaskDone {
  readonly result: Result;
  readonly name: string;
  /** The host whose connections were used instead. */
  readonly delegatedTo: string | undefined;
  /** What was found out about the host, and what was set on it. */
  readonly facts: ValueMap;
  readonly variables: ValueMap;
}

export class TaskRunner {
  readonly #world: TaskWorld;
  /** The same, with nobody who hears what is told. */
  readonly #quiet: TaskWorld;
  /** In a plan: the strategy of every task. */
  readonly #plan: Strategy | undefined;
  /** For hosts on the way. */
  readonly #leaveAlone: Strategy;
  /** For tasks with `check_mode: true` in a run: what they plan excuses no failure. */
  readonly #checkMode = planning(new PlannedChanges());

  constructor(world: TaskWorld) {
    this.#world = world;
    const emit = () => {};
    this.#quiet = { ...world, emit, ledger: undefined, doors: new Doors(emit, world.clock, undefined) };
    this.#plan = world.scopes.planning ? planning(new PlannedChanges()) : undefined;
    this.#leaveAlone = leavingAlone(this.#plan);
  }

  /** In a plan: the last word on a failure, given the changes planned so far. */
  excuse(result: Result, host: Host): Result {
    return this.#plan ? this.#plan.failure(result, host.path) : result;
  }

  /** Never rejects but for a bug of the engine. `past`: what an earlier part of the run knew of the step. */
  async run(work: TaskWork, past: StepPast | undefined): Promise<TaskDone> {
    const step = new TaskStep(this.#world, work, this.#strategyFor(work), this.#plan !== undefined, past);
    const reply = await step.run();
    const result = ignoring(work.task, step.scope(), reply.result);
    this.#register(work, step.name, result);
    const { name, delegatedTo, facts, variables } = step;
    return { result, name, delegatedTo, facts, variables };
  }

  /** Takes in what an earlier part of the run did, as if it had just been done. */
  recall(work: TaskWork, { name, result, facts, variables }: WorkEnded): void {
    keepFound(this.#world.scopes.store, work, { facts, variables });
    this.#register(work, name, result);
  }

  #register(work: TaskWork, name: string, result: Result): void {
    const hosts = [work.host, ...work.shared];
    keepResult(this.#world.scopes.store, hosts, work.task, name, result, work.rescuedHere);
  }

  /** Looks whether a task still finds what it found, and never changes anything. Nothing of it is told or kept. */
  async look(work: TaskWork): Promise<Result> {
    const step = new TaskStep(this.#quiet, work, this.#leaveAlone, false, undefined);
    step.keeps = false;
    return ignoring(work.task, step.scope(), (await step.run()).result);
  }

  #strategyFor({ task, host }: TaskWork): Strategy | undefined {
    if (this.#world.role(host) === 'on the way') return this.#leaveAlone;
    return this.#plan ?? (task.checkMode ? this.#checkMode : undefined);
  }
}

/** One task on one host. */
class TaskStep {
  readonly name: string;
  /** Paths of the hosts whose connections were used. */
  readonly #through = new Set<string>();
  readonly #world: TaskWorld;
  readonly #work: TaskWork;
  /** Undefined makes changes. */
  readonly #strategy: Strategy | undefined;
  readonly #inPlan: boolean;
  readonly #past: StepPast | undefined;
  facts: ValueMap = {};
  variables: ValueMap = {};
  /** Whether facts and variables hold from here on. */
  keeps = true;

  constructor(
    world: TaskWorld,
    work: TaskWork,
    strategy: Strategy | undefined,
    inPlan: boolean,
    past: StepPast | undefined,
  ) {
    this.#world = world;
    this.#work = work;
    this.#strategy = strategy;
    this.#inPlan = inPlan;
    this.#past = past;
    this.name = nameOf(work.task, this.scope());
  }

  /** The one other host whose connections were used; undefined where the items of a loop used those of several. */
  get delegatedTo(): string | undefined {
    const [path, ...more] = this.#through;
    return more.length > 0 || path === this.#work.host.path ? undefined : path;
  }

  /** Nothing of what was evaluated before is kept in it. */
  scope(): HostScope {
    const { host, scene, task } = this.#work;
    return new HostScope(this.#world.scopes, host, scene, task.vars);
  }

  run(): Promise<Reply> | Reply {
    const { task } = this.#work;
    return task.loop ? this.#runLoop(task) : this.#runOne(() => this.scope());
  }

  #runLoop(task: Task): Promise<Reply> | Reply {
    const scope = this.scope();
    const items = loopItems(task, scope);
    if ('unknown' in items) return { result: this.#unknownItems(items.unknown) };
    if ('result' in items) return { result: this.#finished(this.#excused(items.result)) };
    const world = {
      clock: this.#world.clock,
      interrupted: this.#world.interrupted,
      runItem: (inside: HostScope, index: number) => this.#runItem(inside, index),
      itemEnded: (reply: Reply, label: string, index: number) => this.#itemEnded(reply, label, index),
    };
    return runLoop(world, task, scope, items);
  }

  /** An item that an earlier part of the run has done is not done again. */
  async #runItem(inside: HostScope, index: number): Promise<Reply> {
    const done = this.#past?.items.get(index);
    if (!done) return this.#runOne(() => inside.with([]), index);
    this.#keep(done);
    return done;
  }

  #itemEnded({ result, facts, variables }: Reply, label: string, index: number): void {
    if (this.#past?.items.has(index)) return;
    const ref = { task: this.#work.task.id, host: this.#work.host.path };
    const kept = { result: keptResult(result), facts, variables: keptVariables(variables, result) };
    this.#world.ledger?.append({ item: { ...ref, index, ...kept } });
    this.#world.emit({ type: 'item-ended', ...ref, ...hidden({ label, result }) });
  }

  #unknownItems(reason: string): Result {
    if (this.#strategy?.planning) return toProve(`for each of a list that is not known yet: ${reason}`);
    return thrown(new Failure(`the list of "loop" is not known: ${reason}`, { code: 'unknown-value' }));
  }

  async #runOne(fresh: () => HostScope, item?: number): Promise<Reply> {
    const { clock } = this.#world;
    const started = clock.now();
    const prepare = () => this.#attempt(fresh(), item);
    const reply = await runItem(this.#world, fresh(), prepare, this.#strategy?.planning ?? false);
    const seconds = (clock.now() - started) / 1000;
    const done = { ...reply, result: this.#finished({ ...this.#excused(reply.result), seconds }) };
    this.#keep(done);
    return done;
  }

  #excused(result: Result): Result {
    return this.#strategy ? this.#strategy.failure(result, this.#work.host.path) : result;
  }

  /** What the task's own keywords say of how a result is shown. */
  #finished(result: Result): Result {
    const { diff, noLog } = this.#work.task;
    const hideDiff = diff === false && result.change?.diff !== undefined;
    const finished = hideDiff
      ? { ...result, change: { ...result.change, diff: undefined } as Result['change'] }
      : result;
    if (!noLog) return finished;
    hideValues(finished);
    return { ...finished, noLog: true };
  }

  #attempt(scope: HostScope, item: number | undefined): Attempt {
    const { task } = this.#work;
    const module = this.#world.modules.get(task.module);
    if (!module) throw new Error(`no task module is called "${task.module}"`);
    if (task.checkMode === false && module.apply && this.#inPlan) {
      throw new Failure(`"check_mode: false" would let "${task.module}" write in a plan`, {
        code: 'check-mode',
        hint: 'a plan never writes; leave it out, since in a plan only the look of the task is taken',
        at: task.at,
      });
    }
    const through = task.delegateTo ? this.#delegate(task, scope) : scope;
    this.#through.add(through.host.path);
    return { task, module, name: this.name, scope, through, item, strategy: this.#strategy, past: this.#past };
  }

  #delegate(task: Task, scope: HostScope): HostScope {
    const name = textOf(task.delegateTo?.evaluate(scope) ?? null);
    const host = this.#world.scopes.tree.get(name) ?? (name === implicitLocalhost.name ? implicitLocalhost : undefined);
    if (host) return new HostScope(this.#world.scopes, host, scope.scene, []);
    throw new Failure(`delegate_to names no host: "${name}"`, {
      at: task.delegateTo?.at,
      code: 'delegate',
      hint: 'a host below another is named by its path, as in "eu-1/ms1"',
    });
  }

  /** Facts and variables hold from the next item or task on, whatever becomes of this one. */
  #keep({ facts, variables }: Found): void {
    if (this.keeps) keepFound(this.#world.scopes.store, this.#work, { facts, variables });
    this.facts = { ...this.facts, ...facts };
    this.variables = { ...this.variables, ...variables };
  }
}

type Found = Pick<Reply, 'facts' | 'variables'>;

function keepFound(store: Store, { host, shared }: TaskWork, { facts, variables }: Found): void {
  if (facts && Object.keys(facts).length > 0) host.facts = { ...host.facts, ...facts };
  for (const [name, value] of Object.entries(variables ?? {})) {
    for (const each of [host, ...shared]) store.set(each, name, value);
  }
}

/** `ignore_errors` and `ignore_unreachable`. A safety rule is not ignored. */
function ignoring(task: Task, scope: HostScope, result: Result): Result {
  if (result.stopsRun) return result;
  if (result.status === 'unreachable') return task.ignoreUnreachable ? { ...result, ignored: true } : result;
  if (result.status !== 'failed' || !task.ignoreErrors) return result;
  try {
    return judge([task.ignoreErrors], scope).truth === true ? { ...result, ignored: true } : result;
  } catch (error) {
    // Both are told: the failure, and why it was not ignored.
    return { ...result, message: `${result.message ?? 'failed'}; ignore_errors: ${thrown(error).message ?? ''}` };
  }
}
