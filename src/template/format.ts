// Python's two ways of filling values into a pattern: `'%05.1f' % x` and `'{:>8}'.format(x)`.

import { Failure, type Location } from '../errors.ts';
import type { Value } from '../model.ts';
import { limitText } from './limits.ts';
import { repr, str } from './python.ts';
import { isList, isMap, kindOf } from './thing.ts';

/** How one value is to be written: Python's format specification. */
interface Spec {
  readonly fill: string;
  readonly align: string;
  readonly sign: string;
  readonly alternate: boolean;
  readonly width: number;
  readonly comma: boolean;
  readonly precision: number | undefined;
  readonly type: string;
}

const PERCENT = /%(?:\(([^)]*)\))?([-+ 0#]*)(\d*)(?:\.(\d+))?([a-zA-Z%])/g;

/** `pattern % value`: a list fills in order, a map by name, anything else is the only value. */
export function percentFormat(pattern: string, value: Value, at: Location): string {
  const values = isList(value) ? value : [value];
  let next = 0;
  const take = (name: string | undefined): Value => {
    const found =
      name === undefined ? values[next++] : isMap(value) && Object.hasOwn(value, name) ? value[name] : undefined;
    if (found === undefined) throw new Failure(`there is no value for ${name ? `"%(${name})"` : 'each "%"'}`, { at });
    return found;
  };
  const parts = pattern.replace(PERCENT, (_, name, flags: string, width, precision, type: string) => {
    if (type === '%') return '%';
    const item = take(name);
    const align = flags.includes('-') ? '<' : flags.includes('0') ? '=' : '>';
    const fill = align === '=' ? '0' : ' ';
    const sign = flags.includes('+') ? '+' : flags.includes(' ') ? ' ' : '';
    const digits = precision === undefined ? undefined : Number(precision);
    const rest = { fill, align, sign, alternate: flags.includes('#'), width: Number(width || 0), comma: false };
    return written(item, { ...rest, precision: digits, type: type === 'i' || type === 'u' ? 'd' : type }, at);
  });
  if (next < values.length && !isMap(value)) throw new Failure('there are more values than places for them', { at });
  return parts;
}

const FIELD = /\{\{|\}\}|\{([^{}:!]*)(?:!([rsa]))?(?::([^{}]*))?\}|[{}]/g;
const SPEC = /^(?:(.)?([<>=^]))?([-+ ]?)(#?)(0?)(\d*)(,?)(?:\.(\d+))?([a-zA-Z%]?)$/su;

/** `pattern.format(*positional, **named)`. */
export function braceFormat(
  pattern: string,
  positional: readonly Value[],
  named: Readonly<Record<string, Value>>,
  at: Location,
): string {
  let next = 0;
  return pattern.replace(FIELD, (all, name: string | undefined, conversion, spec = '') => {
    if (all === '{{' || all === '}}') return all.slice(1);
    if (name === undefined)
      throw new Failure(`"${all}" stands alone in the pattern`, { at, hint: `write "${all}${all}"` });
    const key = name === '' ? String(next++) : name;
    const value = /^\d+$/.test(key) ? positional[Number(key)] : Object.hasOwn(named, key) ? named[key] : undefined;
    if (value === undefined) throw new Failure(`there is no value for "{${name}}"`, { at });
    return written(conversion === 'r' ? repr(value) : value, parseSpec(spec, value, at), at);
  });
}

function parseSpec(text: string, value: Value, at: Location): Spec {
  const found = SPEC.exec(text);
  if (found === null) throw new Failure(`"${text}" is no format`, { at });
  const [, fill, align, sign = '', alternate, zero, width, comma, precision, type = ''] = found;
  return {
    fill: fill ?? (zero ? '0' : ' '),
    align: align ?? (zero ? '=' : typeof value === 'number' ? '>' : '<'),
    sign,
    alternate: alternate === '#',
    width: Number(width || 0),
    comma: comma === ',',
    precision: precision === undefined ? undefined : Number(precision),
    type,
  };
}

function written(value: Value, spec: Spec, at: Location): string {
  limitText(spec.width + (spec.precision ?? 0), at);
  const isText = spec.type === 's' || spec.type === 'r' || (spec.type === '' && typeof value !== 'number');
  if (isText) {
    const text = spec.type === 'r' ? repr(value) : str(value);
    return padded('', spec.precision === undefined ? text : text.slice(0, spec.precision), spec);
  }
  if (typeof value !== 'number' && typeof value !== 'boolean') {
    throw new Failure(`the format "${spec.type}" is for numbers, not ${kindOf(value)}`, { at });
  }
  const number = Number(value);
  const sign = number < 0 ? '-' : spec.sign === '-' ? '' : spec.sign;
  const digits = digitsOf(Math.abs(number), spec, at);
  return padded(sign, spec.comma ? digits.replace(/\B(?<!\.\d*)(?=(\d{3})+(?!\d))/g, ',') : digits, spec);
}

function digitsOf(size: number, spec: Spec, at: Location): string {
  const precision = Math.min(spec.precision ?? 6, 100);
  const prefix = spec.alternate ? `0${spec.type}` : '';
  switch (spec.type) {
    case '':
      return spec.precision === undefined ? str(size) : String(Number(size.toPrecision(Math.max(1, precision))));
    case 'd':
      return String(Math.trunc(size));
    case 'f':
    case 'F':
      return size.toFixed(precision);
    case '%':
      return `${(size * 100).toFixed(precision)}%`;
    case 'e':
      return size.toExponential(precision).replace(/e([+-])(\d)$/, 'e$10$2');
    case 'x':
      return prefix + Math.trunc(size).toString(16);
    case 'X':
      return prefix + Math.trunc(size).toString(16).toUpperCase();
    case 'o':
      return prefix + Math.trunc(size).toString(8);
    case 'b':
      return prefix + Math.trunc(size).toString(2);
    default:
      throw new Failure(`there is no format "${spec.type}"`, { at });
  }
}

function padded(sign: string, text: string, spec: Spec): string {
  const missing = spec.width - sign.length - text.length;
  if (missing <= 0) return sign + text;
  const fill = (length: number) => spec.fill.repeat(length);
  if (spec.align === '=') return sign + fill(missing) + text;
  if (spec.align === '<') return sign + text + fill(missing);
  if (spec.align === '>') return fill(missing) + sign + text;
  const before = Math.floor(missing / 2);
  return fill(before) + sign + text + fill(missing - before);
}
