// The state folder: where that is kept which outlives a process, such as journals, locks, marks of applied plans.

import { existsSync, mkdirSync, type Stats, statSync } from 'node:fs';
import { homedir, userInfo } from 'node:os';
import { dirname, isAbsolute, join } from 'node:path';
import { InvalidInput, SafetyStop } from './errors.ts';

const OTHERS_WRITE = 0o022;

/**
 * `$XDG_STATE_HOME/cs-play`, or `~/.local/state/cs-play`; absolute. Nothing is created. A relative XDG_STATE_HOME is
 * ignored, as the XDG Base Directory Specification says, and so is a HOME that is empty or relative: what is kept must
 * not depend on the current folder.
 */
export function stateFolder(environment: NodeJS.ProcessEnv, home: string = homedir()): string {
  const given = environment['XDG_STATE_HOME'] ?? '';
  const state = isAbsolute(given) ? given : join(homeFolder(environment, home), '.local', 'state');
  return join(state, 'cs-play');
}

/** `~`; where HOME says nothing, what the system knows of the user. */
function homeFolder(environment: NodeJS.ProcessEnv, home: string): string {
  return [environment['HOME'] ?? '', home].find(isAbsolute) ?? userInfo().homedir;
}

/**
 * Makes the folder (0700, and the same for what lies above it) unless it is there. Throws `InvalidInput` for one that
 * is another user's or that others can write to: what a run goes on from must be its own words. Throws `SafetyStop`
 * where it cannot be made.
 */
export function privateFolder(path: string): void {
  const stats = made(path);
  const mine = process.getuid?.() ?? stats.uid;
  if (stats.uid !== mine) {
    throw new InvalidInput([
      {
        message: `the folder "${path}" belongs to another user (uid ${stats.uid}, not ${mine})`,
        hint: 'run as its owner, or name another folder: XDG_STATE_HOME=/an/absolute/path',
      },
    ]);
  }
  if ((stats.mode & OTHERS_WRITE) !== 0) {
    throw new InvalidInput([
      {
        message: `others can write to the folder "${path}"`,
        hint: `see that nothing in it is foreign, then chmod 700 ${path}`,
      },
    ]);
  }
}

function made(path: string): Stats {
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 });
    return statSync(path);
  } catch (error) {
    throw new SafetyStop(`the folder "${path}" cannot be made: ${diskReason(cause(path, error))}`, {
      code: 'state-folder',
      hint: 'mend that, or name another folder: XDG_STATE_HOME=/an/absolute/path',
    });
  }
}

/** Node says that a folder is missing where what lies above it is there and cannot be written to: the system knows why. */
function cause(path: string, error: unknown): unknown {
  if ((error as NodeJS.ErrnoException).code !== 'ENOENT') return error;
  let missing = path;
  while (missing !== dirname(missing) && !existsSync(dirname(missing))) missing = dirname(missing);
  try {
    mkdirSync(missing, { mode: 0o700 });
    return error;
  } catch (reason) {
    return reason;
  }
}

const REASONS: Readonly<Record<string, string>> = {
  ENOSPC: 'no space left on the device',
  EROFS: 'the file system is read-only',
  EFBIG: 'the limit of a file’s size is reached',
  EIO: 'the device fails (input/output error)',
  EACCES: 'no permission',
  EPERM: 'not permitted',
  EISDIR: 'it is a folder',
  EEXIST: 'something that is no folder has this name',
  ENOTDIR: 'a part of its path is no folder',
  ENOENT: 'it is missing',
  EMFILE: 'too many files are open',
  ENFILE: 'too many files are open on this machine',
};

/** EDQUOT of Linux and of macOS: Node has no name for it. */
const QUOTA = [-122, -69];

/** Why the operating system refused, in words: `no space left on the device`. */
export function diskReason(error: unknown): string {
  const { code = '', errno = 0 } = error as NodeJS.ErrnoException;
  if (code === 'EDQUOT' || (code.startsWith('Unknown') && QUOTA.includes(errno))) return 'the disk quota is used up';
  return REASONS[code] ?? (code || String(error));
}
