// Filters on values of any kind: defaults, conversions, numbers.

import { Failure } from '../../errors.ts';
import type { Value } from '../../model.ts';
import { Secret } from '../../secret.ts';
import { type Callables, lenient, moves, reads, type Site, textArg, wholeArg } from '../callable.ts';
import { itemsOf, truthy } from '../compare.ts';
import { str } from '../python.ts';
import { characters, defined, Gaps, isList, isMap, isUnknown, kindOf, type Thing, Undefined } from '../thing.ts';

const fallback = lenient('default_value boolean', (value, [otherwise = '', boolean = false]) => {
  if (value instanceof Undefined) return otherwise;
  if (value instanceof Gaps || isUnknown(value)) return value;
  return truthy(defined(boolean)) && !truthy(value) ? otherwise : value;
});

const length = { ...moves('', (value, _, site) => lengthOf(value, site)), plain: true };

export const valueFilters: Callables = {
  default: fallback,
  d: fallback,
  mandatory: lenient('msg', (value, [message], site) => {
    if (!(value instanceof Undefined) || message === undefined) return defined(value);
    throw new Failure(str(defined(message)), { at: site.at, hint: value.message });
  }),
  ternary: lenient('true_val! false_val! none_val', (value, [yes, no, ifNull], _) => {
    const subject = defined(value);
    if (isUnknown(subject)) return subject;
    if (subject === null && ifNull !== undefined) return ifNull;
    return (truthy(subject) ? yes : no) as Thing;
  }),
  list: lenient('', (value, _, site) => {
    if (value instanceof Gaps || isUnknown(value)) return value;
    const subject = defined(value);
    if (subject instanceof Secret) return characters(subject.reveal()).map((one) => new Secret(one));
    return itemsOf(subject, site.at);
  }),
  length,
  count: length,
  type_debug: { ...moves('', (value) => typeName(value)), plain: true },
  bool: reads('', (value, _, site) => boolOf(value, site)),
  int: reads('default base', (value, [otherwise = 0, base], site) =>
    intOf(value, otherwise, wholeArg(base, '"base"', site, 10)),
  ),
  float: reads('default', (value, [otherwise = 0]) => floatOf(value) ?? otherwise),
  abs: reads('', (value, _, site) => Math.abs(numberOf(value, site))),
  round: reads('precision method', (value, [precision, method], site) => {
    const how = textArg(method, '"method"', site, 'common');
    const rounding = ROUNDINGS[how];
    if (rounding === undefined) throw new Failure('"method" must be one of common, ceil, floor', { at: site.at });
    return rounding(numberOf(value, site), wholeArg(precision, '"precision"', site, 0));
  }),
  pow: reads('exponent!', (value, [exponent], site) => numberOf(value, site) ** numberOf(exponent ?? null, site)),
};

function lengthOf(value: Value, site: Site): number {
  if (isMap(value)) return Object.keys(value).length;
  if (isList(value)) return value.length;
  if (typeof value === 'string') return characters(value).length;
  throw new Failure(`${kindOf(value)} has no length`, { at: site.at });
}

/** The name that Python has for the type. */
function typeName(value: Value): string {
  if (value === null) return 'NoneType';
  if (typeof value === 'number') return Number.isInteger(value) ? 'int' : 'float';
  if (typeof value === 'boolean') return 'bool';
  if (isList(value)) return 'list';
  return isMap(value) ? 'dict' : 'str';
}

const TRUE = new Set(['yes', 'on', '1', 'true', 'y', 't']);
const FALSE = new Set(['no', 'off', '0', 'false', 'n', 'f', '']);

/** Words for true and false. Any other is a failure: Ansible takes what is misspelt for false. */
function boolOf(value: Value, site: Site): boolean {
  if (value === null) return false;
  if (typeof value === 'boolean') return value;
  const word = typeof value === 'number' || typeof value === 'string' ? String(value).trim().toLowerCase() : undefined;
  if (word !== undefined && TRUE.has(word)) return true;
  if (word !== undefined && FALSE.has(word)) return false;
  throw new Failure(`${kindOf(value)} is neither true nor false`, {
    at: site.at,
    hint: 'write true or false, yes or no',
  });
}

function floatOf(value: Value): number | undefined {
  if (typeof value === 'number' || typeof value === 'boolean') return Number(value);
  if (typeof value !== 'string' || !/^\s*[-+]?(\d[\d_]*\.?\d*|\.\d+)(e[-+]?\d+)?\s*$/i.test(value)) return undefined;
  return Number(value.replaceAll('_', ''));
}

const PREFIXES: Readonly<Record<number, RegExp>> = { 2: /^([-+]?)0b/i, 8: /^([-+]?)0o/i, 16: /^([-+]?)0x/i };

/** A whole number, what is behind the point cut off; the default where it is none. */
function intOf(value: Value, otherwise: Value, base: number): Value {
  if (typeof value === 'string' && base !== 10) {
    const digits = value
      .trim()
      .replace(PREFIXES[base] ?? '', '$1')
      .replaceAll('_', '')
      .toLowerCase();
    const valid = [...digits.replace(/^[-+]/, '')].every((digit) => Number.parseInt(digit, 36) < base);
    return valid && /[\da-z]$/.test(digits) ? Number.parseInt(digits, base) : otherwise;
  }
  const number = floatOf(value);
  return number === undefined || !Number.isFinite(number) ? otherwise : Math.trunc(number) + 0;
}

function numberOf(value: Value, site: Site): number {
  if (typeof value === 'number' || typeof value === 'boolean') return Number(value);
  throw new Failure(`a number is needed, not ${kindOf(value)}`, {
    at: site.at,
    hint: 'use the filter "int" or "float" before',
  });
}

const ROUNDINGS: Readonly<Record<string, (value: number, precision: number) => number>> = {
  common: roundHalfEven,
  ceil: (value, precision) => Math.ceil(value * 10 ** precision) / 10 ** precision,
  floor: (value, precision) => Math.floor(value * 10 ** precision) / 10 ** precision,
};

/** As Python rounds: the exact decimal value decides, a tie goes to the even digit. */
function roundHalfEven(value: number, precision: number): number {
  if (precision < 0) return roundHalfEven(value / 10 ** -precision, 0) * 10 ** -precision;
  const digits = Math.min(precision, 60);
  const rounded = Number(Math.abs(value).toFixed(digits));
  const exact = Math.abs(value).toFixed(Math.min(100, digits + 40));
  const isTie = /^50*$/.test(exact.slice(exact.indexOf('.') + 1 + digits));
  const step = 10 ** -digits;
  const isOdd = Math.round(rounded / step) % 2 !== 0;
  return Math.sign(value) * (isTie && isOdd ? Number((rounded - step).toFixed(digits)) : rounded);
}
