// Filters on text. What a value is as text is Python's `str`.

import { Failure } from '../../errors.ts';
import type { Value } from '../../model.ts';
import { type Callables, flagArg, reads, type Site, textArg, wholeArg } from '../callable.ts';
import { itemsOf } from '../compare.ts';
import { percentFormat } from '../format.ts';
import { limitText } from '../limits.ts';
import { member } from '../operators.ts';
import { str } from '../python.ts';
import { characters, defined, isList, isMap } from '../thing.ts';

const onText = (change: (text: string) => string) => reads('', (value) => change(str(value)));

export const textFilters: Callables = {
  string: onText((text) => text),
  lower: onText((text) => text.toLowerCase()),
  upper: onText((text) => text.toUpperCase()),
  title: onText((text) => text.replace(/[^-\s({[<]+/g, capitalized)),
  capitalize: onText(capitalized),
  trim: reads('chars', (value, [chars], site) => {
    return chars === undefined || chars === null
      ? str(value).trim()
      : stripped(str(value), textArg(chars, '"chars"', site));
  }),
  replace: reads('old! new! count', (value, [old, replacement, count], site) => {
    const limit = wholeArg(count ?? undefined, '"count"', site, -1);
    return replaced(str(value), str(old ?? ''), str(replacement ?? ''), limit, site);
  }),
  split: reads('separator maxsplit', (value, [separator, most], site) => {
    return split(
      textArg(value, 'what is split', site),
      separator ?? null,
      wholeArg(most, '"maxsplit"', site, -1),
      site,
    );
  }),
  join: reads('d attribute', (value, [separator, attribute], site) => {
    return join(value, str(separator ?? ''), attribute, site);
  }),
  format: reads('...', (value, args, site) => {
    return percentFormat(textArg(value, 'the pattern', site), args as readonly Value[], site.at);
  }),
  indent: reads('width first blank', (value, [width, first, blank], site) => {
    const margin = typeof width === 'string' ? width : ' '.repeat(widthArg(width, 4, site));
    return indented(str(value), margin, flagArg(first, '"first"', site, false), flagArg(blank, '"blank"', site, false));
  }),
  center: reads('width', (value, [width], site) => {
    const text = str(value);
    const missing = Math.max(0, widthArg(width, 80, site) - text.length);
    const before = Math.floor(missing / 2) + (missing % 2 === 1 && (text.length + missing) % 2 === 1 ? 1 : 0);
    return ' '.repeat(before) + text + ' '.repeat(missing - before);
  }),
  truncate: reads('length killwords end leeway', (value, [length, cut, end, leeway], site) => {
    const ending = textArg(end, '"end"', site, '...');
    const most = wholeArg(length, '"length"', site, 255);
    const text = str(value);
    if (text.length <= most + wholeArg(leeway, '"leeway"', site, 5)) return text;
    const head = text.slice(0, Math.max(0, most - ending.length));
    return (flagArg(cut, '"killwords"', site, false) ? head : head.replace(/\s\S*$/, '')) + ending;
  }),
  wordcount: reads('', (value) => (str(value).match(/[\p{L}\p{N}_]+/gu) ?? []).length),
  quote: reads('', (value) => quoted(str(value))),
  urlencode: reads('', (value, _, site) => urlencoded(value, site)),
  basename: reads('', (value, _, site) => textArg(value, 'a path', site).replace(/^.*\//s, '')),
  dirname: reads('', (value, _, site) => {
    const head = textArg(value, 'a path', site).replace(/[^/]*$/, '');
    return /^\/+$/.test(head) ? head : head.replace(/\/+$/, '');
  }),
  splitext: reads('', (value, _, site) => {
    const text = textArg(value, 'a path', site);
    const name = text.slice(text.lastIndexOf('/') + 1);
    const dot = name.lastIndexOf('.');
    const isHidden = /^\.*$/.test(name.slice(0, Math.max(0, dot)));
    const extension = isHidden ? '' : name.slice(dot);
    return [text.slice(0, text.length - extension.length), extension];
  }),
};

function widthArg(width: Value | undefined, otherwise: number, site: Site): number {
  const columns = Math.max(0, wholeArg(width, '"width"', site, otherwise));
  limitText(columns, site.at);
  return columns;
}

function capitalized(text: string): string {
  const [first = ''] = characters(text);
  return first.toUpperCase() + text.slice(first.length).toLowerCase();
}

/** Without those characters at the start, the end or both. */
export function stripped(text: string, chars: string, sides: 'both' | 'start' | 'end' = 'both'): string {
  const away = new Set(characters(chars));
  const all = characters(text);
  let start = 0;
  let end = all.length;
  if (sides !== 'end') while (start < end && away.has(all[start] ?? '')) start += 1;
  if (sides !== 'start') while (end > start && away.has(all[end - 1] ?? '')) end -= 1;
  return all.slice(start, end).join('');
}

/** The first `limit` occurrences replaced; all when negative. */
export function replaced(text: string, old: string, replacement: string, limit: number, site: Site): string {
  const pieces = old === '' ? ['', ...characters(text), ''] : text.split(old);
  const times = limit < 0 ? pieces.length - 1 : Math.min(limit, pieces.length - 1);
  limitText(text.length + times * replacement.length, site.at);
  if (times === pieces.length - 1) return pieces.join(replacement);
  return pieces.slice(0, times + 1).join(replacement) + old + pieces.slice(times + 1).join(old);
}

/** Python's `split`: at runs of white space when there is no separator. */
export function split(text: string, separator: Value, most: number, site: Site): string[] {
  if (separator === '') throw new Failure('an empty separator splits nothing', { at: site.at });
  if (separator === null) return splitAtSpace(text.trim(), most);
  const pieces = text.split(textArg(separator, 'the separator', site));
  if (most < 0 || pieces.length <= most + 1) return pieces;
  return [...pieces.slice(0, most), pieces.slice(most).join(separator as string)];
}

function splitAtSpace(text: string, most: number): string[] {
  const pieces: string[] = [];
  let rest = text;
  for (let gap = /\s+/.exec(rest); gap !== null && pieces.length !== most; gap = /\s+/.exec(rest)) {
    pieces.push(rest.slice(0, gap.index));
    rest = rest.slice(gap.index + gap[0].length);
  }
  return rest === '' ? pieces : [...pieces, rest];
}

/** The items, or an attribute of each, put together. */
export function join(value: Value, separator: string, attribute: Value | undefined, site: Site): string {
  const parts = itemsOf(value, site.at).map((item) => {
    const part = attribute === undefined ? item : defined(member(item, attribute, site.at, str(attribute)));
    return str(part);
  });
  limitText(
    parts.reduce((sum, part) => sum + part.length + separator.length, 0),
    site.at,
  );
  return parts.join(separator);
}

function indented(text: string, margin: string, first: boolean, blank: boolean): string {
  const lines = text.split('\n').map((line, index) => {
    const wanted = index === 0 ? first : blank || line !== '';
    return wanted ? margin + line : line;
  });
  return lines.join('\n');
}

/** As one word for a POSIX shell. */
function quoted(text: string): string {
  if (text === '') return "''";
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'"'"'`)}'`;
}

const encoded = (text: string) =>
  encodeURIComponent(text.replace(/\p{Surrogate}/gu, '\ufffd')).replace(
    /[!'()*]/g,
    (found) => `%${found.charCodeAt(0).toString(16).toUpperCase()}`,
  );

/** A text for a path; a map or a list of pairs as a query. */
function urlencoded(value: Value, site: Site): string {
  if (!isMap(value) && !isList(value)) return encoded(str(value)).replaceAll('%2F', '/');
  const pairs = isMap(value) ? Object.entries(value) : value.map((pair) => itemsOf(pair, site.at));
  return pairs.map(([key = null, item = null]) => `${encodedPlus(key)}=${encodedPlus(item)}`).join('&');
}

const encodedPlus = (value: Value) => encoded(str(value)).replaceAll('%20', '+');
