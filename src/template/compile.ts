// Turns a syntax tree into a closure. What can be found wrong before anything runs is found here.

import { Failure } from '../errors.ts';
import type { Scope, Value } from '../model.ts';
import { apply, bind, misuse, type Signature } from './callable.ts';
import { tests } from './checks.ts';
import { compare, truthy } from './compare.ts';
import { filters } from './filters/filters.ts';
import { mapKey } from './filters/maps.ts';
import { call } from './functions.ts';
import { binary, member, signed, slice } from './operators.ts';
import { checkMethod, methodsOf, resolve, resolveFunction, siteAt } from './resolve.ts';
import type { Arguments, Ast } from './syntax.ts';
import { defined, isUnknown, kindOf, type Thing, Undefined } from './thing.ts';

export type Run = (scope: Scope) => Thing;

type Of<K extends Ast['kind']> = Extract<Ast, { readonly kind: K }>;

/** The closure for an expression. Throws `InvalidInput` for names and arguments that cannot be right. */
export function compile(ast: Ast): Run {
  switch (ast.kind) {
    case 'literal':
      return () => ast.value;
    case 'name':
      return compileName(ast);
    case 'list':
      return compileList(ast);
    case 'map':
      return compileMap(ast);
    case 'attribute':
      return compileMember(ast, ast.of, () => ast.name);
    case 'index':
      return compileMember(ast, ast.of, compile(ast.key));
    case 'slice':
      return compileSlice(ast);
    case 'unary':
      return compileUnary(ast);
    case 'binary':
      return compileBinary(ast);
    case 'logical':
      return compileLogical(ast);
    case 'compare':
      return compileComparison(ast);
    case 'choice':
      return compileChoice(ast);
    case 'filter':
      return compileFilter(ast);
    case 'test':
      return compileTest(ast);
    case 'call':
      return compileCall(ast);
    case 'method':
      return compileMethod(ast);
  }
}

function compileName({ name, at }: Of<'name'>): Run {
  const missing = new Undefined(`"${name}" is undefined`, at);
  return (scope) => {
    try {
      const value = scope.get(name);
      return value === undefined ? missing : value;
    } catch (error) {
      return undefinedBehind(error);
    }
  };
}

/** A variable that is made from what is undefined is undefined itself, and fails when it is used. */
function undefinedBehind(error: unknown): Undefined {
  if (error instanceof Failure && error.code === 'undefined' && error.at !== undefined) {
    return new Undefined(error.message, error.at, error.hint);
  }
  throw error;
}

function compileList({ items }: Of<'list'>): Run {
  const runs = items.map(compile);
  return (scope) => runs.map((run) => defined(run(scope)));
}

function compileMap({ entries }: Of<'map'>): Run {
  const runs = entries.map(([key, value]) => ({ key: compile(key), value: compile(value), at: key.at }));
  return (scope) => {
    const pairs: [string, Value][] = [];
    for (const { key, value, at } of runs) {
      const name = defined(key(scope));
      if (isUnknown(name)) return name;
      pairs.push([mapKey(name, { at }), defined(value(scope))]);
    }
    return Object.fromEntries(pairs);
  };
}

function compileMember(ast: Ast, of: Ast, key: Run): Run {
  const run = compile(of);
  const path = pathOf(ast);
  return (scope) => {
    const container = run(scope);
    return container instanceof Undefined ? container : member(defined(container), defined(key(scope)), ast.at, path);
  };
}

/** How a member is called in messages. */
function pathOf(ast: Ast): string {
  if (ast.kind === 'name') return ast.name;
  if (ast.kind === 'attribute') return `${pathOf(ast.of)}.${ast.name}`;
  if (ast.kind !== 'index') return '(…)';
  const { key } = ast;
  if (key.kind !== 'literal') return `${pathOf(ast.of)}[${key.kind === 'name' ? key.name : '…'}]`;
  return `${pathOf(ast.of)}[${typeof key.value === 'string' ? `'${key.value}'` : key.value}]`;
}

function compileSlice({ of, parts, at }: Of<'slice'>): Run {
  const run = compile(of);
  const bounds = [0, 1, 2].map((index) => (parts[index] === undefined ? undefined : compile(parts[index])));
  return (scope) => {
    const subject = defined(run(scope));
    return slice(
      subject,
      bounds.map((bound) => (bound === undefined ? undefined : defined(bound(scope)))),
      at,
    );
  };
}

function compileUnary({ operator, operand, at }: Of<'unary'>): Run {
  const run = compile(operand);
  if (operator !== 'not') return (scope) => signed(operator, defined(run(scope)), at);
  return (scope) => {
    const value = defined(run(scope));
    return isUnknown(value) ? value : !truthy(value);
  };
}

