// Parses one expression: Jinja's grammar and precedences, lowest first.
//
//   if-else · or · and · not · comparisons, in · + - · ~ · * / // % · ** · unary - + · filters, tests · members, calls

import { type Cursor, span } from './cursor.ts';
import type { Arguments, Ast, BinaryOperator, CompareOperator, Link, NamedArgument } from './syntax.ts';
import { problem, type Token } from './tokens.ts';

/** One expression; what follows it stays in the cursor. */
export function parseExpression(cursor: Cursor): Ast {
  return cursor.deeper(() => parseChoice(cursor));
}

function parseChoice(cursor: Cursor): Ast {
  let result = parseOr(cursor);
  for (let depth = 0; cursor.accept('if'); depth += 1) {
    cursor.checkDepth(depth);
    const test = parseOr(cursor);
    const no = cursor.accept('else') ? parseExpression(cursor) : undefined;
    result = { kind: 'choice', test, yes: result, no, at: span(result.at, (no ?? test).at) };
  }
  return result;
}

/** A condition without if-else, as after `for … if`. */
export function parseOr(cursor: Cursor): Ast {
  return parseLogical(cursor, 'or', () => parseLogical(cursor, 'and', () => parseNot(cursor)));
}

function parseLogical(cursor: Cursor, operator: 'and' | 'or', parseOperand: () => Ast): Ast {
  let left = parseOperand();
  for (let depth = 0; cursor.accept(operator); depth += 1) {
    cursor.checkDepth(depth);
    const right = parseOperand();
    left = { kind: 'logical', operator, left, right, at: span(left.at, right.at) };
  }
  return left;
}

function parseNot(cursor: Cursor): Ast {
  if (!cursor.sees('not')) return parseComparison(cursor);
  const { at } = cursor.take();
  const operand = cursor.deeper(() => parseNot(cursor));
  return { kind: 'unary', operator: 'not', operand, at: span(at, operand.at) };
}

const COMPARISONS: readonly string[] = ['==', '!=', '<', '<=', '>', '>=', 'in'];

function parseComparison(cursor: Cursor): Ast {
  const first = parseBinary(cursor, 0);
  const links: Link[] = [];
  for (let operator = takeComparison(cursor); operator !== undefined; operator = takeComparison(cursor)) {
    links.push({ operator, operand: parseBinary(cursor, 0) });
  }
  const last = links.at(-1);
  return last === undefined ? first : { kind: 'compare', first, links, at: span(first.at, last.operand.at) };
}

function takeComparison(cursor: Cursor): CompareOperator | undefined {
  if (cursor.sees('not') && cursor.sees('in', 1)) {
    cursor.take();
    cursor.take();
    return 'not in';
  }
  const operator = COMPARISONS.find((text) => cursor.sees(text));
  if (operator !== undefined) cursor.take();
  return operator as CompareOperator | undefined;
}

/** From loose to tight; all of them, `**` too, group to the left in Jinja. */
const LEVELS: readonly (readonly BinaryOperator[])[] = [['+', '-'], ['~'], ['*', '/', '//', '%'], ['**']];

function parseBinary(cursor: Cursor, level: number): Ast {
  const operators = LEVELS[level];
  if (operators === undefined) return parseUnary(cursor, true);
  let left = parseBinary(cursor, level + 1);
  for (let depth = 0; ; depth += 1) {
    const operator = operators.find((text) => cursor.sees(text));
    if (operator === undefined) return left;
    cursor.checkDepth(depth);
    cursor.take();
    const right = parseBinary(cursor, level + 1);
    left = { kind: 'binary', operator, left, right, at: span(left.at, right.at) };
  }
}

/** A sign binds tighter than a filter: `-1 | abs` is 1. */
function parseUnary(cursor: Cursor, filters: boolean): Ast {
  const sign = cursor.peek();
  if (!cursor.sees('-') && !cursor.sees('+')) {
    const operand = parseMembers(cursor, parsePrimary(cursor));
    return filters ? parseFilters(cursor, operand) : operand;
  }
  cursor.take();
  const operand = cursor.deeper(() => parseUnary(cursor, false));
  const operator = sign.text as '-' | '+';
  const signed: Ast = { kind: 'unary', operator, operand, at: span(sign.at, operand.at) };
  return filters ? parseFilters(cursor, signed) : signed;
}

