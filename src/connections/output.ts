// What is the same for programs here and there: how much output is kept, and what their end means.

import { constants } from 'node:os';
import { Failure } from '../errors.ts';

export const LARGEST_OUTPUT = 1024 * 1024;

export function outputTooLong(where: string, line: string): Failure {
  return new Failure(`${where}: more than 1 MiB of output: ${line}`, {
    code: 'output-too-long',
    hint: 'let the program write less, or to a file',
  });
}

/** A program's exit code; 128 and the signal's number where a signal ended it, as in a shell; undefined: neither is known. */
export function exitCodeOf(code: number | null, signal: string | null): number | undefined {
  if (code !== null) return code;
  if (signal === null) return undefined;
  const name = signal.startsWith('SIG') ? signal : `SIG${signal}`;
  return 128 + ((constants.signals as Record<string, number>)[name] ?? 0);
}
