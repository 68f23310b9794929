// Zones, their hosts and stores, and what the server says of itself.

import type { Agent, HostRow, Install, VmRow, ZoneRow } from '../../world/install.ts';
import { invalid } from '../../world/refusal.ts';
import { isTrue } from '../../world/views.ts';
import { type Content, dateText } from '../answer.ts';
import type { Command, CommandCall } from '../command.ts';
import { zoneOf } from '../entities.ts';
import { contains, listOf, same } from '../lists.ts';

function zoneItem(zone: ZoneRow): Content {
  return {
    id: zone.id,
    name: zone.name,
    dns1: '192.0.2.1',
    internaldns1: '192.0.2.1',
    guestcidraddress: '10.1.1.0/24',
    networktype: 'Advanced',
    securitygroupsenabled: false,
    allocationstate: zone.enabled ? 'Enabled' : 'Disabled',
    zonetoken: zone.podId,
    dhcpprovider: 'VirtualRouter',
    localstorageenabled: false,
    tags: [],
    type: 'Core',
    hasannotations: false,
  };
}

function listZones(call: CommandCall): Content {
  const [id, name, keyword] = [call.filter('id'), call.filter('name'), call.filter('keyword')];
  const available = call.text('available');
  const zones = call.install.zones.filter(
    (zone) =>
      (id === undefined || zoneOf(call.install, id) === zone) &&
      (name === undefined || same(zone.name, name)) &&
      (keyword === undefined || contains(zone.name, keyword)) &&
      (available === undefined || same(available, 'true')),
  );
  return listOf(call, 'zone', zones.map(zoneItem));
}

function updateZone(call: CommandCall): { did: string; content: Content } {
  const zone = zoneOf(call.install, call.text('id') ?? '');
  if (zone === undefined) throw invalid('unable to find zone by id');
  const state = call.filter('allocationstate');
  if (state !== undefined) zone.enabled = same(state, 'Enabled');
  return { did: `zone ${zone.name} is ${zone.enabled ? 'Enabled' : 'Disabled'}`, content: { zone: zoneItem(zone) } };
}

const agentHost = (install: Install, vm: VmRow, agent: Agent): Content => ({
  id: agent.id,
  name: vm.name,
  state: agent.state,
  ...(agent.disconnected ? { disconnected: dateText(agent.disconnected) } : {}),
  type: vm.type === 'consoleproxy' ? 'ConsoleProxy' : 'SecondaryStorageVM',
  ipaddress: vm.privateIp,
  ...hostPlace(vm.zone),
  version: install.rules.version,
  virtualmachineid: vm.id,
  managementserverid: agent.server,
  managementservername: install.servers.find((server) => server.id === agent.server)?.name,
  islocalstorageactive: false,
  created: dateText(agent.created),
  resourcestate: 'Enabled',
  hasannotations: false,
});

const hypervisorHost = (install: Install, host: HostRow): Content => ({
  id: host.id,
  name: host.name,
  state: 'Up',
  type: 'Routing',
  ipaddress: host.ipAddress,
  ...hostPlace(host.zone),
  version: install.rules.version,
  hypervisor: install.options.hypervisorType ?? 'KVM',
  managementserverid: install.servers[0]?.id,
  managementservername: install.servers[0]?.name,
  clusterid: host.zone.clusterId,
  clustername: `C${host.zone.dbId - 1}`,
  clustertype: 'CloudManaged',
  islocalstorageactive: false,
  created: dateText(host.created),
  resourcestate: 'Enabled',
  arch: 'x86_64',
  hasannotations: false,
});

const hostPlace = (zone: ZoneRow) => ({
  zoneid: zone.id,
  zonename: zone.name,
  podid: zone.podId,
  podname: `POD${zone.dbId - 1}`,
});

