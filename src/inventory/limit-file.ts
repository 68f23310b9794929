// `--limit @FILE`: a file with one pattern a line.

import { readFileSync } from 'node:fs';
import { InvalidInput } from '../errors.ts';
import type { FilesRead } from '../yaml/source.ts';

/** The limit with each `@FILE` replaced by its lines. Throws `InvalidInput` for a file that cannot be read or is empty. */
export function withLimitFiles(limit: string, read?: FilesRead): string {
  return limit
    .split(',')
    .flatMap((part) => (part.trim().startsWith('@') ? linesOf(part.trim().slice(1), read) : [part]))
    .join(',');
}

function linesOf(path: string, read: FilesRead | undefined): string[] {
  const lines = textOf(path, read)
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
  if (lines.length > 0) return lines;
  // Ansible takes an empty file for every host.
  throw new InvalidInput([{ message: `--limit: "${path}" names no host`, hint: 'leave --limit out for every host' }]);
}

function textOf(path: string, read: FilesRead | undefined): string {
  try {
    const bytes = readFileSync(path);
    read?.add(path, bytes);
    return bytes.toString('utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const message = code === 'ENOENT' ? `there is no file "${path}"` : `"${path}" cannot be read: ${code}`;
    throw new InvalidInput([{ message: `--limit: ${message}`, hint: 'the path counts from where you are' }]);
  }
}
