// Names that are there without anybody's setting them: Ansible's magic variables, and what discovery finds out.

import type { Location, Problem } from '../errors.ts';

/** Always defined, and never to be set. */
export const magicVariables: readonly string[] = [
  'inventory_hostname',
  'inventory_hostname_short',
  'inventory_dir',
  'groups',
  'group_names',
  'hostvars',
  'playbook_dir',
  'play_hosts',
  'ansible_play_hosts',
  'ansible_play_batch',
  'ansible_play_hosts_all',
  'ansible_check_mode',
  'ansible_failed_task',
  'ansible_failed_result',
  'omit',
];

/** Defined inside a loop only. */
export const loopVariables: readonly string[] = ['ansible_loop_var'];

/**
 * Facts of clouds, zones and system VMs under CloudStack's own names. Source: the answers of listCapabilities,
 * listZones and listSystemVms from 4.11 to 4.23; which of them a host has depends on its kind and on the release.
 */
export const discoveredFacts: readonly string[] = [
  'version',
  'id',
  'name',
  'zone',
  'zoneid',
  'zonename',
  'networktype',
  'allocationstate',
  'localstorageenabled',
  'securitygroupsenabled',
  'domain',
  'dns1',
  'dns2',
  'internaldns1',
  'internaldns2',
  'systemvmtype',
  'state',
  'agentstate',
  'agentversion',
  'disconnected',
  'created',
  'podid',
  'podname',
  'hostid',
  'hostname',
  'hostcontrolstate',
  'hypervisor',
  'hypervisor_address',
  'publicip',
  'publicmacaddress',
  'publicnetmask',
  'publicvlan',
  'privateip',
  'privatemacaddress',
  'privatenetmask',
  'linklocalip',
  'linklocalmacaddress',
  'linklocalnetmask',
  'storageip',
  'gateway',
  'guestvlan',
  'networkdomain',
  'templateid',
  'templatename',
  'serviceofferingid',
  'serviceofferingname',
  'activeviewersessions',
  'isdynamicallyscalable',
  'hasannotations',
  'arch',
];

/** Names that templates read before they are variables at all. */
export const templateWords: readonly string[] = ['range', 'lookup', 'query', 'dict', 'true', 'false', 'none'];

const magic = new Set([...magicVariables, ...loopVariables, 'ansible_loop']);

/** A problem where a play would set a name that the engine sets itself. */
export function magicProblem(name: string, at: Location): Problem | undefined {
  if (!magic.has(name)) return undefined;
  return { message: `"${name}" is set by cs-play itself`, at, hint: 'choose another name' };
}
