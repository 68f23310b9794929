// Programs on this machine. The only file that knows zx.

import { createRequire } from 'node:module';
import type { ExecOptions, Output } from '../../connection.ts';
import { Failure, Unreachable } from '../../errors.ts';
import { Secret } from '../../secret.ts';
import { secondsUntil, stopped } from '../clock.ts';
import { exitCodeOf, LARGEST_OUTPUT, outputTooLong } from '../output.ts';
import { quoteWord, quoteWords } from '../quoting.ts';

type Zx = typeof import('zx/core');
const require = createRequire(import.meta.url);
/** Loaded when first used, and synchronously: `lookup('pipe', …)` cannot wait. */
const zx = (): Zx => require('zx/core') as Zx;

export interface ProgramContext {
  readonly deadline: Date;
  readonly signal: AbortSignal;
  readonly environment: NodeJS.ProcessEnv;
  /** Where it runs, absolute. */
  readonly folder: string;
}

/** Starts a program with these words; `signal` kills it. */
function start(words: readonly string[], input: string, env: NodeJS.ProcessEnv, folder: string, signal: AbortSignal) {
  return zx().$({
    cwd: folder,
    env,
    nothrow: true,
    quiet: true,
    shell: '/bin/sh',
    // The shell is only zx's way to start a program: every word is quoted, and `exec` leaves none behind.
    prefix: 'exec ',
    postfix: '',
    quote: quoteWord,
    ...(input === '' ? { stdio: ['ignore', 'pipe', 'pipe'] } : { input }),
    signal,
    killSignal: 'SIGKILL',
  })`${[...words]}`;
}

async function checkProgram(program: string, path: string): Promise<void> {
  if ((await zx().which(program, { nothrow: true, path })) !== null) return;
  throw new Failure(`there is no program "${program}" on this machine`, { code: 'no-such-program' });
}

/**
 * Runs a program with exactly these words; its exit code is an answer, not a failure. Rejects with `Failure` where
 * there is no such program, and with `Unreachable` where it did not end in time: nobody knows what it did.
 */
export async function runProgram(
  words: readonly string[],
  { stdin, timeoutSeconds, environment }: ExecOptions,
  context: ProgramContext,
): Promise<Output> {
  const [program = ''] = words;
  const env = { ...context.environment, ...environment };
  await checkProgram(program, env['PATH'] ?? '');
  const left = secondsUntil(context.deadline);
  const seconds = Math.min(timeoutSeconds ?? left, left);
  const limit = AbortSignal.timeout(Math.max(1, Math.round(seconds * 1000)));
  const tooMuch = new AbortController();
  const input = stdin instanceof Secret ? stdin.reveal() : (stdin ?? '');
  const signals = AbortSignal.any([limit, context.signal, tooMuch.signal]);
  const run = start(words, input, env, context.folder, signals);
  let bytes = 0;
  for (const stream of [run.stdout, run.stderr]) {
    stream.on('data', (chunk: Buffer | string) => {
      bytes += chunk.length;
      if (bytes > LARGEST_OUTPUT) tooMuch.abort();
    });
  }
  const { exitCode, signal, stdout, stderr } = await run;
  if (tooMuch.signal.aborted) throw outputTooLong('this machine', quoteWords(words));
  if (context.signal.aborted) throw stopped(context.signal);
  if (limit.aborted) {
    const message = `"${program}" did not end within ${Math.round(seconds)} s and was killed`;
    throw new Unreachable(message, { code: 'program-timeout' });
  }
  return { code: exitCodeOf(exitCode, signal) ?? 1, stdout, stderr };
}

/** What a command line of `lookup('pipe', …)` prints. Run by /bin/sh: pipes and variables are its point. */
export function pipeOutput(line: string, environment: NodeJS.ProcessEnv, folder: string): string {
  const { $ } = zx();
  const result = $({
    sync: true,
    nothrow: true,
    quiet: true,
    shell: '/bin/sh',
    prefix: '',
    postfix: '',
    cwd: folder,
    env: environment,
    quote: (text: string) => text,
  })`${line}`;
  if (result.exitCode === 0) return result.stdout;
  throw new Failure(
    `lookup('pipe', …) ended with exit code ${result.exitCode}: ${result.stderr.trim() || 'no message'}`,
    {
      code: 'lookup-pipe',
      hint: `it ran: ${line}`,
    },
  );
}
