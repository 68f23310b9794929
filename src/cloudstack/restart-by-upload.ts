// The restarts that an upload brings by itself: every storage VM is rebooted inside of the upload's job, and up to 4.21
// the scanner stops and starts every console proxy at its next look.

import type { Reader, Writer } from '../connection.ts';
import { type Goal, missing } from './comeback.ts';
import { afterShare, sleepUpTo } from './deadline.ts';
import { MANAGEMENT_STATE, readManagementState } from './management-state.ts';
import type { SystemVmType } from './names.ts';
import { findVm, type Wanted } from './power.ts';
import type { SystemVm } from './system-vm.ts';
import type { Upload } from './upload.ts';

/**
 * What the scanner has yet to do. It sets the state back in the scan that stops them all: a chain that is served before
 * that may be stopped again.
 */
export async function scannerPending(type: SystemVmType, upload: Upload, read: Reader): Promise<string[]> {
  if (upload.restarts !== 'all' || type !== 'consoleproxy') return [];
  const state = await readManagementState(read.cloudstack);
  return state === 'ResetSuspending' ? [`${MANAGEMENT_STATE} is still ${state}`] : [];
}

/** The longest that a restart by the scanner may leave a VM as it was: a scan each 30 s, with a scan's work in it. */
const SCANNER_SECONDS = 60;

/**
 * Whether the VM has restarted since the upload, where seeing the chain served does not prove it: the same was served
 * before. Its agent has been lost since, or the scanner has had all the time that it takes.
 */
function hasRestarted(vm: SystemVm | undefined, { at, again }: Upload, write: Writer): boolean {
  if (!again || at === null) return true;
  const uploaded = Date.parse(at);
  const skewMs = (write.cloudstack.clockSkewSeconds() ?? 0) * 1000;
  // CloudStack's own times have whole seconds.
  const lostSince = vm?.disconnected !== undefined && Date.parse(vm.disconnected) + 1000 > uploaded + skewMs;
  return lostSince || write.clock.now().getTime() - uploaded > SCANNER_SECONDS * 1000;
}

export interface Restarted extends Wanted {
  readonly name: string;
  /** False: CloudStack does not start the VM again by itself. */
  readonly zoneEnabled: boolean;
}

/** Waits for half of the time until the VM is back from the restart; false: it is not, and somebody must step in. */
export async function seenThrough(vm: Restarted, upload: Upload, goal: Goal, write: Writer): Promise<boolean> {
  const until = afterShare(write, 0.5);
  let wasAway = false;
  let pause = 0.2;
  for (;;) {
    const now = await findVm(vm, write);
    const reasons = now ? await missing(now, goal, write) : ['is gone'];
    reasons.push(...(await scannerPending(vm.type, upload, write)));
    wasAway ||= reasons.length > 0;
    if (reasons.length === 0 && (wasAway || hasRestarted(now, upload, write))) return true;
    if (now?.state === 'Stopped' && !vm.zoneEnabled) return false;
    if (write.clock.now() >= until) return false;
    write.tell.waiting(`${vm.name} to come back from the upload: ${reasons.join('; ') || 'its restart'}`, until);
    await sleepUpTo(pause, until, write);
    pause = Math.min(pause * 1.5, 5);
  }
}
