// What lies below a cloud: its zones, and in each zone its system VMs, as the API lists them. Facts carry
// CloudStack's own field names; the exceptions are the VM's own `version` (kept as `agentversion`, since the cloud's
// `version` is what everybody means) and `hypervisor_address`, which CloudStack keeps at the host.

import type { CloudStackReader, DiscoveredHost, Discovery, Item } from '../connection.ts';
import { Failure } from '../errors.ts';
import type { ValueMap } from '../model.ts';
import { nested } from './cloudstack/answer.ts';

export interface DiscoverySource {
  readonly reader: CloudStackReader;
  /** Told what is there and has no place below the cloud. */
  readonly warn: (message: string, hint?: string) => void;
  /** The version that the XML form of an answer carries. */
  readonly versionInXml: () => Promise<string | undefined>;
}

const GROUP_BY_TYPE: Readonly<Record<string, string>> = {
  consoleproxy: 'console_proxies',
  secondarystoragevm: 'secondary_storage_vms',
};

const text = (item: Item, name: string): string => {
  const value = item[name];
  return typeof value === 'string' ? value : '';
};

/** A field that nothing works without. */
function required(item: Item, name: string, what: string): string {
  const value = item[name];
  if (typeof value === 'string' && value !== '') return value;
  if (typeof value === 'number') return String(value);
  throw new Failure(`CloudStack lists ${what} without "${name}"`, {
    code: 'discovery',
    hint: 'does this API key belong to a root admin? others do not see every field',
  });
}

/** A fact that is passed on as it was answered, less what has another name with us. */
function factsOf(item: Item, renamed: Readonly<Record<string, string>> = {}): ValueMap {
  return Object.fromEntries(Object.entries(item).map(([name, value]) => [renamed[name] ?? name, value]));
}

/** 4.23.0.0 from any of the three places that tell it; the setting that hides it hides only the first. */
async function versionOf({ reader, versionInXml }: DiscoverySource): Promise<string> {
  const listed = text(nested(await reader.read('listCapabilities'), 'capability'), 'cloudstackversion');
  if (listed) return listed;
  const inXml = await versionInXml();
  if (inXml) return inXml;
  for (const server of await reader.list('listManagementServers')) {
    if (text(server, 'version')) return text(server, 'version');
  }
  throw new Failure('the server tells its version nowhere', {
    code: 'version-hidden',
    hint: 'set "expose.cloudstack.version.api.list.capabilities" to true',
  });
}

/** A name as a part of a path; CloudStack lets a zone's name hold a slash. */
const pathPart = (name: string): string => name.replaceAll('/', '_');

const zoneIdOf = (vm: Item): string => required(vm, 'zoneid', `system VM ${text(vm, 'name')}`);

function warnOfLost({ warn }: DiscoverySource, zones: readonly Item[], vms: readonly Item[]): void {
  const known = new Set(zones.map((item) => required(item, 'id', 'a zone')));
  const lost = vms.filter((vm) => !known.has(zoneIdOf(vm))).map((vm) => text(vm, 'name'));
  if (lost.length === 0) return;
  warn(
    `${lost.join(', ')} ${lost.length === 1 ? 'is' : 'are'} left out: CloudStack does not list the zone`,
    "listZones must show every zone to this API key: use a root admin's",
  );
}

function systemVm(vm: Item, addresses: ReadonlyMap<string, string>, around: readonly string[]): DiscoveredHost {
  const address = addresses.get(text(vm, 'hostid'));
  const group = GROUP_BY_TYPE[text(vm, 'systemvmtype')];
  return {
    name: pathPart(required(vm, 'name', 'a system VM')),
    kind: 'system_vm',
    groups: ['system_vms', ...(group ? [group] : []), ...around],
    facts: {
      ...factsOf(vm, { version: 'agentversion' }),
      ...(address === undefined ? {} : { hypervisor_address: address }),
    },
    children: [],
  };
}

function zone(item: Item, vms: readonly Item[], addresses: ReadonlyMap<string, string>, cloud: string): DiscoveredHost {
  const name = pathPart(required(item, 'name', 'a zone'));
  const id = required(item, 'id', `zone ${name}`);
  const own = vms.filter((vm) => zoneIdOf(vm) === id);
  return {
    name,
    kind: 'zone',
    groups: ['zones', cloud],
    facts: { ...factsOf(item), zone: text(item, 'name'), zoneid: id },
    children: own.map((vm) => systemVm(vm, addresses, [cloud, name])),
  };
}

/** Reads a cloud of that name. Throws what the reader throws, and `Failure` where the version cannot be known. */
export async function discoverCloud(source: DiscoverySource, cloud: string): Promise<Discovery> {
  const { reader } = source;
  const [version, zones, vms, hypervisors] = await Promise.all([
    versionOf(source),
    reader.list('listZones'),
    reader.list('listSystemVms'),
    reader.list('listHosts', { type: 'Routing' }),
  ]);
  warnOfLost(source, zones, vms);
  const addresses = new Map(hypervisors.map((host) => [text(host, 'id'), text(host, 'ipaddress')]));
  return {
    facts: { version },
    children: zones.map((item) => zone(item, vms, addresses, cloud)),
  };
}
