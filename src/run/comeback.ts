// How a run goes on from its journal: which ends stand, and what is known of the steps that were under way.

import type { Entry, Resumed } from '../journal/entry.ts';
import type { Playbook } from '../model.ts';
import { Again } from './again.ts';
import { type GroupVars, hostsFound } from './discovery.ts';
import { type Assumed, hasFailed, historyOf, pastOf } from './history.ts';
import type { StepPast } from './past.ts';
import { retrace, type Standing } from './retrace.ts';
import type { State } from './schedule.ts';

/** An earlier part of a run. */
export interface Earlier {
  /** All that its journal holds. */
  readonly entries: readonly Entry[];
  readonly assumed: Assumed;
  /** Who goes on with it. */
  readonly resumed: Omit<Resumed, 'again'>;
}

export interface Comeback {
  /** The ends that stand. */
  readonly ends: readonly Standing[];
  /** Numbers of those that do not. */
  readonly again: readonly number[];
  /** Whether the end of a work that does not begin in its turn may stand in when it does begin. */
  readonly later: (end: Standing) => boolean;
  /** What is known of the tasks that are to go on, by `stepKey`. */
  readonly past: ReadonlyMap<string, StepPast>;
  /** How many writes were begun. */
  readonly writes: number;
}

export interface ComebackOptions {
  readonly earlier: Earlier;
  readonly playbook: Playbook;
  readonly groupVars: GroupVars;
  /** A scheduler of the same run before its first happening. */
  readonly begin: () => State;
}

export function comeback({ earlier, playbook, groupVars, begin }: ComebackOptions): Comeback {
  const { entries, assumed } = earlier;
  const history = historyOf(entries);
  const again = new Again(history, playbook, (ends, later) => {
    const state = begin();
    const fatal = new Set<number>();
    const { left } = retrace({
      state,
      ends,
      later,
      say: () => undefined,
      recall: (work, { number, ended: { result, discovery } }) => {
        if (hasFailed(result) && !work.covered[result.status as 'failed' | 'unreachable']) fatal.add(number);
        const found = discovery && { found: hostsFound(work.host, discovery, groupVars) };
        return { type: 'ended', work: work.id, result, ...found };
      },
    });
    return { left: left.all(), fatal, casualties: [...state.casualties.keys()] };
  });
  return {
    ends: again.standing(),
    again: [...again.numbers],
    later: (end) => again.later(end),
    past: pastOf(entries, again.numbers, assumed),
    writes: history.writes,
  };
}
