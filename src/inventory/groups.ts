// The tree of groups that inventory files write down: who is in what, and which variables each group has.

import type { Location, Problem } from '../errors.ts';
import type { MapEntry, MapNode, Node, VarLayer } from '../model.ts';
import { nearest } from '../nearest.ts';
import { expectInteger, expectMap, field, isNothing, kindOf } from '../yaml/expect.ts';
import { layerOf } from './layer.ts';
import { expandRanges } from './ranges.ts';

export interface GroupRecord {
  readonly name: string;
  readonly at: Location;
  readonly parents: Set<string>;
  /** One layer for each place where the group has `vars:`, in reading order. */
  readonly layers: VarLayer[];
  priority: number;
}

export interface HostRecord {
  readonly name: string;
  readonly at: Location;
  /** Groups that list the host itself. */
  readonly groups: Set<string>;
  readonly layers: VarLayer[];
}

/** Everything that the inventory files say, in reading order. */
export interface GroupTree {
  readonly groups: Map<string, GroupRecord>;
  readonly hosts: Map<string, HostRecord>;
}

const groupKeys = ['hosts', 'vars', 'children'] as const;

/** Adds what one inventory file says. */
export function addFile(tree: GroupTree, root: Node, problems: Problem[]): void {
  const map = expectMap(root, 'an inventory', problems);
  if (!map) return;
  for (const entry of map.entries) {
    const problem = misplaced(entry);
    if (problem) problems.push(problem);
    else addGroup(tree, entry, 'all', problems);
  }
}

function misplaced({ key, keyAt }: MapEntry): Problem | undefined {
  if ((groupKeys as readonly string[]).includes(key)) {
    return { message: `"${key}" has to be inside a group`, at: keyAt, hint: `put it under "all:"` };
  }
  if (key !== 'plugin') return undefined;
  return { message: 'inventory plugins are not there yet', at: keyAt, hint: 'list the hosts in a YAML inventory' };
}

function addGroup(tree: GroupTree, entry: MapEntry, parent: string, problems: Problem[]): void {
  const { key: name, keyAt, value } = entry;
  const wrong = groupNameProblem(name, keyAt);
  if (wrong) problems.push(wrong);
  const group = tree.groups.get(name) ?? { name, at: keyAt, parents: new Set<string>(), layers: [], priority: 1 };
  tree.groups.set(name, group);
  if (name !== 'all') group.parents.add(parent);
  if (isNothing(value)) return;
  const body = expectMap(value, `group "${name}"`, problems);
  if (!body) return;
  checkKeys(name, body, problems);
  addVars(group, body, problems);
  addHosts(tree, group, body, problems);
  addChildren(tree, group, body, problems);
}

function groupNameProblem(name: string, at: Location): Problem | undefined {
  if (/^[\w.-]+$/.test(name)) return undefined;
  return { message: `"${name}" cannot be the name of a group`, at, hint: 'letters, digits, "_", "-" and "." can be' };
}

function checkKeys(name: string, body: MapNode, problems: Problem[]): void {
  for (const { key, keyAt } of body.entries) {
    if ((groupKeys as readonly string[]).includes(key)) continue;
    const guess = nearest(key, groupKeys);
    const hint = guess ? `did you mean "${guess}"?` : 'a group has "hosts", "vars" and "children"';
    problems.push({ message: `group "${name}" has no "${key}"`, at: keyAt, hint });
  }
}

function addVars(group: GroupRecord, body: MapNode, problems: Problem[]): void {
  const node = field(body, 'vars');
  if (!node || isNothing(node)) return;
  const map = expectMap(node, `"vars" of group "${group.name}"`, problems);
  if (!map) return;
  group.layers.push(layerOf(`group ${group.name}`, map, problems));
  const priority = field(map, 'ansible_group_priority');
  if (priority) group.priority = expectInteger(priority, '"ansible_group_priority"', problems) ?? 1;
}

function addHosts(tree: GroupTree, group: GroupRecord, body: MapNode, problems: Problem[]): void {
  const node = field(body, 'hosts');
  if (!node || isNothing(node)) return;
  if (node.kind !== 'map') {
    const message = `"hosts" of group "${group.name}" has to be a map, not ${kindOf(node)}`;
    problems.push({ message, at: node.at, hint: 'write each host as a key: "eu-1:"' });
    return;
  }
  for (const entry of node.entries) addHost(tree, group, entry, problems);
}

function addHost(tree: GroupTree, group: GroupRecord, entry: MapEntry, problems: Problem[]): void {
  const { key, keyAt, value } = entry;
  const map = isNothing(value) ? undefined : expectMap(value, `host "${key}"`, problems);
  const layer = map && layerOf(`host ${key}`, map, problems);
  for (const name of expandRanges(key, keyAt, problems)) {
    if (!/^[^\s/,!&~*?]+$/.test(name)) {
      const hint = 'a name has no spaces and none of / , ! & ~ * ?';
      problems.push({ message: `"${name}" cannot be the name of a host`, at: keyAt, hint });
      continue;
    }
    const host = tree.hosts.get(name) ?? { name, at: keyAt, groups: new Set<string>(), layers: [] };
    tree.hosts.set(name, host);
    if (group.name !== 'all') host.groups.add(group.name);
    if (layer) host.layers.push(layer);
  }
}

function addChildren(tree: GroupTree, group: GroupRecord, body: MapNode, problems: Problem[]): void {
  const node = field(body, 'children');
  if (!node || isNothing(node)) return;
  const map = expectMap(node, `"children" of group "${group.name}"`, problems);
  for (const entry of map?.entries ?? []) addGroup(tree, entry, group.name, problems);
}

/** Groups by depth below `all` (the longest way down), then priority, then name: the order in which vars win. */
export function groupOrder(tree: GroupTree, problems: Problem[]): ReadonlyMap<string, number> {
  const depths = new Map<string, number>();
  const open = new Set<string>();
  const depthOf = (name: string): number => {
    const known = depths.get(name);
    if (known !== undefined) return known;
    const group = tree.groups.get(name);
    if (!group || name === 'all') return 0;
    if (open.has(name)) {
      problems.push({ message: `group "${name}" is a child of itself`, at: group.at });
      return 0;
    }
    open.add(name);
    const depth = 1 + Math.max(0, ...[...group.parents].map(depthOf));
    open.delete(name);
    depths.set(name, depth);
    return depth;
  };
  const rank = (group: GroupRecord) => [depthOf(group.name), group.priority] as const;
  const ordered = [...tree.groups.values()]
    .map((group) => ({ group, rank: rank(group) }))
    .sort((a, b) => a.rank[0] - b.rank[0] || a.rank[1] - b.rank[1] || (a.group.name < b.group.name ? -1 : 1));
  return new Map(ordered.map(({ group }, index) => [group.name, index]));
}
