// Files that are there as a whole or not at all, for this user alone (0600). Each call throws the error of the operating
// system.

import { randomBytes } from 'node:crypto';
import { closeSync, fsyncSync, linkSync, openSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * Makes a file: of several processes that make one of that name exactly one does, and the others get the code `EEXIST`.
 * Its content is on the disk; its name is there once `syncFolder` was called.
 */
export function createFile(path: string, content: string): void {
  draft(path, content, (beside) => linkSync(beside, path));
}

/** Puts a file in the place of what has its name, if anything has. Content and name are on the disk. */
export function replaceFile(path: string, content: string | Uint8Array): void {
  draft(path, content, (beside) => renameSync(beside, path));
  syncFolder(dirname(path));
}

/** A process that dies meanwhile leaves a draft, which nobody reads. */
function draft(path: string, content: string | Uint8Array, publish: (beside: string) => void): void {
  const beside = `${path}.${randomBytes(6).toString('hex')}.draft`;
  try {
    writeFileSync(beside, content, { flag: 'wx', mode: 0o600, flush: true });
    publish(beside);
  } finally {
    rmSync(beside, { force: true });
  }
}

/** What file systems say that cannot sync a folder, such as those of other machines. */
const NO_FOLDER_SYNC: ReadonlySet<string> = new Set(['EINVAL', 'ENOTSUP', 'EISDIR']);

/** Brings the names in a folder to the disk, where its file system can. */
export function syncFolder(folder: string): void {
  try {
    const file = openSync(folder, 'r');
    try {
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
  } catch (error) {
    if (!NO_FOLDER_SYNC.has((error as NodeJS.ErrnoException).code ?? '')) throw error;
  }
}
