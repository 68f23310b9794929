// Who is being waited for right now: a fold over events, for the live line.

import { duration } from '../duration.ts';
import type { Event } from '../model.ts';
import { cut } from './layout.ts';

interface Wait {
  readonly host: string;
  what: string;
  since: number;
  until: number | undefined;
}

/** Keeps the steps that are under way and says, in one line, what the oldest wait is. */
export class Waits {
  readonly #running = new Map<string, Wait>();
  #task = '';

  take(event: Event): void {
    if (event.type === 'task-started') this.#task = event.name;
    if (event.type === 'step-started') {
      this.#running.set(key(event), {
        host: event.host,
        what: this.#task,
        since: Date.parse(event.at),
        until: undefined,
      });
    }
    if (event.type === 'step-waiting') this.#wait(event);
    if (event.type === 'step-ended') this.#running.delete(key(event));
  }

  #wait(event: Event & { type: 'step-waiting' }): void {
    const wait = { host: event.host, what: event.what, since: Date.parse(event.since), until: Date.parse(event.until) };
    this.#running.set(key(event), wait);
  }

  /**
   * `lab/ams/v-12-VM: the new certificate on 443 · 12 s of at most 5 min · 3 more`, in that many columns: what is
   * awaited is cut, the time is not. Empty when nothing runs.
   */
  describe(now: number, columns: number): string {
    const waits = [...this.#running.values()];
    const shown = waits.filter((wait) => wait.until !== undefined).at(-1) ?? waits.at(-1);
    if (!shown) return '';
    const most = shown.until === undefined ? '' : ` of at most ${duration((shown.until - shown.since) / 1000)}`;
    const more = waits.length > 1 ? ` · ${waits.length - 1} more` : '';
    const time = ` · ${duration(Math.max(0, now - shown.since) / 1000)}${most}${more}`;
    return cut(`${shown.host}: ${shown.what}`, columns - time.length) + time;
  }
}

const key = (step: { task: string; host: string }) => `${step.task} ${step.host}`;