function listHosts(call: CommandCall): Content {
  const { install } = call;
  const all = [
    ...install.hosts.map((host) => hypervisorHost(install, host)),
    ...install.vms.flatMap((vm) => (vm.agent ? [agentHost(install, vm, vm.agent)] : [])),
  ];
  const filters = ['id', 'name', 'type', 'state', 'zoneid', 'podid', 'clusterid', 'hypervisor', 'virtualmachineid'];
  const hosts = all.filter((host) =>
    filters.every((name) => {
      const wanted = call.filter(name);
      return wanted === undefined || same(String(host[name] ?? ''), wanted);
    }),
  );
  const keyword = call.filter('keyword');
  return listOf(
    call,
    'host',
    hosts.filter((host) => keyword === undefined || contains(String(host['name']), keyword)),
  );
}

function listImageStores(call: CommandCall): Content {
  const zone = call.filter('zoneid');
  const zones = call.install.zones.filter(({ id }) => zone === undefined || id === zone);
  const stores = zones.map((one) => ({
    id: one.storeId,
    zoneid: one.id,
    zonename: one.name,
    name: `sec${one.dbId - 1}`,
    url: `nfs://192.0.2.1:/export/secondary${one.dbId - 1}`,
    protocol: 'nfs',
    providername: 'NFS',
    scope: 'ZONE',
    readonly: false,
    hasannotations: false,
  }));
  return listOf(call, 'imagestore', stores);
}

function listCapabilities({ install }: CommandCall): Content {
  const exposed = isTrue(install.settings.stored('expose.cloudstack.version.api.list.capabilities'));
  return {
    capability: {
      securitygroupsenabled: false,
      dynamicrolesenabled: true,
      ...(exposed ? { cloudstackversion: install.rules.version } : {}),
      userpublictemplateenabled: true,
      supportELB: 'false',
      projectinviterequired: false,
      allowusercreateprojects: true,
      customdiskofferingminsize: 1,
      customdiskofferingmaxsize: 1024,
      regionsecondaryenabled: false,
      kvmsnapshotenabled: true,
      allowuserviewdestroyedvm: true,
      allowuserexpungerecovervm: true,
      allowuserexpungerecovervolume: true,
      allowuserviewalldomainaccounts: false,
      allowuserforcestopvm: true,
      kubernetesserviceenabled: false,
      kubernetesclusterexperimentalfeaturesenabled: false,
      customhypervisordisplayname: 'Custom',
      defaultuipagesize: 20,
    },
  };
}

/** The lab keeps no templates, volumes or downloads: the lists are there and empty. */
const emptyList = (name: string): Command => ({ name, kind: 'read', parameters: [], run: () => ({}) });

export const zoneCommands: readonly Command[] = [
  {
    name: 'listZones',
    kind: 'read',
    parameters: [
      { name: 'id', type: 'uuid', entity: 'zone' },
      { name: 'name', type: 'string' },
      { name: 'available', type: 'boolean' },
    ],
    run: listZones,
  },
  {
    name: 'updateZone',
    kind: 'write',
    parameters: [
      { name: 'id', type: 'uuid', required: true, entity: 'zone' },
      { name: 'allocationstate', type: 'string' },
    ],
    run: updateZone,
  },
  {
    name: 'listHosts',
    kind: 'read',
    parameters: [
      { name: 'id', type: 'uuid', entity: 'host' },
      { name: 'name', type: 'string' },
      { name: 'type', type: 'string' },
      { name: 'state', type: 'string' },
      { name: 'zoneid', type: 'uuid', entity: 'zone' },
      { name: 'podid', type: 'uuid', entity: 'pod' },
      { name: 'clusterid', type: 'uuid', entity: 'cluster' },
      { name: 'virtualmachineid', type: 'uuid', entity: 'systemvm' },
    ],
    run: listHosts,
  },
  {
    name: 'listImageStores',
    kind: 'read',
    parameters: [{ name: 'zoneid', type: 'uuid', entity: 'zone' }],
    run: listImageStores,
  },
  { name: 'listCapabilities', kind: 'read', parameters: [], run: listCapabilities },
  emptyList('listTemplates'),
  emptyList('listIsos'),
  emptyList('listVolumes'),
];
