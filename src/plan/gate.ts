// The gate of a run that applies a plan: it lets through what the plan lists, and nothing else.

import { SafetyStop } from '../errors.ts';
import type { Handler, Playbook, Step, StepRef, Task } from '../model.ts';
import type { TaskModule } from '../task.ts';
import type { Decision } from './decision.ts';
import type { SavedPlan } from './file.ts';

/** A change that a step is about to make. */
export interface Wanted extends StepRef {
  /** Which item of its loop, from 0. */
  readonly item: number | undefined;
  readonly summary: string;
}

export interface GateOptions {
  readonly plan: Pick<SavedPlan, 'decisions'>;
  readonly playbook: Playbook;
  readonly modules: ReadonlyMap<string, TaskModule>;
  /** What to type to plan again. */
  readonly again: string;
}

/**
 * Throws `SafetyStop` for a change that is not in the plan: it must be listed for that task, host and item, or stand
 * where the plan said that only a run can know. Where nobody can look at the effect (a command) its words must be the
 * same. A plan never comes to `rescue:`, nor to the handlers of what it could not know: these are let through.
 */
export function gateOf({ plan, playbook, modules, again }: GateOptions): (wanted: Wanted) => void {
  const decided = new Map<string, Decision[]>();
  for (const decision of plan.decisions) {
    const key = keyOf(decision);
    decided.set(key, [...(decided.get(key) ?? []), decision]);
  }
  const open = plan.decisions.filter(({ status }) => status === 'to_prove');
  const unforeseen = unforeseenTasks(playbook, new Set(open.map(({ task }) => task)));
  const blind = blindTasks(playbook, modules);
  return (wanted) => {
    const own = decided.get(keyOf(wanted));
    if (own?.some((decision) => lists(decision, wanted, blind))) return;
    if (!own && (unforeseen.has(wanted.task) || open.some((decision) => isInside(wanted, decision)))) return;
    throw new SafetyStop(`the plan does not list this change: ${wanted.summary}`, {
      code: 'not-planned',
      hint: `see what has changed, then plan again: ${again}`,
    });
  };
}

const keyOf = ({ task, host }: StepRef): string => `${task} ${host}`;

function lists({ status, item, summary }: Decision, wanted: Wanted, blind: ReadonlySet<string>): boolean {
  if (item && item.index !== wanted.item) return false;
  if (status === 'to_prove') return true;
  return status === 'changed' && (summary === wanted.summary || !blind.has(wanted.task));
}

/** Inside a play of which the plan could not know whether it is for the host. */
const isInside = (wanted: StepRef, { task, host }: StepRef): boolean =>
  wanted.task.startsWith(`${task}.`) && (wanted.host === host || wanted.host.startsWith(`${host}/`));

/** Tasks that a plan does not come to: those under `rescue:`, and handlers of tasks that were only to be proved. */
function unforeseenTasks(playbook: Playbook, open: ReadonlySet<string>): ReadonlySet<string> {
  const found = new Set<string>();
  const walk = (step: Step, handlers: readonly Handler[]): void => {
    if (step.kind === 'block') {
      for (const inner of step.rescue) for (const { id } of tasksIn(inner)) found.add(id);
      for (const inner of [...step.block, ...step.rescue, ...step.always]) walk(inner, handlers);
    }
    if (step.kind === 'play') {
      const around = [...handlers, ...step.handlers];
      for (const inner of [...step.tasks, ...step.handlers]) walk(inner, around);
    }
    if (step.kind !== 'task' || !open.has(step.id)) return;
    for (const handler of handlers.filter((each) => hears(each, step))) {
      for (const { id } of tasksIn(handler)) found.add(id);
    }
  };
  for (const play of playbook.plays) walk(play, []);
  return found;
}

const hears = (handler: Handler, { notify }: Task): boolean =>
  notify.some((topic) => handler.name?.text === topic || handler.listen.includes(topic));

function tasksIn(step: Step): Task[] {
  if (step.kind === 'task') return [step];
  if (step.kind === 'play') return [...step.tasks, ...step.handlers].flatMap(tasksIn);
  return step.kind === 'block' ? [...step.block, ...step.rescue, ...step.always].flatMap(tasksIn) : [];
}

/** Tasks whose effect nobody can look at. */
function blindTasks(playbook: Playbook, modules: ReadonlyMap<string, TaskModule>): ReadonlySet<string> {
  const tasks = playbook.plays.flatMap(tasksIn);
  return new Set(tasks.filter(({ module }) => modules.get(module)?.proof === 'none').map(({ id }) => id));
}
