// Where runs lie in the state folder, and which of them is meant.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { InvalidInput } from '../errors.ts';
import { diskReason } from '../state.ts';

/** UTC, and four random digits. */
const RUN_ID = /^\d{8}-\d{6}-[0-9a-f]{4}$/;
/** So many ids fit into a hint. */
const LISTED = 5;

/** `runs` in the state folder. */
export const runsFolder = (state: string): string => join(state, 'runs');

export const runFolder = (state: string, id: string): string => join(runsFolder(state), id);

/** The journal's path in a run's folder. */
export const journalFile = (folder: string): string => join(folder, 'journal.ndjson');

/** The whole of a journal. Throws `InvalidInput` where it cannot be read. */
export function contentOf(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    throw new InvalidInput([
      {
        message: `the journal "${path}" cannot be read: ${diskReason(error)}`,
        hint: 'without it nobody knows what the run did: look at its clouds',
      },
    ]);
  }
}

/** Ids of all runs, oldest first; none where the folder is not there. Throws `InvalidInput` where it cannot be read. */
export function runIds(state: string): readonly string[] {
  try {
    return readdirSync(runsFolder(state))
      .filter((name) => RUN_ID.test(name))
      .sort();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw new InvalidInput([{ message: `the folder "${runsFolder(state)}" cannot be read: ${diskReason(error)}` }]);
  }
}

/** The one run whose id begins so. Throws `InvalidInput` where there is none, or several. */
export function findRun(state: string, idPrefix: string): string {
  if (idPrefix === '')
    throw new InvalidInput([{ message: 'the id of the run is empty', hint: 'cs-play runs lists them' }]);
  const all = runIds(state);
  const found = all.filter((id) => id.startsWith(idPrefix));
  const [only, second] = found;
  if (only !== undefined && second === undefined) return only;
  if (only === undefined) {
    const hint = all.length === 0 ? `there are none in ${runsFolder(state)}` : 'cs-play runs lists them';
    throw new InvalidInput([{ message: `there is no run "${idPrefix}"`, hint }]);
  }
  const newest = found.slice(-LISTED).reverse().join(', ');
  throw new InvalidInput([
    {
      message: `${found.length} runs begin with "${idPrefix}"`,
      hint: `give more of the id: ${newest}${found.length > LISTED ? ', …' : ''}`,
    },
  ]);
}
