// Files that are there as a whole or not at all.

import { mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { createFile, replaceFile } from '../src/whole-file.ts';
import { withFolder } from './rig.ts';
import { assert, tests } from './tests.ts';

/** What lies in a folder: name, rights and content of each file; names alone of folders. */
function within(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .map((entry) => {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) return entry.name;
      return `${entry.name} ${(statSync(path).mode & 0o777).toString(8)} ${readFileSync(path, 'utf8')}`;
    })
    .sort();
}

function codeOf(work: () => void): string | undefined {
  try {
    work();
    return 'done';
  } catch (error) {
    return (error as NodeJS.ErrnoException).code;
  }
}

tests('a file that is there as a whole', {
  'is made once, and for its user alone': () =>
    withFolder(async (folder) => {
      createFile(join(folder, 'a'), 'first');
      assert.is(
        codeOf(() => createFile(join(folder, 'a'), 'second')),
        'EEXIST',
      );
      assert.equal(within(folder), ['a 600 first']);
    }),
  'takes the place of another': () =>
    withFolder(async (folder) => {
      replaceFile(join(folder, 'a'), 'first');
      replaceFile(join(folder, 'a'), 'second');
      assert.equal(within(folder), ['a 600 second']);
    }),
  'leaves no draft where it cannot have its name': () =>
    withFolder(async (folder) => {
      mkdirSync(join(folder, 'a'));
      assert.is(
        codeOf(() => replaceFile(join(folder, 'a'), 'text')),
        'EISDIR',
      );
      assert.equal(within(folder), ['a']);
    }),
});
