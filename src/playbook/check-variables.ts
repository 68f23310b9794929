// Every name in a template, condition or loop is defined somewhere before it is used: by the inventory, by `vars`
// around it, by an earlier task, by -e, by discovery, or by the engine.

import type { Location, Problem } from '../errors.ts';
import { place } from '../errors.ts';
import { magicVariables } from '../inventory/magic.ts';
import { select } from '../inventory/pattern.ts';
import type { Expression, Handler, Inventory, NameUse, Play, Playbook, Step, Task, VarLayer } from '../model.ts';
import { nearest } from '../nearest.ts';
import type { TaskModule } from '../task.ts';
import { discoveredFacts, templateWords } from './names.ts';
import { loopNames, setBy, stepsInside } from './walk.ts';

const builtIn = new Set([...magicVariables, ...discoveredFacts, ...templateWords]);

/** Uses of names that nothing defines, or that only a later task does. */
export function checkVariables(
  playbook: Playbook,
  inventory: Inventory,
  modules: ReadonlyMap<string, TaskModule>,
  extraVars: VarLayer,
): Problem[] {
  return new VariableCheck(playbook, inventory, modules, extraVars).run();
}

/** What is known where a step stands. */
interface Around {
  /** Names that the inventory defines for at least one host that the top play may come to. */
  readonly inventory: ReadonlyMap<string, readonly Expression[]>;
  readonly handlers: readonly Handler[];
}

class VariableCheck {
  readonly #playbook: Playbook;
  readonly #hosts: Inventory;
  readonly #modules: ReadonlyMap<string, TaskModule>;
  readonly #extra: VarLayer;
  /** Set by a task that comes earlier on some path. */
  readonly #defined = new Set<string>();
  /** Set by any task of the playbook, with where. */
  readonly #sometime = new Map<string, Location>();
  readonly #loopNames = new Set<string>();
  readonly #seenLayers = new Set<VarLayer>();
  readonly #seenExpressions = new Set<Expression>();
  /** By name and place: keywords are copied down, and would be reported for each task. */
  readonly #problems = new Map<string, Problem>();

  constructor(playbook: Playbook, inventory: Inventory, modules: ReadonlyMap<string, TaskModule>, extra: VarLayer) {
    this.#playbook = playbook;
    this.#hosts = inventory;
    this.#modules = modules;
    this.#extra = extra;
    for (const play of playbook.plays) this.#collect(play);
  }

  run(): Problem[] {
    for (const expression of this.#extra.vars.values()) this.#lazily([expression], noInventory, []);
    for (const play of this.#playbook.plays) {
      this.#play(play, { inventory: this.#inventoryOf(play), handlers: [] });
    }
    return [...this.#problems.values()];
  }

  #collect(step: Step): void {
    for (const name of setBy(step, this.#modules)) if (!this.#sometime.has(name)) this.#sometime.set(name, step.at);
    if (step.kind === 'task') for (const name of loopNames(step)) this.#loopNames.add(name);
    for (const inner of stepsInside(step)) this.#collect(inner);
  }

  /** Variables of the hosts that a top play may come to: those it selects, and everything below a cloud. */
  #inventoryOf(play: Play): ReadonlyMap<string, readonly Expression[]> {
    const selected = select(play.hosts, this.#hosts.hosts);
    const hosts = selected.length > 0 ? [...selected, ...this.#below(selected)] : this.#hosts.hosts;
    const layers = new Set(hosts.flatMap((host) => host.layers));
    for (const group of this.#hosts.groupVars?.values() ?? []) for (const layer of group) layers.add(layer);
    const names = new Map<string, Expression[]>();
    for (const layer of layers) {
      for (const [name, expression] of layer.vars) {
        const known = names.get(name);
        if (known) known.push(expression);
        else names.set(name, [expression]);
      }
    }
    return names;
  }

  #below(selected: readonly { readonly path: string }[]) {
    const paths = new Set(selected.map((host) => host.path));
    return this.#hosts.hosts.filter((host) => host.parent && paths.has(host.parent.path));
  }

  #play(play: Play, around: Around): void {
    const inside = { ...around, handlers: [...around.handlers, ...play.handlers] };
    this.#names([...present(play.name, play.ignoreErrors, play.confirm?.message), ...play.when], play.vars, around);
    this.#layers(play.vars, around);
    for (const step of play.tasks) this.#step(step, inside);
    for (const handler of play.handlers) this.#step(handler, inside);
    this.#define(play);
  }

  #step(step: Step, around: Around): void {
    if (step.kind === 'play') this.#play(step, around);
    else if (step.kind === 'task') this.#task(step, around);
    else {
      this.#layers(step.vars, around);
      this.#names([...present(step.name), ...step.when], step.vars, around);
      for (const inner of stepsInside(step)) this.#step(inner, around);
      const flush = step.kind === 'meta' && step.action === 'flush_handlers';
      for (const handler of flush ? around.handlers : []) this.#define(handler);
    }
  }

  #task(task: Task, around: Around): void {
    this.#layers(task.vars, around);
    const looped = task.loop ? loopNames(task) : [];
    const own = task.register === undefined ? [] : [task.register];
    this.#names(present(task.loop, task.retries, task.delaySeconds, task.timeoutSeconds), task.vars, around);
    this.#names(
      [
        ...present(task.name, task.ignoreErrors, task.delegateTo, task.loopControl.label),
        ...task.args.values(),
        ...task.when,
        ...task.environment,
      ],
      task.vars,
      around,
      looped,
    );
    const outcome = [...(task.until ?? []), ...(task.changedWhen ?? []), ...(task.failedWhen ?? [])];
    this.#names(outcome, task.vars, around, [...looped, ...own]);
    this.#define(task);
  }

