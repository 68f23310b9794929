// What a step contains, and which names it leaves behind.

import { loopVariables } from '../inventory/magic.ts';
import type { Handler, Step, Task } from '../model.ts';
import { constantValue } from '../schema/constant.ts';
import type { TaskModule } from '../task.ts';

/** The steps directly inside a step, in the order in which they may run. */
export function stepsInside(step: Step): readonly Step[] {
  if (step.kind === 'block') return [...step.block, ...step.rescue, ...step.always];
  return step.kind === 'play' ? [...step.tasks, ...step.handlers] : [];
}

/** Variables that a step sets on its host: what it registers, and what `set_fact` sets. */
export function setBy(step: Step, modules: ReadonlyMap<string, TaskModule>): string[] {
  if (step.kind !== 'task' && step.kind !== 'play') return [];
  const registered = step.register === undefined ? [] : [step.register];
  if (step.kind === 'play') return registered;
  const module = modules.get(step.module);
  if (!module?.setsVariables) return registered;
  return [...registered, ...[...step.args.keys()].filter((name) => !Object.hasOwn(module.args, name))];
}

/** Names that are defined for each item of a task's loop. */
export function loopNames(task: Task): string[] {
  const { loopVar, indexVar, extended } = task.loopControl;
  return [
    loopVar,
    ...(indexVar === undefined ? [] : [indexVar]),
    ...(extended ? ['ansible_loop'] : []),
    ...loopVariables,
  ];
}

/** A handler's name as text. */
export function handlerName(handler: Handler): string | undefined {
  return handler.name?.constant ? String(constantValue(handler.name)) : undefined;
}
