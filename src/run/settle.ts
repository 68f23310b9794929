// What a step came to on the members of a batch, taken in: who is out, what that means for the others and the budget.

import type { Host, Play, Result, Task } from '../model.ts';
import type { Batch, Member, Section, Shared } from './batch.ts';
import type { Scene } from './work.ts';

/** Notes what a step came to on a member. */
export function takeIn(batch: Batch, step: Task | Play, member: Member, result: Result, section: Section): void {
  batch.count(result);
  if (result.stopsRun) stopRun(batch.shared, batch.scene, result.message ?? result.code, batch.later());
  if (isFallen(result)) {
    // The host that a play stands on can be reached, whatever became of those below it.
    const left = result.status === 'unreachable' && step.kind === 'task' ? 'unreachable' : 'failed';
    const status = result.status === 'unreachable' ? 'unreachable' : 'failed';
    batch.lose(member, left, { status, final: left === 'unreachable' || !section.rescue });
  } else if (result.status === 'changed') batch.notify(step, member);
}

export const isFallen = (result: Result | undefined): boolean =>
  result !== undefined && !result.ignored && (result.status === 'failed' || result.status === 'unreachable');

/** What a failure means for the others: `run_once` fails for all, and so does a fatal one that can be rescued. */
export function spread(
  batch: Batch,
  step: Task | Play,
  gone: Set<Member>,
  live: readonly Member[],
  section: Section,
): void {
  const culprits = [...gone];
  if (step.runOnce || (isFatal(step, section) && section.rescue)) {
    for (const member of live) {
      if (!gone.has(member)) batch.lose(member, 'failed', { status: 'failed', final: !section.rescue });
      gone.add(member);
    }
  }
  judge(batch, step, culprits, section);
}

const isFatal = (step: Task | Play, section: Section): boolean =>
  step.kind === 'task' ? step.anyErrorsFatal : section.fatal;

export function judge(batch: Batch, step: Task | Play, culprits: readonly Member[], section: Section): void {
  const fatal = isFatal(step, section) && !section.rescue;
  const names = culprits.map((member) => member.host.path).join(', ');
  batch.judge(fatal ? `any_errors_fatal, and ${names} failed` : undefined);
}

/** A safety rule stops the whole run: nothing new starts anywhere. Told once. */
export function stopRun(shared: Shared, scene: Scene, why: string | undefined, notReached: readonly Host[]): void {
  if (shared.stopped) return;
  shared.stopped = true;
  const message = `a safety rule stopped the run: ${why ?? 'no reason given'}`;
  shared.say({ type: 'budget-broken', scene, message, notReached });
}
