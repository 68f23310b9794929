// Where playbooks and inventories are looked for: as given, then in the project's folder for them, then among those
// that come with cs-play.

import { existsSync, readdirSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { basename, join } from 'node:path';
import { InvalidInput } from '../errors.ts';
import { nearest } from '../nearest.ts';
import { commandNames } from './command-names.ts';
import { packageFolder } from './package.ts';

/** What is looked for, and the name of the folder it is looked for in. */
export type Shelf = 'playbooks' | 'inventory';

const nouns: Readonly<Record<Shelf, string>> = { playbooks: 'playbook', inventory: 'inventory' };

/** The path of a file (or, for an inventory, a folder). Throws `InvalidInput` that says where it was looked for. */
export function find(given: string, shelf: Shelf): string {
  if (given === '')
    throw new InvalidInput([
      { message: `the name of the ${nouns[shelf]} is empty`, hint: 'is a variable of the shell not set?' },
    ]);
  const places = candidates(given, shelf);
  const found = places.find((place) => usable(place, shelf));
  if (found !== undefined) return found;
  const folder = places.find((place) => existsSync(place));
  if (folder !== undefined)
    throw new InvalidInput([{ message: `"${given}" is not a ${nouns[shelf]} file`, hint: 'name the file in it' }]);
  throw new InvalidInput([missing(given, shelf)]);
}

function candidates(given: string, shelf: Shelf): string[] {
  const path = given === '~' || given.startsWith('~/') ? join(homedir(), given.slice(1)) : given;
  if (path.startsWith('/')) return [path];
  const names = /\.(ya?ml|json|ini)$/.test(path) ? [path] : [path, `${path}.yml`];
  return [
    ...names,
    ...names.map((name) => join(shelf, name)),
    ...names.map((name) => join(packageFolder(), shelf, name)),
  ];
}

function usable(place: string, shelf: Shelf): boolean {
  const stats = statSync(place, { throwIfNoEntry: false });
  if (!stats) return false;
  return shelf === 'inventory' ? true : !stats.isDirectory();
}

function missing(given: string, shelf: Shelf) {
  const known = [shelf, join(packageFolder(), shelf)].flatMap((folder) => filesIn(folder));
  const guess = nearest(basename(given), known);
  const command = shelf === 'playbooks' ? nearest(given, commandNames) : undefined;
  const hint = guess
    ? `did you mean "${guess}"?`
    : command
      ? `did you mean the command "${command}"?`
      : `there are: ${[...new Set(known)].join(', ') || 'none'}`;
  return { message: `no ${nouns[shelf]} "${given}" here, under ${shelf}/ or among those that come with cs-play`, hint };
}

function filesIn(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder).filter((name) => /\.ya?ml$/.test(name));
}
