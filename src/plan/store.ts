// Saved plans on the disk: written as a whole or not at all, readable by their owner alone.

import { accessSync, constants, readFileSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { Failure, InvalidInput } from '../errors.ts';
import type { PinnedFile } from '../journal/entry.ts';
import { diskReason } from '../state.ts';
import { replaceFile } from '../whole-file.ts';
import { looksLikePlan, planFrom, planText, type SavedPlan } from './file.ts';

/** Throws `InvalidInput` where a plan cannot be put there: a folder that is not there or not ours to write to, or something that is no plan lies there. */
export function checkPlace(file: string, force: boolean): void {
  const folder = dirname(resolve(file));
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) {
    throw new InvalidInput([{ message: `there is no folder "${folder}" for the plan`, hint: `mkdir -p ${folder}` }]);
  }
  try {
    accessSync(folder, constants.W_OK | constants.X_OK);
  } catch (error) {
    throw new InvalidInput([
      {
        message: `no plan can be saved in "${folder}": ${diskReason(error)}`,
        hint: 'mend that, or name another file: -o FILE',
      },
    ]);
  }
  const found = statSync(file, { throwIfNoEntry: false });
  if (!found) return;
  if (!found.isFile()) throw new InvalidInput([{ message: `"${file}" is not a file`, hint: 'name another: -o FILE' }]);
  if (force || looksLikePlan(readFileSync(file, 'utf8'))) return;
  throw new InvalidInput([
    { message: `"${file}" is there already and is not a saved plan`, hint: 'name another file, or add --force' },
  ]);
}

/** Throws `InvalidInput` where a file that decided cannot be read a second time: a pipe, such as `-e @<(…)`. */
export function checkAgainReadable(files: readonly PinnedFile[]): void {
  const problems = files
    .filter(({ path }) => !statSync(path, { throwIfNoEntry: false })?.isFile())
    .map(({ path }) => ({
      message: `"${path}" is no file that could be read again when the plan is applied`,
      hint: 'write what it gives into a file, and name that',
    }));
  if (problems.length > 0) throw new InvalidInput(problems);
}

/** Writes the plan in the place of what lies there. Throws `Failure` where that cannot be done. */
export function writePlan(file: string, plan: SavedPlan): void {
  try {
    replaceFile(resolve(file), planText(plan));
  } catch (error) {
    throw new Failure(`the plan cannot be saved as "${file}": ${diskReason(error)}`, {
      code: 'plan-file',
      hint: 'mend that, or name another file: -o FILE',
    });
  }
}

/** Throws `InvalidInput` for a file that is not there or no plan. */
export function readPlan(file: string): SavedPlan {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const message =
      code === 'ENOENT' ? `there is no plan "${file}"` : `the plan "${file}" cannot be read: ${diskReason(error)}`;
    throw new InvalidInput([{ message, hint: 'cs-play plan PLAYBOOK -o FILE writes one' }]);
  }
  return planFrom(text, file);
}
