// What filters, tests and methods have in common: how their arguments are declared, bound and looked at.

import { Failure, type Location, type Problem } from '../errors.ts';
import type { Unknown, Value, ValueMap } from '../model.ts';
import { nearest } from '../nearest.ts';
import { Secret } from '../secret.ts';
import { concealed, defined, exposed, holdsSecret, isUnknown, kindOf, type Thing, unknownIn } from './thing.ts';

/**
 * How deep a callable looks into what it is given. `moves`: hands parts on without reading them, so that unknowns and
 * secrets inside stay what they are. `compares`: reads for order or equality, so an unknown inside makes all unknown.
 * `reads`: makes something new of it, so that secrets inside make the result a secret as well.
 */
export type Reach = 'moves' | 'compares' | 'reads';

/** Arguments by position in the signature, those of a variadic one behind; undefined where not given. */
export type Bound = readonly (Value | undefined)[];

/** Where a callable is called from, and what it may call itself. */
export interface Site {
  readonly at: Location;
  filter(name: string, value: Thing, positional: readonly Value[], named: ValueMap): Thing;
  test(name: string, value: Thing, positional: readonly Value[]): boolean | Unknown;
}

/** Arguments as far as they are literals; undefined where only a run can say. */
export interface Literals {
  readonly positional: readonly (Value | undefined)[];
  readonly named: ReadonlyMap<string, Value | undefined>;
}

/** The filters and tests that there are, for callables that call others by name. */
export interface Known {
  readonly filters: Callables;
  readonly tests: Callables;
}

export interface Signature {
  /** Names of the arguments in order; of a variadic one, of those that are given by name only. */
  readonly names: readonly string[];
  readonly required: number;
  readonly variadic: boolean;
  /** Any name is taken; all named ones come as one map in front. */
  readonly open?: boolean | undefined;
  /** What is wrong with arguments that are literals, so that it is found before anything runs. */
  readonly check?: ((literals: Literals, known: Known) => Complaint | undefined) | undefined;
}

interface Strict extends Signature {
  readonly reach: Reach;
  /** The result tells nothing of the content of a secret: its size, its type. */
  readonly plain?: boolean | undefined;
  readonly lenient?: undefined;
  run(value: Value, args: Bound, site: Site): Thing;
}

/** One that is made for what is undefined, unknown or has gaps, and takes care of it itself. */
interface Lenient extends Signature {
  readonly lenient: true;
  run(value: Thing, args: readonly (Thing | undefined)[], site: Site): Thing;
}

export type Callable = Strict | Lenient;
export type Callables = Readonly<Record<string, Callable>>;

/**
 * `'separator attribute!'`: names in order, `!` behind a required one; `...` in front: any number of positional
 * arguments; `{}...` in front: any named ones as well.
 */
export function signature(text: string): Signature {
  if (text === '{}...') return { names: [], required: 0, variadic: true, open: true };
  const variadic = text.startsWith('...');
  const words = (variadic ? text.slice(3) : text).split(' ').filter((word) => word !== '');
  const names = words.map((word) => word.replace('!', ''));
  return { names, required: words.filter((word) => word.endsWith('!')).length, variadic };
}

type Run = (value: Value, args: Bound, site: Site) => Thing;

export const moves = (parameters: string, run: Run): Strict => ({ ...signature(parameters), reach: 'moves', run });
export const compares = (parameters: string, run: Run): Strict => ({
  ...signature(parameters),
  reach: 'compares',
  run,
});
export const reads = (parameters: string, run: Run): Strict => ({ ...signature(parameters), reach: 'reads', run });
export const lenient = (parameters: string, run: Lenient['run']): Lenient => ({
  ...signature(parameters),
  lenient: true,
  run,
});

/** The arguments that a call gives. */
export interface Given {
  readonly positional: number;
  readonly named: readonly string[];
}

/** A problem that has no place yet. */
export type Complaint = Omit<Problem, 'at'>;

/** What is wrong with the number or the names of arguments. */
export function misuse(what: string, signature: Signature, given: Given): Complaint | undefined {
  const { names, variadic, open } = signature;
  const strange = given.named.find((name) => !open && !names.includes(name));
  if (strange !== undefined)
    return { message: `${what} has no argument "${strange}"`, hint: namesHint(strange, names) };
  const isTwice = (name: string, index: number) =>
    given.named.indexOf(name) !== index || (!variadic && names.indexOf(name) < given.positional);
  const twice = given.named.find(isTwice);
  if (twice !== undefined && names.includes(twice)) return { message: `${what} is given "${twice}" twice` };
  if (!variadic && given.positional > names.length) {
    return { message: `${what} takes ${atMost(names.length)}, not ${given.positional}` };
  }
  const taken = (name: string, index: number) => (!variadic && index < given.positional) || given.named.includes(name);
  const missing = names.slice(0, signature.required).find((name, index) => !taken(name, index));
  return missing === undefined ? undefined : { message: `${what} needs the argument "${missing}"` };
}

