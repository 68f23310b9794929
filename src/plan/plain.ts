// Events and values as plain data for a file: no secret, no source texts beyond the line that is spoken of.

import type { Location } from '../errors.ts';
import type { Event } from '../model.ts';
import { redact, Secret } from '../secret.ts';

type Plain = null | boolean | number | string | readonly Plain[] | { readonly [key: string]: Plain };

/** Events as they are kept. Secrets are replaced by type and by value, and a source is cut down to its line. */
export function plainEvents(events: readonly Event[]): Event[] {
  const clean = cleaner();
  return events.map((event) => plain(event, clean) as unknown as Event);
}

/** The same for any value that JSON can hold once secrets are out of it. */
export const plainValue = <T>(value: T): T => plain(value, cleaner()) as unknown as T;

/** Remembers: a fleet's events say the same few texts again and again, and each may hold any of thousands of secrets. */
function cleaner(): (text: string) => string {
  const known = new Map<string, string>();
  return (text) => {
    const before = known.get(text);
    if (before !== undefined) return before;
    const clean = redact(text);
    known.set(text, clean);
    return clean;
  };
}

function plain(value: unknown, clean: (text: string) => string): Plain {
  if (typeof value === 'string') return clean(value);
  if (value === null || typeof value === 'boolean' || typeof value === 'number') return value;
  if (value instanceof Secret) return value.toJSON();
  if (Array.isArray(value)) return value.map((item) => plain(item, clean));
  if (typeof value !== 'object') throw new TypeError(`a ${typeof value} cannot be kept`);
  const whole = isLocation(value) ? lineOf(value) : value;
  const entries = Object.entries(whole).filter(([, item]) => item !== undefined);
  return Object.fromEntries(entries.map(([name, item]) => [name, plain(item, clean)]));
}

const isLocation = (value: object): value is Location =>
  'source' in value && 'start' in value && 'end' in value && typeof value.source === 'object';

/** The place in a text of which only its line is left, at the same line and column. */
function lineOf({ source, start, end }: Location): Location {
  const from = source.text.lastIndexOf('\n', start - 1) + 1;
  const to = source.text.indexOf('\n', from);
  const above = source.text.slice(0, from).split('\n').length - 1;
  const text = '\n'.repeat(above) + source.text.slice(from, to === -1 ? undefined : to);
  const moved = from - above;
  return { source: { file: source.file, text }, start: start - moved, end: Math.min(end - moved, text.length) };
}
