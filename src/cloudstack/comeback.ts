// When a system VM is back: what must be seen of it, what is missing yet, and what to do when it does not come.

import type { Reader } from '../connection.ts';
import type { Bundle } from '../pki/bundle.ts';
import { isNew, lookAtPorts, notNew, type PortLook, portWords, warnOfStrangers } from './served.ts';
import { type SystemVm, works } from './system-vm.ts';

/** What is to be true at the end, besides Running and agent Up. */
export interface Goal {
  readonly version: string;
  readonly bundle: Bundle | undefined;
  readonly ports: readonly number[];
}

/** Why the VM does not yet serve what it should; empty where it does. */
export const missing = async (vm: SystemVm, goal: Goal, read: Reader): Promise<string[]> => [
  ...(await lookAtVm(vm, goal, read)).missing,
];

export interface VmLook {
  /** As `missing` has it. */
  readonly missing: readonly string[];
  /** What its ports were seen to present; none where nothing is to be served, or it cannot. */
  readonly ports: readonly PortLook[];
}

/** One look at what the VM is and serves. */
export async function lookAtVm(vm: SystemVm, goal: Goal, read: Reader): Promise<VmLook> {
  if (vm.state !== 'Running') return { missing: [`is ${vm.state}`], ports: [] };
  const agent = works(vm, goal.version) ? [] : [`its agent is ${vm.agentState ?? 'not connected yet'}`];
  if (goal.bundle === undefined) return { missing: agent, ports: [] };
  if (vm.publicIp === undefined) return { missing: [...agent, 'has no public address'], ports: [] };
  const ports = await lookAtPorts(read, vm.publicIp, goal.ports, goal.bundle);
  warnOfStrangers(read.tell, vm.name, ports.filter(isNew));
  return { missing: [...agent, ...notNew(ports)], ports };
}

/** `Running, agent Up and the new chain on 443 and 8443`. */
export const awaited = (goal: Goal): string =>
  `Running, agent Up${goal.bundle ? ` and the new chain on ${portWords(goal.ports)}` : ''}`;

/** What to do about a VM that is not back; undefined where none has taken the place of one destroyed. */
export function hintFor(vm: SystemVm | undefined, zoneName: string): string {
  if (vm === undefined)
    return `is zone ${zoneName} enabled, and are a host, storage and a public address free there? see listEvents and listAlerts`;
  if (vm.state !== 'Running')
    return `see listEvents and its host; destroySystemVm id=${vm.id} makes CloudStack create a new one`;
  return `look at /var/log/cloud.log in it${vm.type === 'consoleproxy' ? '' : ' and at systemctl status apache2'}; destroySystemVm id=${vm.id} makes CloudStack create a new one`;
}
