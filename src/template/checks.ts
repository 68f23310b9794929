// Jinja's and Ansible's tests: what may follow `is`.

import { Failure, type Location } from '../errors.ts';
import type { Value } from '../model.ts';
import { Secret } from '../secret.ts';
import {
  type Bound,
  type Callable,
  type Callables,
  compares,
  flagArg,
  lenient,
  moves,
  reads,
  type Site,
  textArg,
} from './callable.ts';
import { contains, equal, itemsOf, order, truthy } from './compare.ts';
import { checkPattern, compiled } from './filters/patterns.ts';
import { limitSearched } from './limits.ts';
import { isList, isMap, isUnknown, kindOf, type Thing, Undefined } from './thing.ts';

const ofType = (isOne: (value: Thing) => boolean): Callable =>
  lenient('', (value) => (isUnknown(value) ? value : isOne(value)));

const isText = (value: Thing) => typeof value === 'string' || value instanceof Secret;
const isSequence = (value: Thing) => isText(value) || isList(value) || isMap(value);

const definedness: Callables = {
  defined: lenient('', (value) => !(value instanceof Undefined)),
  undefined: lenient('', (value) => value instanceof Undefined),
};

const types: Callables = {
  none: ofType((value) => value === null),
  string: ofType(isText),
  number: ofType((value) => typeof value === 'number' || typeof value === 'boolean'),
  integer: ofType(Number.isInteger),
  float: ofType((value) => typeof value === 'number' && !Number.isInteger(value)),
  boolean: ofType((value) => typeof value === 'boolean'),
  true: ofType((value) => value === true),
  false: ofType((value) => value === false),
  mapping: ofType(isMap),
  sequence: ofType(isSequence),
  iterable: ofType(isSequence),
};

/** Tests that may be asked of what is undefined, which then is none of it. */
export const typeTests: ReadonlySet<string> = new Set(Object.keys(types));

const compare = (holds: (a: Value, b: Value, at: Location) => boolean): Callable =>
  compares('other!', (value, [other], site) => holds(value, other ?? null, site.at));

const eq = compare(equal);
const ne = compare((a, b) => !equal(a, b));
const lt = compare((a, b, at) => order(a, b, at) < 0);
const le = compare((a, b, at) => order(a, b, at) <= 0);
const gt = compare((a, b, at) => order(a, b, at) > 0);
const ge = compare((a, b, at) => order(a, b, at) >= 0);

const comparisons: Callables = {
  eq,
  equalto: eq,
  '==': eq,
  ne,
  '!=': ne,
  lt,
  lessthan: lt,
  '<': lt,
  le,
  '<=': le,
  gt,
  greaterthan: gt,
  '>': gt,
  ge,
  '>=': ge,
  in: compare((item, container, at) => contains(container, item, at)),
  contains: compare((container, item, at) => contains(container, item, at)),
  sameas: compare((a, b) => typeof a === typeof b && equal(a, b)),
};

function remainder(value: Value, divisor: Value, site: Site): number {
  if (typeof value !== 'number' || typeof divisor !== 'number' || divisor === 0) {
    throw new Failure(`${kindOf(value)} cannot be divided by ${divisor === 0 ? '0' : kindOf(divisor)}`, {
      at: site.at,
    });
  }
  return value % divisor;
}

const numbers: Callables = {
  even: reads('', (value, _, site) => remainder(value, 2, site) === 0),
  odd: reads('', (value, _, site) => remainder(value, 2, site) !== 0),
  divisibleby: reads('num!', (value, [by], site) => remainder(value, by ?? null, site) === 0),
};

/** `match` looks at the start, `search` anywhere. */
const matching = (anchored: boolean): Callable => ({
  ...reads('pattern! ignorecase multiline', (value, args, site) => matches(value, args, anchored, site)),
  check: checkPattern,
});

function matches(value: Value, [pattern, ignoreCase, multiline]: Bound, anchored: boolean, site: Site): boolean {
  const text = textArg(value, 'what is searched', site);
  limitSearched(text, site.at);
  const options = {
    ignoreCase: flagArg(ignoreCase, '"ignorecase"', site, false),
    multiline: flagArg(multiline, '"multiline"', site, false),
  };
  const expression = compiled(textArg(pattern, 'the pattern', site), options, site);
  return anchored ? new RegExp(expression, `${expression.flags}y`).test(text) : expression.test(text);
}

