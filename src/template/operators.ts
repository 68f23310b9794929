// Arithmetic, text and member access, as in Python.

import { Failure, type Location } from '../errors.ts';
import type { Unknown, Value } from '../model.ts';
import { nearest } from '../nearest.ts';
import { Secret } from '../secret.ts';
import { percentFormat } from './format.ts';
import { limitList, limitText } from './limits.ts';
import { str } from './python.ts';
import type { BinaryOperator } from './syntax.ts';
import {
  characters,
  concealed,
  exposed,
  holdsSecret,
  isList,
  isMap,
  isUnknown,
  kindOf,
  type Thing,
  tainted,
  Undefined,
  unknownIn,
} from './thing.ts';

/** `left operator right`; unknown when one of them is, a secret when one of them is. */
export function binary(operator: BinaryOperator, left: Value, right: Value, at: Location): Value {
  if (typeof left !== 'object' && typeof right !== 'object') return plainBinary(operator, left, right, at);
  const reads = operator === '~' || (operator === '%' && (typeof left === 'string' || left instanceof Secret));
  const unknown = reads ? (unknownIn(left) ?? unknownIn(right)) : firstUnknown(left, right);
  if (unknown !== undefined) return unknown;
  const secret = reads ? holdsSecret(left) || holdsSecret(right) : left instanceof Secret || right instanceof Secret;
  if (!secret) return plainBinary(operator, left, right, at);
  const open = (value: Value) => (reads || value instanceof Secret ? exposed(value) : value);
  return concealed(at, () => plainBinary(operator, open(left), open(right), at));
}

function firstUnknown(left: Value, right: Value): Unknown | undefined {
  if (isUnknown(left)) return left;
  return isUnknown(right) ? right : undefined;
}

function plainBinary(operator: BinaryOperator, left: Value, right: Value, at: Location): Value {
  if (operator === '~') return joined(str(left), str(right), at);
  if (isNumber(left) && isNumber(right)) return arithmetic(operator, Number(left), Number(right), at);
  if (operator === '+' && typeof left === 'string' && typeof right === 'string') return joined(left, right, at);
  if (operator === '+' && isList(left) && isList(right)) {
    limitList(left.length + right.length, at);
    return [...left, ...right];
  }
  if (operator === '%' && typeof left === 'string') return percentFormat(left, right, at);
  if (operator === '*' && isNumber(right)) return repeated(left, Number(right), at);
  if (operator === '*' && isNumber(left)) return repeated(right, Number(left), at);
  throw unfit(operator, left, right, at);
}

function unfit(operator: BinaryOperator, left: Value, right: Value, at: Location): Failure {
  const texts = operator === '+' && (typeof left === 'string' || typeof right === 'string');
  return new Failure(`"${operator}" cannot be used on ${kindOf(left)} and ${kindOf(right)}`, {
    at,
    hint: texts ? 'use "~" to put them together as text, or the filter "int" to add numbers' : undefined,
  });
}

function joined(left: string, right: string, at: Location): string {
  limitText(left.length + right.length, at);
  return left + right;
}

function repeated(value: Value, times: number, at: Location): Value {
  const count = Math.max(0, times);
  if (!Number.isInteger(count)) throw new Failure('only a whole number of repetitions is possible', { at });
  if (typeof value === 'string') {
    limitText(value.length * count, at);
    return value.repeat(count);
  }
  if (!isList(value)) throw unfit('*', value, times, at);
  limitList(value.length * count, at);
  return Array.from({ length: count }, () => value).flat();
}

/** Whole numbers stay exact or fail: Python's are unbounded, JavaScript's are not. */
function arithmetic(operator: Exclude<BinaryOperator, '~'>, left: number, right: number, at: Location): number {
  if (right === 0 && (operator === '/' || operator === '//' || operator === '%')) {
    throw new Failure('division by zero', { at });
  }
  const result = OPERATIONS[operator](left, right);
  const inexact =
    Number.isSafeInteger(left) && Number.isSafeInteger(right) && Math.abs(result) > Number.MAX_SAFE_INTEGER;
  if (inexact || !Number.isFinite(result)) {
    throw new Failure(`the result of "${operator}" is ${Number.isNaN(result) ? 'not a number' : 'too large'}`, { at });
  }
  return result;
}

