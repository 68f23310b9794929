// Finds what an expression calls by name, and says what is wrong with a name or its arguments.

import { Failure, InvalidInput, type Location } from '../errors.ts';
import type { Unknown, Value } from '../model.ts';
import { Secret } from '../secret.ts';
import { apply, bind, type Callable, type Callables, type Complaint, misuse, noSuch, type Site } from './callable.ts';
import { tests } from './checks.ts';
import { filters } from './filters/filters.ts';
import { functions, type TemplateFunction } from './functions.ts';
import { listMethods, mapMethods, refusedMethods, textMethods } from './methods.ts';
import type { Arguments, Ast } from './syntax.ts';
import { isList, isMap } from './thing.ts';

/** The filter or test of this name, whose arguments fit it. */
export function resolve(
  kind: 'filter' | 'test',
  name: string,
  all: Callables,
  { positional, named, at }: Arguments & { at: Location },
) {
  const callable = Object.hasOwn(all, name) ? all[name] : undefined;
  if (callable === undefined) throw placed(noSuch(kind, name, all), at);
  const given = { positional: positional.length, named: named.map((one) => one.name) };
  const literals = {
    positional: positional.map(literalOf),
    named: new Map(named.map((one) => [one.name, literalOf(one.value)])),
  };
  const complaint = misuse(`the ${kind} "${name}"`, callable, given) ?? callable.check?.(literals, { filters, tests });
  if (complaint !== undefined) throw placed(complaint, at);
  return callable;
}

const literalOf = (ast: Ast) => (ast.kind === 'literal' ? ast.value : undefined);
const placed = (complaint: Complaint, at: Location) => new InvalidInput([{ ...complaint, at }]);

/** A place to call from. */
export function siteAt(at: Location): Site {
  const named = (kind: string, name: string, all: Callables): Callable => {
    const callable = Object.hasOwn(all, name) ? all[name] : undefined;
    if (callable !== undefined) return callable;
    const { message, hint } = noSuch(kind, name, all);
    throw new Failure(message, { at, hint });
  };
  const bound = (
    what: string,
    callable: Callable,
    positional: readonly Value[],
    given: Readonly<Record<string, Value>>,
  ) => {
    const complaint = misuse(what, callable, { positional: positional.length, named: Object.keys(given) });
    if (complaint !== undefined) throw new Failure(complaint.message, { at, hint: complaint.hint });
    return bind(callable, positional, new Map(Object.entries(given)));
  };
  const site: Site = {
    at,
    filter: (name, value, positional, given) => {
      const filter = named('filter', name, filters);
      return apply(filter, value, bound(`the filter "${name}"`, filter, positional, given), site);
    },
    test: (name, value, positional) => {
      const test = named('test', name, tests);
      return apply(test, value, bound(`the test "${name}"`, test, positional, {}), site) as boolean | Unknown;
    },
  };
  return site;
}

/** The function of this name, whose arguments fit it. */
export function resolveFunction(
  name: string,
  { positional, named, at }: Arguments & { at: Location },
): TemplateFunction {
  const called = Object.hasOwn(functions, name) ? functions[name] : undefined;
  if (called === undefined) throw placed(notAFunction(name), at);
  const given = { positional: positional.length, named: named.map((one) => one.name) };
  const complaint = misuse(`"${name}"`, called.signature, given);
  if (complaint !== undefined) throw placed(complaint, at);
  return called;
}

function notAFunction(name: string): Complaint {
  if (Object.hasOwn(filters, name)) {
    return { message: `"${name}" is a filter, not a function`, hint: `write "value | ${name}"` };
  }
  return noSuch('function', name, functions);
}

const allMethods: Callables = { ...textMethods, ...listMethods, ...mapMethods };

/** Refuses a method that no kind of value has. */
export function checkMethod(name: string, at: Location): void {
  if (Object.hasOwn(refusedMethods, name)) {
    throw placed({ message: `the method "${name}" would change a value in place`, hint: refusedMethods[name] }, at);
  }
  if (!Object.hasOwn(allMethods, name)) throw placed(noSuch('method', name, allMethods), at);
}

/** The methods of this kind of value. */
export function methodsOf(value: Value): Callables | undefined {
  if (typeof value === 'string' || value instanceof Secret) return textMethods;
  if (isList(value)) return listMethods;
  return isMap(value) ? mapMethods : undefined;
}
