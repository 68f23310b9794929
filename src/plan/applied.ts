// That a plan was applied: a file of its id, which only one process can make.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SafetyStop } from '../errors.ts';
import { diskReason, privateFolder } from '../state.ts';
import { createFile, syncFolder } from '../whole-file.ts';

const folderIn = (state: string) => join(state, 'plans');

/** The run that applied the plan; undefined where none did. `state`: the state folder. */
export function appliedBy(state: string, plan: string): string | undefined {
  try {
    return readFileSync(join(folderIn(state), plan), 'utf8').trim();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw unusable(state, error);
  }
}

/** Notes that this run applies the plan. Throws `SafetyStop` where another one did before it, or it cannot be noted. */
export function markApplied(state: string, plan: string, run: string): void {
  privateFolder(folderIn(state));
  try {
    createFile(join(folderIn(state), plan), `${run}\n`);
    syncFolder(folderIn(state));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw unusable(state, error);
    const by = appliedBy(state, plan) ?? 'unknown';
    throw new SafetyStop(appliedWords(by), { code: 'plan-applied', hint: APPLIED_HINT });
  }
}

export const appliedWords = (run: string): string => `the plan has been applied already, by run ${run}`;

export const APPLIED_HINT = 'a plan is applied once';

const unusable = (state: string, error: unknown): SafetyStop =>
  new SafetyStop(`whether the plan was applied cannot be kept in "${folderIn(state)}": ${diskReason(error)}`, {
    code: 'state-folder',
    hint: 'mend that, or name another folder: XDG_STATE_HOME=/an/absolute/path',
  });
