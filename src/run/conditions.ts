// Conditions: lists of expressions that all have to be true.

import { Failure } from '../errors.ts';
import type { Expression, Scope, Unknown, Value } from '../model.ts';
import { Secret } from '../secret.ts';
import { isUnknown } from './unknown.ts';

export type Truth =
  | { readonly truth: true }
  /** `text`: the condition that is false. */
  | { readonly truth: false; readonly text: string }
  | { readonly truth: 'unknown'; readonly unknown: Unknown; readonly text: string };

/**
 * Whether all conditions are true. One that is false decides, unknown ones before it included; after an unknown one, a
 * condition that cannot be evaluated is unknown as well, since the first may have been there to guard it.
 * Throws `Failure` for one that is neither true nor false.
 */
export function judge(conditions: readonly Expression[], scope: Scope): Truth {
  let open: { readonly unknown: Unknown; readonly text: string } | undefined;
  for (const condition of conditions) {
    const value = open ? evaluateGuarded(condition, scope, open.unknown) : condition.evaluate(scope);
    if (isUnknown(value)) open ??= { unknown: value, text: condition.text };
    else if (!truth(value, condition)) return { truth: false, text: condition.text };
  }
  return open ? { truth: 'unknown', ...open } : { truth: true };
}

function evaluateGuarded(condition: Expression, scope: Scope, unknown: Unknown): Value {
  try {
    return condition.evaluate(scope);
  } catch (error) {
    if (error instanceof Failure) return unknown;
    throw error;
  }
}

function truth(value: Value, condition: Expression): boolean {
  if (typeof value === 'boolean') return value;
  throw new Failure(`a condition must be true or false, but "${condition.text}" is ${described(value)}`, {
    at: condition.at,
    code: 'condition',
    hint: 'compare it with something, or test it: "… | length > 0", "… is defined", "… | bool"',
  });
}

/** A value in words: `a list`, `the string "yes"`. */
export function described(value: Value): string {
  if (value === null) return 'null';
  if (value instanceof Secret) return 'a secret';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'string') return `the string "${value}"`;
  if (typeof value === 'object') return 'a map';
  return `the ${typeof value} ${value}`;
}
