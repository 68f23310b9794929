// Which ends do not stand when a run goes on. What was cut off is done again. Failures stand, so that budgets know them,
// until the run has come to its end: then a resume tries again what failed, with all that followed from it.

import type { Playbook, Step } from '../model.ts';
import { type History, hasFailed, isCut } from './history.ts';
import type { Standing } from './retrace.ts';

/** Where a walk along the ends that are given leads. */
export interface Outlook {
  /** Paths of the hosts that are out of the run. */
  readonly casualties: readonly string[];
  /** Ends that found no work that had begun. */
  readonly left: readonly Standing[];
  /** Numbers of the failures that nothing took up. */
  readonly fatal: ReadonlySet<number>;
}

/** `later`: whether an end whose work does not begin in its turn may stand in when it does. */
type Walk = (ends: readonly Standing[], later: (end: Standing) => boolean) => Outlook;

/** Exit codes of runs that ended by themselves, with failures that may be tried again. */
const ENDED_WITH_FAILURES: ReadonlySet<number | undefined> = new Set([1, 2, 3]);

export class Again {
  /** Numbers of the ends that do not stand. */
  readonly numbers = new Set<number>();
  readonly #history: History;
  readonly #rescues: readonly Rescue[];
  readonly #walk: Walk;

  constructor(history: History, playbook: Playbook, walk: Walk) {
    this.#history = history;
    this.#rescues = playbook.plays.flatMap(rescuesIn);
    this.#walk = walk;
    this.#drop(({ ended }) => isCut(ended.result));
    if (ENDED_WITH_FAILURES.has(history.exitCode)) this.#dropFailures();
    // What has no place on the way any more is done when its turn comes.
    for (const end of this.#outlook().left) if (!this.later(end)) this.numbers.add(end.number);
  }

  /** Whether the end of a work that does not begin in its turn may stand in when it does begin. */
  later({ ended }: Standing): boolean {
    return ended.kind === 'task' && !this.#isAftermath(ended.step) && !hasFailed(ended.result);
  }

  #outlook(): Outlook {
    return this.#walk(this.standing(), (end) => this.later(end));
  }

  standing(): readonly Standing[] {
    return this.#history.ends.filter(({ number }) => !this.numbers.has(number));
  }

  #drop(which: (end: Standing) => boolean): Standing[] {
    const dropped = this.standing().filter(which);
    for (const { number } of dropped) this.numbers.add(number);
    return dropped;
  }

  #dropFailures(): void {
    const { casualties, fatal } = this.#outlook();
    const failed = this.#drop((end) => fatal.has(end.number));
    for (const later of failed) failed.push(...this.#drop((end) => this.#ledTo(end, later)));
    const fallen = (host: string) => casualties.some((path) => isWithin(host, path));
    const followed = this.#outlook().left.filter((end) => fallen(end.ended.host) && this.#followed(end, failed));
    for (const { number } of followed) this.numbers.add(number);
    // A rescue has changed what was done before the failure: nothing of it can be relied on.
    const undone = followed.filter(({ ended }) => this.#isRescue(ended.step) && ended.result.status === 'changed');
    const restarted = casualties.filter((path) => undone.some(({ ended }) => isWithin(ended.host, path)));
    this.#drop(({ ended }) => restarted.some((path) => isWithin(ended.host, path)));
  }

  #isAftermath(step: string): boolean {
    return this.#rescues.some(({ rescue, always }) => rescue.has(step) || always.has(step));
  }

  #isRescue(step: string): boolean {
    return this.#rescues.some(({ rescue }) => rescue.has(step));
  }

  /** Whether a failure was taken up by the `rescue:` in which a later one was not. */
  #ledTo({ ended }: Standing, { ended: later }: Standing): boolean {
    if (!hasFailed(ended.result) || !isWithin(ended.host, later.host)) return false;
    return this.#rescues.some(({ block, rescue }) => rescue.has(later.step) && block.has(ended.step));
  }

  /** Whether an end followed from one of the failures: in a `rescue:` or `always:`, or on the way of the same host. */
  #followed({ ended }: Standing, failed: readonly Standing[]): boolean {
    if (ended.kind !== 'task' || this.#isAftermath(ended.step)) return true;
    // That a play was left with a failure says nothing of its other hosts.
    const own = failed.filter((each) => each.ended.kind !== 'leave').map((each) => each.ended.host);
    return own.some((host) => isWithin(ended.host, host) || isWithin(host, ended.host));
  }
}

const isWithin = (host: string, path: string): boolean => `${host}/`.startsWith(`${path}/`);

/** A block with what follows it: ids of the steps in each section. */
interface Rescue {
  readonly block: ReadonlySet<string>;
  readonly rescue: ReadonlySet<string>;
  readonly always: ReadonlySet<string>;
}

function rescuesIn(step: Step): readonly Rescue[] {
  const inside = insideOf(step).flatMap(rescuesIn);
  if (step.kind !== 'block' || step.rescue.length + step.always.length === 0) return inside;
  const ids = (steps: readonly Step[]) => new Set(steps.flatMap(idsIn));
  return [{ block: ids(step.block), rescue: ids(step.rescue), always: ids(step.always) }, ...inside];
}

const idsIn = (step: Step): string[] => [step.id, ...insideOf(step).flatMap(idsIn)];

function insideOf(step: Step): readonly Step[] {
  if (step.kind === 'play') return [...step.tasks, ...step.handlers];
  return step.kind === 'block' ? [...step.block, ...step.rescue, ...step.always] : [];
}
