// One task: which module, with which arguments, and the keywords around it.

import type { Location, Problem } from '../errors.ts';
import { nameProblem } from '../inventory/layer.ts';
import type { Expression, MapEntry, MapNode, Node, Task } from '../model.ts';
import { nearest } from '../nearest.ts';
import { checkArguments } from '../schema/check.ts';
import { compileArgument } from '../schema/compile.ts';
import type { ArgSpec, TaskModule } from '../task.ts';
import { expectMap, expectText, field, isNothing, kindOf } from '../yaml/expect.ts';
import { conditionsOf, numberExpression } from './conditions.ts';
import { type Inherited, inherit, textsOf } from './inherited.ts';
import { readKeyValues } from './key-value.ts';
import { keywords } from './keywords.ts';
import { loopControlOf, loopOf } from './loop.ts';
import { checkKeywords, collecting, expressionOf, notYetProblem, type Reading } from './reading.ts';

/** A task, or undefined where its module cannot be told. */
export function taskOf(reading: Reading, outer: Inherited, map: MapNode, id: string): Task | undefined {
  const entry = moduleEntry(reading, map);
  if (!entry) return undefined;
  const module = reading.modules.get(entry.key);
  const others = map.entries.filter(
    ({ key }) => reading.modules.has(key) || (!module && !Object.hasOwn(keywords, key)),
  );
  checkKeywords(reading, 'task', map, new Set(others.map(({ key }) => key)));
  const inherited = inherit(reading, outer, map, 'task vars');
  const conditions = (name: string) => {
    const node = field(map, name);
    return node && conditionsOf(reading, node, `"${name}"`);
  };
  const number = (name: string) => {
    const node = field(map, name);
    return node && numberExpression(reading, node, `"${name}"`);
  };
  const expression = (name: string) => {
    const node = field(map, name);
    return node && expressionOf(reading, node);
  };
  const loop = field(map, 'loop');
  // Refused as a keyword, but "item" is not a second mistake.
  const oldLoop = map.entries.find(({ key }) => key.startsWith('with_'))?.value;
  const { when, tags, vars, environment } = inherited;
  return {
    kind: 'task',
    id,
    at: entry.keyAt,
    name: expression('name'),
    tags,
    when,
    vars,
    module: entry.key,
    args: module ? argsOf(reading, module, entry, field(map, 'args')) : new Map(),
    register: registerOf(reading, map),
    loop: loop ? loopOf(reading, loop) : oldLoop && expressionOf(reading, oldLoop),
    loopControl: loopControlOf(reading, field(map, 'loop_control')),
    until: conditions('until'),
    retries: number('retries'),
    delaySeconds: number('delay'),
    changedWhen: conditions('changed_when'),
    failedWhen: conditions('failed_when'),
    notify: inherited.notify,
    notifyAt: inherited.notifyAt,
    listen: textsOf(reading, vars, field(map, 'listen'), '"listen"'),
    delegateTo: expression('delegate_to'),
    runOnce: inherited.runOnce,
    ignoreErrors: inherited.ignoreErrors,
    ignoreUnreachable: inherited.ignoreUnreachable,
    anyErrorsFatal: inherited.anyErrorsFatal,
    noLog: inherited.noLog,
    diff: inherited.diff,
    checkMode: inherited.checkMode,
    timeoutSeconds: inherited.timeoutSeconds,
    throttle: inherited.throttle,
    environment,
  };
}

/** The entry that names the module: the one key that is a module, or else one that is no keyword, as a problem. */
function moduleEntry(reading: Reading, map: MapNode): MapEntry | undefined {
  const { modules, problems } = reading;
  const [entry, second] = map.entries.filter(({ key }) => modules.has(key));
  if (entry && second) {
    const message = `a task has one module, but here are "${entry.key}" and "${second.key}"`;
    problems.push({ message, at: second.keyAt, hint: 'write two tasks, or check the indentation' });
  }
  if (entry) return entry;
  const strange = map.entries.filter(({ key }) => !Object.hasOwn(keywords, key));
  if (strange.length === 0) {
    const hint = 'every task has the name of a module as a key, such as "debug:"';
    problems.push({ message: 'a task without a module', at: map.at, hint });
  }
  for (const { key, keyAt } of strange) problems.push(notYetProblem(key, keyAt) ?? unknownModule(reading, key, keyAt));
  // What it registers and notifies is looked at all the same.
  return strange[0];
}

function unknownModule(reading: Reading, key: string, at: Location): Problem {
  const short = key.replace(/^ansible\.(builtin|legacy)\./, '');
  const message = `there is no task module "${key}"`;
  if (short !== key && reading.modules.has(short)) return { message, at, hint: `write "${short}"` };
  if (short === 'shell' || short === 'raw') {
    return { message, at, hint: 'use "command": it runs a program without a shell' };
  }
  const guess = nearest(key, [...reading.modules.keys(), ...Object.keys(keywords)]);
  return { message, at, hint: guess ? `did you mean "${guess}"?` : 'cs-play doc lists them' };
}

function argsOf(
  reading: Reading,
  module: TaskModule,
  entry: MapEntry,
  more: Node | undefined,
): ReadonlyMap<string, Expression> {
  const args = new Map<string, Expression>();
  const places = new Map<string, Location>();
  const extra = more && !isNothing(more) ? (expectMap(more, '"args"', reading.problems)?.entries ?? []) : [];
  const own = ownArguments(reading, module, entry);
  for (const { key, keyAt, value } of [...(own ?? []), ...extra]) {
    if (places.has(key)) reading.problems.push({ message: `"${key}" is there twice`, at: keyAt });
    places.set(key, keyAt);
    const spec = specOf(module, key);
    if (!spec && module.setsVariables) checkVariable(reading, key, keyAt);
    const expression = collecting(reading, () => compileArgument(spec, value));
    if (expression) args.set(key, expression);
  }
  if (own) reading.problems.push(...checkArguments(module, args, entry.keyAt, places));
  return args;
}

/**
 * The value of the module's key as entries: a map, nothing, `name=value` words, or a bare value for the module's main
 * argument. Undefined, with a problem, for anything else.
 */
function ownArguments(
  reading: Reading,
  module: TaskModule,
  { key, keyAt, value }: MapEntry,
): readonly MapEntry[] | undefined {
  if (value.kind === 'map') return value.entries;
  if (isNothing(value)) return [];
  const pairs = value.kind === 'scalar' ? readKeyValues(value) : undefined;
  if (pairs) return pairs;
  const main = module.shorthand;
  if (typeof main === 'string') return [{ key: main, keyAt, value }];
  const hint = `write ${key}: { ${Object.keys(module.args)[0] ?? 'name'}: … }`;
  reading.problems.push({ message: `"${key}" takes a map of arguments, not ${kindOf(value)}`, at: value.at, hint });
  return undefined;
}

function checkVariable(reading: Reading, name: string, at: Location): void {
  const problem = nameProblem(name, at);
  if (problem) reading.problems.push(problem);
}

/** The variable that `register` names. */
export function registerOf(reading: Reading, map: MapNode): string | undefined {
  const node = field(map, 'register');
  const name = node && expectText(node, '"register"', reading.problems);
  if (node && name !== undefined) checkVariable(reading, name, node.at);
  return name;
}

const specOf = (module: TaskModule, name: string): ArgSpec | undefined =>
  Object.hasOwn(module.args, name) ? (module.args[name] as ArgSpec) : undefined;
