// The few calls by which a journal reaches the disk. A door of its own, so that a test can be a disk that is full.

import { close, fdatasync, ftruncate, write } from 'node:fs';
import { dirname } from 'node:path';
import { promisify } from 'node:util';
import { syncFolder } from '../whole-file.ts';

/** Each takes a file's descriptor and rejects with the error of the operating system. */
export interface Disk {
  /** Writes at the end of the file. Gives how many of the bytes were taken: not always all. */
  write(file: number, bytes: Uint8Array): Promise<number>;
  /** Resolves when all that was written, and the length of the file, is on the disk. */
  sync(file: number): Promise<void>;
  /** Cuts the file to so many bytes. */
  truncate(file: number, bytes: number): Promise<void>;
  close(file: number): Promise<void>;
}

const writeBytes = promisify(write);

export const realDisk: Disk = {
  write: async (file, bytes) => (await writeBytes(file, bytes)).bytesWritten,
  // fdatasync(2) also brings the length to the disk, which is needed to read the file again.
  sync: promisify(fdatasync),
  truncate: promisify(ftruncate),
  close: promisify(close),
};

/** What folders of others may say. */
const NOT_OURS: ReadonlySet<string> = new Set(['EACCES', 'EPERM', 'EROFS']);

/**
 * Brings the names of a folder, and of those above it, to the disk. `ours`: how many of them, from below, must not fail.
 * Throws the error of the operating system.
 */
export function syncFolders(folder: string, ours: number): void {
  try {
    syncFolder(folder);
  } catch (error) {
    if (ours > 0 || !NOT_OURS.has((error as NodeJS.ErrnoException).code ?? '')) throw error;
  }
  const above = dirname(folder);
  if (above !== folder) syncFolders(above, ours - 1);
}
