// Finds the names that an expression or a template takes from its scope, and which of them may be undefined.

import type { NameUse } from '../model.ts';
import { typeTests } from './checks.ts';
import { functions } from './functions.ts';
import type { Arguments, Ast, Part } from './syntax.ts';

/** What is found: names, and whether anything else makes the result depend on the scope. */
export interface Uses {
  readonly names: readonly NameUse[];
  readonly looksOut: boolean;
}

interface Walk {
  readonly names: NameUse[];
  looksOut: boolean;
}

/** What holds where an expression stands. */
interface Place {
  /** Names that a condition around says are defined. */
  readonly assured: ReadonlySet<string>;
  /** Loop variables and what `set` sets. */
  readonly bound: ReadonlySet<string>;
}

const NONE: ReadonlySet<string> = new Set();
const TOP: Place = { assured: NONE, bound: NONE };

export function usesOf(ast: Ast): Uses {
  const found: Walk = { names: [], looksOut: false };
  walk(ast, TOP, false, found);
  return found;
}

export function usesOfParts(parts: readonly Part[]): Uses {
  const found: Walk = { names: [], looksOut: false };
  walkParts(parts, TOP, found);
  return found;
}

/** `tolerant`: what this expression gives may be undefined. */
function walk(ast: Ast, place: Place, tolerant: boolean, found: Walk): void {
  if (ast.kind === 'name' && !place.bound.has(ast.name)) {
    found.names.push({ name: ast.name, at: ast.at, guarded: tolerant || place.assured.has(ast.name) });
  }
  if (ast.kind === 'call') found.looksOut ||= functions[ast.name]?.looksOut ?? false;
  for (const child of childrenOf(ast, place, tolerant)) walk(child.ast, child.place, child.tolerant, found);
}

interface Child {
  readonly ast: Ast;
  readonly place: Place;
  readonly tolerant: boolean;
}

/** The parts of an expression, each with what holds there and whether it may be undefined. */
function childrenOf(ast: Ast, place: Place, tolerant: boolean): readonly Child[] {
  const strict = (asts: readonly (Ast | undefined)[]) =>
    asts.filter(isThere).map((one) => ({ ast: one, place, tolerant: false }));
  const child = (one: Ast, where: Place, mayBeUndefined: boolean) => ({
    ast: one,
    place: where,
    tolerant: mayBeUndefined,
  });
  switch (ast.kind) {
    case 'attribute':
      return [child(ast.of, place, tolerant)];
    case 'index':
      return [child(ast.of, place, tolerant), ...strict([ast.key])];
    case 'logical':
      return [...strict([ast.left]), child(ast.right, assuming(place, ast.left, ast.operator === 'and'), tolerant)];
    case 'choice': {
      const no = ast.no === undefined ? [] : [child(ast.no, assuming(place, ast.test, false), tolerant)];
      return [...strict([ast.test]), child(ast.yes, assuming(place, ast.test, true), tolerant), ...no];
    }
    case 'filter':
      return [child(ast.of, place, ast.name === 'default' || ast.name === 'd'), ...strict(argumentsOf(ast))];
    case 'test':
      return [child(ast.of, place, isAskedOfUndefined(ast.name)), ...strict(argumentsOf(ast))];
    default:
      return strict(operandsOf(ast));
  }
}

const isThere = (ast: Ast | undefined): ast is Ast => ast !== undefined;
const argumentsOf = ({ positional, named }: Arguments) => [...positional, ...named.map((one) => one.value)];

/** The parts that must all be defined. */
function operandsOf(ast: Ast): readonly (Ast | undefined)[] {
  switch (ast.kind) {
    case 'list':
      return ast.items;
    case 'map':
      return ast.entries.flat();
    case 'slice':
      return [ast.of, ...ast.parts];
    case 'unary':
      return [ast.operand];
    case 'binary':
      return [ast.left, ast.right];
    case 'compare':
      return [ast.first, ...ast.links.map((link) => link.operand)];
    case 'call':
      return argumentsOf(ast);
    case 'method':
      return [ast.of, ...argumentsOf(ast)];
    default:
      return [];
  }
}

const isAskedOfUndefined = (test: string) => test === 'defined' || test === 'undefined' || typeTests.has(test);

/** The place where a condition is known to be true, or false. */
function assuming(place: Place, condition: Ast, truth: boolean): Place {
  const more = assuredBy(condition, truth);
  return more.length === 0 ? place : { ...place, assured: new Set([...place.assured, ...more]) };
}

/** The names that are defined whenever the condition is true, or false. */
function assuredBy(ast: Ast, truth: boolean): readonly string[] {
  if (ast.kind === 'unary' && ast.operator === 'not') return assuredBy(ast.operand, !truth);
  if (ast.kind === 'logical' && (ast.operator === 'and') === truth) {
    return [...assuredBy(ast.left, truth), ...assuredBy(ast.right, truth)];
  }
  if (ast.kind !== 'test') return [];
  const holds = truth !== ast.negated;
  const assures = ast.name === 'undefined' ? !holds : holds && (ast.name === 'defined' || typeTests.has(ast.name));
  const root = rootOf(ast.of);
  return assures && root !== undefined ? [root] : [];
}

function rootOf(ast: Ast): string | undefined {
  if (ast.kind === 'attribute' || ast.kind === 'index') return rootOf(ast.of);
  return ast.kind === 'name' ? ast.name : undefined;
}

const binding = (place: Place, names: readonly string[]): Place => ({
  ...place,
  bound: new Set([...place.bound, ...names]),
});

/** Gives the place after the parts: what they set is bound there. */
function walkParts(parts: readonly Part[], place: Place, found: Walk): Place {
  for (const part of parts) place = walkPart(part, place, found);
  return place;
}

function walkPart(part: Part, place: Place, found: Walk): Place {
  if (part.kind === 'output') walk(part.expression, place, false, found);
  if (part.kind === 'for') walkFor(part, place, found);
  if (part.kind === 'if') return walkIf(part, place, found);
  if (part.kind !== 'set') return place;
  if ('kind' in part.value) walk(part.value, place, false, found);
  else walkParts(part.value, place, found);
  return binding(place, [part.name]);
}

function walkFor(part: Extract<Part, { kind: 'for' }>, place: Place, found: Walk): void {
  walk(part.of, place, false, found);
  const inside = binding(place, [...part.targets, 'loop']);
  if (part.filter !== undefined) walk(part.filter, inside, false, found);
  walkParts(part.body, part.filter === undefined ? inside : assuming(inside, part.filter, true), found);
  walkParts(part.otherwise, place, found);
}

/** A name that only one branch sets may be undefined after it: that shows when it is evaluated. */
function walkIf(part: Extract<Part, { kind: 'if' }>, place: Place, found: Walk): Place {
  const set = new Set<string>();
  let here = place;
  const branch = (body: readonly Part[], inside: Place) => {
    for (const name of walkParts(body, inside, found).bound) set.add(name);
  };
  for (const { test, body } of part.branches) {
    walk(test, here, false, found);
    branch(body, assuming(here, test, true));
    here = assuming(here, test, false);
  }
  branch(part.otherwise, here);
  return binding(place, [...set]);
}