const OPERATIONS: Readonly<Record<Exclude<BinaryOperator, '~'>, (left: number, right: number) => number>> = {
  '+': (left, right) => left + right,
  '-': (left, right) => left - right,
  '*': (left, right) => left * right,
  '/': (left, right) => left / right,
  '//': (left, right) => Math.floor(left / right),
  '%': (left, right) => ((left % right) + right) % right,
  '**': (left, right) => left ** right,
};

/** `-value` and `+value`. */
export function signed(operator: '-' | '+', value: Value, at: Location): Value {
  if (isUnknown(value)) return value;
  if (!isNumber(value)) throw new Failure(`"${operator}" cannot be used on ${kindOf(value)}`, { at });
  return operator === '-' ? 0 - Number(value) : Number(value);
}

/** `of.key` and `of[key]`: own members of maps, items of lists and texts; `path` names it in messages. */
export function member(of: Thing, key: Value, at: Location, path: string): Thing {
  if (of instanceof Undefined) return of;
  if (isMap(of)) return memberOfMap(of, key, at, path);
  if (isUnknown(of)) return of;
  if (isUnknown(key)) return key;
  const container = of instanceof Secret ? of.reveal() : of;
  if (typeof key === 'number' && (typeof container === 'string' || isList(container))) {
    const items = isList(container) ? container : characters(container);
    const item = items[key < 0 ? items.length + key : key];
    if (item === undefined) return new Undefined(`"${path}" is undefined: there are ${items.length} items`, at);
    return of instanceof Secret ? tainted(item) : item;
  }
  return new Undefined(`"${path}" is undefined: ${kindOf(of)} has no such member`, at);
}

function memberOfMap(of: Readonly<Record<string, Value>>, key: Value, at: Location, path: string): Thing {
  if (isUnknown(key)) return key;
  const name = key instanceof Secret ? key.reveal() : typeof key === 'number' ? String(key) : key;
  if (typeof name !== 'string') return new Undefined(`"${path}" is undefined: keys are text`, at);
  if (Object.hasOwn(of, name)) return of[name] ?? null;
  const near = key instanceof Secret ? undefined : nearest(name, Object.keys(of));
  return new Undefined(`"${path}" is undefined`, at, near === undefined ? undefined : `did you mean "${near}"?`);
}

/** `of[from:to:step]` of a list or a text. */
export function slice(of: Value, bounds: readonly (Value | undefined)[], at: Location): Value {
  const unknown = [of, ...bounds].find(isUnknown);
  if (unknown !== undefined) return unknown;
  if (of instanceof Secret) return tainted(slice(of.reveal(), bounds, at));
  const [from, to, step = 1] = bounds.map((bound) => wholeNumber(bound, at));
  if (step === 0) throw new Failure('the step of a slice cannot be 0', { at });
  if (typeof of === 'string') return picked(characters(of), from, to, step).join('');
  if (isList(of)) return picked(of, from, to, step);
  throw new Failure(`${kindOf(of)} has no slices`, { at });
}

function wholeNumber(bound: Value | undefined, at: Location): number | undefined {
  if (bound === undefined || bound === null) return undefined;
  if (typeof bound === 'number' && Number.isInteger(bound)) return bound;
  throw new Failure(`the bounds of a slice are whole numbers, not ${kindOf(bound)}`, { at });
}

function picked<T>(items: readonly T[], from: number | undefined, to: number | undefined, step: number): T[] {
  const length = items.length;
  const lowest = step > 0 ? 0 : -1;
  const highest = step > 0 ? length : length - 1;
  const place = (bound: number) => Math.min(Math.max(bound < 0 ? bound + length : bound, lowest), highest);
  const start = from === undefined ? (step > 0 ? lowest : highest) : place(from);
  const end = to === undefined ? (step > 0 ? highest : lowest) : place(to);
  const result: T[] = [];
  for (let index = start; step > 0 ? index < end : index > end; index += step) result.push(items[index] as T);
  return result;
}

const isNumber = (value: Value): value is number | boolean => typeof value === 'number' || typeof value === 'boolean';
