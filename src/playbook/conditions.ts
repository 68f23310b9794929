// Values of keywords that are evaluated while a run goes on: conditions, numbers and flags.

import type { Problem } from '../errors.ts';
import type { Expression, Node } from '../model.ts';
import { constantValue, sound } from '../schema/constant.ts';
import { compileExpression } from '../template/template.ts';
import { formerBoolean, kindOf } from '../yaml/expect.ts';
import { collecting, expressionOf, type Reading } from './reading.ts';

/** `when`, `until`, `changed_when`, `failed_when`: one condition or a list, all of which must hold. */
export function conditionsOf(reading: Reading, node: Node, what: string): Expression[] {
  const items = node.kind === 'list' ? node.items : [node];
  return items.flatMap((item) => conditionOf(reading, item, what) ?? []);
}

function conditionOf(reading: Reading, node: Node, what: string): Expression | undefined {
  if (node.kind !== 'scalar' || node.value === null || node.value === '') {
    const message = `${what} has to be a condition, not ${kindOf(node)}`;
    reading.problems.push({ message, at: node.at, hint: node.kind === 'scalar' ? 'remove it' : undefined });
    return undefined;
  }
  const text = String(node.value);
  if (formerBoolean(text) !== undefined) {
    reading.problems.push(neverBoolean(text, what, node));
    return undefined;
  }
  const expression = collecting(reading, () => sound(compileExpression(text, node.at)));
  if (expression?.constant) {
    const value = constantValue(expression);
    if (typeof value !== 'boolean') {
      reading.problems.push(neverBoolean(text, what, node));
      return undefined;
    }
  }
  return expression;
}

function neverBoolean(text: string, what: string, node: Node): Problem {
  const former = formerBoolean(text);
  const hint = former !== undefined ? `write ${former}` : 'write a comparison, or a variable that is true or false';
  return { message: `${what} has to be true or false, not ${kindOf(node)}`, at: node.at, hint };
}

/** A number of at least 0, or a template of one: `retries`, `delay`, `timeout`. */
export function numberExpression(reading: Reading, node: Node, what: string): Expression | undefined {
  const expression = expressionOf(reading, node);
  if (!expression?.constant) return expression;
  const value = constantValue(expression);
  const number = typeof value === 'string' && /^\d+(\.\d+)?$/.test(value) ? Number(value) : value;
  if (typeof number === 'number' && number >= 0) return { ...expression, evaluate: () => number };
  reading.problems.push({ message: `${what} has to be a number of at least 0, not ${kindOf(node)}`, at: node.at });
  return undefined;
}

/** True, false, or a template of it. */
export function flagExpression(reading: Reading, node: Node, what: string): Expression | undefined {
  const expression = expressionOf(reading, node);
  if (!expression?.constant || typeof constantValue(expression) === 'boolean') return expression;
  const former = node.kind === 'scalar' ? formerBoolean(String(node.value)) : undefined;
  const hint = former === undefined ? undefined : `write ${former}`;
  reading.problems.push({ message: `${what} has to be true or false, not ${kindOf(node)}`, at: node.at, hint });
  return undefined;
}
