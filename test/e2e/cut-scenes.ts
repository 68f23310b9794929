// What is cut: rotations and rollbacks on labs of several kinds, and what can be said of the entry after which one was.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Entry } from '../../src/journal/entry.ts';
import type { LabOptions } from '../../src/lab/lab.ts';
import { profiles } from '../../src/lab/world/world.ts';
import type { Rig } from '../rig.ts';
import { WITHOUT_TLS } from './lab-states.ts';
import { PLAYBOOK } from './rotation-proof.ts';

/** A run on a lab of its own. */
export interface Scene {
  readonly lab: Omit<LabOptions, 'folder' | 'certificates'>;
  /** The playbook and what is asked of it; by default a rotation. */
  readonly words?: readonly string[];
  /** What is done before. */
  readonly before?: (rig: Rig) => Promise<void>;
}

/** Keys of tests, worth nothing. */
const RECIPIENT = 'age1nh68yak956vlg3m9c2knxv8nh0ey08ys83vsxw7h5e3vg6fks90s0ej5fj';
const IDENTITY = 'AGE-SECRET-KEY-1XR5YTENMGX7G92N24ZRZ77X2WD7KJGEXTXUK6H5AE77FGKMLJDGQR08YH6';

const identityFile = (rig: Rig): string => join(rig.folder, 'identity.txt');

/** All words but the inventory. What is proved is kept, and can be opened. */
export function wordsOf({ words = [PLAYBOOK] }: Scene, rig: Rig): readonly string[] {
  const vars = { bundle_recipients: [RECIPIENT], bundle_identity_file: identityFile(rig) };
  return [...words, '--output', 'json', '-e', JSON.stringify(vars)];
}

/** Makes ready what the run needs. */
export async function prepare(scene: Scene, rig: Rig): Promise<void> {
  writeFileSync(identityFile(rig), `${IDENTITY}\n`, { mode: 0o600 });
  await scene.before?.(rig);
}

async function go(rig: Rig, words: readonly string[]): Promise<void> {
  const done = await rig.playHere(wordsOf({ lab: { profile: '4.22' }, words }, rig));
  if (done.code !== 0) throw new Error(`${words.join(' ')} ends with ${done.code}: ${done.stderr}${done.stdout}`);
}

/** Keeps the bundle that is served when nobody has kept anything yet. */
async function keepServed(rig: Rig): Promise<void> {
  const files = ['privkey', 'fullchain', 'root'].map((name) => join(rig.lab.folder, `served-${name}.pem`));
  const bundle = { register: 'bundle', certificate_bundle: { files, minimum_days: 0 } };
  const playbook = join(rig.folder, 'keep.yml');
  const tasks = [bundle, { bundle_store: { bundle: '{{ bundle }}' } }];
  writeFileSync(playbook, JSON.stringify([{ hosts: 'clouds', tasks }]));
  await go(rig, [playbook]);
}

const timeFactor = 0.005;

const rotations: Readonly<Record<string, Scene>> = Object.fromEntries([
  ...profiles.map((profile): [string, Scene] => [
    `${profile}, two clouds of two zones`,
    { lab: { profile, clouds: 2, zones: 2, timeFactor } },
  ]),
  ...[1, 2].map((managementServers): [string, Scene] => [
    `4.22, TLS switched on for the first time, ${managementServers === 1 ? 'one server' : 'two servers'}`,
    { lab: { profile: '4.22', zones: 1, managementServers, timeFactor, world: WITHOUT_TLS } },
  ]),
]);

/** By what they are called. */
const ways: Readonly<Record<string, Scene>> = {
  'back, by a rollback': {
    lab: { profile: '4.22', zones: 1, timeFactor },
    words: ['rollback-certs.yml', '--limit', 'lab'],
    before: async (rig) => {
      await keepServed(rig);
      await go(rig, [PLAYBOOK]);
    },
  },
  'back, by a rotation that fails': {
    lab: { profile: '4.22', zones: 2, timeFactor, faults: [{ name: 'job-fails', command: 'stopSystemVm' }] },
    words: [PLAYBOOK, '-e', 'on_failure=rollback'],
    before: keepServed,
  },
};

/** No write is answered: the lab obeys, and the connection breaks. */
export const unanswered = (scene: Scene): Scene => {
  const { lab } = scene;
  const faults = [...(lab.faults ?? []), { name: 'answer-lost', times: Number.POSITIVE_INFINITY } as const];
  return { ...scene, lab: { ...lab, faults } };
};

/** By what they are called. */
export const scenes: Readonly<Record<string, Scene>> = Object.fromEntries(
  Object.entries({ ...rotations, ...ways }).flatMap(([name, scene]) => [
    [name, scene],
    [`${name}, no write is answered`, unanswered(scene)],
  ]),
);

/** `write-started stopSystemVm id=…`, `ended`, `change`. */
export function entryWords(entry: Entry): string {
  if (!('event' in entry)) return Object.keys(entry)[0] ?? '';
  const { event } = entry;
  return event.type === 'write-started' ? `${event.type} ${event.what}` : event.type;
}
