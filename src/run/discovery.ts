// What a connection found below a cloud, as hosts of the tree.

import type { DiscoveredHost, Discovery } from '../connection.ts';
import type { EventBody, Host, VarLayer } from '../model.ts';

/** Variables of groups that discovered hosts are in: `group_vars/system_vms.yml`. */
export type GroupLayers = (groups: readonly string[]) => readonly VarLayer[];

/** The hosts below a cloud, parents before children. */
export function hostsFound(cloud: Host, discovery: Discovery, layersOf: GroupLayers): Host[] {
  return discovery.children.flatMap((found) => hostsOf(cloud, found, layersOf));
}

function hostsOf(parent: Host, found: DiscoveredHost, layersOf: GroupLayers): Host[] {
  const { name, kind, groups, facts } = found;
  const host: Host = { path: `${parent.path}/${name}`, name, kind, parent, groups, layers: layersOf(groups), facts };
  return [host, ...found.children.flatMap((child) => hostsOf(host, child, layersOf))];
}

export function discoveryEvent(cloud: Host, discovery: Discovery, hosts: readonly Host[]): EventBody {
  const children = hosts.map(({ path, kind }) => ({ host: path, kind }));
  return { type: 'host-discovered', host: cloud.path, facts: discovery.facts, children };
}
