// Both inventories of a lab, read and used as a run does: the way there is the same, and every door opens.

import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { StepDoor, TaskHost } from '../../src/connection.ts';
import { openConnections } from '../../src/connections/index.ts';
import { scopeOf } from '../../src/inventory/clouds.ts';
import { readInventory } from '../../src/inventory/read.ts';
import { readLabFile } from '../../src/lab/folder.ts';
import { startLab } from '../../src/lab/lab.ts';
import type { Host, Value } from '../../src/model.ts';
import { Secret } from '../../src/secret.ts';
import { labCertificates } from '../certificates.ts';
import { assert, tests } from '../tests.ts';

const LAB_YML = fileURLToPath(new URL('../../../inventory/lab.yml', import.meta.url));

const parent = mkdtempSync(join(tmpdir(), 'cs-play-lab-'));
const certificates = await labCertificates();
const lab = await startLab({ folder: join(parent, 'lab'), profile: '4.22', timeFactor: 0.002, certificates });
const connections = openConnections({
  playbookFolder: parent,
  environment: { ...process.env, CS_PLAY_LAB: lab.folder },
});

function hostsOf(path: string): readonly Host[] {
  return readInventory([path], { lookup: (kind, terms) => connections.lookup(kind, terms) }).hosts;
}

const plain = (value: Value | undefined): unknown => (value instanceof Secret ? value.reveal() : value);

/** Every variable that lab.json or the other inventory gives to the cloud. */
function variables(path: string): Record<string, unknown> {
  const cloud = hostsOf(path).find(({ kind }) => kind === 'cloud');
  const scope = scopeOf(cloud?.layers ?? [], (kind, terms) => connections.lookup(kind, terms));
  const names = [
    ...['api_url', 'api_key', 'secret_key', 'management_servers', 'connect_to', 'ssh_known_hosts_file', 'ansible_user'],
    ...['ansible_ssh_private_key_file', 'ssh_config_file', 'dns_servers', 'console_domain', 'storage_domain'],
    ...['certificate_files', 'root_file'],
  ];
  return Object.fromEntries(names.map((name) => [name, plain(scope.get(name))]));
}

const door: StepDoor = {
  deadline: new Date(Date.now() + 60_000),
  signal: new AbortController().signal,
  planning: false,
  waiting: () => undefined,
  note: () => undefined,
  warn: () => undefined,
  earlier: () => undefined,
  writing: async () => async () => undefined,
};

/** A host below the lab's cloud, with facts as discovery gives them. */
function below(kind: TaskHost['kind'], name: string, facts: Readonly<Record<string, Value>> = {}): TaskHost {
  const cloud = hostsOf(LAB_YML).find((host) => host.kind === 'cloud');
  const scope = scopeOf(cloud?.layers ?? [], (wanted, terms) => connections.lookup(wanted, terms));
  return { path: `lab/${name}`, name, kind, get: (variable) => facts[variable] ?? scope.get(variable) };
}

const cloud = below('cloud', 'lab');

async function storageVm(): Promise<TaskHost> {
  const found = (await connections.discover(cloud, door))?.children.flatMap((zone) => zone.children);
  const vm = found?.find(({ groups }) => groups.includes('secondary_storage_vms'));
  if (vm === undefined) throw new Error('no storage VM was discovered');
  return below('system_vm', vm.name, vm.facts as Record<string, Value>);
}

tests('inventories of the lab', {
  'lab.yml says by reference what the written inventory says': () => {
    assert.equal(variables(LAB_YML), variables(lab.inventory));
  },
  'what they say is what lab.json says': () => {
    const file = readLabFile(lab.folder);
    const { name, ...first } = file?.clouds[0] ?? {};
    assert.is(name, 'lab');
    const { api_url, api_key, secret_key, management_servers, connect_to, ssh_known_hosts_file } = variables(LAB_YML);
    assert.equal({ api_url, api_key, secret_key, management_servers, connect_to, ssh_known_hosts_file }, first);
  },
  'a management server is a host below the cloud': () => {
    assert.equal(
      hostsOf(LAB_YML).map(({ path, kind }) => [path, kind]),
      [
        ['lab', 'cloud'],
        ['lab/ms1.lab.example', 'management_server'],
      ],
    );
  },
  'discovery finds the zones and their VMs': async () => {
    const found = await connections.discover(cloud, door);
    assert.equal(
      found?.children.map((zone) => [zone.name, zone.children.map(({ name }) => name).sort()]),
      [
        ['ams', ['s-2-VM', 'v-1-VM']],
        ['fra', ['s-4-VM', 'v-3-VM']],
      ],
    );
  },
  'a program runs in a system VM behind its hypervisor': async () => {
    const vm = await storageVm();
    const output = await connections.reader(vm, door).ssh.read(['hostname']);
    assert.equal(output, { code: 0, stdout: `${vm.name}\n`, stderr: '' });
  },
  'a program runs in a system VM through a jump': async () => {
    const vm = await storageVm();
    const jumping: TaskHost = { ...vm, get: (name) => (name === 'system_vm_ssh' ? 'jump' : vm.get(name)) };
    const output = await connections.reader(jumping, door).ssh.read(['hostname']);
    assert.equal(output, { code: 0, stdout: `${vm.name}\n`, stderr: '' });
  },
  'a program runs on a management server': async () => {
    const server = below('management_server', 'ms1.lab.example');
    const output = await connections.reader(server, door).ssh.read(['systemctl', 'is-active', 'cloudstack-management']);
    assert.equal(output, { code: 0, stdout: 'active\n', stderr: '' });
  },
  'a handshake with the public address of a VM gives the chain': async () => {
    const vm = await storageVm();
    const address = String(vm.get('publicip'));
    const shaken = await connections.reader(vm, door).tls.handshake({ address, port: 443, serverName: undefined });
    assert.is(shaken.stage, 'tls');
    assert.is(shaken.stage === 'tls' && shaken.chain.length, 3);
  },
  'the name of a VM resolves to its public address': async () => {
    const vm = await storageVm();
    const address = String(vm.get('publicip'));
    const name = `${address.replaceAll('.', '-')}.storage.lab.example`;
    assert.equal(await connections.reader(vm, door).dns.resolve(name), [address]);
  },
  // The last one: it takes away what the others stand on.
  'nothing is left in the folder once the lab has ended': async () => {
    await connections.close();
    await lab.close();
    assert.equal(readdirSync(parent), []);
    rmSync(parent, { recursive: true });
  },
});
