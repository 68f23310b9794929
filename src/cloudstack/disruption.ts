// What taking a system VM down costs, and whether it may be done now.

import type { Item, Reader } from '../connection.ts';
import { Failure, SafetyStop } from '../errors.ts';
import { isTransfer, pendingJobs } from './jobs.ts';
import { label, listSystemVms, type SystemVm, typeWords, works } from './system-vm.ts';

/** What of users' work goes through a VM now. */
export interface Load {
  readonly sessions: number;
  /** Templates that the zone's storage VM is downloading. */
  readonly downloads: number;
  /** Pending jobs of the whole cloud that move templates, volumes or snapshots; CloudStack does not tell their zone. */
  readonly transfers: number;
}

const isDownloading = (template: Item): boolean =>
  template['isready'] === false && /^\d+% downloaded|^download(ing)?( in progress)?$/i.test(String(template['status']));

async function storageLoad(vm: SystemVm, read: Reader): Promise<Load> {
  try {
    const templates = await read.cloudstack.list('listTemplates', { templatefilter: 'all', zoneid: vm.zoneId });
    const jobs = await pendingJobs(read.cloudstack);
    return {
      sessions: 0,
      downloads: templates.filter(isDownloading).length,
      transfers: jobs.filter(isTransfer).length,
    };
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    read.tell.warn(`running downloads of ${vm.name} cannot be counted: ${error.message}`, error.hint);
    return { sessions: 0, downloads: 0, transfers: 0 };
  }
}

export async function loadOf(vm: SystemVm, read: Reader): Promise<Load> {
  if (vm.type === 'consoleproxy') return { sessions: vm.sessions, downloads: 0, transfers: 0 };
  return storageLoad(vm, read);
}

export const isIdle = (load: Load): boolean => load.sessions + load.downloads + load.transfers === 0;

const counted = (count: number, one: string, many: string) => (count === 1 ? `1 ${one}` : `${count} ${many}`);

/** `3 sessions`, `2 downloads, 1 running transfer`; `nothing running` where there is nothing. */
export function loadWords(load: Load): string {
  const parts = [
    load.sessions > 0 ? counted(load.sessions, 'session', 'sessions') : undefined,
    load.downloads > 0 ? counted(load.downloads, 'download', 'downloads') : undefined,
    load.transfers > 0 ? counted(load.transfers, 'running transfer', 'running transfers') : undefined,
  ];
  return parts.filter((part) => part !== undefined).join(', ') || 'nothing running';
}

/** What is missed while the VM is away: `about 2 min without consoles in ams`. */
export function outageWords(vm: SystemVm, vms: readonly SystemVm[]): string {
  const service = vm.type === 'consoleproxy' ? 'consoles' : 'downloads';
  const others = vms.filter((one) => one.type === vm.type && one.zoneId === vm.zoneId && one.state === 'Running');
  const many = others.length > 1;
  return many
    ? `about 2 min with one of ${others.length} VMs for ${service} of ${vm.zoneName} away`
    : `about 2 min without ${service} in ${vm.zoneName}`;
}

/** Zones that have VMs of that type, none of which works. Zones that CloudStack keeps disabled do not count. */
function zonesWithout(
  vm: SystemVm,
  vms: readonly SystemVm[],
  disabled: ReadonlySet<string>,
  version: string,
): string[] {
  const others = vms.filter((one) => one.type === vm.type && one.zoneId !== vm.zoneId && !disabled.has(one.zoneId));
  const served = new Set(others.filter((one) => works(one, version)).map((one) => one.zoneId));
  return [...new Set(others.filter((one) => !served.has(one.zoneId)).map((one) => one.zoneName))];
}

/**
 * Throws `SafetyStop` where taking the VM down would leave two zones without one of its type. A VM that does not work
 * itself takes nothing down with it.
 */
export async function refuseSecondOutage(vm: SystemVm, version: string, read: Reader): Promise<void> {
  if (!works(vm, version)) return;
  const vms = await listSystemVms(read.cloudstack);
  if (zonesWithout(vm, vms, new Set(), version).length === 0) return;
  const zones = await read.cloudstack.list('listZones');
  const disabled = zones.filter((zone) => zone['allocationstate'] === 'Disabled').map((zone) => String(zone['id']));
  const without = zonesWithout(vm, vms, new Set(disabled), version);
  if (without.length === 0) return;
  throw new SafetyStop(
    `${label(vm)} of ${vm.zoneName} is not taken down while ${without.join(', ')} has no ${typeWords[vm.type] === 'storage' ? 'storage VM' : 'console proxy'} working`,
    {
      code: 'second-outage',
      hint: `bring that of ${without.join(', ')} back first: system_vm: { state: started }, or destroySystemVm, after which CloudStack makes a new one`,
    },
  );
}
