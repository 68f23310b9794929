// Which ends of steps say something that no other step has said.

import type { Event } from '../model.ts';

export type StepEnded = Event & { type: 'step-ended' };

/**
 * The end of a play says no more than the ends of its hosts' steps, unless it never came to those: it could not be
 * entered, had no hosts, or what lies below its host could not be found out.
 */
export function isNews({ module, result }: StepEnded): boolean {
  if (module !== 'play') return true;
  if (!['failed', 'unreachable', 'to_prove'].includes(result.status)) return false;
  return result.message !== undefined && result.values['failed_hosts'] === undefined;
}
