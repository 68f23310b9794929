// The only way to declare tests: what is listed is run, so nothing can be written and then forgotten.
// Bare uvu passes silently when `.run()` is forgotten, when a hook throws, and when `only` is left behind.

import { suite } from 'uvu';

export * as assert from 'uvu/assert';

export type Cases = Readonly<Record<string, () => void | Promise<void>>>;

/** Declares and runs the cases of one subject. A title is the sentence that would be false if it broke. */
export function tests(subject: string, cases: Cases): void {
  const titles = Object.keys(cases);
  if (titles.length === 0) throw new Error(`"${subject}" lists no cases`);
  const list = suite(subject);
  for (const [title, body] of Object.entries(cases)) {
    list(title, async () => {
      try {
        await body();
      } catch (error) {
        // uvu loses a failure that is not an Error.
        throw error instanceof Error ? error : new Error(`threw ${String(error)}`);
      }
    });
  }
  list.run();
}
