// What is carried along while a playbook is read.

import { Failure, InvalidInput, type Location, type Problem } from '../errors.ts';
import { scopeOf } from '../inventory/clouds.ts';
import type { Expression, MapNode, Node, Scope, VarLayer } from '../model.ts';
import { nearest } from '../nearest.ts';
import { sound } from '../schema/constant.ts';
import type { TaskModule } from '../task.ts';
import { compileNode } from '../template/template.ts';
import { readYaml } from '../yaml/read.ts';
import { type FilesRead, readSource } from '../yaml/source.ts';
import { nodeOfValue } from '../yaml/value.ts';
import { keywords, keywordsOf, notYet, type Place } from './keywords.ts';

/** One reading of one playbook with all files it imports. */
export interface Reading {
  readonly modules: ReadonlyMap<string, TaskModule>;
  /** `-e`: with the variables of the play around, all that may decide what is imported and how plays are cut. */
  readonly extraVars: VarLayer;
  readonly lookup: Scope['lookup'];
  readonly problems: Problem[];
  /** Files by absolute path, so that a file imported twice is read once. */
  readonly files: Map<string, Node | undefined>;
  /** Is told of every file that is read. */
  readonly read?: FilesRead | undefined;
}

/** Runs a reader that throws `InvalidInput`; its problems are added, and the answer is undefined. */
export function collecting<T>(reading: Reading, body: () => T): T | undefined {
  try {
    return body();
  } catch (error) {
    if (!(error instanceof InvalidInput)) throw error;
    reading.problems.push(...error.problems);
    return undefined;
  }
}

/** A YAML file that the playbook names at `at`; undefined where it cannot be read. */
export function readFile(reading: Reading, path: string, at?: Location): Node | undefined {
  if (!reading.files.has(path)) {
    reading.files.set(
      path,
      collecting(reading, () => readYaml(readSource(path, at, reading.read))),
    );
  }
  return reading.files.get(path);
}

/** The expression of a node, or undefined with its problems added. */
export function expressionOf(reading: Reading, node: Node): Expression | undefined {
  return collecting(reading, () => sound(compileNode(node)));
}

/**
 * A node with its templates replaced by what they give before anything runs: from `-e` and the play's variables.
 * Undefined, with a problem, where they need more.
 */
export function settled(reading: Reading, vars: readonly VarLayer[], node: Node, what: string): Node | undefined {
  const expression = expressionOf(reading, node);
  if (!expression) return undefined;
  if (expression.constant) return node;
  try {
    return nodeOfValue(expression.evaluate(staticScope(reading, vars)), node.at);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    const hint = `${what} is decided before anything runs: give the variable with -e, or in "vars" of the play`;
    reading.problems.push({ message: error.message, at: error.at ?? node.at, hint });
    return undefined;
  }
}

const staticScope = (reading: Reading, vars: readonly VarLayer[]): Scope =>
  scopeOf([...vars, reading.extraVars], reading.lookup);

/** Problems for keys that a place does not take; those that are no keywords at all are left to `others`. */
export function checkKeywords(reading: Reading, place: Place, map: MapNode, others: ReadonlySet<string>): void {
  for (const { key, keyAt } of map.entries) {
    if (others.has(key) || keywords[key]?.on.includes(place)) continue;
    reading.problems.push(wrongKeyword(key, keyAt, place));
  }
}

const placeWords: Readonly<Record<Place, string>> = {
  play: 'a play',
  inner: 'a play among tasks',
  task: 'a task',
  block: 'a block',
  meta: '"meta"',
  import_tasks: '"import_tasks"',
  import_playbook: '"import_playbook"',
};

/** A problem where a key is one of Ansible's that is not there yet. */
export function notYetProblem(key: string, at: Location): Problem | undefined {
  const listed = Object.hasOwn(notYet, key) ? notYet[key] : undefined;
  const hint = key.startsWith('with_') ? 'write "loop" with a list' : listed;
  return hint === undefined ? undefined : { message: `"${key}" is not there yet`, at, hint };
}

/** Why a key cannot stand in that place: not there yet, only elsewhere, or misspelt. */
export function wrongKeyword(key: string, at: Location, place: Place): Problem {
  const later = notYetProblem(key, at);
  if (later) return later;
  const elsewhere = Object.hasOwn(keywords, key) ? keywords[key] : undefined;
  if (elsewhere) {
    const places = elsewhere.on.map((each) => placeWords[each]).join(', ');
    return { message: `${placeWords[place]} cannot have "${key}"`, at, hint: `it belongs to ${places}` };
  }
  const guess = nearest(key, [...keywordsOf(place), ...Object.keys(notYet)]);
  const hint = guess ? `did you mean "${guess}"?` : undefined;
  return { message: `${placeWords[place]} has no keyword "${key}"`, at, hint };
}
