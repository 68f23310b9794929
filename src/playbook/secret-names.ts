// Which variables carry secrets: told by what they are used for, since a name says nothing.

import { connectionVariables } from '../inventory/variables.ts';
import type { Expression, Inventory, Playbook, Step, Task, VarLayer } from '../model.ts';
import type { TaskModule } from '../task.ts';
import { setBy, stepsInside } from './walk.ts';

export interface SecretNamesOptions {
  readonly playbook: Playbook;
  readonly inventory: Inventory;
  readonly modules: ReadonlyMap<string, TaskModule>;
  readonly extraVars: VarLayer;
}

/**
 * Names that are used in an argument declared secret, in a task with `no_log`, or as a connection's secret variable
 * (`secret_key`), and every name that their values are made of, however far away.
 */
export function secretNames({ playbook, inventory, modules, extraVars }: SecretNamesOptions): ReadonlySet<string> {
  const tasks = playbook.plays.flatMap(tasksIn);
  const made = new Map<string, Set<string>>();
  const makes = (name: string, expression: Expression) => {
    const names = made.get(name) ?? new Set();
    for (const use of expression.names) names.add(use.name);
    made.set(name, names);
  };
  for (const layer of layersOf(playbook, inventory, extraVars)) for (const each of layer.vars) makes(...each);
  for (const task of tasks) for (const each of madeBy(task, modules)) makes(...each);
  const found = new Set<string>();
  const follow = (name: string): void => {
    if (found.has(name)) return;
    found.add(name);
    for (const inner of made.get(name) ?? []) follow(inner);
  };
  for (const [name, { secret }] of Object.entries(connectionVariables)) if (secret) follow(name);
  for (const task of tasks) for (const name of usedSecretly(task, modules)) follow(name);
  return found;
}

function tasksIn(step: Step): Task[] {
  return step.kind === 'task' ? [step] : stepsInside(step).flatMap(tasksIn);
}

/** All layers in which a name may get its value, each once. */
function layersOf(playbook: Playbook, inventory: Inventory, extraVars: VarLayer): ReadonlySet<VarLayer> {
  const layers = new Set<VarLayer>([extraVars]);
  const add = (more: readonly VarLayer[]) => {
    for (const layer of more) layers.add(layer);
  };
  const walk = (step: Step): void => {
    add(step.vars);
    stepsInside(step).forEach(walk);
  };
  playbook.plays.forEach(walk);
  for (const host of inventory.hosts) add(host.layers);
  for (const group of inventory.groupVars?.values() ?? []) add(group);
  return layers;
}

/** Names that a task gives a value to before it has run: those that it sets, and those of its loop. */
function madeBy(task: Task, modules: ReadonlyMap<string, TaskModule>): [string, Expression][] {
  const set = setBy(task, modules).flatMap((name): [string, Expression][] => {
    const value = task.args.get(name);
    return value ? [[name, value]] : [];
  });
  return task.loop ? [...set, [task.loopControl.loopVar, task.loop]] : set;
}

function usedSecretly(task: Task, modules: ReadonlyMap<string, TaskModule>): string[] {
  const declared = modules.get(task.module)?.args ?? {};
  const secret = [...task.args].filter(
    ([name]) => task.noLog || (Object.hasOwn(declared, name) && declared[name].secret),
  );
  const besides = task.noLog ? [...(task.loop ? [task.loop] : []), ...task.environment] : [];
  return [...secret.map(([, expression]) => expression), ...besides].flatMap(({ names }) =>
    names.map(({ name }) => name),
  );
}
