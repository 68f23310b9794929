// What comes with cs-play passes its own check before anything runs: the playbooks, and the example of every task.

import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { InvalidInput, place } from '../../src/errors.ts';
import { preparePlaybook } from '../../src/playbook/prepare.ts';
import type { TaskModule } from '../../src/task.ts';
import { taskModules } from '../../tasks/index.ts';
import { assert, tests } from '../tests.ts';

const project = fileURLToPath(new URL('../../../', import.meta.url));
const modules = new Map(taskModules.map((module) => [module.name, module]));

/** Every problem in one line each; empty where the playbook is accepted. */
function problemsOf(playbook: string): string[] {
  try {
    preparePlaybook({
      playbook,
      inventory: [join(project, 'inventory/example.yml')],
      modules,
      lookup: () => 'looked up',
    });
    return [];
  } catch (error) {
    if (!(error instanceof InvalidInput)) throw error;
    return error.problems.map(({ message, at }) => (at ? `${place(at)} ${message}` : message));
  }
}

const FRAME = `- hosts: clouds
  vars:
    bundle: { root: { pem: x }, fingerprint: y }
  handlers:
    - name: restart the management servers
      debug: { msg: restarted }
  tasks:
`;

/** The example as an operator would paste it: below `tasks:`. */
function withExample(module: TaskModule, folder: string): string {
  const path = join(folder, `${module.name}.yml`);
  writeFileSync(path, FRAME + module.example.replace(/^(?=.)/gm, '    '));
  return path;
}

function problemsOfExamples(): string[] {
  const folder = mkdtempSync(join(tmpdir(), 'cs-play-examples-'));
  try {
    return taskModules.flatMap((module) => problemsOf(withExample(module, folder)));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const playbooks = readdirSync(join(project, 'playbooks')).filter((name) => name.endsWith('.yml'));

tests('what comes with cs-play', {
  'every playbook passes the check with the example inventory': () => {
    assert.equal(
      playbooks.flatMap((name) => problemsOf(join(project, 'playbooks', name))),
      [],
    );
    assert.ok(playbooks.length >= 4, 'there are playbooks');
  },
  'the example of every task passes the check': () => {
    assert.equal(problemsOfExamples(), []);
  },
});
