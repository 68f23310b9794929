// Which files `-i` means, and the text of each.

import { readdirSync, statSync } from 'node:fs';
import { dirname, extname, join } from 'node:path';
import { InvalidInput, type Problem, type Source } from '../errors.ts';
import { displayPath, type FilesRead, readSource } from '../yaml/source.ts';

/** Files beside an inventory that are none: notes, copies, the editor schema. */
const ignored = /^\.|~$|^schema\.json$|\.(md|txt|rst|bak|orig|swp|retry|pyc)$/;
const yaml = new Set(['.yml', '.yaml', '.json']);
const ini = new Set(['.ini', '.cfg']);

export interface InventorySource extends Source {
  readonly format: 'yaml' | 'ini';
}

export interface InventoryFiles {
  readonly sources: readonly InventorySource[];
  /** Folders in which `group_vars/` and `host_vars/` may lie, each once. */
  readonly folders: readonly string[];
}

/** Reads every file that the paths mean; a folder stands for the files in it. What cannot be read is a problem. */
export function inventoryFiles(paths: readonly string[], problems: Problem[], read?: FilesRead): InventoryFiles {
  const sources: InventorySource[] = [];
  const folders = new Set<string>();
  for (const path of paths) {
    try {
      const folder = isFolder(path);
      folders.add(folder ? path : dirname(path));
      for (const file of folder ? filesIn(path, problems) : [path]) sources.push(inventorySource(file, read));
    } catch (error) {
      if (!(error instanceof InvalidInput)) throw error;
      problems.push(...error.problems);
    }
  }
  return { sources, folders: [...folders] };
}

function isFolder(path: string): boolean {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found) return found.isDirectory();
  if (!path.includes(',')) throw new InvalidInput([{ message: `there is no inventory "${displayPath(path)}"` }]);
  const hint = 'write them into a YAML inventory: "all: { hosts: { NAME: } }"';
  throw new InvalidInput([{ message: `a list of hosts as the inventory is not there yet: "${path}"`, hint }]);
}

function filesIn(folder: string, problems: Problem[]): string[] {
  const names = readdirSync(folder, { withFileTypes: true })
    .filter((entry) => !entry.isDirectory() && !ignored.test(entry.name))
    .map((entry) => entry.name)
    .sort();
  if (names.length === 0) problems.push({ message: `the folder "${displayPath(folder)}" has no inventory file` });
  return names.map((name) => join(folder, name));
}

function inventorySource(path: string, read: FilesRead | undefined): InventorySource {
  const extension = extname(path);
  const source = readSource(path, undefined, read);
  if (/\.(py|sh|pl|rb)$/.test(path) || source.text.startsWith('#!')) {
    const message = `"${displayPath(path)}" is a program; inventory programs are not there yet`;
    const hint = `write what it says into a file: ansible-inventory -i ${displayPath(path)} --list --yaml`;
    throw new InvalidInput([{ message, hint }]);
  }
  const isIni = ini.has(extension) || looksLikeIni(source.text);
  if (isIni && yaml.has(extension)) {
    const at = { source, start: 0, end: source.text.split('\n', 1)[0]?.length ?? 0 };
    const hint = 'give it a name that ends in .ini, or write it as YAML';
    throw new InvalidInput([{ message: `an INI inventory is named "${extension}"`, at, hint }]);
  }
  return { ...source, format: isIni ? 'ini' : 'yaml' };
}

/** The first line that says something is `[group]`, a bare name or `name key=value`: no YAML inventory starts so. */
function looksLikeIni(text: string): boolean {
  const line = text.split('\n').find((each) => each.trim() !== '' && !/^\s*[#;]|^---/.test(each)) ?? '';
  return /^\[[\w.:-]+\]\s*$/.test(line) || /^[^\s:{[]+(\s+\w+=.*)?\s*$/.test(line);
}
