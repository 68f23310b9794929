// The value of an expression that needs no scope.

import type { Expression, Scope, Value } from '../model.ts';

const nowhere: Scope = {
  get: () => undefined,
  lookup: (kind) => {
    throw new Error(`a constant looked up "${kind}"`);
  },
};

/** The value of a constant expression. Called for another one it is a bug, and may throw a `Failure`. */
export const constantValue = (expression: Expression): Value => expression.evaluate(nowhere);
