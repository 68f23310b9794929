// The command line in this process, its streams captured: what a child process would say, without its start.

import { csPlay } from '../../src/cli/cs-play.ts';
import type { Io } from '../../src/cli/io.ts';
import type { Done } from '../rig.ts';

export interface Given {
  readonly environment?: NodeJS.ProcessEnv;
  /** As a terminal of so many columns has it; a pipe without. */
  readonly columns?: number;
}

class Captured {
  text = '';
  readonly isTTY: boolean;
  readonly columns: number | undefined;

  constructor(columns: number | undefined) {
    this.isTTY = columns !== undefined;
    this.columns = columns;
  }

  write(part: string): boolean {
    this.text += part;
    return true;
  }
}

/** Runs `cs-play` with these words in the current folder. Its environment is what is given and nothing else. */
export async function inProcess(argv: readonly string[], { environment = {}, columns }: Given = {}): Promise<Done> {
  const [stdout, stderr] = [new Captured(columns), new Captured(columns)];
  const streams = { stdout, stderr } as unknown as Pick<Io, 'stdout' | 'stderr'>;
  const code = await csPlay({ argv, environment: { NO_COLOR: '1', ...environment }, ...streams });
  return { code, stdout: stdout.text, stderr: stderr.text };
}
