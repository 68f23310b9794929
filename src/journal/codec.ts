// An entry as one line of JSON, and back. Secrets do not reach the line: by type they become holes, and by value they
// become holes in what a resumed run is given again and `***` in what is only told.

import type { Location } from '../errors.ts';
import type { Value } from '../model.ts';
import { redact, Secret } from '../secret.ts';
import { type Entry, type Header, NOT_KEPT } from './entry.ts';

/**
 * How the strings of a part are treated where they contain a secret's text.
 * names: our own words, ids, paths, without which an entry means nothing: as they are; words: `***` in place of it;
 * told: the same, whatever the fields are called; kept: a hole in place of the whole string.
 */
type Care = 'names' | 'words' | 'told' | 'kept';

/** Fields of events, results and entries that hold our own words, ids and hosts. */
const NAMES: ReadonlySet<string> = new Set([
  'at',
  'block',
  'code',
  'delegatedTo',
  'discovery',
  'host',
  'hosts',
  'job',
  'kind',
  'mode',
  'module',
  'notReached',
  'on',
  'outcome',
  'play',
  'resume',
  'run',
  'status',
  'step',
  'task',
  'type',
  'verdict',
]);

/** Fields whose values are the user's or the world's, with field names of any kind below them. */
const VALUES: ReadonlySet<string> = new Set([
  'answer',
  'decidedOn',
  'detail',
  'facts',
  'factsLeftAlone',
  'values',
  'variables',
]);

/**
 * One line without its end. What plain JSON cannot say is tagged, see `tagOf`; lost are fields that are undefined (they
 * are absent when read), and undefined in lists (null when read). Throws `RangeError` for a value that contains itself.
 */
export function encode(entry: Entry): string {
  const told = 'event' in entry;
  return lineOf(entry, (redacting) => {
    const writer = new FormWriter(redacting, told ? 'told' : 'kept');
    if (!told) return writer.map(entry, 'words');
    const answer =
      entry.answer === undefined ? {} : { answer: new FormWriter(redacting, 'kept').of(entry.answer, 'kept') };
    return { event: writer.map(entry.event, 'words'), ...answer };
  });
}

/** The first line of a journal. Its paths and names are kept as they are: without them nothing can go on. */
export function encodeHeader(header: Header): string {
  return lineOf(header, (redacting) => {
    const writer = new FormWriter(redacting, 'kept');
    const form = writer.map(header, 'names');
    return {
      ...form,
      asked: { ...writer.map(header.asked, 'names'), extraVars: writer.of(header.asked.extraVars, 'words') },
    };
  });
}

/** Most lines hold no secret's text: the line as a whole tells, and then no string of it has to be looked at. */
function lineOf(value: object, form: (redacting: boolean) => unknown): string {
  const line = JSON.stringify(isPlainJson(value) ? value : form(false));
  return redact(line) === line ? line : JSON.stringify(form(true));
}

/** What stands for a hole in what a resumed run is given again, and in what is only told. */
const KEPT: Value = NOT_KEPT;
const TOLD: Value = '***';

type Form = { readonly [key: string]: unknown };

/** A map of one field with such a name is a tag; a user's own map that looks like one is put into `$map`. */
const TAG = '$';

const HOLE: Form = { $secret: true };

/** What JSON has no form for: `{"$number": "NaN"}`, `{"$date": …}`, `{"$secret": true}`; the rest is lost and says so. */
function tagOf(value: unknown): Form {
  if (value instanceof Secret) return HOLE;
  if (typeof value === 'number') return { $number: Object.is(value, -0) ? '-0' : String(value) };
  if (value instanceof Date) return { $date: Number.isNaN(value.getTime()) ? null : value.toISOString() };
  const name = typeof value === 'object' ? (value?.constructor?.name ?? 'object') : typeof value;
  return { $lost: name };
}

/** Whether JSON says all of it by itself: nothing to tag, no place. Most entries are so, and need no form of their own. */
function isPlainJson(value: unknown): boolean {
  if (typeof value === 'number') return Number.isFinite(value) && !Object.is(value, -0);
  if (typeof value === 'string' || typeof value === 'boolean' || value === null || value === undefined) return true;
  if (typeof value !== 'object') return false;
  if (Array.isArray(value)) return value.every(isPlainJson);
  if (!isPlain(value)) return false;
  for (const key in value) {
    if (key.startsWith(TAG) || key === 'source' || !isPlainJson((value as Form)[key])) return false;
  }
  return true;
}

