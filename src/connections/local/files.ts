// Files of the machine that cs-play runs on.

import { closeSync, constants, fstatSync, openSync, readFileSync } from 'node:fs';
import { open, readdir } from 'node:fs/promises';
import type { FileReader } from '../../connection.ts';
import { Failure } from '../../errors.ts';
import { absolutePath, type Surroundings } from '../paths.ts';

const DEFAULT_MAX_BYTES = 1024 * 1024;

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'is missing',
  ENOTDIR: 'is missing: a part of its path is no folder',
  EACCES: 'may not be read',
  EISDIR: 'is a folder',
  ELOOP: 'leads in a circle of links',
};

function unreadable(path: string, error: unknown): Failure {
  const code = (error as NodeJS.ErrnoException).code ?? String(error);
  return new Failure(`the file "${path}" ${REASONS[code] ?? `cannot be read: ${code}`}`, {
    code: `file-${code.toLowerCase()}`,
  });
}

interface Stat {
  readonly size: number;
  isFile(): boolean;
  isDirectory(): boolean;
}

function checkSize(path: string, stat: Stat, maxBytes: number): void {
  if (stat.isDirectory()) throw unreadable(path, { code: 'EISDIR' });
  if (stat.size <= maxBytes) return;
  throw new Failure(`the file "${path}" has ${stat.size} bytes, more than the ${maxBytes} that are read`, {
    code: 'file-too-large',
  });
}

/** Pipes (`<(…)`, /dev/stdin) have no size before they are read. */
function checkBytes(path: string, content: Buffer, maxBytes: number): Buffer {
  checkSize(path, { size: content.length, isFile: () => true, isDirectory: () => false }, maxBytes);
  return content;
}

export function fileReader(around: Surroundings): FileReader {
  return {
    async read(path, { maxBytes = DEFAULT_MAX_BYTES } = {}) {
      const absolute = absolutePath(path, around);
      try {
        const file = await open(absolute, constants.O_RDONLY);
        try {
          checkSize(absolute, await file.stat(), maxBytes);
          return checkBytes(absolute, await file.readFile(), maxBytes);
        } finally {
          await file.close();
        }
      } catch (error) {
        throw error instanceof Failure ? error : unreadable(absolute, error);
      }
    },
    async list(path) {
      const absolute = absolutePath(path, around);
      try {
        return (await readdir(absolute)).sort();
      } catch (error) {
        const code = (error as NodeJS.ErrnoException).code;
        if (code === 'ENOTDIR' || code === 'ENOENT') return undefined;
        throw unreadable(absolute, error);
      }
    },
  };
}

/** The same for `lookup('file', …)`, which cannot wait. */
export function readFileNow(path: string, around: Surroundings): Buffer {
  const absolute = absolutePath(path, around);
  try {
    const file = openSync(absolute, constants.O_RDONLY);
    try {
      checkSize(absolute, fstatSync(file), DEFAULT_MAX_BYTES);
      return checkBytes(absolute, readFileSync(file), DEFAULT_MAX_BYTES);
    } finally {
      closeSync(file);
    }
  } catch (error) {
    throw error instanceof Failure ? error : unreadable(absolute, error);
  }
}
