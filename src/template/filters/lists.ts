// Filters on lists. Order is kept, and nothing is changed in place.

import type { Value } from '../../model.ts';
import { type Callables, compares, flagArg, listArg, moves, reads, type Site, textArg, wholeArg } from '../callable.ts';
import { contains, equal, itemsOf, order } from '../compare.ts';
import { limitList } from '../limits.ts';
import { binary, member } from '../operators.ts';
import { str } from '../python.ts';
import { characters, defined, isList, kindOf, type Thing, Undefined } from '../thing.ts';

export const listFilters: Callables = {
  first: moves('', (value, _, site) => itemsOf(value, site.at)[0] ?? none(value, 'first', site)),
  last: moves('', (value, _, site) => itemsOf(value, site.at).at(-1) ?? none(value, 'last', site)),
  reverse: moves('', (value, _, site) => {
    if (typeof value === 'string') return characters(value).toReversed().join('');
    return itemsOf(value, site.at).toReversed();
  }),
  min: compares('case_sensitive attribute', (value, args, site) => extreme(value, args, site, -1)),
  max: compares('case_sensitive attribute', (value, args, site) => extreme(value, args, site, 1)),
  sum: moves('attribute start', (value, [attribute, start], site) => {
    const key = keyOf(attribute, true, site);
    return itemsOf(value, site.at).reduce<Value>((sum, item) => binary('+', sum, key(item), site.at), start ?? 0);
  }),
  sort: compares('reverse case_sensitive attribute', (value, [reverse, exact, attribute], site) => {
    const keys = attributes(attribute, flagArg(exact, '"case_sensitive"', site, false), site);
    const sign = flagArg(reverse, '"reverse"', site, false) ? -1 : 1;
    return sorted(itemsOf(value, site.at), keys, sign, site);
  }),
  unique: compares('case_sensitive attribute', (value, [exact, attribute], site) => {
    const key = keyOf(attribute, flagArg(exact ?? undefined, '"case_sensitive"', site, false), site);
    return distinct(itemsOf(value, site.at), key);
  }),
  groupby: compares('attribute! default case_sensitive', (value, [attribute, otherwise, exact], site) => {
    const key = keyOf(attribute, flagArg(exact, '"case_sensitive"', site, false), site, otherwise);
    const shown = keyOf(attribute, true, site, otherwise);
    const items = sorted(itemsOf(value, site.at), [key], 1, site);
    const groups = distinct(items, key);
    return groups.map((one) => [shown(one), items.filter((item) => equal(key(item), key(one)))]);
  }),
  union: compares('other!', (value, [other], site) => distinct([...lists(value, site), ...lists(other, site)])),
  intersect: compares('other!', (value, [other], site) => {
    return distinct(lists(value, site)).filter((item) => contains(lists(other, site), item, site.at));
  }),
  difference: compares('other!', (value, [other], site) => {
    return distinct(lists(value, site)).filter((item) => !contains(lists(other, site), item, site.at));
  }),
  symmetric_difference: compares('other!', (value, [other], site) => {
    const both = distinct([...lists(value, site), ...lists(other, site)]);
    const inBoth = (item: Value) =>
      contains(lists(value, site), item, site.at) && contains(lists(other, site), item, site.at);
    return both.filter((item) => !inBoth(item));
  }),
  flatten: moves('levels skip_nulls', (value, [levels, skip], site) => {
    const depth = wholeArg(levels ?? undefined, '"levels"', site, 1000);
    return flattened(lists(value, site), depth, flagArg(skip, '"skip_nulls"', site, true));
  }),
  zip: moves('...', (value, others, site) => zipped([value, ...others], Math.min, null, site)),
  zip_longest: moves('...fillvalue', (value, [fill = null, ...others], site) => {
    return zipped([value, ...others], Math.max, fill, site);
  }),
  batch: moves('linecount! fill_with', (value, [size, fill], site) => {
    const length = Math.max(1, wholeArg(size, '"linecount"', site));
    const rows = batches(itemsOf(value, site.at), length);
    const missing = length - (rows.at(-1)?.length ?? length);
    if (fill === undefined || fill === null || missing === 0) return rows;
    limitList(missing, site.at);
    return rows.with(-1, [...(rows.at(-1) ?? []), ...Array.from({ length: missing }, () => fill)]);
  }),
  extract: moves('container! morekeys', (value, [container, more], site) => {
    const keys = more === undefined ? [value] : isList(more) ? [value, ...more] : [value, more];
    return keys.reduce<Value>((of, key) => defined(member(of, key, site.at, str(key))), container ?? null);
  }),
  subelements: moves('path! skip_missing', (value, [path, skip], site) => {
    const [name, missingIsFine] = [textArg(path, 'the path', site), flagArg(skip, '"skip_missing"', site, false)];
    return itemsOf(value, site.at).flatMap((item) => {
      const parts = dotted(item, name, site);
      if (parts instanceof Undefined && missingIsFine) return [];
      return listArg(defined(parts), `"${name}"`, site).map((part) => [item, part]);
    });
  }),
  path_join: reads('', (value, _, site) => {
    const parts = isList(value) ? value.map((part) => textArg(part, 'a part of the path', site)) : [str(value)];
    return parts.reduce(
      (path, part) => (part.startsWith('/') || path === '' ? part : `${path.replace(/\/$/, '')}/${part}`),
      '',
    );
  }),
};

