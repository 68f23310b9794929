// A playbook's file into plays.

import { dirname, resolve } from 'node:path';
import { InvalidInput, type Location, type Problem } from '../errors.ts';
import type { MapNode, Node, Play, Playbook, Scope, VarLayer } from '../model.ts';
import type { TaskModule } from '../task.ts';
import { expectMap, field, isNothing, kindOf } from '../yaml/expect.ts';
import { displayPath, type FilesRead } from '../yaml/source.ts';
import { type Inherited, inherit, nothingInherited } from './inherited.ts';
import { checkKeywords, type Reading, readFile } from './reading.ts';
import { importedPath, playOf } from './steps.ts';

export interface PlaybookOptions {
  readonly modules: ReadonlyMap<string, TaskModule>;
  /** `-e`: what may be needed before anything runs, as in `hosts: "{{ target }}"`. */
  readonly extraVars: VarLayer;
  readonly lookup: Scope['lookup'];
  /** Is told of every file that is read. */
  readonly read?: FilesRead | undefined;
}

export interface ReadPlaybook {
  readonly playbook: Playbook;
  readonly problems: readonly Problem[];
}

/** Reads a playbook with everything it imports. Throws `InvalidInput` with all problems of all files. */
export function readPlaybook(path: string, options: PlaybookOptions): Playbook {
  const { playbook, problems } = tryReadPlaybook(path, options);
  if (problems.length > 0) throw new InvalidInput(problems);
  return playbook;
}

/** The same, with what could be read even where there are problems. */
export function tryReadPlaybook(path: string, options: PlaybookOptions): ReadPlaybook {
  const reading: Reading = { ...options, problems: [], files: new Map() };
  const file = resolve(path);
  const position = { next: 0 };
  const plays = playsOf(reading, nothingInherited(dirname(file)), file, undefined, [file], position);
  return { playbook: { file: displayPath(file), plays }, problems: reading.problems };
}

function playsOf(
  reading: Reading,
  inherited: Inherited,
  file: string,
  at: Location | undefined,
  files: readonly string[],
  position: { next: number },
): Play[] {
  const root = readFile(reading, file, at);
  if (!root) return [];
  if (root.kind !== 'list' || root.items.length === 0) {
    reading.problems.push(notPlays(root));
    return [];
  }
  return root.items.flatMap((item) => {
    const map = expectMap(item, 'a play', reading.problems);
    if (!map) return [];
    if (field(map, 'import_playbook')) return importedPlays(reading, inherited, map, files, position);
    return playItem(reading, inherited, map, files, position);
  });
}

function notPlays(root: Node): Problem {
  const empty = isNothing(root) || (root.kind === 'list' && root.items.length === 0);
  const message = empty ? 'the playbook is empty' : `a playbook has to be a list of plays, not ${kindOf(root)}`;
  return { message, at: root.at, hint: 'start a play with "- hosts: …"' };
}

function playItem(
  reading: Reading,
  inherited: Inherited,
  map: MapNode,
  files: readonly string[],
  position: { next: number },
): Play[] {
  if (!field(map, 'hosts')) {
    const task = !field(map, 'tasks') && map.entries.some(({ key }) => reading.modules.has(key) || key === 'block');
    const message = task ? 'a task has to be inside a play' : 'a play needs "hosts"';
    const hint = task ? 'put it under "tasks:" of a play' : 'write which hosts: "hosts: clouds"';
    reading.problems.push({ message, at: map.at, hint });
    if (task) return [];
  }
  const id = String(position.next);
  position.next += 1;
  return [playOf(reading, inherited, map, id, 'play', files)];
}

/** The plays of another playbook, in this place. */
function importedPlays(
  reading: Reading,
  outer: Inherited,
  map: MapNode,
  files: readonly string[],
  position: { next: number },
): Play[] {
  checkKeywords(reading, 'import_playbook', map, new Set());
  const inherited = inherit(reading, outer, map, 'import vars');
  const path = importedPath(reading, inherited, map, 'import_playbook');
  if (!path) return [];
  if (files.includes(path.absolute)) {
    reading.problems.push({ message: `"${displayPath(path.absolute)}" imports itself`, at: path.at });
    return [];
  }
  const inside = { ...inherited, folder: dirname(path.absolute) };
  return playsOf(reading, inside, path.absolute, path.at, [...files, path.absolute], position);
}