function compileBinary({ operator, left, right, at }: Of<'binary'>): Run {
  const [leftRun, rightRun] = [compile(left), compile(right)];
  return (scope) => binary(operator, defined(leftRun(scope)), defined(rightRun(scope)), at);
}

/** The value that decides, as in Python: `a or b` is `a` where `a` is true. */
function compileLogical({ operator, left, right }: Of<'logical'>): Run {
  const [leftRun, rightRun] = [compile(left), compile(right)];
  const goesOn = operator === 'and';
  return (scope) => {
    const value = defined(leftRun(scope));
    return isUnknown(value) || truthy(value) !== goesOn ? value : rightRun(scope);
  };
}

function compileComparison({ first, links, at }: Of<'compare'>): Run {
  const firstRun = compile(first);
  const steps = links.map(({ operator, operand }) => ({ operator, run: compile(operand) }));
  return (scope) => {
    let left = defined(firstRun(scope));
    for (const { operator, run } of steps) {
      const right = defined(run(scope));
      const holds = compare(operator, left, right, at);
      if (holds !== true) return holds;
      left = right;
    }
    return true;
  };
}

function compileChoice({ test, yes, no, at }: Of<'choice'>): Run {
  const [testRun, yesRun] = [compile(test), compile(yes)];
  const nothing = new Undefined('the condition is false and there is no "else"', at);
  const noRun = no === undefined ? () => nothing : compile(no);
  return (scope) => {
    const value = defined(testRun(scope));
    if (isUnknown(value)) return value;
    return truthy(value) ? yesRun(scope) : noRun(scope);
  };
}

function compileFilter(ast: Of<'filter'>): Run {
  const filter = resolve('filter', ast.name, filters, ast);
  const run = compile(ast.of);
  const args = compileArguments(filter, ast);
  const site = siteAt(ast.at);
  return (scope) => apply(filter, run(scope), args(scope), site);
}

function compileTest(ast: Of<'test'>): Run {
  const test = resolve('test', ast.name, tests, ast);
  const run = compile(ast.of);
  const args = compileArguments(test, ast);
  const site = siteAt(ast.at);
  return (scope) => {
    const answer = apply(test, run(scope), args(scope), site);
    return ast.negated && typeof answer === 'boolean' ? !answer : answer;
  };
}

function compileArguments(signature: Signature, { positional, named }: Arguments) {
  const runs = positional.map(compile);
  if (named.length === 0) {
    if (runs.length === 0 && !signature.variadic) return () => NOTHING;
    return (scope: Scope) =>
      bind(
        signature,
        runs.map((run) => run(scope)),
        NO_NAMES,
      );
  }
  const namedRuns = named.map(({ name, value }) => ({ name, run: compile(value) }));
  return (scope: Scope) => {
    const given = runs.map((run) => run(scope));
    return bind(signature, given, new Map(namedRuns.map(({ name, run }) => [name, run(scope)])));
  };
}

const NOTHING: readonly Thing[] = [];
const NO_NAMES: ReadonlyMap<string, Thing> = new Map();

function compileCall(ast: Of<'call'>): Run {
  const called = resolveFunction(ast.name, ast);
  const runs = ast.positional.map(compile);
  const namedRuns = ast.named.map(({ name, value }) => ({ name, run: compile(value) }));
  const site = siteAt(ast.at);
  return (scope) => {
    const named = new Map(namedRuns.map(({ name, run }) => [name, run(scope)]));
    return call(
      called,
      runs.map((run) => run(scope)),
      named,
      scope,
      site,
    );
  };
}

function compileMethod(ast: Of<'method'>): Run {
  const { name, at } = ast;
  checkMethod(name, at);
  const run = compile(ast.of);
  const positional = ast.positional.map(compile);
  const named = ast.named.map((one) => ({ name: one.name, run: compile(one.value) }));
  const given = { positional: positional.length, named: named.map((one) => one.name) };
  const site = siteAt(at);
  return (scope) => {
    const subject = defined(run(scope));
    if (isUnknown(subject)) return subject;
    const methods = methodsOf(subject);
    const method = methods !== undefined && Object.hasOwn(methods, name) ? methods[name] : undefined;
    if (method === undefined) throw new Failure(`${kindOf(subject)} has no method "${name}"`, { at });
    const complaint = misuse(`the method "${name}"`, method, given);
    if (complaint !== undefined) throw new Failure(complaint.message, { at, hint: complaint.hint });
    const values = new Map(named.map((one) => [one.name, one.run(scope)]));
    return apply(
      method,
      subject,
      bind(
        method,
        positional.map((one) => one(scope)),
        values,
      ),
      site,
    );
  };
}
