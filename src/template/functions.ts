// The functions that expressions can call without a subject.

import { Failure } from '../errors.ts';
import type { Scope, Value, ValueMap } from '../model.ts';
import { Secret } from '../secret.ts';
import { bind, type Signature, type Site, signature, wholeArg } from './callable.ts';
import { mapOfPairs } from './filters/maps.ts';
import { limitList } from './limits.ts';
import { defined, isList, isUnknown, type Thing, tainted, unknownIn } from './thing.ts';

export interface TemplateFunction {
  readonly signature: Signature;
  /** It asks the scope, so that an expression with it is never constant. */
  readonly looksOut: boolean;
  run(args: readonly (Value | undefined)[], scope: Scope, site: Site): Value;
}

const range: TemplateFunction = {
  signature: { ...signature('...'), required: 0 },
  looksOut: false,
  run: (args, _, site) => {
    const bounds = args.map((arg) => wholeArg(arg, 'each argument of "range"', site));
    if (bounds.length < 1 || bounds.length > 3) throw new Failure('"range" takes 1 to 3 numbers', { at: site.at });
    const [start, end, step] =
      bounds.length === 1 ? [0, bounds[0] ?? 0, 1] : [bounds[0] ?? 0, bounds[1] ?? 0, bounds[2] ?? 1];
    if (step === 0) throw new Failure('the step of "range" cannot be 0', { at: site.at });
    const length = Math.max(0, Math.ceil((end - start) / step));
    limitList(length, site.at);
    return Array.from({ length }, (_, index) => start + index * step);
  },
};

const dict: TemplateFunction = {
  signature: signature('{}...'),
  looksOut: false,
  run: ([named, ...positional], _, site) => {
    const maps = positional.map((pairs) => mapOfPairs(pairs ?? null, site));
    return Object.fromEntries([...maps, (named ?? {}) as ValueMap].flatMap((map) => Object.entries(map)));
  },
};

const lookingUp = (asList: boolean): TemplateFunction => ({
  signature: { ...signature('...'), required: 0 },
  looksOut: true,
  run: ([kind, ...terms], scope, site) => {
    if (typeof kind !== 'string') throw new Failure('the kind of lookup must be text', { at: site.at });
    const found = scope.lookup(kind.replace(/^ansible\.builtin\./, ''), terms as readonly Value[]);
    return asList && !isList(found) && !isUnknown(found) ? [found] : found;
  },
});

export const functions: Readonly<Record<string, TemplateFunction>> = {
  range,
  dict,
  lookup: lookingUp(false),
  query: lookingUp(true),
  q: lookingUp(true),
};

/** Calls a function; an unknown argument makes the result unknown, a secret one a secret, lookups aside. */
export function call(
  called: TemplateFunction,
  positional: readonly Thing[],
  named: ReadonlyMap<string, Thing>,
  scope: Scope,
  site: Site,
): Value {
  const bound = bind(called.signature, positional, named).map((arg) => (arg === undefined ? undefined : defined(arg)));
  if (called === dict) return called.run(bound, scope, site);
  const unknown = bound.map((arg) => unknownIn(arg ?? null)).find((found) => found !== undefined);
  if (unknown !== undefined) return unknown;
  const result = called.run(bound, scope, site);
  return called.looksOut && bound.some((arg) => arg instanceof Secret) ? tainted(result) : result;
}
