// What cannot be used is refused at the door: exit code 4, nothing on stdout, the place and the hint on stderr, and not
// one request to the cloud.

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { chdir, cwd } from 'node:process';
import { startLab } from '../../src/lab/lab.ts';
import { labCertificates } from '../certificates.ts';
import { badFlags } from '../cli/bad-flags.ts';
import { inProcess } from '../cli/in-process.ts';
import { badBundles } from '../pki/bad-bundles.ts';
import { badInputs } from '../playbook/bad-inputs.ts';
import { projectFolder } from '../project.ts';
import { csPlay, type Done, withFolder } from '../rig.ts';
import { assert, tests } from '../tests.ts';

type Files = Readonly<Record<string, string>>;

const home = cwd();
const certificates = await labCertificates();

/** A folder with a lab whose requests are counted, as the current folder meanwhile. */
async function besideALab(body: (lab: { apiUrl: string; requests(): number }, folder: string) => Promise<void>) {
  await withFolder(async (folder) => {
    const lab = await startLab({ folder: join(folder, 'lab'), profile: '4.22', zones: 1, certificates });
    try {
      await body({ apiUrl: lab.clouds[0]?.apiUrl ?? '', requests: () => lab.requests() }, folder);
    } finally {
      chdir(home);
      await lab.close();
    }
  });
}

const environment = {
  EU1_API_KEY: 'key-of-eu',
  EU1_SECRET_KEY: 'secret-of-eu',
  US1_API_KEY: 'key-of-us',
  US1_SECRET_KEY: 'secret-of-us',
};

/** The cloud that the tables write of; the lab stands in for it. */
const EXAMPLE_URL = 'https://cloud-eu.example.com/client/api';

function enter(folder: string, files: Files, apiUrl: string): void {
  mkdirSync(folder);
  chdir(folder);
  for (const [name, text] of Object.entries(files)) writeFileSync(name, text.replaceAll(EXAMPLE_URL, apiUrl));
}

function refusedWith(done: Done, stderr: string, about: string): void {
  assert.equal(done, { code: 4, stdout: '', stderr }, about);
}

const hosts = `clouds:
  hosts:
    eu-1:
      api_url: ${EXAMPLE_URL}
      api_key: key-of-eu
      secret_key: "{{ lookup('env', 'EU1_SECRET_KEY') }}"
`;

/** The texts of `refusals.txt`, by the name of the case; REFUSALS_UPDATE=1 writes them anew. */
const textsFile = join(projectFolder, 'test/e2e/refusals.txt');

function readTexts(): Map<string, string> {
  const parts = readFileSync(textsFile, 'utf8').split(/^## (.*)\n\$ cs-play .*\n/m);
  return new Map(parts.slice(1).flatMap((name, index, all) => (index % 2 === 0 ? [[name, all[index + 1] ?? '']] : [])));
}

async function badInputsAreRefused(): Promise<void> {
  const seen: string[] = [];
  await besideALab(async (lab, folder) => {
    const texts = process.env['REFUSALS_UPDATE'] ? undefined : readTexts();
    for (const [index, { name, files, args }] of badInputs.entries()) {
      enter(join(folder, String(index)), files, lab.apiUrl);
      const done = await inProcess(args, { environment });
      const stderr = done.stderr.replaceAll(lab.apiUrl, EXAMPLE_URL);
      seen.push(`## ${name}\n$ cs-play ${args.join(' ')}\n${stderr}\n`);
      refusedWith({ ...done, stderr: `${stderr}\n` }, texts?.get(name) ?? `${stderr}\n`, name);
    }
    assert.is(lab.requests(), 0);
  });
  if (process.env['REFUSALS_UPDATE']) writeFileSync(textsFile, seen.join(''));
  else assert.is(readFileSync(textsFile, 'utf8'), seen.join(''));
}

const bundlePlay = (args: object) => `- hosts: clouds
  tasks:
    - certificate_bundle:
${Object.entries(args)
  .map(([name, value]) => `        ${name}: ${JSON.stringify(value)}\n`)
  .join('')}`;

/** What is said of a problem of the one task in `bundlePlay`. */
const bundleProblem = ({ message, hint }: { message: string; hint: string }) => `error: ${message}
  play.yml:3:7
     3 |     - certificate_bundle:
       |       ^^^^^^^^^^^^^^^^^^
hint: ${hint}
`;

async function badBundlesAreRefused(): Promise<void> {
  await besideALab(async (lab, folder) => {
    enter(join(folder, 'bundles'), { 'hosts.yml': hosts }, lab.apiUrl);
    const cases = await badBundles('.');
    assert.ok(cases.length >= 24);
    for (const { name, files, args, problems } of cases) {
      writeFileSync('play.yml', bundlePlay({ files, ...args }));
      const total = problems.length > 1 ? `\n${problems.length} problems; nothing was touched\n` : '';
      const done = await inProcess(['play.yml', '-i', 'hosts.yml'], { environment });
      refusedWith(done, problems.map(bundleProblem).join('\n') + total, name);
    }
    assert.is(lab.requests(), 0);
  });
}

const flagFiles: Files = {
  'hosts.yml': hosts,
  'play.yml': '- hosts: clouds\n  tasks:\n    - name: Say hello\n      debug: { msg: hello }\n      tags: [a]\n',
  'ask.yml': '- hosts: clouds\n  tasks:\n    - api: { command: listZones }\n',
};

async function badFlagsAreRefused(): Promise<void> {
  await besideALab(async (lab, folder) => {
    enter(join(folder, 'flags'), flagFiles, lab.apiUrl);
    mkdirSync('afolder');
    for (const { title, words, stderr } of badFlags)
      refusedWith(await inProcess(words, { environment }), stderr, title);
    assert.is(lab.requests(), 0);
    // The counter counts: with a wrong key the lab is reached, and says so.
    assert.is((await inProcess(['ask.yml', '-i', 'hosts.yml'], { environment })).code, 2);
    assert.ok(lab.requests() > 0);
  });
}

async function aProcessSaysTheSame(): Promise<void> {
  await besideALab(async (lab, folder) => {
    enter(join(folder, 'process'), flagFiles, lab.apiUrl);
    for (const { title, words, stderr } of badFlags.slice(0, 2)) {
      refusedWith(await csPlay(words, { folder: join(folder, 'process'), environment }), stderr, title);
    }
    assert.is(lab.requests(), 0);
  });
}

tests('refusals', {
  'the tables are long enough to matter': () => {
    const placed = badInputs.filter(({ expected }) => expected.every(({ at, hint }) => at && hint));
    assert.ok(placed.length >= 24, `${placed.length} inputs with a place and a hint`);
    assert.ok(badFlags.length >= 12);
    assert.is(new Set(badInputs.map(({ name }) => name)).size, badInputs.length);
  },
  'a bad playbook or inventory is refused, in whole texts, before the cloud is asked': badInputsAreRefused,
  'a bad bundle is refused, in whole texts, before the cloud is asked': badBundlesAreRefused,
  'bad flags are refused, in whole texts, before the cloud is asked': badFlagsAreRefused,
  'the process says the same as the command line does in here': aProcessSaysTheSame,
});
