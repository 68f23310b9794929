// What an earlier part of the run knew and a journal does not keep: secrets. Tasks that only look are asked again before
// anything else is done on their host or below it, and must find what they found before.

import type { WorkEnded } from '../journal/entry.ts';
import type { Host, Result, Value, ValueMap } from '../model.ts';
import { isUnknown, unknownIn } from '../template/thing.ts';
import { upwards } from './tree.ts';
import type { TaskWork } from './work.ts';

/** Whether something of what the work came to was not kept. */
export const isForgotten = ({ result, facts, variables }: WorkEnded): boolean =>
  [result.values, facts, variables].some((values) => values !== undefined && unknownIn(values) !== undefined);

interface Gap {
  readonly work: TaskWork;
  readonly ended: WorkEnded;
}

/** Does the task again, and gives its result with what it set. */
type Look = (work: TaskWork) => Promise<{ readonly result: Result; readonly variables: ValueMap }>;

export class Forgotten {
  readonly #look: Look;
  readonly #gaps = new Map<string, Gap[]>();
  readonly #filling = new Map<string, Promise<Result | undefined>>();

  constructor(look: Look) {
    this.#look = look;
  }

  add(work: TaskWork, ended: WorkEnded): void {
    const { path } = work.host;
    this.#gaps.set(path, [...(this.#gaps.get(path) ?? []), { work, ended }]);
  }

  /** Looks again at all that is missing on the host and above it. A result where it is not as it was. */
  async lookAgain(host: Host): Promise<Result | undefined> {
    if (this.#gaps.size === 0) return undefined;
    for (const { path } of [...upwards(host)].reverse()) {
      const gaps = this.#gaps.get(path);
      if (!gaps) continue;
      const known = this.#filling.get(path) ?? this.#fill(gaps);
      this.#filling.set(path, known);
      const lost = await known;
      if (lost) return lost;
    }
    return undefined;
  }

  async #fill(gaps: readonly Gap[]): Promise<Result | undefined> {
    for (const { work, ended } of gaps) {
      const { result } = await this.#look(work);
      const difference = differenceOf(ended.result, result);
      if (difference !== undefined) return stop(work, ended.name, difference);
    }
    return undefined;
  }
}

function stop(work: TaskWork, name: string, difference: string): Result {
  return {
    status: 'failed',
    stopsRun: true,
    code: 'drift',
    message: `"${name}" on ${work.host.path} does not come to what it was when the run began: ${difference}`,
    hint: 'put back what it looks at, and resume again; or begin a new run',
    values: {},
    seconds: 0,
  };
}

function differenceOf(before: Result, now: Result): string | undefined {
  if (before.status !== now.status) return `it is ${now.status}${now.message ? `, ${now.message}` : ''}`;
  return difference(before.values, now.values, '');
}

/** The first difference, in words; what was not kept is like anything. */
function difference(before: Value | undefined, now: Value | undefined, at: string): string | undefined {
  if (isUnknown(before)) return undefined;
  const isTree = (value: Value | undefined): value is ValueMap => typeof value === 'object' && value !== null;
  if (!isTree(before) || !isTree(now)) {
    return before === now ? undefined : `${at.slice(1)} was ${shown(before)}, is ${shown(now)}`;
  }
  for (const key of new Set([...Object.keys(before), ...Object.keys(now)])) {
    const found = difference(before[key], now[key], `${at}.${key}`);
    if (found !== undefined) return found;
  }
  return undefined;
}

const shown = (value: Value | undefined): string => (value === undefined ? 'not there' : JSON.stringify(value));
