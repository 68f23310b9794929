// The arguments of a task, from expressions to what its `check` is given; and what can be said of them before a run.

import type { ErrorObject } from 'ajv';
import { Failure, type Location, type Problem } from '../errors.ts';
import type { Expression, Scope, Value, ValueMap } from '../model.ts';
import { nearest } from '../nearest.ts';
import { Secret } from '../secret.ts';
import type { ArgSpec, TaskModule } from '../task.ts';
import { isUnknown } from '../template/template.ts';
import { mismatches } from './ajv.ts';
import { evaluatedSchema } from './arguments.ts';
import { constantValue } from './constant.ts';
import { converted, Unfit } from './convert.ts';

type Args = ReadonlyMap<string, Expression>;

/**
 * The arguments as a task's `check` takes them: evaluated, converted, secrets wrapped, defaults filled in. An argument
 * whose value is the scope's `omit` is as if it were not there. An argument that a plan cannot know is `Unknown`.
 * Throws `Failure` with the place of the argument that does not fit.
 */
export function argumentsOf(module: TaskModule, args: Args, scope: Scope): ValueMap {
  const values: Record<string, Value> = {};
  const omit = scope.get('omit');
  for (const [name, expression] of args) {
    const value = expression.evaluate(scope);
    if (value === undefined || value === null || value === omit) continue;
    values[name] = fitting(module, name, value, expression.at);
  }
  const problem = firstMisfit(module, values, args);
  if (problem) throw new Failure(problem.message, { at: problem.at, hint: problem.hint, code: 'argument' });
  for (const [name, spec] of specsOf(module)) {
    if (values[name] === undefined && spec.default !== undefined && spec.default !== null) values[name] = spec.default;
  }
  return values;
}

function fitting(module: TaskModule, name: string, value: Value, at: Location): Value {
  const spec = specOf(module, name);
  const result = spec ? converted(spec, value) : value;
  if (!(result instanceof Unfit)) return result;
  throw new Failure(`argument "${name}" of "${module.name}" ${result.why}`, {
    at,
    hint: result.hint,
    code: 'argument',
  });
}

function firstMisfit(module: TaskModule, values: Readonly<Record<string, Value>>, args: Args): Problem | undefined {
  const unknown = Object.keys(values).filter((name) => isUnknown(values[name] ?? null));
  const visible = Object.fromEntries(
    Object.entries(values)
      .filter(([name]) => !unknown.includes(name))
      .map(([name, value]) => [name, value instanceof Secret ? '***' : value]),
  );
  const errors = mismatches(evaluatedSchema(module), visible).filter(
    (error) => !(error.keyword === 'required' && unknown.includes(error.params['missingProperty'])),
  );
  return errors[0] && problemOf(module, errors[0], args, undefined, values);
}

/**
 * What is wrong with a task's arguments before anything is evaluated: names, required ones, constants. `at` is the
 * place of the module's name, `places` that of each argument's, also of those that could not be compiled.
 */
export function checkArguments(
  module: TaskModule,
  args: Args,
  at: Location,
  places: ReadonlyMap<string, Location>,
): Problem[] {
  const constants: Record<string, Value> = {};
  const problems: Problem[] = [];
  for (const [name, place] of places) {
    if (!specOf(module, name) && module.additionalArgs === undefined)
      problems.push(unknownArgument(module, name, place));
  }
  for (const [name, expression] of args) {
    const spec = specOf(module, name);
    if (!spec || !expression.constant || spec.type === 'expression' || spec.type === 'conditions') continue;
    const value = converted(spec, constantValue(expression));
    if (value instanceof Unfit) {
      const message = `argument "${name}" of "${module.name}" ${value.why}`;
      problems.push({ message, at: expression.at, hint: value.hint });
    } else if (value !== null) constants[name] = value instanceof Secret ? '***' : value;
  }
  for (const error of mismatches(evaluatedSchema(module), constants)) {
    if (error.keyword !== 'required') problems.push(problemOf(module, error, args, at, constants));
  }
  for (const [name, spec] of specsOf(module)) {
    const expression = args.get(name);
    // A template may give it; a constant null does not.
    const missing = expression ? expression.constant && constantValue(expression) === null : !places.has(name);
    if (spec.required && missing) problems.push(missingArgument(module, name, [...places.keys()], at));
  }
  return problems;
}

function problemOf(
  module: TaskModule,
  error: ErrorObject,
  args: Args,
  at: Location | undefined,
  values: Readonly<Record<string, Value>>,
): Problem {
  const { params, keyword } = error;
  if (keyword === 'required') return missingArgument(module, params['missingProperty'], [...args.keys()], at);
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

function missingArgument(
  module: TaskModule,
  name: string,
  given: readonly string[],
  at: Location | undefined,
): Problem {
  const strange = given.filter((each) => !specOf(module, each));
  const guess = nearest(name, strange);
  const hint = guess ? `did you mean "${name}" where it says "${guess}"?` : specOf(module, name)?.description;
  return { message: `"${module.name}" needs the argument "${name}"`, at, hint };
}

function unknownArgument(module: TaskModule, name: string, at: Location | undefined): Problem {
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
  const former =
    typeof value === 'string' ? { yes: true, on: true, no: false, off: false }[value.toLowerCase()] : undefined;
  return spec?.type === 'boolean' && former !== undefined ? `write ${former}` : undefined;
}

function shown(value: Value): string {
  if (Array.isArray(value)) return 'a list';
  if (value !== null && typeof value === 'object') return 'a map';
  return typeof value === 'string' ? `"${value.length > 60 ? `${value.slice(0, 60)}…` : value}"` : String(value);
}

const specsOf = (module: TaskModule): [string, ArgSpec][] => Object.entries(module.args as Record<string, ArgSpec>);
const specOf = (module: TaskModule, name: string): ArgSpec | undefined =>
  Object.hasOwn(module.args, name) ? (module.args[name] as ArgSpec) : undefined;
