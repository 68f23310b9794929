// Named expressions from a YAML map: `vars:` of a group, a host or a play, and files of variables.

import { InvalidInput, type Location, type Problem } from '../errors.ts';
import type { Expression, MapNode, Node, Value, VarLayer } from '../model.ts';
import { constantValue, sound } from '../schema/constant.ts';
import { Secret } from '../secret.ts';
import { compileNode } from '../template/template.ts';
import { isMagic } from './magic.ts';
import { connectionVariables, refusedVariables } from './variables.ts';

/** Words that an expression reads as something else than a variable. */
const words = new Set(['true', 'false', 'none', 'True', 'False', 'None', 'and', 'or', 'not', 'in', 'is', 'if', 'else']);

/** A layer of variables; names and templates that cannot be are added to the problems, with everything else kept. */
export function layerOf(origin: string, map: MapNode, problems: Problem[]): VarLayer {
  const vars = new Map<string, Expression>();
  for (const { key, keyAt, value } of map.entries) {
    const problem = nameProblem(key, keyAt) ?? refusal(key, keyAt);
    if (problem) problems.push(problem);
    const expression = compiled(value, problems);
    if (expression) vars.set(key, connectionVariables[key]?.secret ? secretly(expression) : expression);
  }
  return { origin, vars };
}

/** Why a variable cannot have this name; undefined where it can. */
export function nameProblem(name: string, at: Location): Problem | undefined {
  if (words.has(name))
    return { message: `a variable cannot be named "${name}": it means something in expressions`, at };
  if (isMagic(name)) return { message: `"${name}" is set by cs-play itself`, at, hint: 'choose another name' };
  if (/^[A-Za-z_]\w*$/.test(name)) return undefined;
  const fixed = name.replace(/\W/g, '_');
  const hint = /^[A-Za-z_]/.test(fixed) ? `write "${fixed}"` : 'letters, digits and _, not starting with a digit';
  return { message: `"${name}" cannot be the name of a variable`, at, hint };
}

function refusal(name: string, at: Location): Problem | undefined {
  const hint = Object.hasOwn(refusedVariables, name) ? refusedVariables[name] : undefined;
  return hint === undefined ? undefined : { message: `"${name}" is not there yet`, at, hint };
}

/** A node's expression, or undefined with its problems added. */
export function compiled(node: Node, problems: Problem[]): Expression | undefined {
  try {
    return sound(compileNode(node));
  } catch (error) {
    if (!(error instanceof InvalidInput)) throw error;
    problems.push(...error.problems);
    return undefined;
  }
}

/** The same expression, giving a `Secret` where it gives a text. A constant is one from the moment it is read. */
function secretly(expression: Expression): Expression {
  const constant = expression.constant && wrapped(constantValue(expression));
  if (constant) return { ...expression, text: '***', evaluate: () => constant };
  return { ...expression, evaluate: (scope) => wrapped(expression.evaluate(scope)) };
}

const wrapped = (value: Value): Value => (typeof value === 'string' ? new Secret(value) : value);
