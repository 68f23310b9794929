// Which process works on a run: numbered files in the run's folder. A new one is made by an atomic link and none is ever
// replaced, so that of two processes that go on with a run at the same time exactly one does.

import { randomBytes } from 'node:crypto';
import { linkSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { SafetyStop } from '../errors.ts';
import { isAlive, type ProcessIdentity, processIdentity } from '../process-identity.ts';

const NAME = /^holder-([1-9]\d{0,8})$/;

/** The process that works on the run of that folder; undefined where none is alive on this machine. */
export const holderOf = (folder: string): ProcessIdentity | undefined => aliveOf(holders(folder));

/** Takes the run for this process. Gives what lets it go. Throws `SafetyStop` where a process has it. */
export function hold(folder: string, id: string): () => void {
  const mine = processIdentity() ?? { pid: process.pid, started: '', boot: '' };
  const draft = join(folder, `.holder-${randomBytes(6).toString('hex')}`);
  writeFileSync(draft, `${JSON.stringify(mine)}\n`, { mode: 0o600, flag: 'wx' });
  try {
    const path = link(draft, folder, id);
    return () => rmSync(path, { force: true });
  } finally {
    rmSync(draft, { force: true });
  }
}

function link(draft: string, folder: string, id: string): string {
  for (;;) {
    // One look for both: whoever comes after it takes the same number.
    const seen = holders(folder);
    const other = aliveOf(seen);
    if (other) {
      throw new SafetyStop(`run ${id} is still going on (process ${other.pid})`, {
        code: 'run-held',
        hint: 'wait for its end, which cs-play runs tells, or end it: Ctrl-C there',
      });
    }
    const path = join(folder, `holder-${Math.max(0, ...seen.map(({ number }) => number)) + 1}`);
    try {
      linkSync(draft, path);
      return path;
    } catch (error) {
      // Somebody else was faster: is it still there?
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
  }
}

interface Holder {
  readonly number: number;
  /** Undefined where the file cannot be read: it is written before it has its name, so the machine went down since. */
  readonly identity: ProcessIdentity | undefined;
}

const aliveOf = (seen: readonly Holder[]): ProcessIdentity | undefined =>
  seen.map(({ identity }) => identity).find((identity) => identity !== undefined && isAlive(identity));

function holders(folder: string): Holder[] {
  return readdirSync(folder).flatMap((name) => {
    const number = NAME.exec(name)?.[1];
    return number === undefined ? [] : [{ number: Number(number), identity: identityIn(join(folder, name)) }];
  });
}

function identityIn(path: string): ProcessIdentity | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as ProcessIdentity;
  } catch (error) {
    if (error instanceof SyntaxError || (error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
