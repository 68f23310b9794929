// What somebody does between the parts of a run, or before it: an operator who mends, or who spoils.

import { appendFileSync, copyFileSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { LabCertificates } from '../../../src/lab/ca.ts';
import type { RunningCloud } from '../../../src/lab/lab.ts';
import type { Machine } from '../../../src/lab/machine.ts';
import { installOf } from '../../../src/lab/world/create.ts';
import { holderOf, plant, reusedPid } from '../../lock/planted.ts';
import type { Rig } from '../../rig.ts';
import { assert } from '../../tests.ts';
import { certificates, otherCertificates } from './authorities.ts';

/** By the words that the table has for it. */
export const byHand = {
  'ms1 is started anew': async (rig: Rig): Promise<void> => {
    cloudOf(rig).world.restartManagementServer('ms1.lab.example');
    await answers(rig);
  },
  'ms1 and the agents have come up at last': async (rig: Rig): Promise<void> => {
    await answers(rig);
    const { world } = cloudOf(rig);
    await until(world.onMachine, () => installOf(world).vms.every(({ agent }) => agent?.state === 'Up'));
  },
  'the console proxy has come up at last': (rig: Rig): Promise<void> => isServed(rig, 'consoleproxy'),
  'the storage VM has come up at last': (rig: Rig): Promise<void> => isServed(rig, 'secondarystoragevm'),
  'a run on another machine has the lock': (rig: Rig): void => lock(rig, { machine: 'other' }),
  'a run whose process is dead has the lock': (rig: Rig): void => lock(rig, { process: reusedPid() }),
  'cs-play unlock lab --run 20261124-101500-0001': async (rig: Rig): Promise<void> => {
    const { code, stderr } = await rig.here(['unlock', 'lab', '--run', '20261124-101500-0001']);
    assert.is(code, 0, stderr);
  },
  'the certificate files are those of another certificate': ({ lab }: Rig): void => give(lab, otherCertificates),
  'the certificate files are put back': ({ lab }: Rig): void => give(lab, certificates),
  'the inventory is changed': ({ lab }: Rig): void => appendFileSync(lab.inventory, '# a note\n'),
  'the inventory is put back': ({ lab }: Rig): void =>
    writeFileSync(lab.inventory, readFileSync(lab.inventory, 'utf8').replace(/# a note\n$/, '')),
  'the last line of the journal is torn': (rig: Rig): void => {
    appendFileSync(journalOf(rig), '{"event":{"at":"2026-');
  },
  'a line of the journal is damaged': (rig: Rig): void => {
    const path = journalOf(rig);
    copyFileSync(path, `${path}.copy`);
    const lines = readFileSync(path, 'utf8').split('\n');
    writeFileSync(path, lines.with(2, '{"event":').join('\n'));
  },
  'the journal is put back': (rig: Rig): void => copyFileSync(`${journalOf(rig)}.copy`, journalOf(rig)),
} as const;

export type ByHand = keyof typeof byHand;

function give({ folder }: Rig['lab'], { renewed }: LabCertificates): void {
  writeFileSync(join(folder, 'privkey.pem'), renewed.key);
  writeFileSync(join(folder, 'fullchain.pem'), [renewed.leaf, ...renewed.intermediates].join(''));
  writeFileSync(join(folder, 'root.pem'), renewed.root);
}

function cloudOf({ lab }: Rig): RunningCloud {
  const [cloud] = lab.clouds;
  if (cloud === undefined) throw new RangeError('a lab has a cloud');
  return cloud;
}

/** The journal of the only run. */
export function journalOf({ state }: Rig): string {
  const runs = join(state, 'cs-play/runs');
  return join(runs, readdirSync(runs).sort().at(-1) ?? '', 'journal.ndjson');
}

function lock(rig: Rig, holder: Parameters<typeof holderOf>[0]): void {
  const identity = installOf(cloudOf(rig).world).identity.domainId;
  plant(join(rig.state, 'cs-play'), holderOf({ identity, cloud: 'lab', ...holder }));
}

/** Resolves when the first management server of the lab answers. */
function answers(rig: Rig): Promise<void> {
  const { world } = cloudOf(rig);
  return until(world.onManagementServer, () => world.managementServers[0]?.api === 'answers');
}

/** Resolves when a VM of that type presents the new certificate. */
function isServed(rig: Rig, type: Machine['type']): Promise<void> {
  const { world } = cloudOf(rig);
  const { renewed } = certificates;
  const isUp = ({ ports, ...machine }: Machine) =>
    machine.type === type && ports[443]?.kind === 'tls' && ports[443].certificates[0]?.trim() === renewed.leaf.trim();
  return until(world.onMachine, () => world.machines().some(isUp));
}

function until(listen: (listener: () => void) => () => void, holds: () => boolean): Promise<void> {
  if (holds()) return Promise.resolve();
  return new Promise((resolve) => {
    const leave = listen(() => {
      if (!holds()) return;
      leave();
      resolve();
    });
  });
}
