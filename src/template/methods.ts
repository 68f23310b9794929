// The methods that playbooks call on text, lists and maps: those of Python that change nothing in place.

import { Failure } from '../errors.ts';
import type { Value, ValueMap } from '../model.ts';
import { type Callables, compares, moves, reads, type Site, textArg, wholeArg } from './callable.ts';
import { equal } from './compare.ts';
import { join, replaced, split, stripped } from './filters/text.ts';
import { braceFormat } from './format.ts';
import { limitText } from './limits.ts';
import { isList } from './thing.ts';

const ofText = (change: (text: string) => Value) => reads('', (value) => change(value as string));

const strip = (sides: 'both' | 'start' | 'end') =>
  reads('chars', (value, [chars], site) => {
    const text = value as string;
    if (chars !== undefined && chars !== null) return stripped(text, textArg(chars, 'the argument', site), sides);
    return sides === 'both' ? text.trim() : sides === 'start' ? text.trimStart() : text.trimEnd();
  });

const affix = (holds: (text: string, part: string) => boolean) =>
  reads('part!', (value, [part], site) => {
    const parts = isList(part ?? null) ? (part as readonly Value[]) : [part];
    return parts.some((one) => holds(value as string, textArg(one, 'the argument', site)));
  });

const pad = (where: (missing: number, text: string) => number) =>
  reads('width! fillchar', (value, [width, fill], site) => {
    const text = value as string;
    const missing = Math.max(0, wholeArg(width, 'the width', site) - text.length);
    limitText(text.length + missing, site.at);
    const before = where(missing, text);
    const sign = textArg(fill, 'the fill', site, ' ');
    return sign.repeat(before) + text + sign.repeat(missing - before);
  });

const find = (search: (text: string, part: string) => number, mustBe: boolean) =>
  reads('part!', (value, [part], site) => {
    const found = search(value as string, textArg(part, 'the argument', site));
    if (found < 0 && mustBe) throw new Failure('the text does not hold the part', { at: site.at });
    return found;
  });

const cutAt = (last: boolean) =>
  reads('separator!', (value, [separator], site) => {
    const [text, sign] = [value as string, textArg(separator, 'the separator', site)];
    if (sign === '') throw new Failure('an empty separator splits nothing', { at: site.at });
    const found = last ? text.lastIndexOf(sign) : text.indexOf(sign);
    if (found < 0) return last ? ['', '', text] : [text, '', ''];
    return [text.slice(0, found), sign, text.slice(found + sign.length)];
  });

const capitalized = (text: string) => text.slice(0, 1).toUpperCase() + text.slice(1).toLowerCase();
const swapped = (letter: string) => (letter === letter.toLowerCase() ? letter.toUpperCase() : letter.toLowerCase());

/** A reverse split: from the end, so that the first piece is the longest. */
function splitFromEnd(text: string, separator: Value, most: number, site: Site): string[] {
  const backwards = (part: string) => Array.from(part).toReversed().join('');
  const sign = typeof separator === 'string' ? backwards(separator) : separator;
  return split(backwards(text), sign, most, site).map(backwards).toReversed();
}

