// What README.md shows is what happens: its commands are run on a lab, in the order in which they stand there.
//
//   README_UPDATE=1 node dist/test/runner.js readme     writes the outputs anew

import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { LabCertificates } from '../src/lab/ca.ts';
import { shownIn, steady, withOutputs, wordsOf } from './console.ts';
import { keyPem } from './pki/maker.ts';
import { projectFolder } from './project.ts';
import { csPlay, withLab } from './rig.ts';
import { assert, tests } from './tests.ts';

const path = join(projectFolder, 'README.md');
const page = readFileSync(path, 'utf8');

/** A checkout to look at: its own folders, the playbooks of the page, and a certificate with an EC key beside it. */
function furnish(folder: string, { renewed }: LabCertificates): void {
  for (const name of ['playbooks', 'inventory']) symlinkSync(join(projectFolder, name), join(folder, name));
  for (const [, name = '', text = ''] of page.matchAll(/^```yaml\n# (\S+\.yml)\n([\s\S]*?)^```$/gm)) {
    writeFileSync(join(folder, name), `# ${name}\n${text}`);
  }
  mkdirSync(join(folder, 'new'));
  writeFileSync(join(folder, 'new/privkey.pem'), keyPem('ec'));
  writeFileSync(join(folder, 'new/fullchain.pem'), renewed.leaf + renewed.intermediates.join(''));
}

/** The folder in which the reader of the page is. */
const READER = '/root/rotation';

async function outputsOf(commands: readonly string[]): Promise<string[]> {
  const outputs: string[] = [];
  await withLab({ profile: '4.22', zones: 2, timeFactor: 0.01 }, async ({ lab, folder }) => {
    furnish(folder, lab.certificates);
    const environment = { CS_PLAY_LAB: lab.folder, XDG_STATE_HOME: join(folder, 'state') };
    for (const command of commands) {
      const [npx, name, ...words] = wordsOf(command.replaceAll('$PWD', folder));
      assert.equal([npx, name], ['npx', 'cs-play']);
      const { stdout, stderr } = await csPlay(words, { folder, environment });
      outputs.push((stdout + stderr).replaceAll(folder, READER));
    }
    const checked = await csPlay(['consoles.yml', '-i', 'lab.yml', '--check'], { folder, environment });
    assert.is(checked.code, 0, checked.stdout + checked.stderr);
  });
  return outputs;
}

async function showsWhatHappens(): Promise<void> {
  const shown = shownIn(page);
  const outputs = await outputsOf(shown.map(({ command }) => command));
  if (process.env['README_UPDATE']) {
    writeFileSync(path, withOutputs(page, outputs));
    return;
  }
  for (const [index, { command, output }] of shown.entries()) {
    const [seen, promised] = [steady(outputs[index] ?? ''), steady(output)];
    // One paragraph after the other, so that it is seen which one differs.
    for (const [part, paragraph] of promised.entries()) assert.is(seen[part], paragraph, command);
    assert.is(seen.length, promised.length, command);
  }
}

/** Targets of links in the page that lie in the project. */
const linked = [...page.matchAll(/\]\(([^)#:]+)\)/g)].map((match) => match[1] ?? '');

tests('README.md', {
  'a stranger finds the two commands': () => {
    assert.ok(page.includes('npm ci && npm run demo'));
    assert.ok(page.includes('npm ci && npm test'));
  },
  'it shows the plan, the run, the second run, a refused bundle and a refused playbook': () => {
    assert.is(shownIn(page).length, 5);
  },
  'each command it shows says what is shown, and its first playbook plans': showsWhatHappens,
  'every file it leads to is there': () => {
    assert.ok(linked.length > 5);
    for (const target of linked) assert.ok(readFileSync(join(projectFolder, target)).length > 0);
  },
  'every task is in its table': () => {
    const modules = readFileSync(join(projectFolder, 'tasks/README.md'), 'utf8').matchAll(/^## (\w+)$/gm);
    for (const [, name] of modules) assert.ok(page.includes(`\`${name}\``), name);
  },
});