const lower = reads(
  '',
  (value) => typeof value === 'string' && value === value.toLowerCase() && value !== value.toUpperCase(),
);
const upper = reads(
  '',
  (value) => typeof value === 'string' && value === value.toUpperCase() && value !== value.toLowerCase(),
);

const texts: Callables = {
  match: matching(true),
  search: matching(false),
  regex: matching(false),
  lower,
  upper,
};

const OPERATORS: Readonly<Record<string, (found: number) => boolean>> = {
  '==': (found) => found === 0,
  '=': (found) => found === 0,
  eq: (found) => found === 0,
  '!=': (found) => found !== 0,
  '<>': (found) => found !== 0,
  ne: (found) => found !== 0,
  '<': (found) => found < 0,
  lt: (found) => found < 0,
  '<=': (found) => found <= 0,
  le: (found) => found <= 0,
  '>': (found) => found > 0,
  gt: (found) => found > 0,
  '>=': (found) => found >= 0,
  ge: (found) => found >= 0,
};

const version: Callable = {
  ...reads('version! operator', (value, [other, operator], site) => {
    const holds = OPERATORS[textArg(operator, 'the operator', site, 'eq')];
    if (holds === undefined) throw new Failure('there is no such operator for versions', { at: site.at });
    return holds(orderVersions(versionParts(value, site), versionParts(other ?? null, site), site));
  }),
  check: ({ positional, named }) => {
    const operator = positional[1] ?? named.get('operator');
    if (typeof operator !== 'string' || Object.hasOwn(OPERATORS, operator)) return undefined;
    return { message: `there is no operator "${operator}" for versions`, hint: 'write one of ==, !=, <, <=, >, >=' };
  },
};

type VersionPart = number | string;

function versionParts(value: Value, site: Site): readonly VersionPart[] {
  const text = typeof value === 'number' ? String(value) : textArg(value, 'a version', site);
  if (text === '') throw new Failure('a version cannot be empty', { at: site.at });
  return text
    .split(/(\d+|[a-z]+|\.)/)
    .filter((part) => part !== '' && part !== '.')
    .map((part) => (/^\d+$/.test(part) ? Number(part) : part));
}

/** As Ansible's loose versions: part by part, a version that goes on is the later one. */
function orderVersions(a: readonly VersionPart[], b: readonly VersionPart[], site: Site): number {
  for (let index = 0; index < Math.min(a.length, b.length); index += 1) {
    const [left, right] = [a[index] as VersionPart, b[index] as VersionPart];
    if (typeof left !== typeof right) {
      throw new Failure('the versions cannot be compared: a number stands against letters', { at: site.at });
    }
    if (left !== right) return left < right ? -1 : 1;
  }
  return a.length - b.length;
}

const subset = compares('other!', (value, [other], site) => isSubset(value, other ?? null, site));
const superset = compares('other!', (value, [other], site) => isSubset(other ?? null, value, site));
const isSubset = (part: Value, whole: Value, site: Site) =>
  itemsOf(part, site.at).every((item) => contains(whole, item, site.at));

const collections: Callables = {
  subset,
  issubset: subset,
  superset,
  issuperset: superset,
  any: compares('', (value, _, site) => itemsOf(value, site.at).some(truthy)),
  all: compares('', (value, _, site) => itemsOf(value, site.at).every(truthy)),
};

const truth: Callables = {
  truthy: moves('', (value) => truthy(value)),
  falsy: moves('', (value) => !truthy(value)),
};

/** What a registered result says of itself. */
const resultSays = (field: string, otherwise: boolean): Callable =>
  moves('', (value, _, site) => {
    if (!isMap(value))
      throw new Failure(`this is asked of the result of a task, not of ${kindOf(value)}`, { at: site.at });
    const said = Object.hasOwn(value, field) ? value[field] : undefined;
    if (isUnknown(said)) return said;
    return (said !== undefined && truthy(said)) === otherwise;
  });

const failed = resultSays('failed', true);
const succeeded = resultSays('failed', false);
const changed = resultSays('changed', true);
const skipped = resultSays('skipped', true);

const results: Callables = {
  failed,
  failure: failed,
  succeeded,
  success: succeeded,
  successful: succeeded,
  changed,
  change: changed,
  skipped,
  skip: skipped,
  unreachable: resultSays('unreachable', true),
  reachable: resultSays('unreachable', false),
};

export const tests: Callables = {
  ...definedness,
  ...types,
  ...comparisons,
  ...numbers,
  ...texts,
  version,
  ...collections,
  ...truth,
  ...results,
};
