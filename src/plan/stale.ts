// Why a plan cannot be applied whatever the world looks like: its time, its use, the program, its files.

import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { PinnedFile } from '../journal/entry.ts';
import { summaryOf } from '../journal/list.ts';
import { timeWords } from '../moment.ts';
import { diskReason } from '../state.ts';
import { APPLIED_HINT, appliedBy, appliedWords } from './applied.ts';
import type { SavedPlan } from './file.ts';

export interface StaleOptions {
  readonly now: Date;
  /** This cs-play's. */
  readonly version: string;
  /** The state folder. */
  readonly state: string;
}

/** In words, with what to do beyond planning again; empty for a plan that is fresh. */
export function staleness(
  plan: SavedPlan,
  { now, version, state }: StaleOptions,
): { message: string; hint?: string }[] {
  const run = appliedBy(state, plan.id);
  const problems: { message: string; hint?: string }[] = [];
  if (run !== undefined) problems.push({ message: appliedWords(run), hint: hintOfRun(state, run) });
  if (now >= new Date(plan.expires)) {
    problems.push({ message: `the plan has expired: it was valid until ${timeWords(plan.expires)}` });
  }
  if (release(plan.madeBy) !== release(version)) {
    problems.push({ message: `the plan was made by cs-play ${plan.madeBy}, and this is ${version}` });
  }
  return problems;
}

function hintOfRun(state: string, run: string): string {
  const goOn = summaryOf(state, run).resumable ? `, cs-play resume ${run} goes on` : '';
  return `${APPLIED_HINT}: cs-play runs show ${run} tells of it${goOn}`;
}

/** Another patch release decides as this one does. */
const release = (version: string): string => version.split('.').slice(0, 2).join('.');

/** What of the pinned files is not as it was, in words. */
export function changedFiles(files: readonly PinnedFile[]): string[] {
  return files.flatMap(({ path, sha256 }) => {
    const found = digestAt(path);
    if (found === sha256) return [];
    if (found === undefined) return [`${path} is gone`];
    return [found instanceof Error ? `${path} cannot be read: ${diskReason(found)}` : `${path} has changed`];
  });
}

/** Files that decide now and did not, or the other way round. `now`: what was read when it was all read anew. */
export function otherFiles(before: readonly PinnedFile[], now: readonly PinnedFile[]): string[] {
  const known = new Map(before.map(({ path, sha256 }) => [path, sha256]));
  const found = new Set(now.map(({ path }) => path));
  return [
    ...now.filter(({ path }) => !known.has(path)).map(({ path }) => `${path} is new`),
    ...now
      .filter(({ path, sha256 }) => known.has(path) && known.get(path) !== sha256)
      .map(({ path }) => `${path} has changed`),
    ...before.filter(({ path }) => !found.has(path)).map(({ path }) => `${path} is not read any more`),
  ];
}

function digestAt(path: string): string | Error | undefined {
  try {
    return createHash('sha256').update(readFileSync(path)).digest('hex');
  } catch (error) {
    const failure = error as NodeJS.ErrnoException;
    return failure.code === 'ENOENT' || failure.code === 'ENOTDIR' ? undefined : failure;
  }
}
