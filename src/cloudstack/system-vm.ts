// A system VM as `listSystemVms` shows it. `Running` and `Up` alone prove nothing: both are (still) true right after an
// upload or a plain reboot, and stay true on a console proxy that listens on nothing.

import type { CloudStackReader, Item, Parameters, TaskHost } from '../connection.ts';
import type { Value, ValueMap } from '../model.ts';
import type { SystemVmType } from './names.ts';
import { behaviourOf } from './versions.ts';

export interface SystemVm {
  readonly id: string;
  readonly name: string;
  readonly type: SystemVmType;
  readonly zoneId: string;
  readonly zoneName: string;
  readonly state: string;
  /** Undefined until an agent has ever connected. */
  readonly agentState: string | undefined;
  /** When the agent was last lost, as CloudStack writes it. */
  readonly disconnected: string | undefined;
  readonly publicIp: string | undefined;
  /** Open consoles; 0 on a storage VM. */
  readonly sessions: number;
  /** Every field as CloudStack answered it. */
  readonly item: Item;
}

const optionalText = (item: Item, field: string): string | undefined => {
  const value = item[field];
  return typeof value === 'string' && value !== '' ? value : undefined;
};

function systemVmOf(item: Item): SystemVm {
  return {
    id: String(item['id']),
    name: String(item['name']),
    type: item['systemvmtype'] === 'consoleproxy' ? 'consoleproxy' : 'secondarystoragevm',
    zoneId: String(item['zoneid']),
    zoneName: String(item['zonename']),
    state: String(item['state']),
    agentState: optionalText(item, 'agentstate'),
    disconnected: optionalText(item, 'disconnected'),
    publicIp: optionalText(item, 'publicip'),
    sessions: Number(item['activeviewersessions']) || 0,
    item,
  };
}

export async function listSystemVms(
  cloudstack: CloudStackReader,
  filter: Parameters = {},
): Promise<readonly SystemVm[]> {
  return (await cloudstack.list('listSystemVms', filter)).map(systemVmOf);
}

/** Running with its agent Up, as far as the release tells. */
export const works = (vm: SystemVm, version: string): boolean =>
  vm.state === 'Running' && (vm.agentState === 'Up' || !behaviourOf(version).agentState);

export const typeWords: Readonly<Record<SystemVmType, string>> = {
  consoleproxy: 'console proxy',
  secondarystoragevm: 'storage',
};

/** `v-12-VM (console proxy)`. */
export const label = (vm: { readonly name: string; readonly type: SystemVmType }): string =>
  `${vm.name} (${typeWords[vm.type]})`;

/** The ports on which a system VM of a type presents the certificate. */
export function portsOf(type: SystemVmType, version: string): readonly number[] {
  return type === 'consoleproxy' && behaviourOf(version).consoleWebsocketPort ? [443, 8443] : [443];
}

/**
 * Facts of the host that stands for the VM, anew: addresses, hypervisor and even the name may change at a start. The
 * agent's `version` is called `agentversion`, since `version` is the cloud's.
 */
export async function readFacts(cloudstack: CloudStackReader, vm: SystemVm, host: TaskHost): Promise<ValueMap> {
  const { version: agentversion = null, ...fields } = vm.item;
  return { ...fields, agentversion, hypervisor_address: await hypervisorAddress(cloudstack, vm, host) };
}

/** Asked for only where the VM moved: everything else is known from discovery. */
async function hypervisorAddress(cloudstack: CloudStackReader, vm: SystemVm, host: TaskHost): Promise<Value> {
  const hostId = optionalText(vm.item, 'hostid');
  if (hostId === undefined) return null;
  const known = host.get('hypervisor_address');
  if (typeof known === 'string' && host.get('hostid') === hostId) return known;
  const hypervisors = await cloudstack.list('listHosts', { type: 'Routing', id: hostId });
  return hypervisors.find((one) => one['id'] === hostId)?.['ipaddress'] ?? null;
}
