// What was asked for, kept without secrets and asked again from another folder.

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { chdir, cwd } from 'node:process';
import { type AskedAnew, askedOf, requestOf } from '../../src/cli/asked.ts';
import { readRequest } from '../../src/cli/request.ts';
import { InvalidInput } from '../../src/errors.ts';
import { readExtraVars } from '../../src/playbook/extra-vars.ts';
import { withFolder } from '../rig.ts';
import { assert, tests } from '../tests.ts';

const anew = (...extraVars: string[]): AskedAnew => ({
  mode: 'run',
  diff: true,
  verbosity: 1,
  output: 'json',
  extraVars,
});

const WORDS = 'play.yml -i inv.yml -l @hosts,lab -t a,b --skip-tags c -f 7 --force-handlers --start-at-task x'.split(
  ' ',
);
const VARS = ['-e', 'pw=1 a=2', '-e', '@vars.yml', '-e', '{"pw": 3}'];

function asked() {
  const request = readRequest([...WORDS, ...VARS]);
  if (typeof request === 'string') throw new Error(request);
  const found = { playbook: 'play.yml', inventories: ['inv.yml'] };
  return askedOf(request, found, { secretVars: ['pw'], extraVars: readExtraVars(request.extraVars) });
}

function problemsWith(...extraVars: string[]): unknown {
  try {
    return requestOf(asked(), anew(...extraVars), 'cs-play apply FILE');
  } catch (error) {
    if (!(error instanceof InvalidInput)) throw error;
    return error.problems.map(({ message, hint }) => ({ message, hint }));
  }
}

const inside = (body: (folder: string) => void) =>
  withFolder(async (folder) => {
    const before = cwd();
    writeFileSync(join(folder, 'vars.yml'), 'b: 1\n');
    mkdirSync(join(folder, 'elsewhere'));
    chdir(folder);
    try {
      body(cwd());
    } finally {
      chdir(before);
    }
  });

tests('what was asked for', {
  'is kept with whole paths and without secrets': () =>
    inside((folder) =>
      assert.equal(asked(), {
        playbook: join(folder, 'play.yml'),
        inventories: [join(folder, 'inv.yml')],
        limit: '@hosts,lab',
        tags: ['a', 'b'],
        skipTags: ['c'],
        extraVars: ['a=2', '@vars.yml'],
        secretVars: ['pw'],
        startAtTask: 'x',
        forks: 7,
        forceHandlers: true,
        folder,
      }),
    ),
  'is asked again from any folder, with its secrets given again': () =>
    inside((folder) => {
      const kept = asked();
      chdir('elsewhere');
      assert.equal(requestOf(kept, anew('pw=4'), ''), {
        playbooks: [join(folder, 'play.yml')],
        inventories: [join(folder, 'inv.yml')],
        limit: `@${folder}/hosts,lab`,
        tags: ['a', 'b'],
        skipTags: ['c'],
        extraVars: ['a=2', `@${folder}/vars.yml`, 'pw=4'],
        forks: 7,
        mode: 'run',
        diff: true,
        verbosity: 1,
        output: 'json',
        forceHandlers: true,
        startAtTask: 'x',
        listing: undefined,
      });
    }),
  'is refused without its secrets, and with anything else': () =>
    inside(() =>
      assert.equal(problemsWith('a=3'), [
        {
          message: '"pw" carries a secret, which is not kept: it has to be given again',
          hint: 'cs-play apply FILE -e pw=…',
        },
        {
          message: '"a" cannot be given here: only secrets that are not kept can',
          hint: 'cs-play apply FILE -e pw=…',
        },
      ]),
    ),
});