  #define(step: Step): void {
    for (const name of setBy(step, this.#modules)) this.#defined.add(name);
    if (step.kind !== 'task') for (const inner of stepsInside(step)) this.#define(inner);
  }

  /** `vars:` are evaluated where they are used, which may be after any task and in any loop. */
  #layers(layers: readonly VarLayer[], around: Around): void {
    for (const layer of layers) {
      if (this.#seenLayers.has(layer)) continue;
      this.#seenLayers.add(layer);
      this.#lazily([...layer.vars.values()], around.inventory, layers);
    }
  }

  #lazily(
    expressions: readonly Expression[],
    inventory: ReadonlyMap<string, readonly Expression[]>,
    layers: readonly VarLayer[],
  ): void {
    for (const expression of expressions) {
      if (this.#seenExpressions.has(expression)) continue;
      this.#seenExpressions.add(expression);
      const lazy = [...this.#sometime.keys(), ...this.#loopNames];
      this.#names([expression], layers, { inventory, handlers: [] }, lazy);
    }
  }

  /** Reports each name that is not known, and follows the others into the inventory. */
  #names(
    expressions: readonly Expression[],
    layers: readonly VarLayer[],
    around: Around,
    more: readonly string[] = [],
  ): void {
    for (const use of expressions.flatMap((expression) => expression.names)) {
      const written = around.inventory.get(use.name);
      if (written) this.#lazily(written, around.inventory, layers);
      const known =
        builtIn.has(use.name) ||
        written !== undefined ||
        more.includes(use.name) ||
        this.#defined.has(use.name) ||
        this.#extra.vars.has(use.name) ||
        layers.some((layer) => layer.vars.has(use.name));
      if (!known && !use.guarded) this.#report(use, layers, around, more);
    }
  }

  #report(use: NameUse, layers: readonly VarLayer[], around: Around, more: readonly string[]): void {
    const key = `${use.at.source.file} ${use.at.start} ${use.name}`;
    if (this.#problems.has(key)) return;
    const later = this.#sometime.get(use.name);
    if (later) {
      const hint = `it is set at ${place(later)}; move that before, or write default(…)`;
      this.#problems.set(key, { message: `"${use.name}" is used before it is set`, at: use.at, hint });
      return;
    }
    const names = [
      ...layers.flatMap((layer) => [...layer.vars.keys()]),
      ...this.#defined,
      ...more,
      ...around.inventory.keys(),
      ...this.#extra.vars.keys(),
      ...builtIn,
    ];
    const guess = nearest(use.name, names);
    const hint = guess ? `did you mean "${guess}"?` : 'define it in "vars" or the inventory, or give it with -e';
    this.#problems.set(key, { message: `"${use.name}" is not defined`, at: use.at, hint });
  }
}

const noInventory: ReadonlyMap<string, readonly Expression[]> = new Map();

const present = (...all: readonly (Expression | undefined)[]): Expression[] => all.flatMap((each) => each ?? []);
