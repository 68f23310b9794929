// How Python, and so Ansible, writes values into text: `True`, `None`, `['a', 1]`, `1e-07`.

import type { Value } from '../model.ts';
import { isList, isMap } from './thing.ts';

/** `str(value)`. Secrets print as `***` here: what is made from them is computed on `exposed` values. */
export function str(value: Value): string {
  return typeof value === 'string' ? value : repr(value);
}

/** `repr(value)`: texts quoted, so that they can be told apart inside lists. */
export function repr(value: Value): string {
  if (value === null) return 'None';
  if (typeof value === 'string') return quoted(value);
  if (typeof value === 'number') return numberText(value);
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (isList(value)) return `[${value.map(repr).join(', ')}]`;
  if (!isMap(value)) return '***';
  return `{${Object.entries(value)
    .map(([key, item]) => `${quoted(key)}: ${repr(item)}`)
    .join(', ')}}`;
}

/** Python switches to exponents elsewhere than JavaScript does, and writes two digits of them. */
export function numberText(value: number): string {
  if (Number.isInteger(value) && Math.abs(value) < 1e16) return Object.is(value, -0) ? '-0.0' : String(value);
  const size = Math.abs(value);
  if (size >= 1e-4 && size < 1e16) return String(value);
  const [digits, power] = value.toExponential().split('e') as [string, string];
  return `${digits}e${power[0]}${power.slice(1).padStart(2, '0')}`;
}

const ESCAPES: Readonly<Record<string, string>> = { '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t' };

function quoted(text: string): string {
  const mark = text.includes("'") && !text.includes('"') ? '"' : "'";
  const escaped = text.replace(/[\\\n\r\t]|[\x00-\x1f\x7f-\xa0\xad]/g, (found) => ESCAPES[found] ?? hex(found));
  return mark + (mark === "'" ? escaped.replaceAll("'", "\\'") : escaped) + mark;
}

const hex = (found: string) => `\\x${found.charCodeAt(0).toString(16).padStart(2, '0')}`;
