// Stopping and starting system VMs beside CloudStack's own scanner, which looks every 30 s and starts a stopped VM of
// either kind itself. Who loses that race gets `Fail to start system vm` (530) and is no worse off: the VM starts. So
// an error counts only where the state that was asked for is not reached in another way. Measured on 4.21 to 4.23.

import type { Reader, Writer } from '../connection.ts';
import { Failure, Unreachable } from '../errors.ts';
import { hintFor } from './comeback.ts';
import { afterShare, secondsUntil, sleepUpTo, whileThereIsTime } from './deadline.ts';
import { label, listSystemVms, type SystemVm } from './system-vm.ts';

/** Which VM is meant: the one with that id or, once that is gone, the one that CloudStack made in its place. */
export interface Wanted {
  readonly id: string;
  readonly type: SystemVm['type'];
  readonly zoneId: string;
  /** Ids of all VMs of that type and zone before; a replacement is none of them. */
  readonly known: readonly string[];
}

/**
 * The VM as it is now; undefined between a destroy and the scan that makes a new one. Of two VMs of one type that are
 * destroyed at once both may find the same new one: CloudStack makes as many as the zone needs, not one for one.
 */
export async function findVm(wanted: Wanted, read: Pick<Reader, 'cloudstack'>): Promise<SystemVm | undefined> {
  const [same] = await listSystemVms(read.cloudstack, { id: wanted.id });
  if (same !== undefined) return same;
  const vms = await listSystemVms(read.cloudstack, { zoneid: wanted.zoneId, systemvmtype: wanted.type });
  return vms.find((vm) => !wanted.known.includes(vm.id));
}

/** Stops the VM within half of the time that is left. An error stands only where the VM runs on. */
export async function stopVm(wanted: Wanted, write: Writer): Promise<void> {
  try {
    await write.cloudstack.job(
      'stopSystemVm',
      { id: wanted.id },
      { timeoutSeconds: secondsUntil(afterShare(write, 0.5), write) },
    );
  } catch (error) {
    if (!(error instanceof Failure) || error instanceof Unreachable) throw error;
    const vm = await findVm(wanted, write);
    if (vm?.state === 'Running') throw error;
    write.tell.note(`${error.message}; the VM is ${vm?.state ?? 'gone'}, so that counts as stopped`);
  }
}

const FIRST_PAUSE_SECONDS = 0.2;
const LONGEST_PAUSE_SECONDS = 5;

/**
 * Until the VM runs: waits where CloudStack is starting or stopping it, starts it where it is stopped, looks for its
 * replacement where it is gone. Ends at `until` in any case; what is missing then, the look after it says. Only where
 * starts failed, they are the reason, and `Failure` tells the last one.
 */
export async function bringUp(wanted: Wanted, write: Writer, until: Date): Promise<void> {
  const began = write.clock.now();
  let pause = FIRST_PAUSE_SECONDS;
  let refused: Failure | undefined;
  while (write.clock.now() < until) {
    const vm = await findVm(wanted, write);
    if (vm?.state === 'Running') return;
    if (vm?.state === 'Stopped') {
      refused = await startVm(vm, write, until);
    } else {
      write.tell.waiting(`${vm ? `${vm.name}, which is ${vm.state},` : 'a new system VM'} to run`, until);
    }
    await sleepUpTo(pause, until, write);
    pause = Math.min(pause * 1.5, LONGEST_PAUSE_SECONDS);
  }
  const vm = refused && (await findVm(wanted, write));
  if (refused && vm && vm.state !== 'Running') throw notStarted(vm, refused, secondsBetween(began, until));
}

/** Gives the failure of a start, which is none where the VM comes up all the same. */
async function startVm(vm: SystemVm, write: Writer, until: Date): Promise<Failure | undefined> {
  try {
    await write.cloudstack.job('startSystemVm', { id: vm.id }, { timeoutSeconds: secondsUntil(until, write) });
    return undefined;
  } catch (error) {
    if (!(error instanceof Failure) || error instanceof Unreachable) throw error;
    write.tell.note(`${vm.name}: ${error.message}`);
    return error;
  }
}

function notStarted(vm: SystemVm, last: Failure, seconds: number): Failure {
  return new Failure(
    `${label(vm)} did not start within ${seconds} s; awaited: Running; the last attempt: ${last.message}`,
    { code: 'system-vm-not-started', hint: hintFor(vm, vm.zoneName) },
  );
}

const secondsBetween = (from: Date, to: Date): number => Math.round((to.getTime() - from.getTime()) / 1000);

/** A job on the VM that leaves a tenth of the time to see what came of it. */
export async function jobOn(
  wanted: Wanted,
  command: 'rebootSystemVm' | 'destroySystemVm',
  write: Writer,
): Promise<void> {
  await write.cloudstack.job(
    command,
    { id: wanted.id },
    { timeoutSeconds: secondsUntil(whileThereIsTime(write), write) },
  );
}