function parseFilters(cursor: Cursor, subject: Ast): Ast {
  for (let depth = 0; ; depth += 1) {
    cursor.checkDepth(depth);
    if (cursor.accept('|')) subject = parseFilter(cursor, subject);
    else if (cursor.sees('is')) subject = parseTest(cursor, subject);
    else return subject;
  }
}

function parseFilter(cursor: Cursor, of: Ast): Ast {
  const { name, at } = parseDottedName(cursor, 'the name of a filter');
  const { positional, named } = cursor.sees('(') ? parseArguments(cursor) : NO_ARGUMENTS;
  return parseMembers(cursor, { kind: 'filter', of, name, positional, named, at });
}

function parseTest(cursor: Cursor, of: Ast): Ast {
  cursor.expect('is');
  const negated = cursor.accept('not');
  const { name, at } = parseDottedName(cursor, 'the name of a test');
  const { positional, named } = parseTestArguments(cursor);
  return { kind: 'test', of, name, negated, positional, named, at };
}

const NO_ARGUMENTS: Arguments = { positional: [], named: [] };
const ENDS_TEST = new Set(['else', 'or', 'and', 'is', 'if', 'in', 'not']);

/** A test takes arguments in parentheses, or one value behind it: `is divisibleby 3`, `is in [1, 2]`. */
function parseTestArguments(cursor: Cursor): Arguments {
  const next = cursor.peek();
  if (cursor.sees('(')) return parseArguments(cursor);
  const starts = next.kind === 'operator' ? '[{'.includes(next.text) : next.kind !== 'end';
  if (!starts || (next.kind === 'name' && ENDS_TEST.has(next.text))) return NO_ARGUMENTS;
  return { positional: [parseMembers(cursor, parsePrimary(cursor))], named: [] };
}

/** Names of Ansible's own collection may be written in full: `ansible.builtin.to_json`. */
function parseDottedName(cursor: Cursor, what: string): { name: string; at: Token['at'] } {
  const first = cursor.expectName(what);
  let name = first.text;
  let at = first.at;
  while (cursor.sees('.')) {
    cursor.take();
    const part = cursor.expectName(what);
    name += `.${part.text}`;
    at = span(at, part.at);
  }
  return { name: name.replace(/^ansible\.builtin\./, ''), at };
}

function parseMembers(cursor: Cursor, subject: Ast): Ast {
  for (let depth = 0; ; depth += 1) {
    cursor.checkDepth(depth);
    if (cursor.sees('.')) subject = parseAttribute(cursor, subject);
    else if (cursor.sees('[')) subject = parseSubscript(cursor, subject);
    else if (cursor.sees('(')) subject = parseCall(cursor, subject);
    else return subject;
  }
}

function parseAttribute(cursor: Cursor, of: Ast): Ast {
  cursor.expect('.');
  const token = cursor.take();
  const at = span(of.at, token.at);
  if (token.kind === 'name') return { kind: 'attribute', of, name: token.text, at };
  if (token.kind === 'number' && /^\d+$/.test(token.text)) {
    return { kind: 'index', of, key: { kind: 'literal', value: Number(token.text), at: token.at }, at };
  }
  throw problem('expected a name or a number after "."', token.at);
}

function parseSubscript(cursor: Cursor, of: Ast): Ast {
  cursor.expect('[');
  const parts: (Ast | undefined)[] = [];
  let colons = 0;
  for (; !cursor.sees(']'); ) {
    if (cursor.sees(':') && colons < 2) {
      cursor.take();
      colons += 1;
    } else if (parts[colons] === undefined) parts[colons] = parseExpression(cursor);
    else break;
  }
  const at = span(of.at, cursor.expect(']').at);
  const key = parts[0];
  if (colons > 0) return { kind: 'slice', of, parts, at };
  if (key === undefined) throw problem('there is nothing between the brackets', at);
  return { kind: 'index', of, key, at };
}

function parseCall(cursor: Cursor, subject: Ast): Ast {
  const { at } = cursor.peek();
  const { positional, named } = parseArguments(cursor);
  if (subject.kind === 'name') return { kind: 'call', name: subject.name, positional, named, at: subject.at };
  if (subject.kind === 'attribute') {
    return { kind: 'method', of: subject.of, name: subject.name, positional, named, at: subject.at };
  }
  throw problem('this is not a function', span(subject.at, at), 'call a function or a method by its name');
}

