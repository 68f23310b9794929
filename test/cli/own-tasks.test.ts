// A task module of the user's that cannot be used is refused before anything runs, in whole texts.

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { chdir, cwd } from 'node:process';
import { type Done, withFolder } from '../rig.ts';
import { assert, type Cases, tests } from '../tests.ts';
import { inProcess } from './in-process.ts';

interface BadModule {
  readonly title: string;
  readonly file: string;
  readonly text: string;
  /** FOLDER stands for the folder of the playbook. */
  readonly stderr: string;
}

const badModules: readonly BadModule[] = [
  {
    title: 'takes the name of one of ours',
    file: 'system_vm.mjs',
    text: `export default { name: 'system_vm', summary: 's', args: {}, example: 'x', timeoutSeconds: 5, check: async () => ({ verdict: 'ok' }) };
`,
    stderr: `error: tasks/system_vm.mjs: "system_vm" is a task of cs-play itself
hint: give it another name
`,
  },
  {
    title: 'has no check',
    file: 'mine.mjs',
    text: `export default { name: 'mine', summary: 's', args: {}, example: 'x', timeoutSeconds: 5 };
`,
    stderr: `error: tasks/mine.mjs: "check" must be a function
hint: docs/own-tasks.md shows a whole module
`,
  },
  {
    title: 'throws when it is loaded',
    file: 'mine.mjs',
    text: `
throw new Error('no database');
`,
    stderr: `error: tasks/mine.mjs:2 cannot be loaded: no database
hint: mend it, or move it out of that folder: every file in it is a task module
`,
  },
  {
    title: 'is no JavaScript',
    file: 'mine.mjs',
    text: `export default {
  name: 'mine' summary: 's', args: {}, example: 'x', timeoutSeconds: 5,
};
`,
    stderr: `error: tasks/mine.mjs cannot be loaded: Unexpected identifier 'summary'
hint: node --check tasks/mine.mjs shows where
`,
  },
  {
    title: 'needs a package that is not there',
    file: 'mine.mjs',
    text: `import 'nowhere';
export default {};
`,
    stderr: `error: tasks/mine.mjs cannot be loaded: Cannot find package 'nowhere' imported from FOLDER/tasks/mine.mjs
hint: mend it, or move it out of that folder: every file in it is a task module
`,
  },
  {
    title: 'exports nothing',
    file: 'mine.mjs',
    text: `export const a = 1;
`,
    stderr: `error: tasks/mine.mjs: the default export is not a task module
hint: export default defineTask({ … })
`,
  },
  {
    title: 'has the name of another file',
    file: 'mine.mjs',
    text: `export default { name: 'other', summary: 's', args: {}, example: 'x', timeoutSeconds: 5, check: async () => ({ verdict: 'ok' }) };
`,
    stderr: `error: tasks/mine.mjs: its name is "other"
hint: the file and the task have one name: other.mjs
`,
  },
  {
    title: 'has a name that YAML would not like',
    file: 'My-Task.mjs',
    text: `export default { name: 'My-Task', summary: 's', args: {}, example: 'x', timeoutSeconds: 5, check: async () => ({ verdict: 'ok' }) };
`,
    stderr: `error: tasks/My-Task.mjs: the name "My-Task" is not in snake_case
hint: as in default_setting
`,
  },
  {
    title: 'has arguments without a type, and a misspelt field',
    file: 'mine.mjs',
    text: `export default {
  name: 'mine',
  summary: 's',
  args: { a: { type: 'text' }, b: null },
  example: 'x',
  timeoutSeconds: 5,
  aply() {},
  check: async () => ({ verdict: 'ok' }),
};
`,
    stderr: `error: tasks/mine.mjs: unknown field "aply"
hint: did you mean "apply"?

error: tasks/mine.mjs: argument "a" has no known type
hint: one of string, integer, number, boolean, strings, list, map, any, expression, conditions, bundle, certificate

error: tasks/mine.mjs: argument "a" has no description

error: tasks/mine.mjs: argument "b" has no known type
hint: one of string, integer, number, boolean, strings, list, map, any, expression, conditions, bundle, certificate

error: tasks/mine.mjs: argument "b" has no description

5 problems; nothing was touched
`,
  },
  {
    title: 'has fields of the wrong type',
    file: 'mine.mjs',
    text: `export default { name: 'mine', summary: 's', args: {}, example: 'x', timeoutSeconds: 5, shorthand: 'name', proof: 'maybe', apply: 3, check: async () => ({ verdict: 'ok' }) };
`,
    stderr: `error: tasks/mine.mjs: "apply" must be a function
hint: docs/own-tasks.md shows a whole module

error: tasks/mine.mjs: "shorthand" is no argument: "name"
hint: known are none

error: tasks/mine.mjs: "proof" is "maybe"
hint: check or none

3 problems; nothing was touched
`,
  },
];

/** Runs a playbook beside the folder `tasks/` with this one module. */
async function playBeside(file: string, text: string, task = 'debug: { msg: hello }'): Promise<Done> {
  const home = cwd();
  return withFolder(async (folder) => {
    mkdirSync(join(folder, 'tasks'));
    writeFileSync(join(folder, 'tasks', file), text);
    writeFileSync(join(folder, 'play.yml'), `- hosts: localhost\n  tasks:\n    - ${task}\n`);
    chdir(folder);
    try {
      const { code, stdout, stderr } = await inProcess(['play.yml', '--check']);
      return { code, stdout, stderr: stderr.replaceAll(folder, 'FOLDER') };
    } finally {
      chdir(home);
    }
  });
}

const refused: Cases = Object.fromEntries(
  badModules.map(({ title, file, text, stderr }) => [
    `a module is refused that ${title}`,
    async () => assert.equal(await playBeside(file, text), { code: 4, stdout: '', stderr }),
  ]),
);

const typed = `export default {
  name: 'mine', summary: 's', args: {}, example: 'x', timeoutSeconds: 5,
  async check(): Promise<{ verdict: string }> { return { verdict: 'ok' }; },
};
`;

tests('task modules of the user', {
  ...refused,
  'a module in TypeScript runs where Node reads TypeScript, and is refused where it does not': async () => {
    const done = await playBeside('mine.ts', typed, 'mine:');
    const refusal = `error: tasks/mine.ts: this Node (${process.version}) does not read TypeScript
hint: Node 22.18 or newer does; or write it as .mjs
`;
    const reads = Boolean((process.features as { typescript?: unknown }).typescript);
    if (reads) assert.is(done.code, 0, done.stderr);
    else assert.equal(done, { code: 4, stdout: '', stderr: refusal });
  },
});
