// A process that takes one lock again and again, each time when it is told to; for races.

import { closeSync, openSync, unlinkSync } from 'node:fs';
import { join } from 'node:path';
import { Failure } from '../../src/errors.ts';
import { type Lock, takeLock } from '../../src/lock/lock.ts';

export type Order = { readonly take: string; readonly run: string } | { readonly release: true };
/** `won`, with the run it took over from; `locked`; or what went wrong. */
export type Report = string;

const [state = ''] = process.argv.slice(2);
const critical = join(state, 'critical');
let held: Lock | undefined;

/** Fails where another is between its `enter` and its `leave`. */
const enter = (): void => closeSync(openSync(critical, 'wx'));
const leave = (): void => unlinkSync(critical);

async function take(identity: string, run: string): Promise<Report> {
  try {
    const { lock, tookOverFrom } = await takeLock(state, { identity, cloud: 'eu-1', run });
    enter();
    held = lock;
    return tookOverFrom ? `won from ${tookOverFrom.run}` : 'won';
  } catch (error) {
    return error instanceof Failure ? (error.code ?? error.message) : String(error);
  }
}

async function release(): Promise<Report> {
  if (held) {
    leave();
    await held.release();
  }
  held = undefined;
  return 'released';
}

process.on('message', (order: Order) => {
  const done = 'release' in order ? release() : take(order.take, order.run);
  void done.then((report) => process.send?.(report));
});
process.send?.('ready');
