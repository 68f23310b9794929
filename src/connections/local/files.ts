// Files of the machine that cs-play runs on.

import { closeSync, fstatSync, openSync, readFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
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

function checkSize(path: string, bytes: number, maxBytes: number): void {
  if (bytes <= maxBytes) return;
  throw new Failure(`the file "${path}" has ${bytes} bytes, more than the ${maxBytes} that are read`, {
    code: 'file-too-large',
  });
}

/** Reads a file at once: `lookup('file', …)` cannot wait. Throws `Failure`, as `FileReader` says. */
export function readFileNow(path: string, around: Surroundings, maxBytes: number = DEFAULT_MAX_BYTES): Buffer {
  const absolute = absolutePath(path, around);
  try {
    const file = openSync(absolute, 'r');
    try {
      checkSize(absolute, fstatSync(file).size, maxBytes);
      const content = readFileSync(file);
      // A pipe (`<(…)`, /dev/stdin) has no size before it is read.
      checkSize(absolute, content.length, maxBytes);
      return content;
    } finally {
      closeSync(file);
    }
  } catch (error) {
    throw error instanceof Failure ? error : unreadable(absolute, error);
  }
}

export function fileReader(around: Surroundings): FileReader {
  return {
    read: async (path, { maxBytes } = {}) => readFileNow(path, around, maxBytes),
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
