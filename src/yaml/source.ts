// Files that the user wrote, as sources that positions point into.

import { createHash } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { relative, resolve } from 'node:path';
import { InvalidInput, type Location, type Problem, type Source } from '../errors.ts';

/** Far above any playbook or inventory seen (10,000 hosts are 1.4 MB); a larger file is a mistake. */
const LARGEST_BYTES = 32 * 1024 * 1024;

/** Which files something was read from, each with its content: what was decided by them holds while they are the same. */
export class FilesRead {
  readonly #files = new Map<string, string>();

  /** A file that is read again counts as it was read last. */
  add(path: string, bytes: Buffer): void {
    this.#files.set(resolve(path), createHash('sha256').update(bytes).digest('hex'));
  }

  /** By absolute path, sorted; the SHA-256 of the bytes is in lower-case hex. */
  list(): { readonly path: string; readonly sha256: string }[] {
    const files = [...this.#files].map(([path, sha256]) => ({ path, sha256 }));
    return files.sort((a, b) => (a.path < b.path ? -1 : 1));
  }
}

/**
 * A file's text as UTF-8, without a byte order mark. `at` is where the path was written, for messages;
 * `read` is told of the file.
 * Throws `InvalidInput` where the file is missing, a folder, not readable, too large or not text.
 */
export function readSource(path: string, at?: Location, read?: FilesRead): Source {
  const file = displayPath(path);
  const bytes = readBytes(path, file, at);
  read?.add(path, bytes);
  const text = decode(bytes);
  if (text === undefined) throw refused(`"${file}" is not a text in UTF-8`, at, 'save it as UTF-8');
  return { file, text };
}

/** The path as the user would write it: relative to the current folder where that is shorter. */
export function displayPath(path: string): string {
  const absolute = resolve(path);
  const near = relative(process.cwd(), absolute);
  return near !== '' && near.length < absolute.length ? near : absolute;
}

function readBytes(path: string, file: string, at: Location | undefined): Buffer {
  try {
    const found = statSync(path);
    if (found.isDirectory()) throw refused(`"${file}" is a folder, not a file`, at);
    if (found.size > LARGEST_BYTES) {
      throw refused(`"${file}" has ${found.size} bytes; more than ${LARGEST_BYTES} are not read`, at);
    }
    return readFileSync(path);
  } catch (error) {
    if (error instanceof InvalidInput) throw error;
    throw new InvalidInput([unreadable(error, file, at)]);
  }
}

function unreadable(error: unknown, file: string, at: Location | undefined): Problem {
  const code = (error as NodeJS.ErrnoException).code;
  if (code === 'ENOENT' || code === 'ENOTDIR') return { message: `there is no file "${file}"`, at };
  if (code === 'EACCES') return { message: `"${file}" may not be read`, at, hint: 'look at its owner and mode' };
  if (code !== undefined) return { message: `"${file}" cannot be read: ${code}`, at };
  throw error;
}

/** Undefined where the bytes are not text: not UTF-8, or with a NUL in them. */
function decode(bytes: Buffer): string | undefined {
  try {
    // The decoder drops a byte order mark, so that offsets count from the first character.
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return text.includes('\0') ? undefined : text;
  } catch (error) {
    if (error instanceof TypeError) return undefined;
    throw error;
  }
}

const refused = (message: string, at: Location | undefined, hint?: string) => new InvalidInput([{ message, at, hint }]);
