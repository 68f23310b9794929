// The arguments of a task from YAML to expressions, each by the type its module declares.

import { InvalidInput, type Location } from '../errors.ts';
import type { Expression, Node } from '../model.ts';
import type { ArgSpec } from '../task.ts';
import { compileExpression, compileNode, condition } from '../template/template.ts';
import { kindOf } from '../yaml/expect.ts';
import { constantValue, sound } from './constant.ts';

/** One argument's expression. Throws `InvalidInput` for templates and conditions that cannot be parsed. */
export function compileArgument(spec: ArgSpec | undefined, node: Node): Expression {
  if (spec?.type === 'expression') return worded(bare(node), node.at);
  if (spec?.type === 'conditions') return conditions(node);
  return sound(compileNode(node));
}

/** A condition or expression without braces: a text, or what YAML made of `true` and `5`. */
function bare(node: Node): Expression {
  if (node.kind !== 'scalar' || node.value === null) return compileNode(node);
  return sound(compileExpression(String(node.value), node.at));
}

/** Gives the words of an expression along with its outcome: `{ text, value }`. */
function worded(expression: Expression, at: Location): Expression {
  return {
    ...expression,
    at,
    evaluate: (scope) => ({ text: expression.text, value: expression.evaluate(scope) }),
  };
}

/** A list of conditions as one expression that gives the list of their words and outcomes. */
function conditions(node: Node): Expression {
  const parts = (node.kind === 'list' ? node.items : [node]).map(oneCondition);
  return {
    text: parts.map((part) => part.text).join(' and '),
    at: node.at,
    names: parts.flatMap((part) => part.names),
    constant: parts.every((part) => part.constant),
    evaluate: (scope) => parts.map((part) => ({ text: part.text, value: condition(part, scope) })),
  };
}

function oneCondition(node: Node): Expression {
  const part = bare(node);
  if (!part.constant || typeof constantValue(part) === 'boolean') return part;
  const hint = 'write a comparison, or a variable that is true or false';
  throw new InvalidInput([{ message: `a condition has to be true or false, not ${kindOf(node)}`, at: node.at, hint }]);
}
