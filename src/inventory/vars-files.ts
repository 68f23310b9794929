// Files of variables: `group_vars/` and `host_vars/` beside an inventory or a playbook, and `vars_files:`.

import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { InvalidInput, type Location, type Problem, type Source } from '../errors.ts';
import type { VarLayer } from '../model.ts';
import { expectMap, isNothing } from '../yaml/expect.ts';
import { readYaml } from '../yaml/read.ts';
import { type FilesRead, readSource } from '../yaml/source.ts';
import { layerOf } from './layer.ts';

const extensions = ['.yml', '.yaml', '.json'];

/** What is known around a file of variables: where it was named, and who is told that it was read. */
export interface VarsFileOptions {
  readonly at?: Location | undefined;
  readonly read?: FilesRead | undefined;
}

/** The variables of a file; none for an empty one. */
export function varsFile(path: string, problems: Problem[], { at, read }: VarsFileOptions = {}): VarLayer | undefined {
  try {
    const source = readSource(path, at, read);
    refuseVault(source);
    const root = readYaml(source);
    const map = isNothing(root) ? undefined : expectMap(root, 'a file of variables', problems);
    return map && layerOf(source.file, map, problems);
  } catch (error) {
    if (!(error instanceof InvalidInput)) throw error;
    problems.push(...error.problems);
    return undefined;
  }
}

function refuseVault(source: Source): void {
  const header = /^\$ANSIBLE_VAULT;\S*/.exec(source.text)?.[0];
  if (header === undefined) return;
  const hint = `keep secrets outside: "{{ lookup('env', 'NAME') }}", or lookup('pipe', 'ansible-vault view FILE')`;
  const at = { source, start: 0, end: header.length };
  throw new InvalidInput([{ message: 'files encrypted with ansible-vault are not there yet', at, hint }]);
}

/** `group_vars` or `host_vars` of one folder: layers by name, each file read once and only when asked for. */
export class VarsFolder {
  readonly #layers = new Map<string, readonly VarLayer[]>();
  readonly #files: ReadonlyMap<string, readonly string[]>;
  readonly #problems: Problem[];
  readonly #read: FilesRead | undefined;

  constructor(folder: string, problems: Problem[], read: FilesRead | undefined) {
    this.#files = filesByName(folder);
    this.#problems = problems;
    this.#read = read;
  }

  get names(): Iterable<string> {
    return this.#files.keys();
  }

  /** Low to high: the files of a folder of that name, then the file itself. */
  of(name: string): readonly VarLayer[] {
    const known = this.#layers.get(name);
    if (known) return known;
    const options = { read: this.#read };
    const layers = (this.#files.get(name) ?? []).flatMap((file) => varsFile(file, this.#problems, options) ?? []);
    this.#layers.set(name, layers);
    return layers;
  }
}

function filesByName(folder: string): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>();
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) return found;
  const entries = readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
  for (const entry of entries) {
    if (entry.name.startsWith('.')) continue;
    const path = join(folder, entry.name);
    const name = entry.isDirectory() ? entry.name : stem(entry.name);
    const files = entry.isDirectory() ? filesBelow(path) : [path];
    if (name !== undefined) found.set(name, [...(found.get(name) ?? []), ...files]);
  }
  return found;
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => extensions.some((extension) => name.endsWith(extension)))
    .sort()
    .map((name) => join(folder, name));
}

/** The name that a file is for; undefined for a file that holds no variables. */
function stem(file: string): string | undefined {
  const extension = extensions.find((each) => file.endsWith(each));
  if (extension) return file.slice(0, -extension.length);
  return /^\w[\w-]*$/.test(file) ? file : undefined;
}