function atMost(count: number): string {
  if (count === 0) return 'no arguments';
  return count === 1 ? 'at most 1 argument' : `at most ${count} arguments`;
}

/** A name that no filter, test, function or method has. */
export function noSuch(kind: string, name: string, all: Readonly<Record<string, unknown>>): Complaint {
  const near = nearest(name, Object.keys(all));
  return { message: `there is no ${kind} "${name}"`, hint: near === undefined ? undefined : `did you mean "${near}"?` };
}

function namesHint(name: string, names: readonly string[]): string | undefined {
  const near = nearest(name, names);
  if (near !== undefined) return `did you mean "${near}"?`;
  return names.length > 0 ? `its arguments are ${names.map((one) => `"${one}"`).join(', ')}` : undefined;
}

/** Puts given arguments where the signature has them. They must fit it (`misuse`). */
export function bind(
  { names, variadic, open }: Signature,
  positional: readonly Thing[],
  named: ReadonlyMap<string, Thing>,
): readonly (Thing | undefined)[] {
  if (open) return [Object.fromEntries([...named].map(([name, value]) => [name, defined(value)])), ...positional];
  if (variadic) return [...names.map((name) => named.get(name)), ...positional];
  if (named.size === 0) return positional;
  return names.map((name, index) => positional[index] ?? named.get(name));
}

/** Calls a callable on a thing with bound arguments; keeps undefined out, unknown unknown and secrets secret. */
export function apply(callable: Callable, value: Thing, args: readonly (Thing | undefined)[], site: Site): Thing {
  if (callable.lenient) return callable.run(value, args, site);
  const subject = defined(value);
  const bound = args.map((arg) => (arg === undefined ? undefined : defined(arg)));
  const { reach } = callable;
  const unknown = [subject, ...bound].map((part) => unknownWithin(reach, part)).find((found) => found !== undefined);
  if (unknown !== undefined) return unknown;
  const secret = (part: Value | undefined) => part !== undefined && secretWithin(reach, part);
  if (!secret(subject) && !bound.some(secret)) return callable.run(subject, bound, site);
  const open = (part: Value) => (reach === 'reads' || part instanceof Secret ? exposed(part) : part);
  const opened = bound.map((arg) => (arg === undefined ? undefined : open(arg)));
  if (callable.plain) return callable.run(open(subject), opened, site);
  return concealed(site.at, () => defined(callable.run(open(subject), opened, site)));
}

function unknownWithin(reach: Reach, value: Value | undefined): Unknown | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  if (reach === 'moves') return isUnknown(value) ? value : undefined;
  return unknownIn(value);
}

function secretWithin(reach: Reach, value: Value): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return reach === 'reads' ? holdsSecret(value) : value instanceof Secret;
}

// Arguments by type, or a failure that names them.

/** A text, or the one that is taken when none is given. */
export function textArg(value: Value | undefined, name: string, site: Site, otherwise?: string): string {
  if (typeof value === 'string') return value;
  if (value === undefined && otherwise !== undefined) return otherwise;
  throw new Failure(`${name} must be text, not ${kindOf(value ?? null)}`, { at: site.at });
}

/** A whole number, or the one that is taken when none is given. */
export function wholeArg(value: Value | undefined, name: string, site: Site, otherwise?: number): number {
  if (typeof value === 'number' && Number.isInteger(value)) return value;
  if (value === undefined && otherwise !== undefined) return otherwise;
  throw new Failure(`${name} must be a whole number, not ${kindOf(value ?? null)}`, { at: site.at });
}

/** True or false, or the one that is taken when none is given. */
export function flagArg(value: Value | undefined, name: string, site: Site, otherwise: boolean): boolean {
  if (typeof value === 'boolean') return value;
  if (value === undefined) return otherwise;
  throw new Failure(`${name} must be true or false, not ${kindOf(value)}`, { at: site.at });
}

export function listArg(value: Value | undefined, name: string, site: Site): readonly Value[] {
  if (Array.isArray(value)) return value as readonly Value[];
  throw new Failure(`${name} must be a list, not ${kindOf(value ?? null)}`, { at: site.at });
}

export function mapArg(value: Value | undefined, name: string, site: Site): ValueMap {
  const isPlain = kindOf(value ?? null) === 'a map';
  if (isPlain) return value as ValueMap;
  throw new Failure(`${name} must be a map, not ${kindOf(value ?? null)}`, { at: site.at });
}
