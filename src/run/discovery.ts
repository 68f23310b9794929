// What a connection found below a cloud, as hosts of the tree.

import type { DiscoveredHost, Discovery } from '../connection.ts';
import type { EventBody, Host, VarLayer } from '../model.ts';

/** Variables by group, for the hosts that are discovered into it. */
export type GroupVars = ReadonlyMap<string, readonly VarLayer[]>;

/** The hosts below a cloud, parents before children. */
export function hostsFound(cloud: Host, discovery: Discovery, groupVars: GroupVars): Host[] {
  return discovery.children.flatMap((found) => hostsOf(cloud, found, groupVars));
}

function hostsOf(parent: Host, found: DiscoveredHost, groupVars: GroupVars): Host[] {
  const { name, kind, groups, facts } = found;
  const layers = groups.flatMap((group) => groupVars.get(group) ?? []);
  const host: Host = { path: `${parent.path}/${name}`, name, kind, parent, groups, layers, facts };
  return [host, ...found.children.flatMap((child) => hostsOf(host, child, groupVars))];
}

export function discoveryEvent(cloud: Host, discovery: Discovery, hosts: readonly Host[]): EventBody {
  const children = hosts.map(({ path, kind }) => ({ host: path, kind }));
  return { type: 'host-discovered', host: cloud.path, facts: discovery.facts, children };
}
