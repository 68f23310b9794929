// The arguments of a task, from expressions to what its `check` is given.

import { Failure, type Location, type Problem } from '../errors.ts';
import type { Scope, Value, ValueMap } from '../model.ts';
import { Secret } from '../secret.ts';
import type { TaskModule } from '../task.ts';
import { isUnknown } from '../template/template.ts';
import { mismatches } from './ajv.ts';
import { evaluatedSchema } from './arguments.ts';
import { converted, Unfit } from './convert.ts';
import { type Args, misfit, specOf, specsOf } from './misfit.ts';

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
  return errors[0] && misfit(module, errors[0], args, undefined, values);
}
