// `until`, `retries` and `delay`, with Ansible's counting: N retries are N + 1 attempts, and after the last one
// `attempts` says N.

import { Failure } from '../errors.ts';
import type { Expression, Result, Task } from '../model.ts';
import { kindOf } from '../template/thing.ts';
import type { HostScope } from './scope.ts';

export interface Retries {
  readonly retries: number;
  readonly delaySeconds: number;
}

const DEFAULT_RETRIES = 3;
const DEFAULT_DELAY_SECONDS = 5;

/** Undefined for a task that is attempted once: with no retries, as in Ansible, `until` is not looked at. */
export function retriesOf(task: Task, scope: HostScope): Retries | undefined {
  if (!task.until && !task.retries) return undefined;
  const retries = Math.max(0, Math.floor(numberOf('retries', task.retries, scope) ?? DEFAULT_RETRIES));
  if (retries === 0) return undefined;
  const delay = numberOf('delay', task.delaySeconds, scope) ?? DEFAULT_DELAY_SECONDS;
  return { retries, delaySeconds: delay < 0 ? 1 : delay };
}

function numberOf(keyword: string, expression: Expression | undefined, scope: HostScope): number | undefined {
  const value = expression?.evaluate(scope);
  if (value === undefined || value === null) return undefined;
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  if (typeof number === 'number' && Number.isFinite(number)) return number;
  throw new Failure(`"${keyword}" must be a number, not ${kindOf(value)}`, { at: expression?.at, code: 'retries' });
}

/** The result after the last attempt. */
export function exhausted(result: Result, task: Task, { retries }: Retries): Result {
  const values = { ...result.values, attempts: retries };
  if (result.status === 'failed') {
    return { ...result, values, message: `${result.message ?? 'failed'} (after ${retries + 1} attempts)` };
  }
  const texts = (task.until ?? []).map((condition) => `"${condition.text}"`).join(' and ');
  return {
    ...result,
    status: 'failed',
    message: `until ${texts} is still false after ${retries + 1} attempts`,
    code: 'until',
    at: task.until?.[0]?.at,
    values,
    changedToo: result.status === 'changed' || undefined,
  };
}
