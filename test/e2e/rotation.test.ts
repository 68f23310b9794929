// The main job by the user's door, on every release that the lab imitates.

import { X509Certificate } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { makeLabCertificates } from '../../src/lab/lab.ts';
import { type Profile, profiles } from '../../src/lab/world/world.ts';
import { projectFolder } from '../project.ts';
import { type Rig, withLab } from '../rig.ts';
import { assert, tests } from '../tests.ts';
import { CHAIN, UPLOADED, WITHOUT_TLS } from './lab-states.ts';
import { sideBySide } from './side-by-side.ts';
import { changesOf, eventsOf } from './told.ts';

const PLAYBOOK = 'rotate-certs.yml';
const certificates = await makeLabCertificates();
const wanted = new X509Certificate(certificates.renewed.leaf).fingerprint256.replaceAll(':', '').toLowerCase();

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

/** Every port of every VM presents the new certificate: console proxies on two, storage VMs on one. */
async function assertServed(rig: Rig, ports: number): Promise<void> {
  const served = await servedBy(rig);
  assert.is(served.size, ports);
  assert.equal([...new Set(served.values())], [wanted]);
}

/** A plan that writes nothing, a run that does what it said, and a second run that finds nothing to do. The changes. */
async function planThenRunTwice(rig: Rig, ports: number): Promise<readonly string[]> {
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

const rotates = (profile: Profile) => () =>
  withLab({ profile, zones: 2, timeFactor: 0.01, certificates }, async (rig) => {
    await planThenRunTwice(rig, 6);
  });

const FIRST_CHANGES = [
  'lab/ams/s-2-VM: The system VMs serve it',
  'lab/ams/v-1-VM: The system VMs serve it',
  'lab/ms1.lab.example: The new settings count',
  'lab: Consoles have names',
  'lab: Consoles speak TLS',
  'lab: Downloads have names',
  'lab: Downloads speak TLS',
  'lab: The chain is in CloudStack',
];

const switchesOn = (profile: Profile) => () =>
  withLab({ profile, zones: 1, timeFactor: 0.01, certificates, world: WITHOUT_TLS }, async (rig) => {
    const changes = await planThenRunTwice(rig, 3);
    assert.equal(changes, FIRST_CHANGES);
  });

/** The playbook with `force: true` at the upload, in a folder of its own. */
function forcing(folder: string): string {
  const text = readFileSync(join(projectFolder, 'playbooks', PLAYBOOK), 'utf8');
  const forced = text.replace(
    'domain_suffix: "{{ console_domain }}" }',
    'domain_suffix: "{{ console_domain }}", force: true }',
  );
  assert.not.equal(forced, text);
  const file = join(folder, 'force.yml');
  writeFileSync(file, forced);
  return file;
}

const uploadsAgain = (profile: Profile, writes: readonly string[]) => () =>
  withLab(
    { profile, zones: 1, timeFactor: 0.01, certificates, world: { material: certificates.renewed } },
    async (rig) => {
      const run = await rig.play([forcing(rig.folder), '--output', 'json']);
      assert.is(run.code, 0, run.stdout.slice(-3000));
      assert.equal(
        rig.lab.writes().map(({ did }) => did),
        writes,
      );
      await assertServed(rig, 3);
    },
  );

tests(
  'rotation',
  sideBySide({
    ...Object.fromEntries(
      profiles.map((profile) => [
        `on ${profile}: the plan writes nothing, the run does what it said, a second run does nothing`,
        rotates(profile),
      ]),
    ),
    ...Object.fromEntries(
      (['4.21', '4.22'] as const).map((profile) => [
        `on ${profile} without TLS: settings change, the management server restarts, and the chain is served`,
        switchesOn(profile),
      ]),
    ),
    'force on 4.21: the chain that is served is uploaded again, and every VM is seen to come back': uploadsAgain(
      '4.21',
      CHAIN,
    ),
    'force on 4.22: the chain that is served is uploaded again, and the management state is put back': uploadsAgain(
      '4.22',
      UPLOADED,
    ),
  }),
);
