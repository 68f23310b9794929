// `--start-at-task`: a playbook from one task on.

import { InvalidInput } from '../errors.ts';
import { globOf } from '../inventory/pattern.ts';
import type { Play, Playbook, Step } from '../model.ts';
import { nearest } from '../nearest.ts';

/**
 * The playbook without the steps before the first task whose name is `name` or matches it as a glob. Where that task
 * stands in a block or in a play, what is around it stays. Throws `InvalidInput` where there is no such task.
 */
export function startAt(playbook: Playbook, name: string): Playbook {
  const glob = globOf(name);
  const names: string[] = [];
  const found = (step: Step): boolean => {
    if (step.kind === 'meta') return false;
    const own = step.name?.text ?? (step.kind === 'task' ? step.module : undefined);
    if (own === undefined) return false;
    names.push(own);
    return own === name || glob.test(own);
  };
  for (const [index, play] of playbook.plays.entries()) {
    const tasks = from(play.tasks, found);
    if (tasks) return { ...playbook, plays: [{ ...play, tasks }, ...playbook.plays.slice(index + 1)] };
  }
  const guess = nearest(name, names);
  const hint = guess ? `did you mean "${guess}"?` : '--list-tasks prints the names';
  throw new InvalidInput([{ message: `--start-at-task: no task is named "${name}"`, hint }]);
}

/** The steps from the found one on; undefined where it is not among or below them. */
function from(steps: readonly Step[], found: (step: Step) => boolean): readonly Step[] | undefined {
  for (const [index, step] of steps.entries()) {
    const rest = steps.slice(index + 1);
    if (found(step)) return [step, ...rest];
    const cut = inside(step, found);
    if (cut) return [cut, ...rest];
  }
  return undefined;
}

function inside(step: Step, found: (step: Step) => boolean): Step | undefined {
  if (step.kind === 'play') {
    const tasks = from(step.tasks, found);
    return tasks && ({ ...step, tasks } satisfies Play);
  }
  if (step.kind !== 'block') return undefined;
  const block = from(step.block, found);
  if (block) return { ...step, block };
  // A rescue is only reached by a failure in the block, so one cannot start in it.
  const always = from(step.always, found);
  return always && { ...step, block: [], always };
}
