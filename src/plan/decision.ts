// What a plan decided: for each task on each host, and each item of its loop, what is to be done and why.

import type { Event, Result, Status, StepRef, ValueMap } from '../model.ts';

export interface Decision extends StepRef {
  /** The task's name. */
  readonly name: string;
  /** Absent where the task has no loop, or its list is not known yet. */
  readonly item?: { readonly index: number; readonly label: string } | undefined;
  readonly status: Status;
  /** A change on a host that is only on the way to the selected ones. */
  readonly leftAlone?: boolean | undefined;
  readonly summary?: string | undefined;
  readonly impact?: string | undefined;
  readonly decidedOn?: ValueMap | undefined;
  /** Why it failed, where it did. */
  readonly message?: string | undefined;
}

/** The decisions of a plan, in its order. A play decides only where its tasks were not looked at. */
export function decisionsOf(events: readonly Event[]): Decision[] {
  return events.flatMap((event) => {
    if (event.type !== 'step-ended') return [];
    const { task, host, name, module, result } = event;
    if (module === 'play' && result.status !== 'to_prove' && result.status !== 'skipped') return [];
    if (!result.items) return [decision({ task, host, name }, result)];
    return result.items.map(({ label, result: each }, index) =>
      decision({ task, host, name, item: { index, label } }, each),
    );
  });
}

function decision(of: Pick<Decision, 'task' | 'host' | 'name' | 'item'>, result: Result): Decision {
  const { status, leftAlone, change, decidedOn } = result;
  const message = isFailing(status) ? result.message : undefined;
  return { ...of, status, leftAlone, summary: change?.summary, impact: change?.impact, decidedOn, message };
}

export const isFailing = (status: Status): boolean => status === 'failed' || status === 'unreachable';
