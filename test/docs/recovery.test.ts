// What docs/recovery.md tells an operator to type is typed, each section in the state of a lab that it is for.
//
//   RECOVERY_UPDATE=1 node dist/test/runner.js test/docs/recovery     writes the outputs anew

import { readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { generateX25519Identity, identityToRecipient } from 'age-encryption';
import { journalFile, runFolder, runIds } from '../../src/journal/folder.ts';
import { summaryOf } from '../../src/journal/list.ts';
import { questionsOf } from '../../src/journal/questions.ts';
import type { LabOptions } from '../../src/lab/lab.ts';
import { stateFolder } from '../../src/state.ts';
import { userAtHost } from '../../src/user.ts';
import { labCertificates } from '../certificates.ts';
import { shownIn, steady, withOutputs, wordsOf } from '../console.ts';
import { sideBySide } from '../e2e/side-by-side.ts';
import { holderOf, plant } from '../lock/planted.ts';
import { projectFolder } from '../project.ts';
import { type Done, type Rig, withLab } from '../rig.ts';
import { assert, type Cases, tests } from '../tests.ts';

const path = join(projectFolder, 'docs/recovery.md');
const page = readFileSync(path, 'utf8');
const certificates = await labCertificates();
const identity = await generateX25519Identity();
const recipient = await identityToRecipient(identity);

/** The run that the page speaks of, and the folder in which its reader is. */
const RUN = '20261125-034100-9f3c';
const READER = '/root/rotation';

interface Place extends Rig {
  /** The state folder of cs-play. */
  readonly kept: string;
  /** Its inventory: a cloud called eu-1. */
  readonly inventory: string;
}

/** A run that goes on until a command of the page lets it. */
interface Waiting {
  readonly end: Promise<Done>;
}

/** What one section of the page is for. */
interface Section {
  readonly faults?: LabOptions['faults'];
  /** Brings it about. */
  readonly happened: (place: Place) => Promise<Waiting | undefined>;
  /** How each of its commands ends. */
  readonly codes: readonly number[];
}

function inPlace<T>(faults: LabOptions['faults'], body: (place: Place) => Promise<T>): Promise<T> {
  return withLab({ profile: '4.22', zones: 1, timeFactor: 0.01, certificates, faults }, (rig) => {
    const inventory = join(rig.folder, 'production.yml');
    const key = join(rig.folder, 'way-back.key');
    writeFileSync(key, `${identity}\n`, { mode: 0o600 });
    const keeping = `    bundle_recipients: [${recipient}]\n    bundle_identity_file: ${key}\n`;
    const text = readFileSync(rig.lab.inventory, 'utf8');
    writeFileSync(inventory, text.replace('    lab:\n', '    eu-1:\n').replace('  vars:\n', `  vars:\n${keeping}`));
    return body({ ...rig, inventory, kept: stateFolder({ XDG_STATE_HOME: rig.state }) });
  });
}

/** Runs a playbook on eu-1; one of the section's own is given with its text. */
async function play({ folder, here, inventory }: Place, name: string, text?: string): Promise<Done> {
  const file = text === undefined ? name : join(folder, name);
  if (text !== undefined) writeFileSync(file, text);
  return here([file, '-i', inventory]);
}

/** The journal of the newest run, as a process leaves it that dies right after that write was begun. */
function dieAfter({ kept }: Place, what: string): void {
  const file = journalFile(runFolder(kept, runIds(kept).at(-1) ?? ''));
  const content = readFileSync(file);
  const begun =
    [...content.toString('latin1').matchAll(/"what":"[^"]*/g)].find(([words]) => words.endsWith(what))?.index ?? -1;
  assert.ok(begun > 0, what);
  truncateSync(file, content.indexOf('\n', begun) + 1);
}

const RELOAD = `- hosts: clouds
  tasks:
    - hosts: secondary_storage_vms
      tasks:
        - name: Apache reads its files again
          command: systemctl reload apache2
`;

const CONFIRMED = `- name: Every console proxy
  hosts: clouds
  confirm: { message: are the users told?, timeout: 20s }
  tasks:
    - global_setting: { name: consoleproxy.session.max, value: "60" }
`;

const PLAIN = `- hosts: clouds
  tasks:
    - global_setting: { name: consoleproxy.sslEnabled, value: false }
`;

/** What keeps the bundle that is served. */
const keep = (files: string): string => `- hosts: clouds
  tasks:
    - certificate_bundle: { files: [${files}privkey.pem, ${files}fullchain.pem, ${files}root.pem], minimum_days: 0 }
      register: bundle
    - bundle_store: { bundle: "{{ bundle }}" }
`;

/** Resolves once a run waits for an answer, and its journal tells for which hosts. */
async function asked({ kept }: Place): Promise<void> {
  const waits = (id: string): boolean => questionsOf(runFolder(kept, id)).length > 0 && summaryOf(kept, id).hosts > 0;
  while (!runIds(kept).some(waits)) await new Promise(setImmediate);
}

