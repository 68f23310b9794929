// Expressions and templates: Jinja's language as Ansible's users write it, compiled once and evaluated often.
//
//   text → tokens → syntax tree → closure; names are found in the tree, values computed by the closure

import { Failure, InvalidInput, type Location, type Problem } from '../errors.ts';
import type { Expression, NameUse, Node, Scope, Unknown, Value } from '../model.ts';
import { compile, type Run } from './compile.ts';
import { Cursor } from './cursor.ts';
import { type Uses, usesOf, usesOfParts } from './names.ts';
import { parseExpression } from './parse.ts';
import { parseTemplate } from './parse-template.ts';
import { locator } from './places.ts';
import { compileParts } from './render.ts';
import { defined, isUnknown, kindOf } from './thing.ts';
import { problem, type Token, tokenize } from './tokens.ts';

export { isUnknown } from './thing.ts';

/**
 * Text with `{{ … }}`, `{% … %}` and `{# … #}` in it. What is exactly one `{{ … }}` gives the value as it is,
 * anything else a text. Throws `InvalidInput` with the place of what is wrong inside the scalar at `at`.
 */
export function compileTemplate(text: string, at: Location): Expression {
  if (!/\{[{%#]/.test(text)) return constant(text, at, text);
  const parts = parseTemplate(text, locator(text, at));
  const [only, ...others] = parts;
  if (only?.kind === 'output' && others.length === 0) {
    return expression(text, at, usesOf(only.expression), compile(only.expression));
  }
  return expression(text, at, usesOfParts(parts), compileParts(parts));
}

/** A bare expression, as in `when:`. Throws `InvalidInput` with the place of what is wrong inside the scalar at `at`. */
export function compileExpression(text: string, at: Location): Expression {
  if (text.trim() === '') throw problem('the expression is empty', at);
  const locate = locator(text, at);
  const { list } = tokenize(text, 0, undefined, locate);
  const delimiter = list.find((token, index) => opensTemplate(token, list[index + 1]));
  if (delimiter !== undefined) {
    throw problem('conditions are expressions already', delimiter.at, 'leave out the "{{" and "}}"');
  }
  const cursor = new Cursor(list);
  const ast = parseExpression(cursor);
  cursor.expectEnd();
  return expression(text, at, usesOf(ast), compile(ast));
}

/** `{{` and `{%` are two tokens in an expression, where neither can stand: no key of a map is a map. */
function opensTemplate(token: Token, next: Token | undefined): boolean {
  if (token.kind !== 'operator' || token.text !== '{' || next?.kind !== 'operator') return false;
  return next.text === '{' || next.text === '%';
}

/**
 * A YAML tree as one expression that gives its value: scalars are templates, keys and `!unsafe` scalars are not.
 * Throws `InvalidInput` with the problems of all scalars.
 */
export function compileNode(node: Node): Expression {
  const problems: Problem[] = [];
  const compiled = compilePart(node, problems);
  if (problems.length > 0) throw new InvalidInput(problems);
  return compiled;
}

function compilePart(node: Node, problems: Problem[]): Expression {
  const text = node.at.source.text.slice(node.at.start, node.at.end);
  if (node.kind === 'scalar') return compileScalar(node, problems);
  if (node.kind === 'list') {
    const items = node.items.map((item) => compilePart(item, problems));
    return composed(text, node.at, items, (scope) => items.map((item) => item.evaluate(scope)));
  }
  const entries = node.entries.map(({ key, value }) => [key, compilePart(value, problems)] as const);
  const values = entries.map(([, value]) => value);
  return composed(text, node.at, values, (scope) =>
    Object.fromEntries(entries.map(([key, value]) => [key, value.evaluate(scope)])),
  );
}

function compileScalar({ value, tag, at }: Extract<Node, { kind: 'scalar' }>, problems: Problem[]): Expression {
  if (typeof value !== 'string') return constant(String(value), at, value);
  if (tag === '!unsafe') return constant(value, at, value);
  try {
    return compileTemplate(value, at);
  } catch (error) {
    if (!(error instanceof InvalidInput)) throw error;
    problems.push(...error.problems);
    return constant(value, at, value);
  }
}

/** An expression over parts; where all of them are constant its value is computed once. */
function composed(
  text: string,
  at: Location,
  parts: readonly Expression[],
  build: (scope: Scope) => Value,
): Expression {
  const isLiteral = parts.every((part) => part.constant && literals.has(part));
  if (isLiteral) return constant(text, at, build(NOWHERE));
  return {
    text,
    at,
    names: parts.flatMap((part) => part.names),
    constant: parts.every((part) => part.constant),
    evaluate: build,
  };
}

const NOWHERE: Scope = {
  get: () => undefined,
  lookup: () => {
    throw new Error('a literal has looked something up');
  },
};

const literals = new WeakSet<Expression>();
const NO_NAMES: readonly NameUse[] = [];

function constant(text: string, at: Location, value: Value): Expression {
  const literal: Expression = { text, at, names: NO_NAMES, constant: true, evaluate: () => value };
  literals.add(literal);
  return literal;
}

function expression(text: string, at: Location, { names, looksOut }: Uses, run: Run): Expression {
  return {
    text,
    at,
    names,
    constant: names.length === 0 && !looksOut,
    evaluate: (scope) => {
      try {
        return defined(run(scope));
      } catch (error) {
        throw error instanceof RangeError ? tooMuch(error, at) : error;
      }
    },
  };
}

/** What is beyond JavaScript's own limits: the longest text, the deepest recursion. */
function tooMuch(error: RangeError, at: Location): Failure {
  if (!error.message.includes('call stack')) return new Failure('the result is too large', { at });
  return new Failure('the evaluation goes too deep', { at, hint: 'look for a variable that is made from itself' });
}

/**
 * Whether a condition holds in a scope; unknown where only a run can tell. Anything but true and false is a failure:
 * Ansible takes the text "false" for true.
 */
export function condition(expression: Expression, scope: Scope): boolean | Unknown {
  const value = expression.evaluate(scope);
  if (typeof value === 'boolean' || isUnknown(value)) return value;
  throw new Failure(`the condition must be true or false, not ${kindOf(value)}`, {
    at: expression.at,
    hint: typeof value === 'string' ? 'use the filter "bool", or compare it' : 'compare it, as in "x | length > 0"',
    code: 'condition',
  });
}
