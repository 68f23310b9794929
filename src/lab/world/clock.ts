// The lab's only source of time. Everything that waits in the lab waits here, so that one factor scales it all and one
// call ends it all.

export class Clock {
  readonly #factor: number;
  readonly #timers = new Set<NodeJS.Timeout>();
  #closed = false;

  /** `factor`: seconds of ours for one second of CloudStack. */
  constructor(factor: number) {
    this.#factor = factor;
  }

  get closed(): boolean {
    return this.#closed;
  }

  now(): Date {
    return new Date();
  }

  /** Does the work after that many seconds of CloudStack. Gives the function that calls it off. */
  after(seconds: number, work: () => void): () => void {
    if (this.#closed) return () => {};
    const timer = setTimeout(
      () => {
        this.#timers.delete(timer);
        work();
      },
      seconds * this.#factor * 1000,
    );
    this.#timers.add(timer);
    return () => {
      clearTimeout(timer);
      this.#timers.delete(timer);
    };
  }

  /** Resolves after that many seconds of CloudStack; never, once the clock is closed. */
  sleep(seconds: number): Promise<void> {
    return new Promise((resolve) => {
      this.after(seconds, resolve);
    });
  }

  /**
   * A moment for a field of whole seconds, at least one second after `previous`: in a real install these things never
   * happen twice within one second, in a fast lab they do, and a client that compares would see nothing move.
   */
  stamp(previous: Date | undefined): Date {
    const now = this.now();
    if (previous === undefined) return now;
    return new Date(Math.max(now.getTime(), previous.getTime() + 1000));
  }

  close(): void {
    this.#closed = true;
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
  }
}

/** How long things take in an install, in seconds of CloudStack. Sources: measured servers, usual KVM hosts. */
export const seconds = {
  scan: 30,
  firstScan: 60,
  /** From `Starting` to `Running`: the hypervisor has started it and SSH answers. */
  boot: 30,
  /** From there until the agent inside has connected. */
  agent: 30,
  connecting: 2,
  stop: 10,
  job: 0.3,
  serverStop: 3,
  serverStart: 17,
  slowServerStart: 170,
  agentReconnect: 5,
  agentRestart: 15,
  /** A server that has just started still shows when it had started before. */
  serverHeartbeat: 2,
  drain: 2,
  /** Until a server looks again whether its port is free. */
  portRetry: 5,
} as const;
