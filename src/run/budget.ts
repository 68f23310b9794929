// When a batch has lost more hosts than its play allows.

import type { Play } from '../model.ts';

/**
 * The words of a broken budget, or undefined while it holds. `lost` counts the hosts of the batch that failed or
 * could not be reached and that no `rescue:` can take up; `size` is the number of hosts that the batch started with.
 * As in Ansible the share has to be exceeded, not reached.
 */
export function brokenBudget(play: Play, lost: number, size: number): string | undefined {
  const allowed = play.maxFailPercentage;
  if (allowed === undefined || lost * 100 <= allowed * size) return undefined;
  return `${lost} of ${size} hosts failed or could not be reached, more than the ${allowed} % of max_fail_percentage`;
}

/** The words for a batch that lost every host, where the play gives no budget that says otherwise. */
export function nobodyLeft(play: Play, lost: number, size: number): string | undefined {
  if (play.maxFailPercentage !== undefined || lost < size) return undefined;
  return size === 1 ? 'the only host of the batch failed' : `all ${size} hosts of the batch failed`;
}
