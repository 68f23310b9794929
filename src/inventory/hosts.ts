// From groups and files of variables to hosts: who is in which groups, and whose variables win.

import { join } from 'node:path';
import type { Problem } from '../errors.ts';
import type { Host, VarLayer } from '../model.ts';
import { nearest } from '../nearest.ts';
import type { FilesRead } from '../yaml/source.ts';
import { type GroupTree, groupOrder, type HostRecord } from './groups.ts';
import { discoveredGroups } from './limit.ts';
import { VarsFolder } from './vars-files.ts';

/** Answers, for a record of the inventory files, what the host of it is in and which layers it has. */
export class Layering {
  readonly #tree: GroupTree;
  readonly #order: ReadonlyMap<string, number>;
  readonly #groupVars: readonly VarsFolder[];
  readonly #hostVars: readonly VarsFolder[];
  /** By the groups that list a host, since thousands of hosts have the same. */
  readonly #chains = new Map<string, readonly string[]>();
  readonly #layers = new Map<string, readonly VarLayer[]>();

  /** `folders`: where `group_vars` and `host_vars` may lie, the playbook's last. */
  constructor(tree: GroupTree, folders: readonly string[], problems: Problem[], read: FilesRead | undefined) {
    this.#tree = tree;
    this.#order = groupOrder(tree, problems);
    this.#groupVars = folders.map((folder) => new VarsFolder(join(folder, 'group_vars'), problems, read));
    this.#hostVars = folders.map((folder) => new VarsFolder(join(folder, 'host_vars'), problems, read));
  }

  /** Every group that a host is in, `all` left out: the groups given and all above them, nearest last. */
  groupsOf(direct: Iterable<string>): readonly string[] {
    const key = [...direct].sort().join('\n');
    const known = this.#chains.get(key);
    if (known) return known;
    const found = new Set<string>();
    const climb = (name: string) => {
      if (name === 'all' || found.has(name)) return;
      found.add(name);
      for (const parent of this.#tree.groups.get(name)?.parents ?? []) climb(parent);
    };
    for (const name of key === '' ? ['ungrouped'] : key.split('\n')) climb(name);
    const rank = (name: string) => this.#order.get(name) ?? this.#order.size;
    const groups = [...found].sort((a, b) => rank(a) - rank(b));
    this.#chains.set(key, groups);
    return groups;
  }

  /** Low to high, as Ansible has it: groups in the inventory, `group_vars`, the host itself, `host_vars`. */
  layersOf(record: HostRecord, groups: readonly string[]): readonly VarLayer[] {
    const files = this.#hostVars.flatMap((folder) => folder.of(record.name));
    return [...this.groupLayers(['all', ...groups]), ...record.layers, ...files];
  }

  groupLayers(groups: readonly string[]): readonly VarLayer[] {
    const key = groups.join('\n');
    const known = this.#layers.get(key);
    if (known) return known;
    const written = groups.flatMap((name) => this.#tree.groups.get(name)?.layers ?? []);
    const all = groups.includes('all') ? this.#groupVars.flatMap((folder) => folder.of('all')) : [];
    const named = groups.filter((name) => name !== 'all');
    const files = this.#groupVars.flatMap((folder) => named.flatMap((name) => folder.of(name)));
    const layers = [...written, ...all, ...files];
    this.#layers.set(key, layers);
    return layers;
  }

  /** Variables of each group, for hosts that are discovered into it. */
  byGroup(): ReadonlyMap<string, readonly VarLayer[]> {
    const names = new Set([...this.#tree.groups.keys(), ...discoveredGroups]);
    names.delete('all');
    return new Map([...names].map((name) => [name, this.groupLayers([name])]));
  }

  /** Files of variables that nobody reads, where a name near theirs exists: likely misspelt. */
  strayFiles(hosts: readonly Host[]): Problem[] {
    const groups = new Set([...this.#tree.groups.keys(), ...discoveredGroups, 'all', 'ungrouped']);
    const names = new Set(hosts.map((host) => host.name));
    return [
      ...this.#groupVars.flatMap((folder) => stray('group', folder, groups)),
      ...this.#hostVars.flatMap((folder) => stray('host', folder, names)),
    ];
  }
}

function stray(kind: 'group' | 'host', folder: VarsFolder, known: ReadonlySet<string>): Problem[] {
  return [...folder.names].flatMap((name) => {
    const guess = known.has(name) ? undefined : nearest(name, known);
    if (guess === undefined) return [];
    return [{ message: `${kind}_vars has "${name}", but there is no such ${kind}`, hint: `did you mean "${guess}"?` }];
  });
}
