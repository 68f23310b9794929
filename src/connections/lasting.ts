// What is not given up with its step: work that would leave the world worse than either before or after it.

import type { StepDoor } from '../connection.ts';

/** How long such work goes on once its step was stopped. */
const LASTING_SECONDS = 20;

/** The works under way, for the end of a run to wait for. */
export class LastingWorks {
  readonly #underWay = new Set<Promise<unknown>>();

  /** Does the work with a step like the given one, stopped that much later. */
  async run<T>(step: StepDoor, work: (lasting: StepDoor) => Promise<T>): Promise<T> {
    const late = new AbortController();
    let timer: NodeJS.Timeout | undefined;
    const stopLater = () => {
      timer = setTimeout(() => late.abort(step.signal.reason), LASTING_SECONDS * 1000);
    };
    const { signal } = step;
    if (signal.aborted) stopLater();
    else signal.addEventListener('abort', stopLater, { once: true });
    const deadline = new Date(step.deadline.getTime() + LASTING_SECONDS * 1000);
    const running = work(Object.create(step, { signal: { value: late.signal }, deadline: { value: deadline } }));
    this.#underWay.add(running);
    try {
      return await running;
    } finally {
      this.#underWay.delete(running);
      signal.removeEventListener('abort', stopLater);
      clearTimeout(timer);
    }
  }

  /** Resolves when none is under way, whatever came of them: who began them is told. */
  async ended(): Promise<void> {
    while (this.#underWay.size > 0) await Promise.allSettled(this.#underWay);
  }
}
