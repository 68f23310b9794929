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

/** Resolves after that time. */
export function pause(clock: RunClock, seconds: number): Promise<void> {
  return new Promise((resolve) => {
    clock.timer(seconds * 1000, resolve);
  });
}
