// Ids in parameters: a UUID of something that is there, or any number, which the command itself looks up.

import type { Install, VmRow, ZoneRow } from '../world/install.ts';

export type EntityKind =
  | 'zone'
  | 'pod'
  | 'cluster'
  | 'host'
  | 'systemvm'
  | 'job'
  | 'managementserver'
  | 'user'
  | 'none';

export function entityExists(install: Install, kind: EntityKind | undefined, id: string): boolean {
  return /^-?\d+$/.test(id) || idsOf[kind ?? 'none'](install).includes(id);
}

const idsOf: Readonly<Record<EntityKind, (install: Install) => readonly string[]>> = {
  zone: (install) => install.zones.map((zone) => zone.id),
  pod: (install) => install.zones.map((zone) => zone.podId),
  cluster: (install) => install.zones.map((zone) => zone.clusterId),
  host: (install) => [
    ...install.hosts.map((host) => host.id),
    ...install.vms.flatMap((vm) => (vm.agent ? [vm.agent.id] : [])),
  ],
  systemvm: (install) => [...install.vms.map((vm) => vm.id), ...install.destroyed.keys()],
  job: (install) => install.jobs.all.map((job) => job.id),
  managementserver: (install) => install.servers.map((server) => server.id),
  user: (install) => [install.identity.userId],
  none: () => [],
};

export const zoneOf = (install: Install, id: string): ZoneRow | undefined =>
  install.zones.find((zone) => zone.id === id || String(zone.dbId) === id);

export const vmOf = (install: Install, id: string): VmRow | undefined =>
  install.vms.find((vm) => vm.id === id || String(vm.dbId) === id);
