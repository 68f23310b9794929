// Filters on maps.

import { Failure } from '../../errors.ts';
import type { Value, ValueMap } from '../../model.ts';
import { type Callables, compares, flagArg, listArg, mapArg, moves, type Site, textArg } from '../callable.ts';
import { equal, itemsOf, order } from '../compare.ts';
import { member } from '../operators.ts';
import { str } from '../python.ts';
import { defined, isList, isMap, kindOf } from '../thing.ts';

export const mapFilters: Callables = {
  items: moves('', (value, _, site) => Object.entries(mapArg(value, 'what has items', site))),
  dict2items: moves('key_name value_name', (value, [keyName, valueName], site) => {
    const [key, item] = [
      textArg(keyName, '"key_name"', site, 'key'),
      textArg(valueName, '"value_name"', site, 'value'),
    ];
    return Object.entries(mapArg(value, 'what becomes items', site)).map(([name, part]) => ({
      [key]: name,
      [item]: part,
    }));
  }),
  items2dict: moves('key_name value_name', (value, [keyName, valueName], site) => {
    const [key, item] = [
      textArg(keyName, '"key_name"', site, 'key'),
      textArg(valueName, '"value_name"', site, 'value'),
    ];
    const pairs = listArg(value, 'what becomes a map', site).map((one) => [
      mapKey(defined(member(one, key, site.at, key)), site),
      defined(member(one, item, site.at, item)),
    ]);
    return Object.fromEntries(pairs) as ValueMap;
  }),
  combine: moves('...recursive list_merge', (value, [recursive, merge, ...others], site) => {
    const how = textArg(merge, '"list_merge"', site, 'replace');
    const mergeLists = MERGES[how];
    if (mergeLists === undefined) {
      throw new Failure(`"list_merge" must be one of ${Object.keys(MERGES).join(', ')}`, { at: site.at });
    }
    const deep = flagArg(recursive, '"recursive"', site, false);
    const maps = [value, ...others].flatMap((one) => (isList(one ?? null) ? (one as readonly Value[]) : [one ?? null]));
    return maps
      .map((one) => mapArg(one, 'what is combined', site))
      .reduce((low, high) => merged(low, high, deep, mergeLists), {});
  }),
  dictsort: compares('case_sensitive by reverse', (value, [exact, by, reverse], site) => {
    const byValue = textArg(by, '"by"', site, 'key') === 'value';
    const fold = (part: Value) =>
      typeof part === 'string' && !flagArg(exact, '"case_sensitive"', site, false) ? part.toLowerCase() : part;
    const key = (entry: readonly [string, Value]) => fold(byValue ? entry[1] : entry[0]);
    const sign = flagArg(reverse, '"reverse"', site, false) ? -1 : 1;
    const entries = Object.entries(mapArg(value, 'what is sorted', site));
    return entries.toSorted((a, b) => order(key(a), key(b), site.at) * sign);
  }),
};

/** A key of a map: text, or a number written as text. */
export function mapKey(key: Value, site: Pick<Site, 'at'>): string {
  if (typeof key === 'string') return key;
  if (typeof key === 'number' || typeof key === 'boolean') return str(key);
  throw new Failure(`the key of a map must be text, not ${kindOf(key)}`, { at: site.at });
}

/** `dict(pairs)`: a map, or a list of pairs. */
export function mapOfPairs(value: Value, site: Site): ValueMap {
  if (isMap(value)) return value;
  const pairs = itemsOf(value, site.at).map((pair) => {
    const [key = null, item = null, ...rest] = itemsOf(pair, site.at);
    if (rest.length > 0) throw new Failure('a map is made of pairs', { at: site.at });
    return [mapKey(key, site), item];
  });
  return Object.fromEntries(pairs) as ValueMap;
}

type Merge = (low: readonly Value[], high: readonly Value[]) => readonly Value[];

const without = (items: readonly Value[], away: readonly Value[]) =>
  items.filter((item) => !away.some((other) => equal(item, other)));

/** Ansible's ways to bring two lists together; `rp`: items present in both stay where the later list has them. */
const MERGES: Readonly<Record<string, Merge>> = {
  replace: (_, high) => high,
  keep: (low) => low,
  append: (low, high) => [...low, ...high],
  prepend: (low, high) => [...high, ...low],
  append_rp: (low, high) => [...without(low, high), ...high],
  prepend_rp: (low, high) => [...high, ...without(low, high)],
};

function merged(low: ValueMap, high: ValueMap, deep: boolean, mergeLists: Merge): ValueMap {
  const changed = Object.entries(high).map(([key, value]): [string, Value] => {
    const before = Object.hasOwn(low, key) ? low[key] : undefined;
    if (before === undefined) return [key, value];
    if (deep && isMap(before) && isMap(value)) return [key, merged(before, value, deep, mergeLists)];
    return [key, isList(before) && isList(value) ? mergeLists(before, value) : value];
  });
  return Object.fromEntries([...Object.entries(low), ...changed]);
}
