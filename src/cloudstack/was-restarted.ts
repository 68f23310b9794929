// Whether a management server was restarted by a run that was cut off before it knew: its own last start tells.

import type { Reader } from '../connection.ts';
import { Failure, Unreachable } from '../errors.ts';
import { sleepUpTo, whileThereIsTime } from './deadline.ts';
import { FAILED_START, type ServerBefore, type ServerNow, serverNow } from './management-server.ts';

/**
 * So long an API that answers and an old start must stand together. Measured: a stop makes the port refuse at once, and
 * a new start is listed with the first heartbeat after it (`cluster.heartbeat.interval`, 1.5 s).
 */
const STANDS_SECONDS = 5;

/**
 * Looks until it is known, waiting for a server that is away. Throws `Unreachable` where the step's time does not
 * suffice: nobody knows then.
 */
export async function wasRestarted(name: string, before: ServerBefore, read: Reader): Promise<boolean> {
  const until = whileThereIsTime(read);
  let stands: Date | undefined;
  for (;;) {
    const server = await serverFor(before, read);
    if (server.is === 'back') return true;
    const now = read.clock.now();
    stands = server.is === 'as before' ? (stands ?? now) : undefined;
    if (stands && now.getTime() - stands.getTime() >= STANDS_SECONDS * 1000) return false;
    if (now >= until) throw notKnown(name, server.why);
    read.tell.waiting(`whether ${name} was restarted: ${server.why}`, until);
    await sleepUpTo(1, until, read);
  }
}

/** A start that failed was a start. */
async function serverFor(before: ServerBefore, read: Reader): Promise<ServerNow> {
  try {
    return await serverNow(read.cloudstack, before);
  } catch (error) {
    if (error instanceof Unreachable) return { is: 'away', why: error.message };
    if (error instanceof Failure && error.code === FAILED_START) return { is: 'back' };
    throw error;
  }
}

const notKnown = (name: string, why: string): Unreachable =>
  new Unreachable(`nobody knows whether ${name} was restarted before the run was cut off: ${why}`, {
    code: 'write-unknown',
    hint: 'look at systemctl status cloudstack-management on it; once it answers, resume again: its last start tells',
  });
