// The names under which system VMs are reached. CloudStack makes them of a domain setting and the public address
// (ConsoleProxyInfo, CloudStackImageStoreDriverImpl): `*.dom` gives `a-b-c-d.dom`, any other text is taken as the
// host name itself (a load balancer), blank gives the bare address and no TLS.

import type { CloudStackReader, Item, TaskHost } from '../connection.ts';
import { readConfiguration } from './configuration.ts';
import { behaviourOf, versionOf } from './versions.ts';

export type SystemVmType = 'consoleproxy' | 'secondarystoragevm';

export const domainSettings: Readonly<Record<SystemVmType, string>> = {
  consoleproxy: 'consoleproxy.url.domain',
  secondarystoragevm: 'secstorage.ssl.cert.domain',
};

/** The name that CloudStack hands out for a system VM; undefined where the domain is blank. */
export function nameUnder(domain: string, publicIp: string): string | undefined {
  const trimmed = domain.trim();
  if (trimmed === '') return undefined;
  return trimmed.startsWith('*') ? publicIp.replaceAll('.', '-') + trimmed.slice(1) : trimmed;
}

/** A system VM, as far as its name matters. */
export interface NamedVm {
  readonly type: SystemVmType;
  readonly zoneId: string;
  readonly publicIp: string;
}

/** The domain for VMs of a type in a zone. */
export type DomainOf = (type: SystemVmType, zoneId: string) => string;

/** Every name under which these VMs are reached, once each, sorted. */
export function systemVmNames(vms: readonly NamedVm[], domainOf: DomainOf): string[] {
  const names = vms.map((vm) => nameUnder(domainOf(vm.type, vm.zoneId), vm.publicIp));
  return [...new Set(names.filter((name) => name !== undefined))].sort();
}

function namedVm(item: Item): NamedVm | undefined {
  const { systemvmtype: type, zoneid: zoneId, publicip: publicIp } = item;
  if (type !== 'consoleproxy' && type !== 'secondarystoragevm') return undefined;
  if (typeof zoneId !== 'string' || typeof publicIp !== 'string') return undefined;
  return { type, zoneId, publicIp };
}

/** The domain setting that counts for one type in one zone: the zone's own where the release has such. */
export async function domainFor(
  cloudstack: CloudStackReader,
  version: string,
  type: SystemVmType,
  zoneId: string,
): Promise<string> {
  const byZone = type === 'consoleproxy' && behaviourOf(version).consoleSettingsByZone;
  const setting = await readConfiguration(cloudstack, domainSettings[type], byZone ? zoneId : undefined);
  return setting?.value ?? '';
}

/**
 * Every name under which the running system VMs of a host's cloud are reached with the settings as they are now. A
 * VM whose domain is still blank has no name yet: give the domain that is about to be set to `covers` as well.
 */
export async function expectedNames(
  host: TaskHost,
  read: { readonly cloudstack: CloudStackReader },
): Promise<string[]> {
  const version = await versionOf(host, read);
  const items = await read.cloudstack.list('listSystemVms');
  const vms = items.map(namedVm).filter((vm) => vm !== undefined);
  const domains = new Map<string, string>();
  for (const { type, zoneId } of vms) {
    const key = `${type} ${zoneId}`;
    if (!domains.has(key)) domains.set(key, await domainFor(read.cloudstack, version, type, zoneId));
  }
  return systemVmNames(vms, (type, zoneId) => domains.get(`${type} ${zoneId}`) ?? '');
}

/** Stands in `covers` for every name under which the system VMs of a cloud are reached. */
export const SYSTEM_VMS = 'system_vms';

/** The names that `covers` says, with those of the system VMs in place of `SYSTEM_VMS`; each once. */
export async function namesToCover(
  covers: readonly string[],
  host: TaskHost,
  read: { readonly cloudstack: CloudStackReader },
): Promise<string[]> {
  const written = covers.filter((name) => name !== SYSTEM_VMS);
  const found = covers.includes(SYSTEM_VMS) ? await expectedNames(host, read) : [];
  return [...new Set([...written, ...found])];
}
