// Conditions: lists of expressions that all have to be true.

import { Failure } from '../errors.ts';
import type { Expression, Scope, Unknown } from '../model.ts';
import { condition as evaluate, isUnknown } from '../template/template.ts';

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
    const value = open ? evaluateGuarded(condition, scope, open.unknown) : evaluate(condition, scope);
    if (isUnknown(value)) open ??= { unknown: value, text: condition.text };
    else if (!value) return { truth: false, text: condition.text };
  }
  return open ? { truth: 'unknown', ...open } : { truth: true };
}

function evaluateGuarded(condition: Expression, scope: Scope, unknown: Unknown): boolean | Unknown {
  try {
    return evaluate(condition, scope);
  } catch (error) {
    if (error instanceof Failure) return unknown;
    throw error;
  }
}
