// What an attempt at a task came to, before loops, ignoring and registering make it a step's result.

import { Failure, InvalidInput, type Problem, SafetyStop, Unreachable } from '../errors.ts';
import type { Result, ValueMap } from '../model.ts';

export interface Reply {
  readonly result: Result;
  /** Facts of the host, to be kept whatever else becomes of the step. */
  readonly facts?: ValueMap | undefined;
  /** Variables to set on the host, at the level of registered ones. */
  readonly variables?: ValueMap | undefined;
  /** The result speaks of a change that was not made but planned. */
  readonly planned?: boolean | undefined;
}

/** The code of a failure after all was applied. */
export const NOT_IN_EFFECT = 'not-in-effect';

/** The code of a result that a bug led to. */
export const BUG = 'bug';

/** What was thrown, as a result. Anything but a `Failure` is a bug of whoever wrote the task. */
export function thrown(error: unknown): Result {
  if (error instanceof InvalidInput) return failed(error.problems[0] ?? { message: error.message }, undefined);
  if (!(error instanceof Failure)) {
    const words = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    return {
      ...failed({ message: `a bug: ${words}` }, BUG),
      hint: 'this is to be mended in cs-play or in the task module',
    };
  }
  const result = { ...failed(error, error.code), values: (error.values ?? {}) as ValueMap };
  if (error instanceof Unreachable) return { ...result, status: 'unreachable' };
  return error instanceof SafetyStop ? { ...result, stopsRun: true } : result;
}

function failed(problem: Problem, code: string | undefined): Result {
  const { message, hint, at } = problem;
  return { status: 'failed', message, hint, at, code, values: {}, seconds: 0 };
}

/** A step that was not for this host: `text` is the condition that was false. */
export function skipped(text: string): Result {
  const values = { skip_reason: 'Conditional result was False', false_condition: text };
  return { status: 'skipped', message: `${text} is false`, values, seconds: 0 };
}

/** Only a plan has this: what there is to be proved, or why it cannot be said yet. */
export function toProve(message: string, hint?: string): Result {
  return { status: 'to_prove', message, hint, values: {}, seconds: 0 };
}
