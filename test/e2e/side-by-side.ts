// Cases that mostly wait, two at a time: each has a lab of its own, so that they do not disturb each other.

import type { Cases } from '../tests.ts';

const AT_ONCE = 2;

/** The same cases; each begins when the one two places before it has ended, however that went. */
export function sideBySide(cases: Cases): Cases {
  const ends: Promise<void>[] = [];
  const begun = Object.entries(cases).map(([title, body], index) => {
    const before = ends[index - AT_ONCE] ?? Promise.resolve();
    const end = before.then(body, body);
    // The case itself reports it; until its turn comes, nobody else must.
    end.catch(() => {});
    ends.push(end);
    return [title, () => end] as const;
  });
  return Object.fromEntries(begun);
}
