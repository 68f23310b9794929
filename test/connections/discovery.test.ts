import type { Discovery } from '../../src/connection.ts';
import { assert, tests } from '../tests.ts';
import { apiKey, enveloped, type Reply, type Script, secretKey, startCloud } from './cloud.ts';
import { failureText, hostOf, stepOf, withConnections } from './steps.ts';

const zone = [
  { id: 'z1', name: 'ams', networktype: 'Advanced', allocationstate: 'Enabled', dns1: '192.0.2.53' },
  { id: 'z2', name: 'fra/1', networktype: 'Advanced', allocationstate: 'Disabled' },
];
const systemvm = [
  {
    id: 'v1',
    name: 'v-12-VM',
    systemvmtype: 'consoleproxy',
    state: 'Running',
    zoneid: 'z1',
    hostid: 'h1',
    hostname: 'kvm1',
    version: '4.22.0.1',
    publicip: '192.0.2.7',
    activeviewersessions: 3,
  },
  { id: 's1', name: 's-11-VM', systemvmtype: 'secondarystoragevm', state: 'Stopped', zoneid: 'z2' },
];
const host = [
  { id: 'h1', name: 'kvm1', ipaddress: '10.1.0.5', type: 'Routing' },
  { id: 'h2', name: 'kvm2', ipaddress: '10.1.0.6', type: 'Routing' },
];

interface Answers {
  readonly capability?: unknown;
  readonly zones?: readonly unknown[];
  readonly vms?: readonly unknown[];
  readonly managementserver?: readonly unknown[];
  readonly xml?: string;
}

function cloudOf({
  capability = {},
  managementserver = [],
  xml = '<x/>',
  zones = zone,
  vms = systemvm,
}: Answers): Script {
  return ({ command, parameters }): Reply => {
    if (parameters['response'] === 'xml') return { headers: { 'content-type': 'text/xml' }, body: xml };
    if (command === 'listCapabilities') return enveloped(command, { capability });
    const lists: Record<string, readonly unknown[]> = {
      listZones: zones,
      listSystemVms: vms,
      listHosts: parameters['type'] === 'Routing' ? host : [],
      listManagementServers: managementserver,
    };
    const items = lists[command] ?? [];
    return enveloped(command, items.length === 0 ? {} : { count: items.length, items });
  };
}

async function discover(answers: Answers, warns: string[] = []): Promise<Discovery | undefined> {
  const cloud = await startCloud(cloudOf(answers));
  try {
    const eu = hostOf({ api_url: cloud.url, api_key: apiKey, secret_key: secretKey });
    return await withConnections((connections) =>
      connections.discover(eu, { ...stepOf(), warn: (message) => warns.push(message) }),
    );
  } finally {
    await cloud.close();
  }
}

tests('discovery', {
  'zones and their system VMs come with their facts, groups and hypervisors': async () => {
    assert.equal(await discover({ capability: { cloudstackversion: '4.22.0.1' } }), {
      facts: { version: '4.22.0.1' },
      children: [
        {
          name: 'ams',
          kind: 'zone',
          groups: ['zones', 'eu-1'],
          facts: { ...zone[0], zone: 'ams', zoneid: 'z1' },
          children: [
            {
              name: 'v-12-VM',
              kind: 'system_vm',
              groups: ['system_vms', 'console_proxies', 'eu-1', 'ams'],
              facts: {
                id: 'v1',
                name: 'v-12-VM',
                systemvmtype: 'consoleproxy',
                state: 'Running',
                zoneid: 'z1',
                hostid: 'h1',
                hostname: 'kvm1',
                agentversion: '4.22.0.1',
                publicip: '192.0.2.7',
                activeviewersessions: 3,
                hypervisor_address: '10.1.0.5',
              },
              children: [],
            },
          ],
        },
        {
          name: 'fra_1',
          kind: 'zone',
          groups: ['zones', 'eu-1'],
          facts: { ...zone[1], zone: 'fra/1', zoneid: 'z2' },
          children: [
            {
              name: 's-11-VM',
              kind: 'system_vm',
              groups: ['system_vms', 'secondary_storage_vms', 'eu-1', 'fra_1'],
              facts: { ...systemvm[1] },
              children: [],
            },
          ],
        },
      ],
    });
  },
  'a version hidden from the capabilities is taken from the XML form': async () => {
    const found = await discover({ xml: '<listcapabilitiesresponse cloud-stack-version="4.21.0.0">' });
    assert.equal(found?.facts, { version: '4.21.0.0' });
  },
  'a version hidden there as well is taken from a management server': async () => {
    const found = await discover({ managementserver: [{ id: 'm', name: 'ms1', version: '4.20.3.0' }] });
    assert.equal(found?.facts, { version: '4.20.3.0' });
  },
  'a version that nothing tells is a failure': async () => {
    assert.is(
      await failureText(discover({})),
      'Failure version-hidden: the server tells its version nowhere\n' +
        'hint: set "expose.cloudstack.version.api.list.capabilities" to true',
    );
  },
  'a cloud without zones, and a zone without VMs, are what they are': async () => {
    const capability = { cloudstackversion: '4.22.0.1' };
    const empty = { facts: { version: '4.22.0.1' }, children: [] };
    assert.equal(await discover({ capability, zones: [], vms: [] }), empty);
    const [found] = (await discover({ capability, zones: [{ id: 'z1', name: 'ams' }], vms: [] }))?.children ?? [];
    assert.equal(found?.children, []);
  },
  'a VM in a zone that is not listed is not left out in silence': async () => {
    const warns: string[] = [];
    await discover({ capability: { cloudstackversion: '4.22.0.1' }, zones: [zone[1]] }, warns);
    assert.equal(warns, ['v-12-VM is left out: CloudStack does not list the zone']);
  },
  'a zone or VM without what it is known by is a failure that says so': async () => {
    const capability = { cloudstackversion: '4.22.0.1' };
    const odd: readonly [Answers, string][] = [
      [{ capability, zones: [{ id: 'z1' }] }, 'CloudStack lists a zone without "name"'],
      [{ capability, zones: [{ name: 'ams', id: null }] }, 'CloudStack lists a zone without "id"'],
      [{ capability, vms: [{ id: 'v', name: 'v-1-VM' }] }, 'CloudStack lists system VM v-1-VM without "zoneid"'],
      [{ capability, vms: [{ id: 'v', zoneid: 'z1' }] }, 'CloudStack lists a system VM without "name"'],
    ];
    for (const [answers, says] of odd) {
      assert.is((await failureText(discover(answers))).split('\n')[0], `Failure discovery: ${says}`);
    }
  },
  'below a zone or a machine there is nothing to discover': async () => {
    await withConnections(async (connections) => {
      assert.is(await connections.discover(hostOf({}, 'zone'), stepOf()), undefined);
      assert.is(await connections.discover(hostOf({}, 'host'), stepOf()), undefined);
    });
  },
});