const sections: Readonly<Record<string, Section>> = {
  'A host failed': {
    faults: [{ name: 'job-fails', command: 'stopSystemVm' }],
    happened: async (place) => {
      await play(place, 'rotate-certs.yml');
      return undefined;
    },
    codes: [0, 0, 0],
  },
  'It was killed, or the machine went down': {
    happened: async (place) => {
      await play(place, 'rotate-certs.yml');
      dieAfter(place, 'stopSystemVm');
      return undefined;
    },
    codes: [0, 0],
  },
  'A write of which nobody knows': {
    happened: async (place) => {
      await play(place, 'apache.yml', RELOAD);
      dieAfter(place, 'systemctl reload apache2');
      return undefined;
    },
    codes: [0, 3, 0],
  },
  'It waits for a yes': {
    happened: async (place) => {
      const end = play(place, 'consoles.yml', CONFIRMED);
      await asked(place);
      return { end };
    },
    codes: [0, 0],
  },
  'A lock of another run': {
    happened: async ({ kept }) => {
      plant(kept, holderOf({ run: RUN, machine: 'elsewhere' }));
      return undefined;
    },
    codes: [0, 0],
  },
  'A plan that is not applied': {
    happened: async (place) => {
      await place.here(['plan', 'rotate-certs.yml', '-i', place.inventory, '-o', join(place.folder, 'rotation.plan')]);
      await play(place, 'plain.yml', PLAIN);
      return undefined;
    },
    codes: [5],
  },
  'Back to the old certificate': {
    happened: async (place) => {
      await play(place, 'keep.yml', keep(join(place.lab.folder, 'served-')));
      await play(place, 'rotate-certs.yml');
      return undefined;
    },
    codes: [0, 0],
  },
};

/** Types the command as it stands on the page; gives what a terminal shows. */
async function typed(command: string, code: number | undefined, place: Place): Promise<string> {
  const { folder, here, kept } = place;
  const [, line = '', last] = /^cs-play (.*?)(?: \| tail -n (\d+))?$/.exec(command) ?? [];
  const words = wordsOf(line.replaceAll(RUN, runIds(kept).at(-1) ?? RUN)).map((word) =>
    /^(production\.yml|rotation\.plan)$/.test(word) ? join(folder, word) : word,
  );
  const done = await here(words);
  assert.is(done.code, code, `${command}\n${done.stdout}${done.stderr}`);
  const lines = done.stdout.trimEnd().split('\n');
  const out = last === undefined ? lines : lines.slice(-Number(last));
  return asRead(`${done.stderr}${out.join('\n')}`, words[0] === 'runs' ? '' : `${READER}/`, place);
}

/** As the reader of the page has it: names, ids and times are those of the page. */
function asRead(text: string, folder: string, place: Place): string {
  return text
    .replaceAll(`${place.folder}/`, folder)
    .replaceAll(`${projectFolder}/`, folder)
    .replaceAll(/\b\d{8}-\d{6}-[0-9a-f]{4}\b/g, RUN)
    .replaceAll(userAtHost(), 'anna@adm1')
    .replaceAll(/\b\d{4}-\d\d-\d\d \d\d:\d\d(:\d\d)?/g, '2026-11-25 03:41$1')
    .replaceAll(/\bpid \d+/g, 'pid 4711');
}

/** The page's part of that heading. */
const partOf = (heading: string): string =>
  page.split(/^(?=## )/m).find((part) => part.startsWith(`## ${heading}\n`)) ?? '';

const told = new Map<string, readonly string[]>();

/** The outputs of all sections, once they are known, in the order of the page. */
function update(heading: string, outputs: readonly string[]): void {
  told.set(heading, outputs);
  if (told.size < Object.keys(sections).length) return;
  writeFileSync(
    path,
    withOutputs(
      page,
      Object.keys(sections).flatMap((each) => told.get(each) ?? []),
    ),
  );
}

const showsWhatHappens =
  (heading: string, { faults, happened, codes }: Section) =>
  () =>
    inPlace(faults, async (place) => {
      const waiting = await happened(place);
      const shown = shownIn(partOf(heading));
      assert.is(shown.length, codes.length);
      const outputs: string[] = [];
      for (const [index, { command }] of shown.entries()) outputs.push(await typed(command, codes[index], place));
      if (waiting) assert.is((await waiting.end).code, 0);
      if (process.env['RECOVERY_UPDATE']) return update(heading, outputs);
      for (const [index, { command, output }] of shown.entries()) {
        assert.equal(steady(outputs[index] ?? ''), steady(output), command);
      }
    });

const cases: Cases = Object.fromEntries(
  Object.entries(sections).map(([heading, section]) => [
    `"${heading}" shows what happens`,
    showsWhatHappens(heading, section),
  ]),
);

/** All that a person may be told, as the sources have it: templates with `…` for their holes. */
function sources(): string {
  const files = ['src', 'tasks', 'playbooks'].flatMap((folder) =>
    readdirSync(join(projectFolder, folder), { recursive: true, encoding: 'utf8' }).map((name) => join(folder, name)),
  );
  return files
    .filter((name) => /\.(ts|yml)$/.test(name))
    .map((name) => readFileSync(join(projectFolder, name), 'utf8'))
    .join('\n');
}

tests('docs/recovery.md', {
  'what its table says that cs-play says, cs-play says': () => {
    const said = sources();
    const quoted = [...page.matchAll(/^\| .*? \|/gm)].flatMap(([cell]) =>
      [...cell.matchAll(/\*([^*]+)\*/g)].flatMap(([, text = '']) => text.split('…').map((part) => part.trim())),
    );
    assert.ok(quoted.length > 30);
    assert.equal(
      quoted.filter((part) => !said.includes(part)),
      [],
    );
  },
  'every command that it shows stands in a section that is tried': () => {
    const tried = Object.keys(sections).flatMap((heading) => shownIn(partOf(heading)));
    assert.equal(shownIn(page), tried);
  },
  ...sideBySide(cases),
});
