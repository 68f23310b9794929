// Cases that mostly wait, some at a time: each has a lab of its own, so that they do not disturb each other.

import type { Cases } from '../tests.ts';

/** The same cases; each begins when the one `atOnce` places before it has ended, however that went. */
export function sideBySide(cases: Cases, atOnce = 2): Cases {
  const ends: Promise<void>[] = [];
  const begun = Object.entries(cases).map(([title, body], index) => {
    const before = ends[index - atOnce] ?? Promise.resolve();
    const end = before.then(body, body);
    // The case itself reports it; until its turn comes, nobody else must.
    end.catch(() => {});
    ends.push(end);
    return [title, () => end] as const;
  });
  return Object.fromEntries(begun);
}
