// What is to be done to a system VM, by what it is asked to become and what it is seen to be.

import type { Reader } from '../connection.ts';
import type { ValueMap } from '../model.ts';
import { type Goal, lookAtVm, type VmLook } from './comeback.ts';
import { servedValues } from './served.ts';
import type { SystemVm } from './system-vm.ts';
import type { Upload } from './upload.ts';

export const states = ['restarted', 'rebooted', 'started', 'stopped', 'destroyed'] as const;
export type State = (typeof states)[number];
export type Action = 'restart' | 'reboot' | 'start' | 'stop' | 'destroy' | 'await the upload';

/** What a VM is to become. */
export interface Aim {
  readonly state: State;
  readonly goal: Goal;
  /** This run's upload, where it restarts the VM by itself. */
  readonly upload: Upload | undefined;
}

const ACTIONS: Readonly<Record<State, Action>> = {
  restarted: 'restart',
  rebooted: 'reboot',
  destroyed: 'destroy',
  started: 'start',
  stopped: 'stop',
};

/** What there is to do; undefined where it is right already. `look`: what `lookFor` gave. */
export function actionFor(aim: Aim, vm: SystemVm, look: VmLook | undefined): Action | undefined {
  if (aim.state === 'stopped') return vm.state === 'Stopped' ? undefined : ACTIONS.stopped;
  if (awaitsUpload(aim)) return 'await the upload';
  if (look?.missing.length === 0) return undefined;
  const down = vm.state === 'Stopped' && aim.state !== 'destroyed';
  return down ? 'start' : ACTIONS[aim.state];
}

const awaitsUpload = ({ state, goal, upload }: Aim): boolean =>
  goal.bundle !== undefined && upload !== undefined && state !== 'started';

/** One look, where what is seen decides. */
export async function lookFor(aim: Aim, vm: SystemVm, read: Reader): Promise<VmLook | undefined> {
  const { state, goal } = aim;
  const decides = state === 'started' || (goal.bundle !== undefined && state !== 'stopped');
  return decides && !awaitsUpload(aim) ? lookAtVm(vm, goal, read) : undefined;
}

/** What the verdict on a VM rests on, by name. */
export const decidedOnOf = (vm: SystemVm, look: VmLook | undefined): ValueMap => ({
  state: vm.state,
  agent: vm.agentState ?? null,
  'public address': vm.publicIp ?? null,
  hypervisor: vm.item['hostname'] ?? null,
  ...servedValues(look?.ports ?? []),
});

const MEANS: Readonly<Record<Exclude<Action, 'await the upload'>, string>> = {
  restart: 'stop, start',
  reboot: 'reboot',
  start: 'start',
  stop: 'stop; CloudStack starts it again within 30 s unless the zone is disabled',
  destroy: 'destroyed, then made anew by CloudStack with another name and other addresses',
};

/** What an action comes to, in words. */
export function meansOf(action: Action, { type }: SystemVm): string {
  if (action !== 'await the upload') return MEANS[action];
  return `${type === 'consoleproxy' ? 'stopped and started' : 'rebooted'} by the upload itself`;
}