function parseArguments(cursor: Cursor): Arguments {
  cursor.expect('(');
  const positional: Ast[] = [];
  const named: NamedArgument[] = [];
  while (!cursor.sees(')')) {
    const { kind, text, at } = cursor.peek();
    if (kind === 'name' && cursor.sees('=', 1)) {
      cursor.take();
      cursor.take();
      named.push({ name: text, value: parseExpression(cursor), at });
    } else if (named.length > 0) throw problem('an argument without a name comes after one with a name', at);
    else positional.push(parseExpression(cursor));
    if (!cursor.accept(',')) break;
  }
  cursor.expect(')');
  return { positional, named };
}

const CONSTANTS: ReadonlyMap<string, boolean | null> = new Map([
  ['true', true],
  ['True', true],
  ['false', false],
  ['False', false],
  ['none', null],
  ['None', null],
]);
const RESERVED = new Set(['if', 'else', 'and', 'or', 'not', 'in', 'is', 'elif', 'endif', 'endfor']);

function parsePrimary(cursor: Cursor): Ast {
  const token = cursor.peek();
  if (token.kind === 'number') return parseNumber(cursor.take());
  if (token.kind === 'text') return parseText(cursor);
  if (token.kind === 'name') return parseName(cursor);
  if (cursor.sees('(')) return parseParenthesis(cursor);
  if (cursor.sees('[')) return parseList(cursor);
  if (cursor.sees('{') && !cursor.sees('{', 1)) return parseMap(cursor);
  throw cursor.unexpected('a value');
}

function parseName(cursor: Cursor): Ast {
  const { text, at } = cursor.peek();
  const constant = CONSTANTS.get(text);
  if (constant === undefined && RESERVED.has(text)) throw cursor.unexpected('a value');
  cursor.take();
  return constant === undefined ? { kind: 'name', name: text, at } : { kind: 'literal', value: constant, at };
}

function parseNumber({ text, at }: Token): Ast {
  const value = Number(text.replaceAll('_', ''));
  if (/^0\d/.test(text) && Number.isInteger(value) && value !== 0) {
    throw problem(`the number "${text}" begins with 0`, at, `write ${value}, or "0o${text.slice(1)}" in octal`);
  }
  if (!/[.eE]/.test(text) && !Number.isSafeInteger(value) && !/^0[xX]/.test(text)) {
    throw problem(`the number "${text}" is too large to be exact`, at, 'put it in quotes');
  }
  return { kind: 'literal', value, at };
}

/** Texts beside each other are one text. */
function parseText(cursor: Cursor): Ast {
  const first = cursor.take();
  let value = first.text;
  let at = first.at;
  while (cursor.peek().kind === 'text') {
    const next = cursor.take();
    value += next.text;
    at = span(at, next.at);
  }
  return { kind: 'literal', value, at };
}

/** Parentheses group; with a comma, or empty, they make a list, which stands for Python's tuple. */
function parseParenthesis(cursor: Cursor): Ast {
  const opening = cursor.expect('(');
  if (cursor.sees(')')) return { kind: 'list', items: [], at: span(opening.at, cursor.take().at) };
  const first = parseExpression(cursor);
  if (!cursor.accept(',')) {
    cursor.expect(')');
    return first;
  }
  const items = [first, ...parseItems(cursor, ')')];
  return { kind: 'list', items, at: span(opening.at, cursor.expect(')').at) };
}

function parseList(cursor: Cursor): Ast {
  const opening = cursor.expect('[');
  const items = parseItems(cursor, ']');
  return { kind: 'list', items, at: span(opening.at, cursor.expect(']').at) };
}

function parseItems(cursor: Cursor, closer: string): Ast[] {
  const items: Ast[] = [];
  while (!cursor.sees(closer)) {
    items.push(parseExpression(cursor));
    if (!cursor.accept(',')) break;
  }
  return items;
}

function parseMap(cursor: Cursor): Ast {
  const opening = cursor.expect('{');
  const entries: [Ast, Ast][] = [];
  while (!cursor.sees('}')) {
    const key = parseExpression(cursor);
    cursor.expect(':');
    entries.push([key, parseExpression(cursor)]);
    if (!cursor.accept(',')) break;
  }
  return { kind: 'map', entries, at: span(opening.at, cursor.expect('}').at) };
}
