// The command line in this process, its streams captured: what a child process would say, without its start.

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

/** Runs `cs-play` with these words in the current folder. Its environment is what is given and nothing else. */
export async function inProcess(argv: readonly string[], given: Given = {}): Promise<Done> {
  const { environment = {}, columns } = given;
  const [stdout, stderr] = [new Captured(given), new Captured({ ...(columns !== undefined && { columns }) })];
  const stdin = () => ({ isTTY: false }) as NodeJS.ReadStream;
  const streams = { stdout, stderr, stdin } as unknown as Pick<Io, 'stdout' | 'stderr' | 'stdin'>;
  const code = await csPlay({ argv, environment: { NO_COLOR: '1', ...environment }, ...streams });
  return { code, stdout: stdout.text, stderr: stderr.text };
}
