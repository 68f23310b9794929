// The command line in this process, its streams captured: what a child process would say, without its start.

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { csPlay } from '../../src/cli/cs-play.ts';
import type { Io } from '../../src/cli/io.ts';
import type { Done } from '../rig.ts';

export interface Given {
  readonly environment?: NodeJS.ProcessEnv;
  /** As a terminal of so many columns has it; a pipe without. */
  readonly columns?: number;
  /** Called with each part of the output as it comes. */
  readonly told?: (part: string) => void;
}

class Captured {
  text = '';
  readonly isTTY: boolean;
  readonly columns: number | undefined;
  readonly #told: ((part: string) => void) | undefined;

  constructor({ columns, told }: Given) {
    this.isTTY = columns !== undefined;
    this.columns = columns;
    this.#told = told;
  }

  write(part: string): boolean {
    this.text += part;
    this.#told?.(part);
    return true;
  }
}

/**
 * Runs `cs-play` with these words in the current folder. Its environment is what is given and nothing else, and its
 * state folder one of its own, taken away after, unless one is given.
 */
export async function inProcess(argv: readonly string[], given: Given = {}): Promise<Done> {
  if (given.environment?.['XDG_STATE_HOME'] !== undefined) return withState(argv, given);
  const state = await mkdtemp(join(tmpdir(), 'cs-play-state-'));
  try {
    return await withState(argv, { ...given, environment: { XDG_STATE_HOME: state, ...given.environment } });
  } finally {
    await rm(state, { recursive: true, force: true });
  }
}

async function withState(argv: readonly string[], given: Given): Promise<Done> {
  const { environment = {}, columns } = given;
  const [stdout, stderr] = [new Captured(given), new Captured({ ...(columns !== undefined && { columns }) })];
  const stdin = () => ({ isTTY: false }) as NodeJS.ReadStream;
  const streams = { stdout, stderr, stdin } as unknown as Pick<Io, 'stdout' | 'stderr' | 'stdin'>;
  const code = await csPlay({ argv, environment: { NO_COLOR: '1', ...environment }, ...streams });
  return { code, stdout: stdout.text, stderr: stderr.text };
}
