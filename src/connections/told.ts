// Every write to the world is told of before it leaves and after its outcome is known: that is what a journal and the
// count of writes are made of.

import type { Output, StepDoor } from '../connection.ts';
import { Failure } from '../errors.ts';
import { redact } from '../secret.ts';

export interface Write {
  /** In words, without secrets. */
  readonly what: string;
  /** The id of an async job. */
  readonly job?: string | undefined;
}

/** Codes of failures after which the work may have been done, or half of it. All others came before it began. */
const UNKNOWN_AFTER: ReadonlySet<string> = new Set([
  'answer-lost',
  'cancelled',
  'job-cut',
  'job-status',
  'job-timeout',
  'job-unseen',
  'output-too-long',
  'program-timeout',
  'ssh-lost',
  'ssh-timeout',
]);

function isUnknown(error: unknown, step: StepDoor): boolean {
  return !(error instanceof Failure) || step.signal.aborted || UNKNOWN_AFTER.has(error.code ?? '');
}

/** Does the work and tells of it. `failureOf`: what in an answer means that it was not done, in a few words. */
export async function told<T>(
  step: StepDoor,
  { what, job }: Write,
  work: () => Promise<T>,
  failureOf: (answer: T) => string | undefined = () => undefined,
): Promise<T> {
  const ended = step.writing(redact(what), job);
  try {
    const answer = await work();
    const failure = failureOf(answer);
    ended(failure === undefined ? 'done' : 'failed', failure);
    return answer;
  } catch (error) {
    ended(isUnknown(error, step) ? 'unknown' : 'failed', error instanceof Error ? error.message : String(error));
    throw error;
  }
}

/** For programs: any exit code but 0 counts as not done. */
export const exitCodeFailure = ({ code }: Output): string | undefined => (code === 0 ? undefined : `exit code ${code}`);
