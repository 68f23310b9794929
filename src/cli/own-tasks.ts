// Task modules of the user's own: a `tasks/` folder beside the playbook. Same form and same rights as ours.

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import * as nodeModule from 'node:module';
import { basename, extname, join, resolve, sep } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Problem } from '../errors.ts';
import { InvalidInput } from '../errors.ts';
import { nearest } from '../nearest.ts';
import type { TaskModule } from '../task.ts';
import type { FilesRead } from '../yaml/source.ts';
import { packageFolder } from './package.ts';

const EXTENSIONS = ['.mjs', '.js', '.ts'];

/**
 * The modules of one folder, by file name. `read` is told of them, and of what lies below them to be imported. Throws
 * `InvalidInput` with every problem of every file.
 */
export async function ownTaskModules(
  folder: string,
  ours: ReadonlyMap<string, TaskModule>,
  read?: FilesRead,
): Promise<TaskModule[]> {
  if (!existsSync(folder) || resolve(folder) === join(packageFolder(), 'tasks')) return [];
  const names = readdirSync(folder).filter(isScript);
  if (names.length > 0) resolveOurselves();
  for (const path of scriptsBelow(folder)) read?.add(path, readFileSync(path));
  const problems: Problem[] = [];
  const modules: TaskModule[] = [];
  for (const name of names.sort()) {
    const loaded = await load(join(folder, name));
    const found = 'message' in loaded ? [loaded] : problemsOf(loaded.module, join(folder, name), ours);
    problems.push(...found);
    if (found.length === 0 && 'module' in loaded) modules.push(loaded.module as TaskModule);
  }
  if (problems.length > 0) throw new InvalidInput(problems);
  return modules;
}

const isScript = (name: string) => EXTENSIONS.includes(extname(name)) && !name.endsWith('.d.ts');

/** Modules and whatever they may import from folders beside them; installed packages are left to their lock file. */
function scriptsBelow(folder: string): string[] {
  const all = readdirSync(folder, { recursive: true, withFileTypes: true });
  const paths = all.filter((entry) => !entry.isDirectory()).map(({ parentPath, name }) => join(parentPath, name));
  return paths.filter((path) => isScript(path) && !path.split(sep).includes('node_modules'));
}

async function load(path: string): Promise<{ module: unknown } | Problem> {
  if (extname(path) === '.ts' && !(process.features as { typescript?: unknown }).typescript) {
    return {
      message: `${path}: this Node (${process.version}) does not read TypeScript`,
      hint: 'Node 22.18 or newer does; or write it as .mjs',
    };
  }
  try {
    return { module: (await import(pathToFileURL(resolve(path)).href)).default };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const hint =
      error instanceof SyntaxError
        ? `node --check ${path} shows where`
        : 'mend it, or move it out of that folder: every file in it is a task module';
    return { message: `${path}${lineOf(error, path)} cannot be loaded: ${message}`, hint };
  }
}

/** `:12` where the error tells a line of the file. */
function lineOf(error: unknown, path: string): string {
  const stack = error instanceof Error ? (error.stack ?? '') : '';
  const [, after = ''] = stack.split(pathToFileURL(resolve(path)).href);
  return /^:\d+/.exec(after)?.[0] ?? '';
}

type FieldType = 'string' | 'object' | 'number' | 'function' | 'boolean';

/** What a declaration has to have. */
const required: Readonly<Record<string, FieldType>> = {
  name: 'string',
  summary: 'string',
  args: 'object',
  example: 'string',
  timeoutSeconds: 'number',
  check: 'function',
};

/** What it may have besides. */
const optional: Readonly<Record<string, FieldType>> = {
  description: 'string',
  additionalArgs: 'string',
  setsVariables: 'boolean',
  shorthand: 'string',
  returns: 'object',
  preflight: 'function',
  apply: 'function',
  proof: 'string',
  provesChanges: 'boolean',
  momentary: 'object',
  sameAgain: 'function',
};

const fields = { ...required, ...optional };

const argTypes = [
  'string',
  'integer',
  'number',
  'boolean',
  'strings',
  'list',
  'map',
  'any',
  'expression',
  'conditions',
  'bundle',
  'certificate',
];

