// The variables that the engine itself gives.

import type { Host, Value } from '../model.ts';
import type { HostScope } from './scope.ts';

/** The value of `omit`: an argument that has it is as if it were not written. */
export const OMIT = '__omit_this_argument__';

const paths = (hosts: readonly Host[] | undefined): Value => (hosts ?? []).map((host) => host.path);

/** By name. A host is named by its path everywhere. */
export const magicVariables: ReadonlyMap<string, (scope: HostScope) => Value | undefined> = new Map([
  ['inventory_hostname', (scope: HostScope): Value => scope.host.path],
  ['inventory_hostname_short', (scope: HostScope): Value => scope.host.name],
  ['group_names', (scope: HostScope): Value => [...scope.host.groups].sort()],
  ['groups', (scope: HostScope): Value => scope.world.groups()],
  ['hostvars', (scope: HostScope): Value => scope.world.hostvars()],
  ['ansible_play_hosts', (scope: HostScope): Value => paths(scope.scene?.alive())],
  ['play_hosts', (scope: HostScope): Value => paths(scope.scene?.alive())],
  ['ansible_play_batch', (scope: HostScope): Value => batchOf(scope)],
  ['ansible_play_hosts_all', (scope: HostScope): Value => paths(scope.scene?.all)],
  ['ansible_check_mode', (scope: HostScope): Value => scope.world.planning],
  ['playbook_dir', (scope: HostScope): Value => scope.world.playbookFolder],
  ['inventory_dir', (scope: HostScope): Value => scope.world.inventoryFolder],
  ['omit', (): Value => OMIT],
]);

function batchOf({ scene }: HostScope): Value {
  if (!scene) return [];
  const alive = new Set(scene.alive());
  return paths(scene.batch.filter((host) => alive.has(host)));
}
