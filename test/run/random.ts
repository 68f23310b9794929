// Random plays over a random tree, from a seed.

import type { Block, Confirm, Host, Play, Soak, Step, Task, WaveSize } from '../../src/model.ts';
import { below, block, host, literal, meta, play, task } from './build.ts';

/** Numbers from 0 to below 1 that depend on the seed alone (mulberry32). */
export function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

const soaks: readonly Soak[] = [false, true].map((last) => ({ seconds: 60, everySeconds: 30, last }));
const confirms = (['play', 'wave'] as const).map(
  (each): Confirm => ({ message: literal('go on?'), timeoutSeconds: 60, each }),
);
const groups = ['clouds', 'zones', 'system_vms'];

export class RandomRun {
  readonly random: () => number;
  readonly clouds: readonly Host[];
  readonly plays: readonly Play[];
  readonly forks: number;
  #steps = 0;

  constructor(seed: number) {
    this.random = numbers(seed);
    this.clouds = this.#list(1, 4, (index) => host(`c${index}`, 'cloud', ['clouds']));
    this.forks = this.#pick([1, 2, 5, 1000]);
    this.plays = this.#list(1, 3, () => this.#play(0));
  }

  /** What is found below a cloud: the same for the same name. */
  found(cloud: Host): Host[] {
    const zones = 1 + (cloud.path.charCodeAt(1) % 3);
    return below(
      cloud,
      Object.fromEntries(Array.from({ length: zones }, (_, zone) => [`z${zone}`, [`v${zone}`, `s${zone}`]])),
    );
  }

  chance(of: number): boolean {
    return this.random() < of;
  }

  #pick<T>(from: readonly T[]): T {
    return from[Math.floor(this.random() * from.length)] as T;
  }

  #list<T>(least: number, most: number, make: (index: number) => T): T[] {
    return Array.from({ length: least + Math.floor(this.random() * (most - least + 1)) }, (_, index) => make(index));
  }

  #id(kind: string): string {
    this.#steps += 1;
    return `${kind}${this.#steps}`;
  }

  #play(depth: number): Play {
    const fatal = this.chance(0.2);
    const handler = this.chance(0.5)
      ? this.chance(0.3) && depth < 2
        ? this.#play(depth + 1)
        : this.#task(fatal, [])
      : undefined;
    const notify = handler?.name ? [handler.name.text] : [];
    const serial = this.#serial();
    return play(this.#id('p'), groups[depth] ?? 'system_vms', this.#stepsOf(depth, 0, fatal, notify), {
      serial,
      soak: serial.length > 0 && this.chance(0.3) ? this.#pick(soaks) : undefined,
      confirm: this.chance(0.15) ? this.#pick(confirms) : undefined,
      maxFailPercentage: this.chance(0.5) ? this.#pick([0, 0, 25, 50, 100]) : undefined,
      anyErrorsFatal: fatal,
      forceHandlers: this.chance(0.1) ? true : undefined,
      handlers: handler ? [handler] : [],
      ignoreErrors: this.chance(0.1) ? literal(true) : undefined,
      throttle: this.chance(0.1) ? 1 : undefined,
    });
  }

  #serial(): WaveSize[] {
    if (this.chance(0.3)) return [];
    return this.#list(1, 2, () =>
      this.chance(0.5) ? { hosts: this.#pick([1, 2, 0]) } : { percent: this.#pick([25, 50]) },
    );
  }

  #stepsOf(depth: number, nesting: number, fatal: boolean, notify: readonly string[]): Step[] {
    return this.#list(1, nesting > 0 ? 2 : 3, () => this.#step(depth, nesting, fatal, notify));
  }

  #step(depth: number, nesting: number, fatal: boolean, notify: readonly string[]): Step {
    if (depth < 2 && this.chance(0.3)) return this.#play(depth + 1);
    if (nesting < 2 && this.chance(0.25)) return this.#block(depth, nesting, fatal, notify);
    // Inside a block a flush would give the failures of handlers another meaning: there are other tests for that.
    if (nesting === 0 && this.chance(0.07)) return meta('flush_handlers');
    if (this.chance(0.05)) return meta(this.#pick(['end_host', 'end_batch', 'end_play', 'noop'] as const));
    return this.#task(fatal, notify);
  }

  #block(depth: number, nesting: number, fatal: boolean, notify: readonly string[]): Block {
    const steps = () => this.#stepsOf(depth, nesting + 1, fatal, notify);
    const parts = { block: steps(), rescue: this.chance(0.5) ? steps() : [], always: this.chance(0.5) ? steps() : [] };
    return block(this.#id('b'), parts, { anyErrorsFatal: fatal });
  }

  #task(fatal: boolean, notify: readonly string[]): Task {
    return task(this.#id('t'), {
      anyErrorsFatal: fatal,
      notify: this.chance(0.5) ? notify : [],
      throttle: this.chance(0.1) ? 1 : undefined,
    });
  }
}
