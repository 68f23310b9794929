// What shows that a rotation did its work: what every port presents, and that plan, run and second run agree.

import { X509Certificate } from 'node:crypto';
import { connect } from 'node:tls';
import { labCertificates } from '../certificates.ts';
import type { Rig } from '../rig.ts';
import { assert } from '../tests.ts';
import { changesOf, eventsOf } from './told.ts';

export const PLAYBOOK = 'rotate-certs.yml';
export const certificates = await labCertificates();
const wanted = new X509Certificate(certificates.renewed.leaf).fingerprint256.replaceAll(':', '').toLowerCase();

/** Fingerprints of the certificates that the machines' ports present, by address. */
export async function servedBy(rig: Rig): Promise<Map<string, string>> {
  const served = new Map<string, string>();
  for (const cloud of rig.lab.clouds) {
    await cloud.settled();
    for (const machine of cloud.world.machines()) {
      for (const port of [443, 8443]) {
        const fingerprint = await leafAt(cloud.localPort(machine.publicIp, port));
        if (fingerprint) served.set(`${machine.name}:${port}`, fingerprint);
      }
    }
  }
  return served;
}

function leafAt(port: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port, rejectUnauthorized: false }, () => {
      resolve(socket.getPeerX509Certificate()?.fingerprint256.replaceAll(':', '').toLowerCase());
      socket.destroy();
    });
    socket.on('error', () => resolve(undefined));
  });
}

/** Every port of every VM presents the new certificate: console proxies on two, storage VMs on one. */
export async function assertServed(rig: Rig, ports: number): Promise<void> {
  const served = await servedBy(rig);
  assert.is(served.size, ports);
  assert.equal([...new Set(served.values())], [wanted]);
}

/** A plan that writes nothing, a run that does what it said, and a second run that finds nothing to do. The changes. */
export async function planThenRunTwice(rig: Rig, ports: number): Promise<readonly string[]> {
  const plan = await rig.play([PLAYBOOK, '--check', '--output', 'json']);
  assert.is(plan.code, 0, plan.stdout.slice(-3000));
  assert.equal(rig.lab.writes(), [], 'a plan writes nothing');

  const run = await rig.play([PLAYBOOK, '--output', 'json']);
  assert.is(run.code, 0, run.stdout.slice(-3000));
  const changes = changesOf(eventsOf(run));
  assert.equal(changes, changesOf(eventsOf(plan)));
  await assertServed(rig, ports);

  const before = rig.lab.writes().length;
  const again = await rig.play([PLAYBOOK, '--output', 'json']);
  assert.is(again.code, 0, again.stdout.slice(-3000));
  assert.equal(changesOf(eventsOf(again)), []);
  assert.is(rig.lab.writes().length, before, 'the second run writes nothing');
  return changes;
}