function isPlain(value: object): boolean {
  const prototype = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

const isLocation = (value: unknown): value is Location =>
  typeof value === 'object' &&
  value !== null &&
  'source' in value &&
  typeof (value as Location).source?.text === 'string' &&
  typeof (value as Location).start === 'number';

/** A place with the one line that it is in, not the whole file. */
function formOfLocation({ source, start, end }: Location): Form {
  const { file, text } = source;
  const from = text.slice(0, start).lastIndexOf('\n') + 1;
  const to = text.indexOf('\n', from);
  const line = text.slice(0, from).split('\n').length;
  const shown = text === '' ? undefined : redact(text.slice(from, to === -1 ? undefined : to));
  return { $location: { file, line, column: start - from + 1, length: end - start, text: shown } };
}

/** Makes plain JSON of entries. */
class FormWriter {
  readonly #redacting: boolean;
  /** The care for what lies below a field of `VALUES`. */
  readonly #values: Care;

  constructor(redacting: boolean, values: Care) {
    this.#redacting = redacting;
    this.#values = values;
  }

  of(value: unknown, care: Care): unknown {
    if (typeof value === 'string') return this.#text(value, care);
    if (value === null || value === undefined || typeof value === 'boolean') return value ?? null;
    if (typeof value === 'number') return Number.isFinite(value) && !Object.is(value, -0) ? value : tagOf(value);
    if (Array.isArray(value)) return Array.from(value, (item) => this.of(item, care));
    if (typeof value !== 'object' || !isPlain(value)) return tagOf(value);
    const form = this.map(value, care);
    const [key, second] = Object.keys(form);
    return second === undefined && key?.startsWith(TAG) ? { $map: form } : form;
  }

  map(value: object, care: Care): Form {
    const entries: [string, unknown][] = [];
    for (const [key, item] of Object.entries(value)) {
      if (item === undefined) continue;
      entries.push(this.#field(key, item, care));
    }
    // Not by assignment: a field may be called `__proto__`.
    return Object.fromEntries(entries);
  }

  #field(key: string, item: unknown, care: Care): [string, unknown] {
    if (care === 'told' || care === 'kept') {
      const name = this.#redacting ? redact(key) : key;
      return [name, name !== key && care === 'kept' ? HOLE : this.of(item, care)];
    }
    if (key === 'at' && isLocation(item)) return [key, formOfLocation(item)];
    if (VALUES.has(key)) return [key, this.of(item, this.#values)];
    return [key, this.of(item, NAMES.has(key) ? 'names' : care)];
  }

  #text(text: string, care: Care): unknown {
    if (!this.#redacting || care === 'names') return text;
    const clean = redact(text);
    return clean !== text && care === 'kept' ? HOLE : clean;
  }
}

/**
 * An entry as it was kept. What was not kept is an `Unknown` in what a resumed run is given again, and prints as a secret
 * does in events. Throws `SyntaxError` for what is not JSON, and for JSON that is no entry.
 */
export function decode(line: string): Entry {
  const form: unknown = JSON.parse(line);
  if (!isEntry(form)) throw new SyntaxError('not an entry of a journal');
  // A tag is a map, so its name stands behind a brace; in a string the quote would be escaped.
  if (!line.includes(`{"${TAG}`)) return form;
  if (!('event' in form)) return read(form, KEPT) as Entry;
  const event = read(form.event, TOLD) as typeof form.event;
  return form.answer === undefined ? { event } : { event, answer: read(form.answer, KEPT) as Value };
}

/** The header, of whatever format: `journal` tells. Throws `SyntaxError` for a line that is none. */
export function decodeHeader(line: string): Omit<Header, 'journal'> & { readonly journal: unknown } {
  const form: unknown = JSON.parse(line);
  if (typeof form !== 'object' || form === null || !('journal' in form)) throw new SyntaxError('not a header');
  return read(form, TOLD) as Header;
}

const KINDS = ['event', 'change', 'item', 'ended', 'resumed'];

const isEntry = (form: unknown): form is Entry =>
  typeof form === 'object' && form !== null && KINDS.some((kind) => Object.hasOwn(form, kind));

/** Makes of plain JSON what it was. */
function read(form: unknown, hole: Value): unknown {
  if (Array.isArray(form)) return form.map((item) => read(item, hole));
  if (typeof form !== 'object' || form === null) return form;
  const entries = Object.entries(form);
  const [tag, item] = entries[0] ?? ['', undefined];
  return entries.length === 1 && tag.startsWith(TAG) ? readTag(tag, item, hole) : readMap(entries, hole);
}

function readMap(entries: readonly [string, unknown][], hole: Value): object {
  return Object.fromEntries(entries.map(([key, item]) => [key, read(item, hole)]));
}

function readTag(tag: string, item: unknown, hole: Value): unknown {
  switch (tag) {
    case '$map':
      return readMap(Object.entries(item as object), hole);
    case '$number':
      return Number(item);
    case '$date':
      return new Date(item === null ? Number.NaN : String(item));
    case '$location':
      return locationOf(item as LocationForm);
    case '$secret':
      return hole;
    default:
      return { unknown: true, reason: `a ${String(item)}, which a journal does not keep` };
  }
}

interface LocationForm {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly length: number;
  readonly text?: string | undefined;
}

/** A location that renders as the one that was kept: the lines above are there, but empty. */
function locationOf({ file, line, column, length, text }: LocationForm): Location {
  const above = '\n'.repeat(line - 1);
  const start = above.length + column - 1;
  return { source: { file, text: text === undefined ? '' : `${above}${text}\n` }, start, end: start + length };
}
