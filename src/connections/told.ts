// Every write to the world is told of before it leaves and after its outcome is known: that is what a journal and the
// count of writes are made of.

import type { EarlierWrite, Output, StepDoor, WriteEnded } from '../connection.ts';
import { Failure, Unreachable } from '../errors.ts';
import type { Value } from '../model.ts';
import { redact } from '../secret.ts';
import { stopped } from './clock.ts';

export interface Write<T> {
  /** In words, without secrets. */
  readonly what: string;
  /** The id of an async job. */
  readonly job?: string | undefined;
  /**
   * Awaited before a write of which no earlier part of the run knows more than that it failed, so often; what it throws
   * is no write.
   */
  readonly before?: ((failedBefore: number) => Promise<void>) | undefined;
  /** A look that tells whether the write was made, where a run was cut off before it knew. Without it a person is asked. */
  readonly wasDone?: (() => Promise<boolean>) | undefined;
  /**
   * A look that tells whether what an earlier part of the run has done is still so, for writes that set a state: what
   * was under way beside them and goes on now may move it. Without it what was done stays done.
   */
  readonly holds?: (() => Promise<boolean>) | undefined;
  /** What stands for the answer of a write that was made and whose answer nobody saw. */
  readonly unseen: T;
}

/** Under which id a job goes out, and whether it may have gone out before. */
export interface Order {
  readonly job: string | undefined;
  readonly again: boolean;
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

/**
 * Does the work and tells of it. What an earlier part of the run has done is not done again, and what it may have done is
 * looked at. `failureOf`: what in an answer means that it was not done, in a few words.
 */
export async function told<T extends object>(
  step: StepDoor,
  { what, job, ...write }: Write<T>,
  work: (order: Order) => Promise<T>,
  failureOf: (answer: T) => string | undefined = () => undefined,
): Promise<T> {
  const words = redact(what);
  const { earlier, failed } = lastEarlier(step, words);
  if (earlier?.outcome === 'done' && (await (write.holds?.() ?? true))) {
    return (earlier.answer as T | undefined) ?? write.unseen;
  }
  if (earlier?.outcome === 'unknown' && earlier.job !== undefined) {
    const order = { job: earlier.job, again: true };
    return followed(step, earlier.ended, () => work(order), failureOf);
  }
  if (earlier?.outcome === 'unknown' && (await wasMade(earlier, words, write.wasDone))) {
    await earlier.ended('done', undefined, write.unseen as Value);
    return write.unseen;
  }
  if (earlier?.outcome === 'unknown') await earlier.ended('failed', 'it was not done');
  await write.before?.(failed);
  // A step that was stopped sends nothing more. Told of, the write would count as one of which nobody knows.
  if (step.signal.aborted) throw stopped(step.signal);
  const ended = await step.writing(words, job);
  return followed(step, ended, () => work({ job, again: false }), failureOf);
}

/** The last that an earlier part of the run knew of the write, past those attempts that failed. */
function lastEarlier(step: StepDoor, words: string): { earlier: EarlierWrite | undefined; failed: number } {
  for (let failed = 0; ; failed += 1) {
    const earlier = step.earlier(words);
    if (earlier?.outcome !== 'failed') return { earlier, failed };
  }
}

async function followed<T extends object>(
  step: StepDoor,
  ended: WriteEnded,
  work: () => Promise<T>,
  failureOf: (answer: T) => string | undefined,
): Promise<T> {
  let answer: T;
  try {
    answer = await work();
  } catch (error) {
    await ended(isUnknown(error, step) ? 'unknown' : 'failed', error instanceof Error ? error.message : String(error));
    throw error;
  }
  const failure = failureOf(answer);
  await ended(failure === undefined ? 'done' : 'failed', failure, answer as Value);
  return answer;
}

async function wasMade(
  { write, assumed }: EarlierWrite,
  what: string,
  look: (() => Promise<boolean>) | undefined,
): Promise<boolean> {
  if (assumed !== undefined) return assumed;
  if (look) return look();
  throw new Unreachable(`nobody knows whether write ${write} was done before the run was cut off: "${what}"`, {
    code: 'write-unknown',
    hint: `find out, then add --assume-done ${write} or --assume-not-done ${write} to cs-play resume`,
  });
}

/** A program that was run and whose end nobody saw. */
export const unseenOutput: Output = { code: 0, stdout: '', stderr: '' };

/** For programs: any exit code but 0 counts as not done. */
export const exitCodeFailure = ({ code }: Output): string | undefined => (code === 0 ? undefined : `exit code ${code}`);
