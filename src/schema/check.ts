// What can be said of a task's arguments before anything is evaluated.

import type { Location, Problem } from '../errors.ts';
import type { Value } from '../model.ts';
import { nearest } from '../nearest.ts';
import { Secret } from '../secret.ts';
import type { TaskModule } from '../task.ts';
import { mismatches } from './ajv.ts';
import { evaluatedSchema } from './arguments.ts';
import { constantValue } from './constant.ts';
import { converted, Unfit } from './convert.ts';
import { type Args, misfit, missingArgument, specOf, specsOf, unknownArgument } from './misfit.ts';

/**
 * Problems with names, required arguments and constants. `at` is the place of the module's name, `places` that of
 * each argument's, also of those that could not be compiled.
 */
export function checkArguments(
  module: TaskModule,
  args: Args,
  at: Location,
  places: ReadonlyMap<string, Location>,
): Problem[] {
  return [
    ...strangeArguments(module, places),
    ...wrongConstants(module, args, at),
    ...missing(module, args, at, places),
  ];
}

function strangeArguments(module: TaskModule, places: ReadonlyMap<string, Location>): Problem[] {
  if (module.additionalArgs !== undefined) return [];
  return [...places].filter(([name]) => !specOf(module, name)).map(([name, at]) => unknownArgument(module, name, at));
}

function wrongConstants(module: TaskModule, args: Args, at: Location): Problem[] {
  const constants: Record<string, Value> = {};
  const problems: Problem[] = [];
  for (const [name, expression] of args) {
    const spec = specOf(module, name);
    if (!spec || !expression.constant || spec.type === 'expression' || spec.type === 'conditions') continue;
    const value = converted(spec, constantValue(expression));
    if (value instanceof Unfit) {
      const message = `argument "${name}" of "${module.name}" ${value.why}`;
      problems.push({ message, at: expression.at, hint: value.hint });
    } else if (value !== null) constants[name] = value instanceof Secret ? '***' : value;
  }
  const misfits = mismatches(evaluatedSchema(module), constants).filter((error) => error.keyword !== 'required');
  return [...problems, ...misfits.map((error) => misfit(module, error, args, at, constants))];
}

/** Required arguments that are not there; one that is only misspelt has been reported as such. */
function missing(module: TaskModule, args: Args, at: Location, places: ReadonlyMap<string, Location>): Problem[] {
  const names = specsOf(module).map(([name]) => name);
  const strange = [...places.keys()].filter((name) => !specOf(module, name));
  const misspelt = new Set(strange.map((name) => nearest(name, names)));
  return specsOf(module).flatMap(([name, spec]) => {
    const expression = args.get(name);
    // A template may give it; a constant null does not.
    const absent = expression ? expression.constant && constantValue(expression) === null : !places.has(name);
    return spec.required && absent && !misspelt.has(name) ? [missingArgument(module, name, at)] : [];
  });
}
