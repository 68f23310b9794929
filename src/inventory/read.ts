// Inventory files into hosts: Ansible's YAML format, with clouds and their management servers as a tree.

import { resolve } from 'node:path';
import { InvalidInput, type Problem } from '../errors.ts';
import type { Host, HostKind, Inventory, VarLayer } from '../model.ts';
import { nearest } from '../nearest.ts';
import { readYaml } from '../yaml/read.ts';
import type { FilesRead } from '../yaml/source.ts';
import { type Lookup, managementServers, missingVariables, wrongVariables } from './clouds.ts';
import { type InventoryFiles, inventoryFiles } from './files.ts';
import { addFile, type GroupTree, type HostRecord } from './groups.ts';
import { Layering } from './hosts.ts';
import { readIni } from './ini.ts';
import { connectionVariables } from './variables.ts';

export interface InventoryOptions {
  /** The playbook's folder: `group_vars/` and `host_vars/` beside it count as well, and beat the inventory's. */
  readonly playbookFolder?: string | undefined;
  /** For a `management_servers:` that is a template. */
  readonly lookup: Lookup;
  /** Is told of every file that is read. */
  readonly read?: FilesRead | undefined;
}

export interface ReadInventory {
  readonly inventory: Inventory;
  readonly problems: readonly Problem[];
}

/** Reads inventories; several add up, later ones win; none at all has no hosts. Throws `InvalidInput` with all problems of all files. */
export function readInventory(paths: readonly string[], options: InventoryOptions): Inventory {
  const { inventory, problems } = tryReadInventory(paths, options);
  if (problems.length > 0) throw new InvalidInput(problems);
  return inventory;
}

/** The same, with what could be read even where there are problems. */
export function tryReadInventory(paths: readonly string[], options: InventoryOptions): ReadInventory {
  const problems: Problem[] = [];
  const files = inventoryFiles(paths, problems, options.read);
  const tree: GroupTree = { groups: new Map(), hosts: new Map() };
  for (const source of files.sources) {
    try {
      addFile(tree, source.format === 'ini' ? readIni(source) : readYaml(source), problems);
    } catch (error) {
      if (!(error instanceof InvalidInput)) throw error;
      problems.push(...error.problems);
    }
  }
  const layering = new Layering(tree, foldersOf(files, options), problems, options.read);
  const hosts = hostsOf(tree, layering, options.lookup, problems);
  const layers = new Set(hosts.flatMap((host) => host.layers));
  for (const layer of layers) problems.push(...wrongVariables(layer));
  if (hosts.length === 0 && problems.length === 0 && paths.length > 0) problems.push(noHosts(files));
  const inventory: Inventory = {
    files: files.sources.map((source) => source.file),
    hosts,
    groups: membersOf(tree, hosts),
    groupVars: layering.byGroup(),
    warnings: [...layering.strayFiles(hosts), ...misspelt(layers)],
  };
  return { inventory, problems };
}

function foldersOf(files: InventoryFiles, options: InventoryOptions): string[] {
  const beside = options.playbookFolder === undefined ? [] : [options.playbookFolder];
  return [...new Set([...files.folders, ...beside].map((folder) => resolve(folder)))];
}

const noHosts = (files: InventoryFiles): Problem => ({
  message: `the inventory has no hosts: ${files.sources.map((source) => source.file).join(', ')}`,
  hint: 'add a cloud: "clouds: { hosts: { eu-1: { api_url: … } } }"',
});

function hostsOf(tree: GroupTree, layering: Layering, lookup: Lookup, problems: Problem[]): Host[] {
  const top = [...tree.hosts.values()].map((record) => hostOf(record, layering));
  const children = new Map<string, readonly Host[]>();
  for (const host of top) {
    if (host.kind !== 'cloud') continue;
    problems.push(...missingVariables(host));
    children.set(host.path, serversOf(host, tree, layering, lookup, problems));
  }
  // A management server that is also written as a host of its own is one machine: it stands below its cloud.
  const moved = new Set([...children.values()].flat().map((host) => host.name));
  return top
    .filter((host) => host.kind === 'cloud' || !moved.has(host.name))
    .flatMap((host) => [host, ...(children.get(host.path) ?? [])]);
}

function hostOf(record: HostRecord, layering: Layering): Host {
  const written = layering.groupsOf(record.groups);
  const layers = layering.layersOf(record, written);
  const isCloud = written.includes('clouds') || layers.some((layer) => layer.vars.has('api_url'));
  if (!isCloud || written.includes('clouds')) return host(record, isCloud ? 'cloud' : 'host', written, layers);
  const groups = layering.groupsOf([...record.groups, 'clouds']);
  return host(record, 'cloud', groups, layering.layersOf(record, groups));
}

function host(record: HostRecord, kind: HostKind, groups: readonly string[], layers: readonly VarLayer[]): Host {
  return { path: record.name, name: record.name, kind, parent: undefined, groups, layers, facts: {}, at: record.at };
}

function serversOf(cloud: Host, tree: GroupTree, layering: Layering, lookup: Lookup, problems: Problem[]): Host[] {
  const inherited = new Set(cloud.layers);
  const seen = new Set<string>();
  return managementServers(cloud, lookup, problems).flatMap(({ name, layer, at }): Host[] => {
    if (seen.has(name)) {
      problems.push({ message: `management server "${name}" is there twice in "${cloud.name}"`, at });
      return [];
    }
    seen.add(name);
    const written = tree.hosts.get(name) ?? { name, at, groups: new Set<string>(), layers: [] };
    const record = { ...written, layers: layer ? [...written.layers, layer] : written.layers };
    const groups = layering.groupsOf([...written.groups, cloud.name, 'management_servers']);
    // What the cloud has already would win over the cloud's own variables if it were there again.
    const layers = layering.layersOf(record, groups).filter((each) => !inherited.has(each));
    const path = `${cloud.path}/${name}`;
    return [{ path, name, kind: 'management_server', parent: cloud, groups, layers, facts: {}, at: written.at }];
  });
}

/** Every group that is written, and those that hosts come into by what they are, with their hosts in file order. */
function membersOf(tree: GroupTree, hosts: readonly Host[]): ReadonlyMap<string, readonly Host[]> {
  const names = [...tree.groups.keys()].filter((name) => name !== 'all');
  const members = new Map<string, Host[]>(names.map((name) => [name, []]));
  for (const host of hosts) {
    for (const group of host.groups) {
      const list = members.get(group);
      if (list) list.push(host);
      else members.set(group, [host]);
    }
  }
  return members;
}

/** Variables that are all but one of ours. */
function misspelt(layers: Iterable<VarLayer>): Problem[] {
  const known = Object.keys(connectionVariables);
  const seen = new Set<string>();
  return [...layers].flatMap(({ vars }) =>
    [...vars].flatMap(([name, expression]) => {
      if (seen.has(name) || Object.hasOwn(connectionVariables, name)) return [];
      seen.add(name);
      const guess = nearest(name, known);
      // One's own names may well be near; only a letter more, less, other or swapped is a slip.
      if (guess === undefined || Math.abs(guess.length - name.length) > 1 || guess.slice(0, 3) !== name.slice(0, 3)) {
        return [];
      }
      const message = `"${name}" is a variable of your own, but looks like one that cs-play reads`;
      return [{ message, at: expression.at, hint: `did you mean "${guess}"?` }];
    }),
  );
}
