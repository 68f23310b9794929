// The value of an expression that needs no scope.

import { Failure, InvalidInput } from '../errors.ts';
import type { Expression, Scope, Value } from '../model.ts';

const nowhere: Scope = {
  get: () => undefined,
  lookup: (kind) => {
    throw new Error(`a constant looked up "${kind}"`);
  },
};

/** The value of a constant expression that `sound` has let through. Called for another one it is a bug. */
export const constantValue = (expression: Expression): Value => expression.evaluate(nowhere);

/** The same expression. Throws `InvalidInput` for a constant one that can never be evaluated, such as `{{ 1 / 0 }}`. */
export function sound(expression: Expression): Expression {
  if (!expression.constant) return expression;
  try {
    constantValue(expression);
    return expression;
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    throw new InvalidInput([{ message: error.message, at: error.at ?? expression.at, hint: error.hint }]);
  }
}
