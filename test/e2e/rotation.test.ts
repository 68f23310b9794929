// The main job by the user's door, on every release that the lab imitates.

import { X509Certificate } from 'node:crypto';
import { connect } from 'node:tls';
import { profiles } from '../../src/lab/world/world.ts';
import type { Event } from '../../src/model.ts';
import { type Rig, withLab } from '../rig.ts';
import { assert, type Cases, tests } from '../tests.ts';

const PLAYBOOK = 'rotate-certs.yml';

function events(stdout: string): Event[] {
  return stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Event);
}

/** What changes, as `host: task`, inner plays left out: their hosts are listed. */
function changes(stream: readonly Event[]): string[] {
  const steps = stream.filter((event) => event.type === 'step-ended');
  return steps
    .filter((step) => step.result.status === 'changed' && step.module !== 'play')
    .map((step) => `${step.host}: ${step.name}`)
    .sort();
}

/** Fingerprints of the certificates that the machines' ports present, by address. */
async function servedBy(rig: Rig): Promise<Map<string, string>> {
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

function rotates(profile: (typeof profiles)[number]): () => Promise<void> {
  return () =>
    withLab({ profile, zones: 2, timeFactor: 0.01 }, async (rig) => {
      const plan = await rig.play([PLAYBOOK, '--check', '--output', 'json']);
      assert.is(plan.stderr, '');
      assert.is(plan.code, 0);
      assert.equal(rig.lab.writes(), [], 'a plan writes nothing');

      const run = await rig.play([PLAYBOOK, '--output', 'json']);
      assert.is(run.code, 0, run.stdout.slice(-3000));
      assert.equal(changes(events(run.stdout)), changes(events(plan.stdout)));

      const wanted = new X509Certificate(rig.lab.certificates.renewed.leaf).fingerprint256
        .replaceAll(':', '')
        .toLowerCase();
      const served = await servedBy(rig);
      assert.is(served.size, 6, 'two console proxies on two ports, two storage VMs on one');
      assert.equal([...new Set(served.values())], [wanted]);

      const before = rig.lab.writes().length;
      const again = await rig.play([PLAYBOOK, '--output', 'json']);
      assert.is(again.code, 0, again.stdout.slice(-3000));
      assert.equal(changes(events(again.stdout)), []);
      assert.is(rig.lab.writes().length, before, 'the second run writes nothing');
    });
}

const cases: Cases = Object.fromEntries(
  profiles.map((profile) => [
    `on ${profile}: the plan writes nothing, the run does what it said, a second run does nothing`,
    rotates(profile),
  ]),
);

tests('rotation', cases);
