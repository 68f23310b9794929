import { X509Certificate } from 'node:crypto';
import { Resolver } from 'node:dns/promises';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type LabFile, readLabFile } from '../../src/lab/folder.ts';
import { type Lab, startLab } from '../../src/lab/lab.ts';
import { labCertificates } from '../certificates.ts';
import { assert, tests } from '../tests.ts';
import { presentedAt } from './presented.ts';
import { sshRun } from './ssh/client.ts';

const certificates = await labCertificates();

async function withLab(
  body: (lab: Lab, file: LabFile) => Promise<void>,
  more: Partial<Parameters<typeof startLab>[0]> = {},
): Promise<void> {
  const parent = mkdtempSync(join(tmpdir(), 'cs-play-lab-'));
  try {
    const lab = await startLab({
      folder: join(parent, 'lab'),
      profile: '4.22',
      timeFactor: 0.002,
      certificates,
      ...more,
    });
    try {
      const file = readLabFile(lab.folder);
      if (file === undefined) throw new Error('the lab wrote no lab.json');
      await body(lab, file);
    } finally {
      await lab.close();
    }
    assert.is(existsSync(join(parent, 'lab')), false);
  } finally {
    rmSync(parent, { recursive: true, force: true });
  }
}

const fingerprint = (pem: string) => new X509Certificate(pem).fingerprint256.replaceAll(':', '').toLowerCase();

/** The local port that `connect_to` leads to. */
function led(file: LabFile, from: string, cloud = 0): number {
  const rule = file.clouds[cloud]?.connect_to.find((each) => each.startsWith(`${from}:127.0.0.1:`));
  return Number(rule?.split(':').at(-1));
}

tests('a lab', {
  'every VM of every zone serves the old chain on every port that it should': () =>
    withLab(async (lab, file) => {
      const { leaf, intermediates, root } = lab.certificates.served;
      const served = { outcome: 'connected', chain: [leaf, ...intermediates, root].map(fingerprint) };
      const machines = lab.clouds[0]?.world.machines() ?? [];
      assert.is(machines.length, 4);
      for (const { publicIp, type } of machines) {
        assert.equal(await presentedAt(led(file, `${publicIp}:443`)), served);
        const websocket = await presentedAt(led(file, `${publicIp}:8443`));
        assert.equal(websocket, type === 'consoleproxy' ? served : { outcome: 'ECONNREFUSED', chain: [] });
      }
    }),
  'a VM that is stopped refuses, and its port answers again once the scanner has started it': () =>
    withLab(async (lab, file) => {
      const { world, settled } = firstOf(lab);
      const [vm] = world.machines();
      if (vm === undefined) throw new Error('no VM');
      const port = led(file, `${vm.publicIp}:443`);
      const back = new Promise<void>((resolve) => {
        const powers: string[] = [];
        world.onMachine((news) => {
          if (news.kind !== 'machine' || news.machine.id !== vm.id) return;
          powers.push(news.machine.power);
          const { 443: https } = news.machine.ports;
          if (powers.includes('off') && https?.kind === 'tls') resolve();
        });
      });
      await call(file, `command=stopSystemVm&id=${vm.id}`);
      await back;
      await settled();
      assert.is((await presentedAt(port)).outcome, 'connected');
    }),
  'the folder is for its user alone': () =>
    withLab(async (lab, file) => {
      const mode = (path: string) => (statSync(path).mode & 0o777).toString(8);
      assert.is(mode(lab.folder), '700');
      const [key = ''] = file.certificate_files;
      const secret = [key, file.ssh_private_key_file, lab.inventory, join(lab.folder, 'lab.json')];
      assert.equal(secret.map(mode), ['600', '600', '600', '600']);
    }),
  'the files are the renewed bundle': () =>
    withLab(async (lab, file) => {
      const { key, leaf, intermediates, root } = lab.certificates.renewed;
      const texts = [...file.certificate_files, file.root_file].map((path) => readFileSync(path, 'utf8'));
      assert.equal(texts, [key, leaf + intermediates.join(''), root]);
    }),
  'names made of public addresses resolve to them': () =>
    withLab(async (lab, file) => {
      const resolver = new Resolver({ timeout: 2000, tries: 1 });
      resolver.setServers([...file.dns_servers]);
      for (const { publicIp } of firstOf(lab).world.machines()) {
        const name = publicIp.replaceAll('.', '-');
        assert.equal(await resolver.resolve4(`${name}.console.lab.example`), [publicIp]);
        assert.equal(await resolver.resolve4(`${name}.storage.lab.example`), [publicIp]);
      }
    }),
  'hypervisors and management servers are reached with the key of the folder': () =>
    withLab(async (lab, file) => {
      const privateKey = readFileSync(file.ssh_private_key_file, 'utf8');
      const { hypervisors } = firstOf(lab).world;
      for (const { ipAddress, name } of hypervisors) {
        assert.is((await sshRun({ port: led(file, `${ipAddress}:22`), privateKey }, 'hostname')).stdout, `${name}\n`);
      }
      const server = await sshRun({ port: led(file, 'ms1.lab.example:22'), privateKey }, 'hostname');
      assert.is(server.stdout, 'ms1.lab.example\n');
    }),
  'known_hosts has a line for every server of SSH': () =>
    withLab(async (lab, file) => {
      const text = readFileSync(file.clouds[0]?.ssh_known_hosts_file ?? '', 'utf8');
      const hosts = [...firstOf(lab).world.hypervisors.map(({ ipAddress }) => ipAddress), 'ms1.lab.example'];
      const lines = hosts.map((host) => `${host},[127.0.0.1]:${led(file, `${host}:22`)} ssh-ed25519`);
      assert.equal(
        text
          .trim()
          .split('\n')
          .map((line) => line.split(' ').slice(0, 2).join(' ')),
        lines,
      );
    }),
  'requests are counted': () =>
    withLab(async (lab, file) => {
      assert.is(lab.requests(), 0);
      await fetch(`${file.clouds[0]?.api_url}?command=listCapabilities&response=json`);
      assert.is(lab.requests(), 1);
      assert.equal(lab.writes(), []);
    }),
  'several clouds have names, servers and ports of their own': () =>
    withLab(
      async (lab, file) => {
        assert.equal(
          file.clouds.map(({ name }) => name),
          ['lab-1', 'lab-2', 'lab-3'],
        );
        const ports = file.clouds.flatMap(({ connect_to, api_url }) =>
          [...connect_to, api_url].map((rule) => /:(\d+)(?:\/client\/api)?$/.exec(rule)?.[1]),
        );
        assert.is(new Set(ports).size, ports.length);
        assert.is(lab.clouds.length, 3);
      },
      { clouds: 3, zones: 1 },
    ),
});

function firstOf(lab: Lab) {
  const [first] = lab.clouds;
  if (first === undefined) throw new Error('a lab without clouds');
  return first;
}

/** A signed call. */
async function call(file: LabFile, query: string): Promise<void> {
  const { signed } = await import('./signed.ts');
  const [cloud] = file.clouds;
  if (cloud === undefined) throw new Error('no cloud');
  const response = await fetch(`${cloud.api_url}?${signed(query, cloud.api_key, cloud.secret_key)}`, {
    method: 'POST',
  });
  assert.is(response.status, 200);
}
