// Filters that put each item of a list through another filter or a test.

import { Failure } from '../../errors.ts';
import type { Unknown, Value, ValueMap } from '../../model.ts';
import {
  type Callable,
  type Callables,
  type Known,
  type Literals,
  lenient,
  misuse,
  noSuch,
  type Site,
  textArg,
} from '../callable.ts';
import { itemsOf, truthy } from '../compare.ts';
import { defined, Gaps, isUnknown, listOf, type Thing, Undefined } from '../thing.ts';
import { dotted } from './lists.ts';

const NOTHING_TO_MAP = '"map" needs a filter or an attribute';
const NO_ATTRIBUTE = 'the attribute to select by is missing';

const map = lenient('{}...', (value, [named, ...positional], site) => {
  const options = named as ValueMap;
  const [name, ...args] = positional.map((arg) => defined(arg ?? null));
  return overItems(value, site, (items) => {
    const change =
      name === undefined ? attributeOf(options, site) : filterOf(textArg(name, 'a filter', site), args, options, site);
    return collected(items.map(change));
  });
});

function attributeOf(options: ValueMap, site: Site): (item: Value | Undefined) => Thing {
  const { attribute, default: otherwise } = options;
  if (attribute === undefined) throw new Failure(NOTHING_TO_MAP, { at: site.at });
  return (item) => {
    const found = item instanceof Undefined ? item : dotted(item, attribute, site);
    return found instanceof Undefined && otherwise !== undefined ? otherwise : found;
  };
}

function filterOf(
  name: string,
  args: readonly Value[],
  named: ValueMap,
  site: Site,
): (item: Value | Undefined) => Thing {
  return (item) => site.filter(name, item, args, named);
}

/** A list of results; unknown items stay where they are, undefined ones make gaps. */
const collected = (things: readonly Thing[]): Thing =>
  listOf(things.map((thing) => (thing instanceof Gaps ? defined(thing) : thing)));

/** Works on the items of a list, which may have gaps; an unknown list gives what is unknown as well. */
function overItems(value: Thing, site: Site, work: (items: readonly (Value | Undefined)[]) => Thing): Thing {
  if (value instanceof Gaps) return work(value.items);
  const subject = defined(value);
  return isUnknown(subject) ? subject : work(itemsOf(subject, site.at));
}

type Item = Value | Undefined;

/** Keeps the items that a test says `wanted` of; unknown as soon as one answer is. */
function kept(value: Thing, wanted: boolean, site: Site, test: (item: Item) => boolean | Unknown): Thing {
  return overItems(value, site, (items) => {
    const answers = items.map(test);
    return answers.find(isUnknown) ?? listOf(items.filter((_, index) => answers[index] === wanted));
  });
}

const selecting = (wanted: boolean): Callable => ({
  ...lenient('...', (value, given, site) => {
    const [name, ...args] = given.map((arg) => defined(arg ?? null));
    return kept(value, wanted, site, tester(name, args, site));
  }),
  check: ({ positional: [name, ...rest] }, known) => checkName('test', name, rest.length, known),
});

const selectingBy = (wanted: boolean): Callable => ({
  ...lenient('...', (value, given, site) => {
    const [attribute, name, ...args] = given.map((arg) => defined(arg ?? null));
    if (attribute === undefined) throw new Failure(NO_ATTRIBUTE, { at: site.at });
    const test = tester(name, args, site);
    return kept(value, wanted, site, (item) => {
      const found = item instanceof Undefined ? item : dotted(item, attribute, site);
      return test(found instanceof Gaps ? found.first : found);
    });
  }),
  check: ({ positional }, known) => {
    const [, name, ...rest] = positional;
    return positional.length === 0 ? { message: NO_ATTRIBUTE } : checkName('test', name, rest.length, known);
  },
});

/** Without the name of a test, what counts is whether the item is true. */
function tester(name: Value | undefined, args: readonly Value[], site: Site): (item: Item) => boolean | Unknown {
  if (name !== undefined) {
    const test = textArg(name, 'a test', site);
    return (item) => site.test(test, item, args);
  }
  return (item) => {
    const subject = defined(item);
    return isUnknown(subject) ? subject : truthy(subject);
  };
}

/** Whether the filter or test that is named by a literal exists and takes that many arguments. */
function checkName(
  kind: 'filter' | 'test',
  name: Value | undefined,
  count: number,
  known: Known,
  named: readonly string[] = [],
) {
  if (typeof name !== 'string') return undefined;
  const all = kind === 'filter' ? known.filters : known.tests;
  const callable = Object.hasOwn(all, name) ? all[name] : undefined;
  return callable === undefined
    ? noSuch(kind, name, all)
    : misuse(`the ${kind} "${name}"`, callable, { positional: count, named });
}

function checkMap({ positional, named }: Literals, known: Known) {
  const [name, ...rest] = positional;
  if (positional.length > 0) return checkName('filter', name, rest.length, known, [...named.keys()]);
  return named.has('attribute') ? undefined : { message: NOTHING_TO_MAP, hint: 'write "map(attribute=\'name\')"' };
}

export const eachFilters: Callables = {
  map: { ...map, check: checkMap },
  select: selecting(true),
  reject: selecting(false),
  selectattr: selectingBy(true),
  rejectattr: selectingBy(false),
};