export const textMethods: Callables = {
  lower: ofText((text) => text.toLowerCase()),
  casefold: ofText((text) => text.toLowerCase()),
  upper: ofText((text) => text.toUpperCase()),
  capitalize: ofText(capitalized),
  title: ofText((text) => text.replace(/\p{L}+/gu, capitalized)),
  swapcase: ofText((text) => text.replace(/\p{L}/gu, swapped)),
  isdigit: ofText((text) => /^\p{Nd}+$/u.test(text)),
  isnumeric: ofText((text) => /^\p{N}+$/u.test(text)),
  isalpha: ofText((text) => /^\p{L}+$/u.test(text)),
  isalnum: ofText((text) => /^[\p{L}\p{N}]+$/u.test(text)),
  isspace: ofText((text) => /^\s+$/.test(text)),
  islower: ofText((text) => text === text.toLowerCase() && text !== text.toUpperCase()),
  isupper: ofText((text) => text === text.toUpperCase() && text !== text.toLowerCase()),
  splitlines: ofText((text) => (text === '' ? [] : text.replace(/(\r\n|\r|\n)$/, '').split(/\r\n|\r|\n/))),
  strip: strip('both'),
  lstrip: strip('start'),
  rstrip: strip('end'),
  startswith: affix((text, part) => text.startsWith(part)),
  endswith: affix((text, part) => text.endsWith(part)),
  removeprefix: reads('prefix!', (value, [prefix], site) => {
    const [text, part] = [value as string, textArg(prefix, 'the prefix', site)];
    return text.startsWith(part) ? text.slice(part.length) : text;
  }),
  removesuffix: reads('suffix!', (value, [suffix], site) => {
    const [text, part] = [value as string, textArg(suffix, 'the suffix', site)];
    return part !== '' && text.endsWith(part) ? text.slice(0, -part.length) : text;
  }),
  split: reads('sep maxsplit', (value, [separator, most], site) => {
    return split(value as string, separator ?? null, wholeArg(most, '"maxsplit"', site, -1), site);
  }),
  rsplit: reads('sep maxsplit', (value, [separator, most], site) => {
    return splitFromEnd(value as string, separator ?? null, wholeArg(most, '"maxsplit"', site, -1), site);
  }),
  partition: cutAt(false),
  rpartition: cutAt(true),
  replace: reads('old! new! count', (value, [old, replacement, count], site) => {
    const [from, to] = [textArg(old, 'what is replaced', site), textArg(replacement, 'the replacement', site)];
    return replaced(value as string, from, to, wholeArg(count, '"count"', site, -1), site);
  }),
  join: reads('items!', (value, [items], site) => {
    const parts = isList(items ?? null) ? (items as readonly Value[]) : items;
    if (isList(parts ?? null)) for (const part of parts as readonly Value[]) textArg(part, 'each item', site);
    return join(parts ?? null, value as string, undefined, site);
  }),
  format: reads('{}...', (value, [named, ...positional], site) => {
    return braceFormat(value as string, positional as readonly Value[], named as ValueMap, site.at);
  }),
  find: find((text, part) => text.indexOf(part), false),
  rfind: find((text, part) => text.lastIndexOf(part), false),
  index: find((text, part) => text.indexOf(part), true),
  count: reads('part!', (value, [part], site) => {
    const [text, sign] = [value as string, textArg(part, 'the argument', site)];
    return sign === '' ? Array.from(text).length + 1 : text.split(sign).length - 1;
  }),
  zfill: reads('width!', (value, [width], site) => {
    const [, sign = '', digits = ''] = /^([-+]?)(.*)$/s.exec(value as string) ?? [];
    const length = wholeArg(width, 'the width', site);
    limitText(length, site.at);
    return sign + digits.padStart(length - sign.length, '0');
  }),
  ljust: pad(() => 0),
  rjust: pad((missing) => missing),
  center: pad((missing, text) => Math.floor(missing / 2) + (missing % 2 && (missing + text.length) % 2 ? 1 : 0)),
};

export const listMethods: Callables = {
  index: compares('item!', (value, [item], site) => {
    const found = (value as readonly Value[]).findIndex((one) => equal(one, item ?? null));
    if (found < 0) throw new Failure('the list does not hold the item', { at: site.at });
    return found;
  }),
  count: compares(
    'item!',
    (value, [item]) => (value as readonly Value[]).filter((one) => equal(one, item ?? null)).length,
  ),
};

export const mapMethods: Callables = {
  items: moves('', (value) => Object.entries(value as ValueMap)),
  keys: moves('', (value) => Object.keys(value as ValueMap)),
  values: moves('', (value) => Object.values(value as ValueMap)),
  get: moves('key! default', (value, [key, otherwise = null], site) => {
    const [map, name] = [value as ValueMap, typeof key === 'number' ? String(key) : textArg(key, 'the key', site)];
    return Object.hasOwn(map, name) ? (map[name] ?? null) : otherwise;
  }),
};

/** Methods of Python that change a value in place, and what to write instead. */
export const refusedMethods: Readonly<Record<string, string>> = {
  append: 'write "list + [item]"',
  extend: 'write "list + other"',
  insert: 'write "list[:n] + [item] + list[n:]"',
  remove: 'use the filter "difference" or "reject"',
  pop: 'use "first", "last" or a slice',
  sort: 'use the filter "sort"',
  reverse: 'use the filter "reverse"',
  update: 'use the filter "combine"',
};
