// The recap: a fold over the ends of steps, counted as Ansible counts.

import type { EventBody, RecapRow, Result } from '../model.ts';
import { isWithheld } from '../rescue.ts';

type Counts = { -readonly [Column in Exclude<keyof RecapRow, 'host'>]: number };

type StepEnded = EventBody & { type: 'step-ended' };
type RescueWithheld = EventBody & { type: 'rescue-withheld' };

export class Recap {
  readonly #hosts = new Map<string, Counts>();
  #rescued: StepEnded[] = [];

  take(event: EventBody): void {
    if (event.type === 'rescue-withheld') this.#withhold(event);
    if (event.type !== 'step-ended') return;
    if (event.rescued) this.#rescued.push(event);
    count(this.#of(event.host), event.result, event.rescued);
  }

  #withhold(event: RescueWithheld): void {
    for (const step of this.#rescued.filter((each) => isWithheld(event, each))) {
      const counts = this.#of(step.host);
      counts.rescued -= 1;
      count(counts, step.result, false);
    }
    this.#rescued = this.#rescued.filter((each) => !isWithheld(event, each));
  }

  /** Whether a task ended on the host or on one below it: an inner play counts for its host only when it ends. */
  reached(host: string): boolean {
    return this.#hosts.has(host) || [...this.#hosts.keys()].some((other) => other.startsWith(`${host}/`));
  }

  /** Sorted by host. */
  rows(): RecapRow[] {
    return [...this.#hosts].sort(([a], [b]) => (a < b ? -1 : 1)).map(([host, counts]) => ({ host, ...counts }));
  }

  #of(host: string): Counts {
    let counts = this.#hosts.get(host);
    if (!counts) {
      counts = { ok: 0, changed: 0, unreachable: 0, failed: 0, skipped: 0, rescued: 0, ignored: 0, toProve: 0 };
      this.#hosts.set(host, counts);
    }
    return counts;
  }
}

/** Loops count once; an ignored failure counts as ok as well, and as changed where something was. */
function count(counts: Counts, result: Result, rescued: boolean): void {
  if (result.ignored) {
    counts.ok += 1;
    counts.ignored += 1;
    if (result.changedToo) counts.changed += 1;
    return;
  }
  switch (result.status) {
    case 'ok':
      counts.ok += 1;
      break;
    case 'changed':
      counts.ok += 1;
      counts.changed += 1;
      break;
    case 'skipped':
      counts.skipped += 1;
      break;
    case 'to_prove':
      counts.toProve += 1;
      break;
    case 'failed':
    case 'unreachable':
      counts[rescued ? 'rescued' : result.status] += 1;
  }
}
