// The user's door for tests: a lab of their own and the real command line as a child process.

import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Lab, type LabOptions, startLab } from '../src/lab/lab.ts';
import { labCertificates } from './certificates.ts';
import { inProcess } from './cli/in-process.ts';
import { projectFolder } from './project.ts';

export interface Done {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface PlayOptions {
  readonly folder?: string;
  readonly environment?: NodeJS.ProcessEnv;
  readonly stdin?: string;
  /** Called once the child is there, for tests that send it signals or read its output no more. */
  readonly started?: (pid: number, hangUp: () => void) => void;
  /** The operating system lets no file that the child writes grow beyond so many KiB. */
  readonly fileKibibytes?: number;
  /** Called with each part of standard output, for tests that wait for words. */
  readonly heard?: (part: string) => void;
}

export const cli = join(projectFolder, 'dist/src/cli/main.js');

/** A run that takes longer hangs, and that is what the test then says. */
const LIMIT_SECONDS = 60;

/** The words in front of a program that is given such a limit. */
const limited = (kibibytes: number | undefined): string[] =>
  kibibytes === undefined ? [] : ['bash', '-c', `ulimit -f ${kibibytes}; exec "$@"`, 'bash'];

/** Runs `cs-play` with these words and waits for its end. */
export function csPlay(words: readonly string[], options: PlayOptions = {}): Promise<Done> {
  const environment = { ...process.env, NO_COLOR: '1', ...options.environment };
  const [program = '', ...args] = [...limited(options.fileKibibytes), process.execPath, cli, ...words];
  const child = spawn(program, args, { cwd: options.folder ?? projectFolder, env: environment });
  const out: Buffer[] = [];
  const err: Buffer[] = [];
  child.stdout.on('data', (part) => {
    out.push(part);
    options.heard?.(String(part));
  });
  child.stderr.on('data', (part) => err.push(part));
  child.stdin.end(options.stdin ?? '');
  if (child.pid !== undefined) options.started?.(child.pid, () => child.stdout.destroy());
  const limit = setTimeout(() => {
    err.push(Buffer.from(`\nthe test ended it after ${LIMIT_SECONDS} s\n`));
    child.kill('SIGKILL');
  }, LIMIT_SECONDS * 1000);
  return new Promise((resolve) => {
    child.on('close', (code) => {
      clearTimeout(limit);
      resolve({ code, stdout: Buffer.concat(out).toString('utf8'), stderr: Buffer.concat(err).toString('utf8') });
    });
  });
}

export interface Rig {
  readonly lab: Lab;
  readonly folder: string;
  /** XDG_STATE_HOME of its runs: its own, so that no test meets what another kept. */
  readonly state: string;
  /** `cs-play` on the lab's inventory. */
  play(words: readonly string[], options?: PlayOptions): Promise<Done>;
  /** The same in this process, for tables of many runs: no second Node has to start for each. */
  playHere(words: readonly string[]): Promise<Done>;
  /** The same for commands that take no inventory: `apply`, `runs`. */
  here(words: readonly string[]): Promise<Done>;
}

/** A folder of its own, taken away after. */
export async function withFolder<T>(body: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'cs-play-test-'));
  try {
    return await body(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** A lab of its own, closed after. */
export function withLab<T>(options: Omit<LabOptions, 'folder'>, body: (rig: Rig) => Promise<T>): Promise<T> {
  return withFolder(async (folder) => {
    const certificates = options.certificates ?? (await labCertificates());
    const lab = await startLab({ ...options, certificates, folder: join(folder, 'lab') });
    const state = join(folder, 'state');
    const play = (words: readonly string[], { environment, ...more }: PlayOptions = {}) =>
      csPlay([...words, '-i', lab.inventory], { ...more, environment: { XDG_STATE_HOME: state, ...environment } });
    const here = (words: readonly string[]) =>
      inProcess(words, { environment: { ...process.env, XDG_STATE_HOME: state } });
    const playHere = (words: readonly string[]) => here([...words, '-i', lab.inventory]);
    try {
      return await body({ lab, folder, state, play, playHere, here });
    } finally {
      await lab.close();
    }
  });
}
