// Drives the scheduler with made-up outcomes and writes down what it starts.

import { limitRole } from '../../src/inventory/limit.ts';
import { parsePattern, select } from '../../src/inventory/pattern.ts';
import type { Host, Play, Result, Status } from '../../src/model.ts';
import type { Chooser } from '../../src/run/choose.ts';
import { next, type State, schedule } from '../../src/run/schedule.ts';
import type { Notice, Work } from '../../src/run/work.ts';
import { at } from './build.ts';

export type Outcome = Status | 'ignored' | 'stop';

export interface Simulation {
  readonly plays: readonly Play[];
  readonly hosts: readonly Host[];
  readonly limit?: string;
  readonly forks?: number;
  readonly forceHandlers?: boolean;
  /** What a task comes to on a host, or `soak`, `confirm` and `discover`; ok where it says nothing. */
  readonly outcome?: (task: string, host: string) => Outcome | undefined;
  /** What is found below a cloud. */
  readonly found?: (cloud: Host) => readonly Host[];
  /** Whether an inner play or meta step is entered; true where it says nothing. */
  readonly enters?: (step: string, host: string) => boolean;
  /** Which of the works under way ends next; the first where it says nothing. */
  readonly pick?: (under: readonly Work[]) => number;
  /** Called before each start. */
  readonly watch?: (work: Work, state: State) => void;
  /** Called for each notice as it comes. */
  readonly heard?: (notice: Notice) => void;
  /** Called with what a work came to, before the scheduler hears of it. */
  readonly ends?: (work: Work, result: Result) => void;
  /** Interrupts once that many works have ended. */
  readonly interruptAfter?: number;
}

export interface Seen {
  /** `task@host` in the order of starting; `enter`, `leave` and discoveries left out. */
  readonly started: readonly string[];
  readonly discovered: readonly string[];
  /** Clouds that could not be looked into. */
  readonly undiscovered: readonly string[];
  readonly notices: readonly Notice[];
  /** Results of tasks and inner plays: `task@host: status`. */
  readonly ended: readonly string[];
  readonly state: State;
  /** The most works that were ever under way at once, without those that only wait. */
  readonly widest: number;
}

export function chooser(limit?: string): Chooser {
  if (limit === undefined) return { select, role: () => 'selected', limited: false };
  const pattern = parsePattern(limit, at);
  return { select, role: (each) => limitRole(pattern, each), limited: true };
}

const resultOf = (outcome: Outcome): Result => {
  const result = { values: {}, seconds: 0, message: 'said so' };
  if (outcome === 'ignored') return { ...result, status: 'failed', ignored: true };
  if (outcome === 'stop') return { ...result, status: 'failed', stopsRun: true };
  return { ...result, status: outcome };
};

function answer(simulation: Simulation, work: Work): { result: Result; found?: readonly Host[] } {
  const { outcome, enters, found } = simulation;
  switch (work.kind) {
    case 'task':
      return { result: resultOf(outcome?.(work.task.id, work.host.path) ?? 'ok') };
    case 'enter': {
      const values = { ignore_errors: work.step.kind === 'play' && work.step.ignoreErrors !== undefined };
      return { result: { ...resultOf((enters?.(work.step.id, work.host.path) ?? true) ? 'ok' : 'skipped'), values } };
    }
    case 'leave': {
      const { status, message } = work.outcome;
      const ignored = (work.ignored && status === 'failed') || undefined;
      return { result: { status, message, ignored, values: {}, seconds: 0 } };
    }
    case 'confirm':
    case 'soak':
      return { result: resultOf(outcome?.(work.kind, work.host.path) ?? 'ok') };
    case 'discover':
      return { result: resultOf(outcome?.('discover', work.host.path) ?? 'ok'), found: found?.(work.host) ?? [] };
  }
}

export function simulate(simulation: Simulation): Seen {
  const state = schedule({
    plays: simulation.plays,
    hosts: simulation.hosts,
    chooser: chooser(simulation.limit),
    forks: simulation.forks ?? 1000,
    forceHandlers: simulation.forceHandlers ?? false,
    seed: 'test',
  });
  const seen = {
    started: [] as string[],
    discovered: [] as string[],
    undiscovered: [] as string[],
    notices: [] as Notice[],
    ended: [] as string[],
  };
  const under: Work[] = [];
  let widest = 0;
  let endings = 0;
  const take = (step: ReturnType<typeof next>) => {
    seen.notices.push(...step.say);
    for (const notice of step.say) simulation.heard?.(notice);
    for (const work of step.start) {
      simulation.watch?.(work, state);
      if (work.kind === 'task') seen.started.push(`${work.task.id}@${work.host.path}`);
      if (work.kind === 'discover') seen.discovered.push(work.host.path);
      under.push(work);
    }
    widest = Math.max(widest, under.filter(({ kind }) => kind !== 'confirm' && kind !== 'soak').length);
  };
  take(next(state, { type: 'begin' }));
  while (under.length > 0) {
    const [work] = under.splice(simulation.pick?.(under) ?? 0, 1);
    if (!work) throw new Error('picked nothing');
    const { result, found } = answer(simulation, work);
    simulation.ends?.(work, result);
    if (work.kind === 'discover' && result.status !== 'ok') seen.undiscovered.push(work.host.path);
    const id = work.kind === 'task' ? work.task.id : work.step.id;
    if (work.kind === 'task' || work.kind === 'leave' || work.kind === 'soak')
      seen.ended.push(`${id}@${work.host.path}: ${result.status}`);
    take(next(state, { type: 'ended', work: work.id, result, ...(found ? { found } : {}) }));
    endings += 1;
    if (endings === simulation.interruptAfter) take(next(state, { type: 'interrupt' }));
  }
  return { ...seen, state, widest };
}

/** `A B | C` : tasks in the order of starting, the hosts of a task together. */
export function course(seen: Seen): string {
  const parts: string[] = [];
  let last = '';
  for (const start of seen.started) {
    const [name = '', path = ''] = start.split('@');
    if (name === last) parts[parts.length - 1] += ` ${path}`;
    else parts.push(`${name}: ${path}`);
    last = name;
  }
  return parts.join(' | ');
}
