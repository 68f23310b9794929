// What expressions work on: values, and the two things that are not values yet.

import { Failure, type Location } from '../errors.ts';
import type { Unknown, Value, ValueMap } from '../model.ts';
import { Secret } from '../secret.ts';

/** What a name or a member that is not there gives. Any use but `default`, `is defined` and the like fails. */
export class Undefined {
  /** A whole sentence: `"result.nope" is undefined`. */
  readonly message: string;
  readonly at: Location;
  readonly hint: string | undefined;

  constructor(message: string, at: Location, hint?: string) {
    this.message = message;
    this.at = at;
    this.hint = hint;
  }
}

/** A list some items of which are undefined, from `map(attribute=…)`; `select('defined')` makes it a list. */
export class Gaps {
  readonly items: readonly (Value | Undefined)[];
  readonly first: Undefined;

  constructor(items: readonly (Value | Undefined)[], first: Undefined) {
    this.items = items;
    this.first = first;
  }
}

export type Thing = Value | Undefined | Gaps;

/** A list where all items are defined, otherwise one with gaps. */
export function listOf(items: readonly (Value | Undefined)[]): Value | Gaps {
  const gap = items.find((item) => item instanceof Undefined);
  return gap instanceof Undefined ? new Gaps(items, gap) : (items as readonly Value[]);
}

/** The value, or the failure that its being undefined is. */
export function defined(thing: Thing): Value {
  if (thing instanceof Undefined) throw undefinedFailure(thing);
  if (thing instanceof Gaps) throw undefinedFailure(thing.first);
  return thing;
}

function undefinedFailure(thing: Undefined): Failure {
  return new Failure(thing.message, { at: thing.at, hint: thing.hint, code: 'undefined' });
}

/** True for what only a run can know. A condition on it is neither true nor false. */
export function isUnknown(thing: unknown): thing is Unknown {
  if (typeof thing !== 'object' || thing === null) return false;
  return (thing as Partial<Unknown>).unknown === true && typeof (thing as Partial<Unknown>).reason === 'string';
}

export function isList(thing: Thing): thing is readonly Value[] {
  return Array.isArray(thing);
}

export function isMap(thing: Thing): thing is ValueMap {
  if (typeof thing !== 'object' || thing === null || isList(thing) || isUnknown(thing)) return false;
  return !(thing instanceof Secret || thing instanceof Undefined || thing instanceof Gaps);
}

/** What a value is, in words for messages; never the value itself, which may be confidential. */
export function kindOf(thing: Thing): string {
  if (thing === null) return 'null';
  if (typeof thing === 'string') return 'text';
  if (typeof thing === 'number') return 'a number';
  if (typeof thing === 'boolean') return thing ? 'true' : 'false';
  if (isList(thing) || thing instanceof Gaps) return 'a list';
  if (thing instanceof Secret) return 'a secret';
  if (thing instanceof Undefined) return 'undefined';
  return isUnknown(thing) ? 'unknown' : 'a map';
}

/** The first unknown in a value, at any depth. */
export function unknownIn(value: Value): Unknown | undefined {
  if (typeof value !== 'object' || value === null || value instanceof Secret) return undefined;
  if (isUnknown(value)) return value;
  for (const part of isList(value) ? value : Object.values(value as ValueMap)) {
    const found = unknownIn(part);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Whether there is a secret in a value, at any depth. */
export function holdsSecret(value: Value): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (value instanceof Secret) return true;
  if (isUnknown(value)) return false;
  return (isList(value) ? value : Object.values(value)).some(holdsSecret);
}

/** The value with every secret in it as plain text: only to compute with, never to be handed on. */
export function exposed(value: Value): Value {
  if (value instanceof Secret) return value.reveal();
  if (isList(value)) return value.some(holdsSecret) ? value.map(exposed) : value;
  return isMap(value) && holdsSecret(value) ? mapValues(value, exposed) : value;
}

/** The value with every text and number in it as a secret: what was computed from a secret. */
export function tainted(value: Value): Value {
  if (typeof value === 'string' || typeof value === 'number') return new Secret(String(value));
  if (isList(value)) return value.map(tainted);
  return isMap(value) ? mapValues(value, tainted) : value;
}

/** Computes on what secrets hold; a failure's own words could repeat it, so that others take their place. */
export function concealed(at: Location, compute: () => Value): Value {
  try {
    return tainted(compute());
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    throw new Failure('this cannot be done with the secret that is given', {
      at,
      hint: 'what it holds is not shown: try the expression on a value that may be seen',
    });
  }
}

/** A map with the same keys. */
export function mapValues(map: ValueMap, change: (value: Value) => Value): ValueMap {
  return Object.fromEntries(Object.entries(map).map(([key, value]) => [key, change(value)]));
}

/** The length in characters, as Python counts them; JavaScript counts UTF-16 units. */
export function characters(text: string): readonly string[] {
  return Array.from(text);
}
