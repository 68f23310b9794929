// Time for a step: it ends when the step is stopped.

import type { Clock } from '../connection.ts';
import { Failure } from '../errors.ts';

/** What is thrown where a step was stopped: the reason that was given for it, where that is an error. */
export function stopped(signal: AbortSignal): Error {
  const reason: unknown = signal.reason;
  if (reason instanceof Error && reason.name !== 'AbortError') return reason;
  return new Failure('the step was stopped', { code: 'cancelled' });
}

/** Resolves after that time; rejects as soon as the signal is aborted. */
export function pause(seconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(stopped(signal));
    const cancelled = () => {
      clearTimeout(timer);
      reject(stopped(signal));
    };
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', cancelled);
      resolve();
    }, Math.max(0, seconds) * 1000);
    signal.addEventListener('abort', cancelled, { once: true });
  });
}

export const clockFor = (step: { readonly signal: AbortSignal }): Clock => ({
  now: () => new Date(),
  sleep: (seconds) => pause(seconds, step.signal),
});

/** Seconds from now until then, never negative. */
export function secondsUntil(then: Date): number {
  return Math.max(0, (then.getTime() - Date.now()) / 1000);
}