function none(value: Value, which: string, site: Site): Undefined {
  return new Undefined(`an empty ${kindOf(value).replace('a ', '')} has no ${which} item`, site.at);
}

const lists = (value: Value | undefined, site: Site) => listArg(value, 'what is put together', site);

type Key = (item: Value) => Value;

/** What items are compared by: the item or an attribute of it, in lower case unless `exact`. */
function keyOf(attribute: Value | undefined, exact: boolean, site: Site, otherwise?: Value): Key {
  const fold = (value: Value) => (typeof value === 'string' && !exact ? value.toLowerCase() : value);
  if (attribute === undefined || attribute === null) return fold;
  return (item) => {
    const found = dotted(item, attribute, site);
    return fold(found instanceof Undefined && otherwise !== undefined ? otherwise : defined(found));
  };
}

/** Several attributes may be named: `'zone,name'`. */
function attributes(attribute: Value | undefined, exact: boolean, site: Site): readonly Key[] {
  if (typeof attribute !== 'string') return [keyOf(attribute, exact, site)];
  return attribute.split(',').map((one) => keyOf(one, exact, site));
}

/** A member of a member: `'a.b.0'`. */
export function dotted(item: Value, path: Value, site: Site): Thing {
  if (typeof path !== 'string') return member(item, path, site.at, str(path));
  let found: Thing = item;
  for (const part of path.split('.')) {
    found = member(found, /^\d+$/.test(part) ? Number(part) : part, site.at, path);
  }
  return found;
}

function extreme(value: Value, [exact, attribute]: readonly (Value | undefined)[], site: Site, sign: 1 | -1) {
  const key = keyOf(attribute, flagArg(exact, '"case_sensitive"', site, false), site);
  const items = itemsOf(value, site.at);
  const [first, ...rest] = items;
  if (first === undefined) return none(value, sign < 0 ? 'least' : 'greatest', site);
  return rest.reduce((best, item) => (order(key(item), key(best), site.at) * sign > 0 ? item : best), first);
}

function sorted(items: readonly Value[], keys: readonly Key[], sign: number, site: Site): readonly Value[] {
  return items.toSorted((a, b) => {
    for (const key of keys) {
      const found = order(key(a), key(b), site.at);
      if (found !== 0) return found * sign;
    }
    return 0;
  });
}

/** Each value once, the first of equal ones. Texts are looked up, the rest is compared. */
function distinct(items: readonly Value[], key: Key = (item) => item): Value[] {
  const texts = new Set<string>();
  const others: Value[] = [];
  return items.filter((item) => {
    const by = key(item);
    if (typeof by === 'string') return texts.size !== texts.add(by).size;
    const isNew = !others.some((other) => equal(other, by));
    if (isNew) others.push(by);
    return isNew;
  });
}

function flattened(items: readonly Value[], levels: number, skipNulls: boolean): Value[] {
  return items.flatMap((item) => {
    if (skipNulls && (item === null || item === 'None' || item === 'null')) return [];
    return isList(item) && levels > 0 ? flattened(item, levels - 1, skipNulls) : [item];
  });
}

function zipped(values: readonly (Value | undefined)[], pick: typeof Math.min, fill: Value, site: Site): Value[] {
  const rows = values.map((value) => itemsOf(value ?? null, site.at));
  const length = pick(...rows.map((row) => row.length));
  return Array.from({ length }, (_, index) => rows.map((row) => row[index] ?? (index < row.length ? null : fill)));
}

function batches(items: readonly Value[], length: number): Value[][] {
  return Array.from({ length: Math.ceil(items.length / length) }, (_, row) =>
    items.slice(row * length, (row + 1) * length),
  );
}
