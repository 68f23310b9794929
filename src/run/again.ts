// Which ends do not stand when a run goes on. What was cut off is done again. Failures stand, so that budgets know them,
// until the run has come to its end: then a resume tries again what failed, with all that followed from it.

import type { Block, Playbook, Step } from '../model.ts';
import { type History, hasFailed, isCut } from './history.ts';
import type { Standing } from './retrace.ts';

/** Where a walk along the ends that are given leads. */
export interface Outlook {
  /** Paths of the hosts that are out of the run. */
  readonly casualties: readonly string[];
  /** Ends that found no work that had begun. */
  readonly left: readonly Standing[];
}

/** `later`: whether an end whose work does not begin in its turn may stand in when it does. */
type Walk = (ends: readonly Standing[], later: (end: Standing) => boolean) => Outlook;

/** Exit codes of runs that ended by themselves, with failures that may be tried again. */
const ENDED_WITH_FAILURES: ReadonlySet<number | undefined> = new Set([1, 2, 3]);

export class Again {
  /** Numbers of the ends that do not stand. */
  readonly numbers = new Set<number>();
  readonly #history: History;
  readonly #rescues: ReadonlySet<string>;
  readonly #aftermath: ReadonlySet<string>;
  readonly #walk: Walk;

  constructor(history: History, playbook: Playbook, walk: Walk) {
    this.#history = history;
    this.#rescues = stepsIn(playbook, ({ rescue }) => rescue);
    this.#aftermath = new Set([...this.#rescues, ...stepsIn(playbook, ({ always }) => always)]);
    this.#walk = walk;
    this.#drop(({ ended }) => isCut(ended.result));
    if (ENDED_WITH_FAILURES.has(history.exitCode)) this.#dropFailures();
    // What has no place on the way any more is done when its turn comes.
    for (const { number } of this.#outlook().left) this.numbers.add(number);
  }

  /** Whether the end of a work that does not begin in its turn may stand in when it does begin. */
  later({ ended }: Standing): boolean {
    return ended.kind === 'task' && !this.#aftermath.has(ended.step) && !hasFailed(ended.result);
  }

  #outlook(): Outlook {
    return this.#walk(this.standing(), (end) => this.later(end));
  }

  standing(): readonly Standing[] {
    return this.#history.ends.filter(({ number }) => !this.numbers.has(number));
  }

  #drop(which: (end: Standing) => boolean): readonly Standing[] {
    const dropped = this.standing().filter(which);
    for (const { number } of dropped) this.numbers.add(number);
    return dropped;
  }

  #dropFailures(): void {
    const { casualties } = this.#outlook();
    const fallen = (host: string) => casualties.some((path) => isWithin(host, path));
    const failed = this.#drop(({ ended }) => fallen(ended.host) && hasFailed(ended.result));
    const { left } = this.#outlook();
    const followed = left.filter((end) => fallen(end.ended.host) && this.#followed(end, failed));
    for (const { number } of followed) this.numbers.add(number);
    // A rescue has changed what was done before the failure: nothing of it can be relied on.
    const undone = followed.filter(({ ended }) => this.#rescues.has(ended.step) && ended.result.status === 'changed');
    const restarted = casualties.filter((path) => undone.some(({ ended }) => isWithin(ended.host, path)));
    this.#drop(({ ended }) => restarted.some((path) => isWithin(ended.host, path)));
  }

  /** Whether an end followed from one of the failures: in a `rescue:` or `always:`, or on the way of the same host. */
  #followed({ ended }: Standing, failed: readonly Standing[]): boolean {
    if (ended.kind !== 'task' || this.#aftermath.has(ended.step)) return true;
    return failed.some(({ ended: { host } }) => isWithin(ended.host, host) || isWithin(host, ended.host));
  }
}

const isWithin = (host: string, path: string): boolean => `${host}/`.startsWith(`${path}/`);

/** Ids of all steps in one section of any block. */
function stepsIn(playbook: Playbook, section: (block: Block) => readonly Step[]): ReadonlySet<string> {
  const ids = new Set<string>();
  const walk = (step: Step, inside: boolean): void => {
    if (inside) ids.add(step.id);
    if (step.kind === 'play') for (const each of [...step.tasks, ...step.handlers]) walk(each, inside);
    if (step.kind !== 'block') return;
    const chosen = section(step);
    for (const each of [...step.block, ...step.rescue, ...step.always]) walk(each, inside || chosen.includes(each));
  };
  for (const play of playbook.plays) walk(play, false);
  return ids;
}
