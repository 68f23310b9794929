// Lets in so many at a time, the others in the order they came.

export class Gate {
  readonly #limit: number;
  #inside = 0;
  #waiting: (() => void)[] = [];
  #next = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Calls `start` now or when there is room. Whoever was let in has to `leave`. */
  enter(start: () => void): void {
    if (this.#inside >= this.#limit) {
      this.#waiting.push(start);
      return;
    }
    this.#inside += 1;
    start();
  }

  leave(): void {
    const start = this.#waiting[this.#next];
    if (!start) {
      this.#inside -= 1;
      return;
    }
    this.#next += 1;
    if (this.#next === this.#waiting.length) {
      this.#waiting = [];
      this.#next = 0;
    }
    start();
  }
}
