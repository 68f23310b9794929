// Which failures a `rescue:` was to take up and did not.

import type { EventBody, StepRef } from './model.ts';

/** Whether a step's failure, told as rescued, is one that the `rescue:` did not come to. */
export function isWithheld(
  { block, hosts }: EventBody & { type: 'rescue-withheld' },
  { task, host }: StepRef,
): boolean {
  return task.startsWith(`${block}.`) && hosts.some((path) => `${host}/`.startsWith(`${path}/`));
}
