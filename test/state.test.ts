// Where the state folder is, and what it refuses to be.

import { chmodSync, chownSync, mkdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { InvalidInput, SafetyStop } from '../src/errors.ts';
import { diskReason, privateFolder, stateFolder } from '../src/state.ts';
import { withFolder } from './rig.ts';
import { assert, tests } from './tests.ts';

const folders: readonly [NodeJS.ProcessEnv, string][] = [
  [{}, '/home/ada/.local/state/cs-play'],
  [{ HOME: '/home/bea' }, '/home/bea/.local/state/cs-play'],
  [{ HOME: '/home/bea', XDG_STATE_HOME: '/var/state' }, '/var/state/cs-play'],
  [{ HOME: '' }, '/home/ada/.local/state/cs-play'],
  [{ HOME: 'bea' }, '/home/ada/.local/state/cs-play'],
  [{ XDG_STATE_HOME: '' }, '/home/ada/.local/state/cs-play'],
  [{ XDG_STATE_HOME: 'state' }, '/home/ada/.local/state/cs-play'],
];

const reasons: readonly [Partial<NodeJS.ErrnoException>, string][] = [
  [{ code: 'ENOSPC' }, 'no space left on the device'],
  [{ code: 'EDQUOT' }, 'the disk quota is used up'],
  [{ code: 'Unknown system error -122', errno: -122 }, 'the disk quota is used up'],
  [{ code: 'Unknown system error -5000', errno: -5000 }, 'Unknown system error -5000'],
  [{ code: 'ENAMETOOLONG' }, 'ENAMETOOLONG'],
];

const mode = (path: string) => statSync(path).mode & 0o777;

/** What is said of the folder: problem and hint. */
function saidOf(path: string): string {
  try {
    privateFolder(path);
    return '';
  } catch (error) {
    if (error instanceof InvalidInput) return error.problems.map((each) => `${each.message}; ${each.hint}`).join('\n');
    if (error instanceof SafetyStop) return `stop: ${error.message}; ${error.hint}`;
    throw error;
  }
}

tests('the state folder', {
  'is where XDG says, and a relative place is ignored': () => {
    for (const [environment, wanted] of folders) assert.is(stateFolder(environment, '/home/ada'), wanted);
  },
  'is made for its owner alone, with all above it, and may be there already': () =>
    withFolder(async (folder) => {
      const path = join(folder, 'a/cs-play/runs');
      assert.is(saidOf(path), '');
      assert.equal([path, join(folder, 'a/cs-play'), join(folder, 'a')].map(mode), [0o700, 0o700, 0o700]);
      chmodSync(path, 0o755);
      symlinkSync(path, join(folder, 'link'));
      assert.equal([saidOf(path), saidOf(join(folder, 'link'))], ['', '']);
    }),
  'is refused where others can write to it': () =>
    withFolder(async (folder) => {
      for (const [name, bits] of Object.entries({ group: 0o770, all: 0o707, sticky: 0o1777 })) {
        const path = join(folder, name);
        mkdirSync(path);
        chmodSync(path, bits);
        const hint = `see that nothing in it is foreign, then chmod 700 ${path}`;
        assert.is(saidOf(path), `others can write to the folder "${path}"; ${hint}`);
      }
    }),
  'is refused where it belongs to another user': () =>
    withFolder(async (folder) => {
      // Only root can give a folder away; for anybody else root's own will do.
      const root = process.getuid?.() === 0;
      if (root) chownSync(folder, 4242, 4242);
      const [path, owner] = root ? [folder, 4242] : ['/usr', 0];
      assert.is(
        saidOf(path),
        `the folder "${path}" belongs to another user (uid ${owner}, not ${process.getuid?.()}); ` +
          'run as its owner, or name another folder: XDG_STATE_HOME=/an/absolute/path',
      );
    }),
  'that cannot be made stops the run, and says why': () =>
    withFolder(async (folder) => {
      const file = join(folder, 'file');
      writeFileSync(file, '');
      const hint = 'mend that, or name another folder: XDG_STATE_HOME=/an/absolute/path';
      const stop = (path: string, why: string) => `stop: the folder "${path}" cannot be made: ${why}; ${hint}`;
      assert.is(saidOf(file), stop(file, 'something that is no folder has this name'));
      assert.is(saidOf(join(file, 'a')), stop(join(file, 'a'), 'a part of its path is no folder'));
    }),
  'reasons of the operating system have words': () => {
    for (const [error, words] of reasons) assert.is(diskReason(Object.assign(new Error('x'), error)), words);
  },
});
