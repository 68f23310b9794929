// Values and names as words for reports.

import { Failure } from '../errors.ts';
import type { Play, Scope, Task, Value } from '../model.ts';
import { Secret } from '../secret.ts';

/** A value on one line: text as it is, everything else as JSON, secrets as `***`. */
export function textOf(value: Value): string {
  if (typeof value === 'string') return value;
  return value instanceof Secret ? '***' : JSON.stringify(value);
}

/** The name of a step: as written where it cannot be evaluated, and never a reason to fail. */
export function nameOf(step: Task | Play, scope: Scope): string {
  const otherwise = step.kind === 'task' ? step.module : step.hosts.text;
  if (!step.name) return otherwise;
  try {
    return textOf(step.name.evaluate(scope));
  } catch (error) {
    if (error instanceof Failure) return step.name.text;
    throw error;
  }
}
