// What becomes of users' work on system VMs that are about to be taken down: cut, waited for, or a reason to refuse.

import type { Reader, Writer } from '../connection.ts';
import { Failure } from '../errors.ts';
import { afterShare, sleepUpTo } from './deadline.ts';
import { isIdle, loadOf, loadWords } from './disruption.ts';
import { label, type SystemVm } from './system-vm.ts';

/** The values of the argument `sessions`. */
export const sessionsWords = ['cut', 'wait', 'refuse'] as const;
export type Sessions = (typeof sessionsWords)[number];

/** `v-12-VM (console proxy) has 2 sessions`, of each VM that has work going on. */
async function busy(vms: readonly SystemVm[], verb: string, read: Reader): Promise<string[]> {
  const loads = await Promise.all(vms.map((vm) => loadOf(vm, read)));
  return vms.flatMap((vm, index) => {
    const load = loads[index];
    return load === undefined || isIdle(load) ? [] : [`${label(vm)} ${verb} ${loadWords(load)}`];
  });
}

/** Throws `Failure` where one of the VMs has work going on. */
export async function refuseLoad(vms: readonly SystemVm[], read: Reader): Promise<void> {
  const list = await busy(vms, 'has', read);
  if (list.length === 0) return;
  throw new Failure(`${list.join(', ')}, and "sessions" is refuse`, {
    code: 'system-vm-sessions',
    hint: 'wait for a quiet hour, or write sessions: wait or sessions: cut',
  });
}

/** Waits until none of the VMs has work going on; throws `Failure` after half of the time. `look` lists them anew. */
export async function awaitQuiet(look: () => Promise<readonly SystemVm[]>, write: Writer): Promise<void> {
  const until = afterShare(write, 0.5);
  for (;;) {
    const list = await busy(await look(), 'still has', write);
    if (list.length === 0) return;
    if (write.clock.now() >= until) {
      throw new Failure(`${list.join(', ')}; nothing was done`, {
        code: 'system-vm-sessions',
        hint: 'give the task more time (timeout:), or write sessions: cut',
      });
    }
    write.tell.waiting(`an end of the work where ${list.join(', ')}`, until);
    await sleepUpTo(5, until, write);
  }
}
