// Which process works on a run: numbered files in the run's folder. A new one is made by an atomic link and none is ever
// replaced, so that of two processes of a machine that go on with a run at the same time exactly one does. Processes of
// other machines cannot be judged here: the locks of clouds keep them apart.

import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { SafetyStop } from '../errors.ts';
import { machine, type ProcessPlace, thisProcess, whereabouts } from '../process-identity.ts';
import { createFile } from '../whole-file.ts';

const NAME = /^holder-([1-9]\d{0,8})$/;

/** What a holder's file says. */
interface HolderFile extends ProcessPlace {
  /** The host's name, for people. */
  readonly host: string;
}

/** here: that process works on it; elsewhere: one of that host did, and whether it still does cannot be seen from here. */
export type Holder =
  | { readonly at: 'here'; readonly pid: number }
  | { readonly at: 'elsewhere'; readonly host: string }
  | { readonly at: 'nowhere' };

/** Who works on the run of that folder. */
export function holderOf(folder: string): Holder {
  const seen = holders(folder);
  const alive = aliveOf(seen);
  if (alive) return { at: 'here', pid: alive.process.pid };
  const last = seen.at(-1)?.file;
  return last && whereabouts(last) === 'elsewhere' ? { at: 'elsewhere', host: last.host } : { at: 'nowhere' };
}

/** Takes the run for this process. Gives what lets it go. Throws `SafetyStop` where a process has it. */
export function hold(folder: string, id: string): () => void {
  const mine: HolderFile = { process: thisProcess(), machine: machine(), host: hostname() };
  const path = take(folder, id, `${JSON.stringify(mine)}\n`);
  return () => rmSync(path, { force: true });
}

/** The path of the file that is this process's. */
function take(folder: string, id: string, mine: string): string {
  for (;;) {
    // One look for both: whoever comes after it takes the same number.
    const seen = holders(folder);
    const other = aliveOf(seen);
    if (other) {
      throw new SafetyStop(`run ${id} is still going on (pid ${other.process.pid})`, {
        code: 'run-held',
        hint: 'wait for its end, which cs-play runs tells, or end it: Ctrl-C there',
      });
    }
    const path = join(folder, `holder-${(seen.at(-1)?.number ?? 0) + 1}`);
    try {
      createFile(path, mine);
      return path;
    } catch (error) {
      // Somebody else was faster: is it still there?
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
  }
}

interface Numbered {
  readonly number: number;
  /** Undefined where it cannot be read: a file is written before it has its name, so the machine went down since. */
  readonly file: HolderFile | undefined;
}

const aliveOf = (seen: readonly Numbered[]): HolderFile | undefined =>
  seen.map(({ file }) => file).find((file) => file && whereabouts(file) === 'here');

/** In the order of their numbers. */
function holders(folder: string): Numbered[] {
  const found = readdirSync(folder).flatMap((name) => {
    const number = NAME.exec(name)?.[1];
    return number === undefined ? [] : [{ number: Number(number), file: read(join(folder, name)) }];
  });
  return found.sort((a, b) => a.number - b.number);
}

function read(path: string): HolderFile | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as HolderFile;
  } catch (error) {
    // Let go since the folder was read, or lost with the power.
    if (error instanceof SyntaxError || (error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
