import { generateKeyPairSync, X509Certificate } from 'node:crypto';
import { get } from 'node:http';
import { connect as tlsConnect } from 'node:tls';
import type { Machine, PortState } from '../../../src/lab/machine.ts';
import { createDoors, type Doors } from '../../../src/lab/vm/doors.ts';
import { claimPorts } from '../../../src/lab/vm/ports.ts';
import { labCertificates } from '../../certificates.ts';
import { assert, tests } from '../../tests.ts';
import { type Presented, presentedAt } from '../presented.ts';

const PUBLIC_IP = '203.0.113.10';
const certificates = await labCertificates();
const { leaf, intermediates, root, key } = certificates.served;
const [intermediate = ''] = intermediates;

const fingerprint = (pem: string) => new X509Certificate(pem).fingerprint256.replaceAll(':', '').toLowerCase();

function machine(ports: Record<number, PortState>, power: Machine['power'] = 'on'): Machine {
  return {
    id: 'b3f7',
    type: 'consoleproxy',
    name: 'v-1-VM',
    zone: 'ams',
    hypervisor: 'kvm1',
    publicIp: PUBLIC_IP,
    privateIp: '10.0.0.10',
    linkLocalIp: '169.254.0.10',
    power,
    ports,
    files: {},
    trustStore: { path: '/x', password: 'vmops.com', entries: [] },
    services: {},
  };
}

async function withDoors(body: (doors: Doors) => Promise<void>): Promise<void> {
  const ports = await claimPorts(4);
  const trouble: unknown[] = [];
  const doors = createDoors([PUBLIC_IP], ports, (error) => trouble.push(error));
  try {
    await body(doors);
  } finally {
    await doors.close();
    await ports.close();
  }
  assert.equal(trouble, []);
}

async function shown(doors: Doors, ...states: readonly Machine[]): Promise<Presented> {
  for (const state of states) doors.show(state);
  await doors.settled();
  return presentedAt(doors.localPort(PUBLIC_IP, 443));
}

const tls = (certificates: readonly string[], withKey = key): Machine =>
  machine({ 443: { kind: 'tls', certificates, key: withKey } });

const refused: Presented = { outcome: 'ECONNREFUSED', chain: [] };

const chains: Readonly<Record<string, readonly string[]>> = {
  'the chain in order': [leaf, intermediate, root],
  'a leaf alone': [leaf],
  'a chain upside down': [leaf, root, intermediate],
  'strangers and doubles': [leaf, certificates.snakeoil.certificate, root, root, certificates.renewed.leaf],
};

tests('ports of a system VM', {
  ...Object.fromEntries(
    Object.entries(chains).map(([name, chain]) => [
      `${name} is presented as it is`,
      () =>
        withDoors(async (doors) => {
          assert.equal(await shown(doors, tls(chain)), { outcome: 'connected', chain: chain.map(fingerprint) });
        }),
    ]),
  ),
  'a key of another certificate is presented with the chain, and its signature is bad': () =>
    withDoors(async (doors) => {
      const chain = [leaf, intermediate, root];
      const seen = await shown(doors, tls(chain, certificates.renewed.key));
      assert.equal(seen.chain, chain.map(fingerprint));
      // Which of them depends on what the foreign signature happens to decrypt to.
      assert.match(seen.outcome, /SIGNATURE|PADDING|BLOCK_TYPE|TOO_LARGE/);
    }),
  'a key of another kind ends in a handshake failure': () =>
    withDoors(async (doors) => {
      const { privateKey } = generateKeyPairSync('rsa-pss', { modulusLength: 2048 });
      const pss = String(privateKey.export({ type: 'pkcs8', format: 'pem' }));
      const seen = await shown(doors, tls([leaf, intermediate], pss));
      assert.equal(seen.chain, []);
      assert.match(seen.outcome, /HANDSHAKE_FAILURE/);
    }),
  'a port that was not opened refuses': () =>
    withDoors(async (doors) => {
      assert.equal(await presentedAt(doors.localPort(PUBLIC_IP, 443)), refused);
    }),
  'a machine that boots refuses, and answers on the same port once it is up': () =>
    withDoors(async (doors) => {
      const ports: Record<number, PortState> = { 443: { kind: 'tls', certificates: [leaf], key } };
      assert.equal((await shown(doors, machine(ports))).outcome, 'connected');
      assert.equal(await shown(doors, machine(ports, 'booting')), refused);
      assert.equal((await shown(doors, machine(ports))).outcome, 'connected');
    }),
  'the last of many changes is what is there': () =>
    withDoors(async (doors) => {
      const seen = await shown(
        doors,
        tls([leaf]),
        machine({}, 'off'),
        tls([certificates.renewed.leaf], certificates.renewed.key),
      );
      assert.equal(seen, { outcome: 'connected', chain: [fingerprint(certificates.renewed.leaf)] });
    }),
  'an address that is hidden refuses': () =>
    withDoors(async (doors) => {
      await shown(doors, tls([leaf]));
      doors.hide(PUBLIC_IP);
      await doors.settled();
      assert.equal(await presentedAt(doors.localPort(PUBLIC_IP, 443)), refused);
    }),
  'port 443 speaks TLS 1.2 and port 8443 TLS 1.3': () =>
    withDoors(async (doors) => {
      const state: PortState = { kind: 'tls', certificates: [leaf], key };
      await shown(doors, machine({ 443: state, 8443: state }));
      assert.equal(await protocolAt(doors.localPort(PUBLIC_IP, 443)), 'TLSv1.2');
      assert.equal(await protocolAt(doors.localPort(PUBLIC_IP, 8443)), 'TLSv1.3');
    }),
  'a plain port answers HTTP': () =>
    withDoors(async (doors) => {
      await shown(doors, machine({ 80: { kind: 'plain' } }));
      assert.is(await statusAt(doors.localPort(PUBLIC_IP, 80)), 404);
    }),
});

function protocolAt(port: number): Promise<string | null> {
  return new Promise((resolve, reject) => {
    const socket = tlsConnect({ port, host: '127.0.0.1', rejectUnauthorized: false }, () => {
      resolve(socket.getProtocol());
      socket.destroy();
    });
    socket.once('error', reject);
  });
}

function statusAt(port: number): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    get({ port, host: '127.0.0.1', agent: false }, (response) => {
      response.resume();
      response.once('end', () => resolve(response.statusCode));
    }).once('error', reject);
  });
}
