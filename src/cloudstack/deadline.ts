// The time of one step, shared out: what is written must end early enough for the look that tells what came of it.

import type { Reader } from '../connection.ts';

type Timed = Pick<Reader, 'clock' | 'deadline'>;

/** The moment after that share of the time that is left. */
export function afterShare({ clock, deadline }: Timed, share: number): Date {
  const now = clock.now().getTime();
  return new Date(now + Math.max(0, deadline.getTime() - now) * share);
}

/** The last tenth of the time belongs to the look that tells what is wrong. */
export const whileThereIsTime = (timed: Timed): Date => afterShare(timed, 0.9);

/** At least one second: a job that is begun is looked at. */
export const secondsUntil = (until: Date, { clock }: Pick<Reader, 'clock'>): number =>
  Math.max(1, (until.getTime() - clock.now().getTime()) / 1000);

/** Sleeps, but never past `until`. */
export async function sleepUpTo(seconds: number, until: Date, { clock }: Pick<Reader, 'clock'>): Promise<void> {
  const left = (until.getTime() - clock.now().getTime()) / 1000;
  await clock.sleep(Math.max(0.05, Math.min(seconds, left)));
}
