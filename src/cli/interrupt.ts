// Ctrl-C and its like: the first asks the run to stop in order, the second stops it at once.

export interface Interrupt {
  readonly signal: AbortSignal;
  /** Gives the signals back to the process. */
  release(): void;
}

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Exit code of an interrupted run (128 + SIGINT, as shells have it). */
export const INTERRUPTED = 130;

/** Watches the signals that end a process. `tell` is called at the first one. */
export function interruptOnSignals(tell: (message: string) => void): Interrupt {
  const controller = new AbortController();
  const listener = () => {
    if (controller.signal.aborted) process.exit(INTERRUPTED);
    tell('interrupted: nothing new is started, what is under way is awaited; once more stops at once');
    controller.abort();
  };
  for (const signal of signals) process.on(signal, listener);
  const release = () => {
    for (const signal of signals) process.off(signal, listener);
  };
  return { signal: controller.signal, release };
}
