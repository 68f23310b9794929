// Time, as something that is handed in.

export interface RunClock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Calls `ring` once, that many milliseconds from now; the function it gives takes the order back. */
  timer(milliseconds: number, ring: () => void): () => void;
}

/** The longest time that Node can wait in one go. */
const LONGEST = 2 ** 31 - 1;

export const systemClock: RunClock = {
  now: Date.now,
  timer(milliseconds, ring) {
    const timeout = setTimeout(ring, Math.min(milliseconds, LONGEST));
    return () => clearTimeout(timeout);
  },
};

/** Resolves after that time, or when the run is interrupted. */
export function pause(clock: RunClock, seconds: number, interrupted: AbortSignal | undefined): Promise<void> {
  if (interrupted?.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const wake = () => {
      cancel();
      interrupted?.removeEventListener('abort', wake);
      resolve();
    };
    const cancel = clock.timer(seconds * 1000, wake);
    interrupted?.addEventListener('abort', wake, { once: true });
  });
}