function problemsOf(module: unknown, path: string, ours: ReadonlyMap<string, TaskModule>): Problem[] {
  if (typeof module !== 'object' || module === null) {
    return [{ message: `${path}: the default export is not a task module`, hint: 'export default defineTask({ … })' }];
  }
  const declared = module as Record<string, unknown>;
  const wrong: Problem[] = [];
  for (const [field, type] of Object.entries(fields)) {
    const value = declared[field];
    if (value === undefined && field in optional) continue;
    if (typeof value !== type || value === null) {
      wrong.push({
        message: `${path}: "${field}" must be ${article(type)}`,
        hint: `docs/own-tasks.md shows a whole module`,
      });
    }
  }
  for (const field of Object.keys(declared)) {
    if (!(field in fields))
      wrong.push({ message: `${path}: unknown field "${field}"`, hint: guess(field, Object.keys(fields)) });
  }
  if (typeof declared['name'] === 'string') wrong.push(...nameProblems(declared['name'], path, ours));
  if (typeof declared['args'] === 'object' && declared['args'] !== null)
    wrong.push(...argProblems(declared['args'], path));
  return [...wrong, ...wordProblems(declared, path)];
}

/** Fields that hold one of a few words. */
function wordProblems({ shorthand, proof, args }: Record<string, unknown>, path: string): Problem[] {
  const problems: Problem[] = [];
  const names = Object.keys(args ?? {});
  if (typeof shorthand === 'string' && !names.includes(shorthand)) {
    problems.push({ message: `${path}: "shorthand" is no argument: "${shorthand}"`, hint: guess(shorthand, names) });
  }
  if (typeof proof === 'string' && proof !== 'check' && proof !== 'none') {
    problems.push({ message: `${path}: "proof" is "${proof}"`, hint: 'check or none' });
  }
  return problems;
}

const article = (type: FieldType) => (type === 'object' ? 'an object' : `a ${type}`);

function nameProblems(name: string, path: string, ours: ReadonlyMap<string, TaskModule>): Problem[] {
  const file = basename(path, extname(path));
  if (ours.has(name))
    return [{ message: `${path}: "${name}" is a task of cs-play itself`, hint: 'give it another name' }];
  if (!/^[a-z][a-z0-9_]*$/.test(name))
    return [{ message: `${path}: the name "${name}" is not in snake_case`, hint: 'as in default_setting' }];
  if (name !== file)
    return [
      {
        message: `${path}: its name is "${name}"`,
        hint: `the file and the task have one name: ${name}${extname(path)}`,
      },
    ];
  return [];
}

function argProblems(args: object, path: string): Problem[] {
  return Object.entries(args as Record<string, { type?: unknown; description?: unknown }>).flatMap(([name, spec]) => {
    const problems: Problem[] = [];
    if (!argTypes.includes(String(spec?.type))) {
      problems.push({
        message: `${path}: argument "${name}" has no known type`,
        hint: `one of ${argTypes.join(', ')}`,
      });
    }
    if (typeof spec?.description !== 'string')
      problems.push({ message: `${path}: argument "${name}" has no description` });
    return problems;
  });
}

function guess(word: string, names: readonly string[]): string {
  const near = nearest(word, names);
  return near ? `did you mean "${near}"?` : `known are ${names.join(', ') || 'none'}`;
}

let resolved = false;

/** Makes `import { defineTask } from 'cs-play'` work in a task file, wherever cs-play itself is installed. */
function resolveOurselves(): void {
  if (resolved) return;
  resolved = true;
  const target = new URL('../task.js', import.meta.url).href;
  const hooks = nodeModule as unknown as { registerHooks?: (hooks: object) => void };
  if (hooks.registerHooks) {
    hooks.registerHooks({
      resolve: (specifier: string, context: object, next: (specifier: string, context: object) => object) =>
        specifier === 'cs-play' ? { url: target, shortCircuit: true } : next(specifier, context),
    });
    return;
  }
  const source = `export const resolve = (specifier, context, next) => specifier === 'cs-play' ? { url: ${JSON.stringify(target)}, shortCircuit: true } : next(specifier, context);`;
  nodeModule.register(`data:text/javascript,${encodeURIComponent(source)}`);
}
