// Handlers at a flush: in the order of definition, on the hosts that notified them.

import type { Handler } from '../model.ts';
import type { Batch, Member, Section } from './batch.ts';
import type { Process } from './process.ts';

/** A handler that is notified again while it runs is run once more at the same flush, and no more. */
const RUNS_PER_FLUSH = 2;

/** Runs a handler on some of the members that are in; gives those that are still in. */
export type RunHandler = (handler: Handler, on: readonly Member[], live: readonly Member[]) => Process<Member[]>;

/** Runs all handlers that members of `live` have notified; gives the members that are left. */
export function* flush(
  batch: Batch,
  live: readonly Member[],
  section: Section,
  runHandler: RunHandler,
): Process<Member[]> {
  const runs = new Map<Handler, number>();
  let left = [...live];
  for (let again = true; again; ) {
    again = false;
    for (const handler of batch.play.handlers) {
      if (batch.held(section)) return left;
      const on = batch.takeNotified(handler, left);
      if (on.length === 0) continue;
      const count = (runs.get(handler) ?? 0) + 1;
      runs.set(handler, count);
      if (count > RUNS_PER_FLUSH) {
        batch.shared.say({
          type: 'warning',
          message: `handler "${handler.name?.text ?? handler.id}" was notified again after it had run twice, and is not run a third time`,
        });
        continue;
      }
      again = true;
      left = yield* runHandler(handler, on, left);
    }
  }
  return left;
}
