// What a journal says of a run that is to go on: the ends that stand, and what is known of the steps that did not end.

import type { Entry } from '../journal/entry.ts';
import type { Result } from '../model.ts';
import { type End, StepFold, type StepPast, stepOf } from './past.ts';
import type { Standing } from './retrace.ts';

/** What a person said of writes that nobody can look at: the number of a write, and whether it was done. */
export type Assumed = ReadonlyMap<number, boolean>;

export interface History {
  /** In their order, without those that were done again since. */
  readonly ends: readonly Standing[];
  /** How the last part of the run ended; undefined where its process did. */
  readonly exitCode: number | undefined;
  /** How many writes were begun. */
  readonly writes: number;
}

export function historyOf(entries: readonly Entry[]): History {
  const ends: Standing[] = [];
  let exitCode: number | undefined;
  let writes = 0;
  for (const entry of entries) {
    if ('ended' in entry) ends.push({ number: ends.length, ended: entry.ended });
    if ('resumed' in entry) exitCode = undefined;
    if (!('event' in entry)) continue;
    if (entry.event.type === 'run-ended') ({ exitCode } = entry.event);
    if (entry.event.type === 'write-started') writes = Math.max(writes, entry.event.write);
  }
  const gone = doneAgain(entries);
  return { ends: ends.filter(({ number }) => !gone.has(number)), exitCode, writes };
}

/** The ends that earlier parts of the run did not let stand. */
function doneAgain(entries: readonly Entry[]): Set<number> {
  return new Set(entries.flatMap((entry) => ('resumed' in entry ? entry.resumed.again : [])));
}

/** Cut off, not failed: by an interrupt or a safety rule. */
export const isCut = (result: Result): boolean => result.stopsRun === true || result.code === 'interrupted';

export const hasFailed = ({ status, ignored }: Result): boolean =>
  !ignored && (status === 'failed' || status === 'unreachable');

/** Of a task on a host. */
export const stepKey = (task: string, host: string): string => `${task} ${host}`;

/**
 * What is known of the tasks that are to go on, by `stepKey`. `again`: the ends that do not stand any more, those of
 * earlier parts of the run aside.
 */
export function pastOf(
  entries: readonly Entry[],
  again: ReadonlySet<number>,
  assumed: Assumed,
): ReadonlyMap<string, StepPast> {
  const gone = new Set([...doneAgain(entries), ...again]);
  const folds = new Map<string, StepFold>();
  let number = -1;
  for (const entry of entries) {
    if ('ended' in entry) {
      number += 1;
      const { kind, step, host, result } = entry.ended;
      if (kind === 'task') folds.get(stepKey(step, host))?.ended(gone.has(number) ? endOf(result) : 'stands');
      continue;
    }
    const step = stepOf(entry);
    if (step) fold(foldOf(folds, stepKey(step.task, step.host)), entry, assumed);
  }
  return new Map([...folds].flatMap(([key, each]) => pastWithKey(key, each)));
}

function foldOf(folds: Map<string, StepFold>, key: string): StepFold {
  const known = folds.get(key);
  if (known) return known;
  const made = new StepFold();
  folds.set(key, made);
  return made;
}

function fold(into: StepFold, entry: Entry, assumed: Assumed): void {
  if ('change' in entry) into.change(entry.change);
  if ('item' in entry) into.item(entry.item, hasFailed(entry.item.result) ? endOf(entry.item.result) : 'stands');
  if (!('event' in entry)) return;
  const { event, answer } = entry;
  if (event.type === 'write-started') into.began(event, assumed.get(event.write));
  if (event.type === 'write-ended') into.wrote(event, answer);
}

const endOf = (result: Result): End => (isCut(result) ? 'cut' : 'failed');

function pastWithKey(key: string, each: StepFold): [string, StepPast][] {
  const past = each.past();
  return past ? [[key, past]] : [];
}
