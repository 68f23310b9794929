// What a journal says of a run that is to go on: the ends that stand, and what is known of the steps that did not end.

import type { Entry, WorkEnded } from '../journal/entry.ts';
import type { Result, StepRef } from '../model.ts';
import { type End, StepFold, type StepPast, stepOf } from './past.ts';
import { NOT_IN_EFFECT } from './reply.ts';
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
  const folds = new Folds();
  const ends: WorkEnded[] = [];
  for (const entry of entries) {
    if ('ended' in entry) {
      const { kind, step, host, result } = entry.ended;
      const isGone = gone.has(ends.push(entry.ended) - 1);
      if (kind === 'task') folds.known(step, host)?.ended(isGone && wasNotDone(result) ? endOf(result) : 'stands');
    }
    if ('resumed' in entry) folds.beginAnew(entry.resumed.again, ends);
    const step = stepOf(entry);
    if (step) fold(folds.of(step), entry, assumed);
  }
  folds.beginAnew([...again], ends);
  return folds.pasts();
}

const wasNotDone = (result: Result): boolean => isCut(result) || hasFailed(result);

class Folds {
  readonly #byKey = new Map<string, { readonly host: string; readonly fold: StepFold }>();

  of({ task, host }: StepRef): StepFold {
    const key = stepKey(task, host);
    const known = this.#byKey.get(key) ?? { host, fold: new StepFold() };
    this.#byKey.set(key, known);
    return known.fold;
  }

  known(task: string, host: string): StepFold | undefined {
    return this.#byKey.get(stepKey(task, host))?.fold;
  }

  /**
   * What was done in full and is done again nevertheless was undone by a `rescue:`: in that cloud no failure can be gone
   * on from either.
   */
  beginAnew(again: readonly number[], ends: readonly WorkEnded[]): void {
    const undone = again.flatMap((number) => ends[number] ?? []).filter(({ result }) => result.status === 'changed');
    const tops = new Set(undone.map(({ host }) => topOf(host)));
    for (const { host, fold } of this.#byKey.values()) if (tops.has(topOf(host))) fold.undone();
  }

  pasts(): ReadonlyMap<string, StepPast> {
    const pasts = [...this.#byKey].map(([key, { fold }]) => [key, fold.past()] as const);
    return new Map(pasts.flatMap(([key, past]) => (past ? [[key, past]] : [])));
  }
}

const topOf = (host: string): string => host.split('/')[0] ?? host;

function fold(into: StepFold, entry: Entry, assumed: Assumed): void {
  if ('change' in entry) into.change(entry.change);
  if ('item' in entry) into.item(entry.item, hasFailed(entry.item.result) ? endOf(entry.item.result) : 'stands');
  if (!('event' in entry)) return;
  const { event, answer } = entry;
  if (event.type === 'write-started') into.began(event, assumed.get(event.write));
  if (event.type === 'write-ended') into.wrote(event, answer);
}

function endOf(result: Result): End {
  if (isCut(result)) return 'cut';
  return result.code === NOT_IN_EFFECT ? 'late' : 'failed';
}
