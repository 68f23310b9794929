// Equality, order and truth, as in Python. Secrets are compared by what they hold; the answer tells no more.

import { Failure, type Location } from '../errors.ts';
import type { Unknown, Value } from '../model.ts';
import { Secret } from '../secret.ts';
import type { CompareOperator } from './syntax.ts';
import { characters, isList, isMap, isUnknown, kindOf, unknownIn } from './thing.ts';

/** `a == b`: typed (`1 == '1'` is false), but true is 1 and false is 0. There must be no unknown in either. */
export function equal(a: Value, b: Value): boolean {
  if (a === b) return true;
  if (a instanceof Secret || b instanceof Secret) return equal(plain(a), plain(b));
  if (isNumeric(a) && isNumeric(b)) return Number(a) === Number(b);
  if (isList(a) && isList(b)) return a.length === b.length && a.every((item, index) => equal(item, b[index] ?? null));
  if (!isMap(a) || !isMap(b)) return false;
  const keys = Object.keys(a);
  if (keys.length !== Object.keys(b).length) return false;
  return keys.every((key) => Object.hasOwn(b, key) && equal(a[key] ?? null, b[key] ?? null));
}

/** `left operator right`, unknown where that depends on what is unknown. */
export function compare(operator: CompareOperator, left: Value, right: Value, at: Location): boolean | Unknown {
  if (operator === 'in') return isIn(left, right, at);
  if (operator === 'not in') {
    const found = isIn(left, right, at);
    return isUnknown(found) ? found : !found;
  }
  const unknown = unknownIn(left) ?? unknownIn(right);
  if (unknown !== undefined) return unknown;
  if (operator === '==') return equal(left, right);
  if (operator === '!=') return !equal(left, right);
  const found = order(left, right, at);
  if (operator === '<') return found < 0;
  if (operator === '<=') return found <= 0;
  return operator === '>' ? found > 0 : found >= 0;
}

/** Among items one of which is unknown, only what is found is certain. */
function isIn(item: Value, container: Value, at: Location): boolean | Unknown {
  const unknown = unknownIn(item) ?? (isMap(container) ? undefined : unknownIn(container));
  if (unknown === undefined) return contains(container, item, at);
  if (isUnknown(container) || unknownIn(item) !== undefined || !isList(container)) return unknown;
  const known = container.filter((one) => unknownIn(one) === undefined);
  return contains(known, item, at) || unknown;
}

/** Negative, zero or positive as `a` is less than, equal to or greater than `b`; a failure where there is no order. */
export function order(a: Value, b: Value, at: Location): number {
  const left = plain(a);
  const right = plain(b);
  if (isNumeric(left) && isNumeric(right)) return Number(left) - Number(right);
  if (typeof left === 'string' && typeof right === 'string') return orderTexts(left, right);
  if (isList(left) && isList(right)) return orderLists(left, right, at);
  throw new Failure(`${kindOf(a)} and ${kindOf(b)} have no order`, {
    at,
    hint: 'bring both to one type, as with the filter "int"',
  });
}

/** By code points: JavaScript's own order puts characters beyond the basic plane too low. */
function orderTexts(a: string, b: string): number {
  if (/[\ud800-\udfff]/.test(a) || /[\ud800-\udfff]/.test(b)) return Buffer.compare(Buffer.from(a), Buffer.from(b));
  return a < b ? -1 : Number(a > b);
}

function orderLists(a: readonly Value[], b: readonly Value[], at: Location): number {
  for (let index = 0; index < Math.min(a.length, b.length); index += 1) {
    const left = a[index] ?? null;
    const right = b[index] ?? null;
    if (!equal(left, right)) return order(left, right, at);
  }
  return a.length - b.length;
}

/** `item in container`: an item of a list, a key of a map, a part of a text. */
export function contains(container: Value, item: Value, at: Location): boolean {
  const where = plain(container);
  const what = plain(item);
  if (isList(where)) return where.some((one) => equal(one, what));
  if (isMap(where)) return typeof what === 'string' && Object.hasOwn(where, what);
  if (typeof where === 'string' && typeof what === 'string') return where.includes(what);
  if (typeof where === 'string') throw new Failure(`only text can be in text, not ${kindOf(item)}`, { at });
  throw new Failure(`nothing can be in ${kindOf(container)}`, { at });
}

/** What `and`, `or`, `not` and `if` take for true: everything but null, false, 0 and what is empty. */
export function truthy(value: Value): boolean {
  if (typeof value === 'boolean') return value;
  if (value instanceof Secret) return value.reveal() !== '';
  if (isList(value)) return value.length > 0;
  if (isMap(value)) return Object.keys(value).length > 0;
  return Boolean(value);
}

/** The items of a list, the keys of a map, the characters of a text. */
export function itemsOf(value: Value, at: Location): readonly Value[] {
  if (isList(value)) return value;
  if (isMap(value)) return Object.keys(value);
  if (typeof value === 'string') return characters(value);
  throw new Failure(`${kindOf(value)} has no items`, { at });
}

const plain = (value: Value): Value => (value instanceof Secret ? value.reveal() : value);
const isNumeric = (value: Value): value is number | boolean => typeof value === 'number' || typeof value === 'boolean';
