// What an earlier part of the run knew and a journal does not keep: secrets. Tasks that only look are asked again before
// anything else is done on their host or below it, and must find what they found before. What was kept stays as it was.

import type { WorkEnded } from '../journal/entry.ts';
import type { Host, Result, Value, ValueMap } from '../model.ts';
import { Secret } from '../secret.ts';
import { isUnknown, unknownIn } from '../template/thing.ts';
import { pause, type RunClock } from './clock.ts';
import { upwards } from './tree.ts';
import type { TaskWork } from './work.ts';

/** Whether something of what the work came to was not kept. */
export const isForgotten = ({ result, facts, variables }: WorkEnded): boolean =>
  [result.values, facts, variables].some((values) => values !== undefined && unknownIn(values) !== undefined);

interface Gap {
  readonly work: TaskWork;
  readonly ended: WorkEnded;
}

/** What a task came to, with what it found and set. */
interface Found {
  readonly result: Result;
  readonly facts: ValueMap;
  readonly variables: ValueMap;
}

export interface ForgottenWorld {
  /** Does the task again, which came to those values before. */
  look(work: TaskWork, values: ValueMap): Promise<Found>;
  /** Takes in what the task came to. */
  keep(work: TaskWork, ended: WorkEnded): void;
  /** Names of its values that may be others now. */
  momentary(work: TaskWork): readonly string[];
  warn(message: string, host: string): void;
  readonly clock: RunClock;
  readonly interrupted: AbortSignal | undefined;
}

/** A run may have been cut off while its own restart of a management server was under way: that takes about a minute. */
const LONGEST_SECONDS = 120;
const PAUSE_SECONDS = 3;

export class Forgotten {
  readonly #world: ForgottenWorld;
  readonly #gaps = new Map<string, Gap[]>();
  readonly #filling = new Map<string, Promise<Result | undefined>>();

  constructor(world: ForgottenWorld) {
    this.#world = world;
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
      const { result, facts, variables } = await this.#reach(work, ended);
      if (result.status === 'unreachable') return result;
      const difference = differenceOf(ended.result, result, this.#world.momentary(work));
      if (difference !== undefined) return stop(work, ended.name, difference);
      this.#world.keep(work, {
        ...ended,
        result: { ...result, values: filled(ended.result.values, result.values) },
        facts: filled(ended.facts ?? {}, facts),
        variables: filled(ended.variables ?? {}, variables),
      });
    }
    return undefined;
  }

  /** Looks until somebody answers, or the time is over. */
  async #reach(work: TaskWork, ended: WorkEnded): Promise<Found> {
    const { clock, interrupted } = this.#world;
    const until = clock.now() + LONGEST_SECONDS * 1000;
    for (;;) {
      const now = await this.#world.look(work, ended.result.values);
      if (now.result.status !== 'unreachable' || clock.now() >= until || interrupted?.aborted) return now;
      const { path } = work.host;
      const again = `"${ended.name}" looks again for up to ${LONGEST_SECONDS} s`;
      this.#world.warn(`${path} does not answer, and ${again}: ${now.result.message ?? ''}`, path);
      await pause(clock, PAUSE_SECONDS, interrupted);
    }
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

function differenceOf(before: Result, now: Result, momentary: readonly string[]): string | undefined {
  if (before.status !== now.status) return `it is ${now.status}${now.message ? `, ${now.message}` : ''}`;
  const lasting = (values: ValueMap) =>
    Object.fromEntries(Object.entries(values).filter(([name]) => !momentary.includes(name)));
  return difference(lasting(before.values), lasting(now.values), '');
}

/** What was kept, with what is seen now in the place of what was not. */
function filled(kept: ValueMap, now: ValueMap): ValueMap {
  const fill = (before: Value, seen: Value | undefined): Value => {
    if (isUnknown(before)) return seen ?? before;
    if (!isTree(before) || !isTree(seen)) return before;
    const parts = Object.entries(before).map(([key, value]) => [key, fill(value, (seen as ValueMap)[key])] as const);
    return Array.isArray(before) ? parts.map(([, value]) => value) : Object.fromEntries(parts);
  };
  return fill(kept, now) as ValueMap;
}

/** The first difference, in words; what was not kept is like anything. */
function difference(before: Value | undefined, now: Value | undefined, at: string): string | undefined {
  if (isUnknown(before)) return undefined;
  if (!isTree(before) || !isTree(now)) {
    return before === now ? undefined : `${at.slice(1)} was ${shown(before)}, is ${shown(now)}`;
  }
  for (const key of new Set([...Object.keys(before), ...Object.keys(now)])) {
    const found = difference(before[key], now[key], `${at}.${key}`);
    if (found !== undefined) return found;
  }
  return undefined;
}

const isTree = (value: Value | undefined): value is ValueMap =>
  typeof value === 'object' && value !== null && !(value instanceof Secret);

const shown = (value: Value | undefined): string => (value === undefined ? 'not there' : JSON.stringify(value));
