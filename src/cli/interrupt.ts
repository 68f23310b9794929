// Ctrl-C and its like: the first asks the run to stop in order, the second gives up what is under way, the third ends
// the process.

export interface Interrupt {
  /** Aborted at the first signal: nothing new starts. */
  readonly signal: AbortSignal;
  /** Aborted at the second: nothing is awaited any more. */
  readonly kill: AbortSignal;
  /** Gives the signals back to the process. */
  release(): void;
}

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Exit code of an interrupted run (128 + SIGINT, as shells have it). */
const INTERRUPTED = 130;

/** Watches the signals that end a process. `tell` is called at the first and at the second one. */
export function interruptOnSignals(tell: (message: string) => void): Interrupt {
  const first = new AbortController();
  const second = new AbortController();
  const listener = (signal: NodeJS.Signals) => {
    // A terminal that is closed says so more than once (the kernel, the shell, a write that fails): that is no haste.
    if (signal === 'SIGHUP' && first.signal.aborted) return;
    if (second.signal.aborted) process.exit(INTERRUPTED);
    if (!first.signal.aborted) {
      tell('interrupted: nothing new is started, what is under way is awaited; once more gives it up');
      first.abort();
      return;
    }
    tell('interrupted again: what is under way is given up, its outcome is unknown');
    second.abort();
  };
  for (const signal of signals) process.on(signal, listener);
  const release = () => {
    for (const signal of signals) process.off(signal, listener);
  };
  return { signal: first.signal, kill: second.signal, release };
}
