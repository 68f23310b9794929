// What is wrong with an argument, in words.

import type { ErrorObject } from 'ajv';
import type { Location, Problem } from '../errors.ts';
import type { Expression, Value } from '../model.ts';
import { nearest } from '../nearest.ts';
import { Secret } from '../secret.ts';
import type { ArgSpec, TaskModule } from '../task.ts';
import { formerBoolean } from '../yaml/expect.ts';

export type Args = ReadonlyMap<string, Expression>;

/** A mismatch that the schema found, at the place of the argument. `values` are those that were looked at. */
export function misfit(
  module: TaskModule,
  error: ErrorObject,
  args: Args,
  at: Location | undefined,
  values: Readonly<Record<string, Value>>,
): Problem {
  const { params, keyword } = error;
  if (keyword === 'required') return missingArgument(module, params['missingProperty'], at);
  if (keyword === 'additionalProperties') {
    const name: string = params['additionalProperty'];
    return unknownArgument(module, name, args.get(name)?.at ?? at);
  }
  const name = error.instancePath.split('/')[1] ?? '';
  const spec = specOf(module, name);
  const value = values[name] ?? null;
  const message = `argument "${name}" of "${module.name}" has to be ${wanted(spec, keyword, params)}, not ${shown(value)}`;
  return { message, at: args.get(name)?.at ?? at, hint: hintFor(spec, value) };
}

export function missingArgument(module: TaskModule, name: string, at: Location | undefined): Problem {
  const hint = specOf(module, name)?.description;
  return { message: `"${module.name}" needs the argument "${name}"`, at, hint };
}

export function unknownArgument(module: TaskModule, name: string, at: Location | undefined): Problem {
  const names = specsOf(module).map(([each]) => each);
  const guess = nearest(name, names);
  const hint = guess ? `did you mean "${guess}"?` : `it has ${names.map((each) => `"${each}"`).join(', ') || 'none'}`;
  return { message: `"${module.name}" has no argument "${name}"`, at, hint };
}

const typeWords: Readonly<Record<ArgSpec['type'], string>> = {
  string: 'a text',
  integer: 'a whole number',
  number: 'a number',
  boolean: 'true or false',
  strings: 'a list of texts',
  list: 'a list',
  map: 'a map',
  any: 'a value',
  expression: 'an expression',
  conditions: 'a list of conditions',
  bundle: 'what "certificate_bundle" registered',
  certificate: 'PEM text or a part of a bundle',
};

function wanted(spec: ArgSpec | undefined, keyword: string, params: Readonly<Record<string, unknown>>): string {
  if (keyword === 'enum' && spec?.enum?.length === 1) return `"${spec.enum[0]}"`;
  if (keyword === 'enum') return `one of ${spec?.enum?.map((each) => `"${each}"`).join(', ')}`;
  if (keyword === 'minimum') return `at least ${params['limit']}`;
  if (keyword === 'maximum') return `at most ${params['limit']}`;
  return spec ? typeWords[spec.type] : 'something else';
}

function hintFor(spec: ArgSpec | undefined, value: Value): string | undefined {
  if (spec?.enum && typeof value === 'string') {
    const guess = nearest(value, spec.enum);
    return guess && `did you mean "${guess}"?`;
  }
  const former = typeof value === 'string' ? formerBoolean(value) : undefined;
  return spec?.type === 'boolean' && former !== undefined ? `write ${former}` : undefined;
}

function shown(value: Value): string {
  if (value instanceof Secret) return 'a secret';
  if (Array.isArray(value)) return 'a list';
  if (value !== null && typeof value === 'object') return 'a map';
  return typeof value === 'string' ? `"${value.length > 60 ? `${value.slice(0, 60)}…` : value}"` : String(value);
}

export const specsOf = (module: TaskModule): [string, ArgSpec][] =>
  Object.entries(module.args as Record<string, ArgSpec>);
export const specOf = (module: TaskModule, name: string): ArgSpec | undefined =>
  Object.hasOwn(module.args, name) ? (module.args[name] as ArgSpec) : undefined;
