// The arguments of a task, from expressions to what its `check` is given.

import { Failure, type Location, type Problem } from '../errors.ts';
import type { Scope, Value, ValueMap } from '../model.ts';
import { Secret } from '../secret.ts';
import type { TaskModule } from '../task.ts';
import { isList, isMap, isUnknown } from '../template/thing.ts';
import { mismatches } from './ajv.ts';
import { evaluatedSchema } from './arguments.ts';
import { converted, Unfit } from './convert.ts';
import { type Args, misfit, specOf, specsOf } from './misfit.ts';

/**
 * The arguments as a task's `check` takes them: evaluated, converted, secrets wrapped, defaults filled in. What has
 * the scope's `omit` as its value, an argument or a part of one, is as if it were not there. An argument that a plan
 * cannot know is `Unknown`.
 * Throws `Failure` with the place of the argument that does not fit.
 */
export function argumentsOf(module: TaskModule, args: Args, scope: Scope): ValueMap {
  const values: Record<string, Value> = {};
  const omit = scope.get('omit');
  for (const [name, expression] of args) {
    const value = without(omit, expression.evaluate(scope));
    if (value === undefined || value === null) continue;
    values[name] = fitting(module, name, value, expression.at);
  }
  const problem = firstMisfit(module, values, args);
  if (problem) throw new Failure(problem.message, { at: problem.at, hint: problem.hint, code: 'argument' });
  for (const [name, spec] of specsOf(module)) {
    if (values[name] === undefined && spec.default !== undefined && spec.default !== null) values[name] = spec.default;
  }
  return values;
}

/** The value without all parts that are `omit`; undefined where that is the whole. */
function without(omit: Value | undefined, value: Value): Value | undefined {
  if (value === omit) return undefined;
  if (isList(value)) return value.map((item) => without(omit, item)).filter((item) => item !== undefined);
  if (!isMap(value)) return value;
  const parts = Object.entries(value).map(([key, part]) => [key, without(omit, part)] as const);
  return Object.fromEntries(parts.filter((entry): entry is [string, Value] => entry[1] !== undefined));
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
  return errors[0] && misfit(module, errors[0], args, undefined, values);
}
