// Which process it is, beyond its pid: pids are given out again, and after a boot all of them are.

import { spawnSync } from 'node:child_process';
import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import { SafetyStop } from './errors.ts';

export interface ProcessIdentity {
  readonly pid: number;
  /** When it was started: in clock ticks since boot (Linux), else the date that `ps` prints. Only to be compared. */
  readonly started: string;
  /** The kernel's boot id; empty where there is no /proc, where `started` is a date and tells boots apart itself. */
  readonly boot: string;
}

/** The identity of a process that runs now; undefined where there is none of that pid, or nobody may see it. */
export function processIdentity(pid: number = process.pid): ProcessIdentity | undefined {
  const seen = lookAt(pid);
  return typeof seen === 'object' ? seen : undefined;
}

/** This process. Throws `SafetyStop` where the system does not say when it was started. */
export function thisProcess(): ProcessIdentity {
  const identity = processIdentity();
  if (identity) return identity;
  throw new SafetyStop('nobody can say when this process was started, so that it could not be told from a dead one', {
    code: 'process-identity',
    hint: 'mount /proc, or install ps',
  });
}

/** A process for those on any machine. */
export interface ProcessPlace {
  /** As `machine()` names it. */
  readonly machine: string;
  readonly process: ProcessIdentity;
}

/** `here`: it can be judged, and lives. `dead`: it can, and does not. `elsewhere`: only a person can know. */
export type Whereabouts = 'here' | 'dead' | 'elsewhere';

/** Never by age: a run may wait for hours, and a clock may be wrong. */
export function whereabouts(place: ProcessPlace): Whereabouts {
  if (place.machine !== machine()) return 'elsewhere';
  return isAlive(place.process) ? 'here' : 'dead';
}

/**
 * Whether that very process runs still, on this machine. Where a process of that pid is hidden from us (`hidepid` of
 * /proc, another user's), it counts as alive: what is not seen to be dead is not taken for dead.
 */
export function isAlive(identity: ProcessIdentity): boolean {
  if (identity.boot !== bootId()) return false;
  const seen = lookAt(identity.pid);
  return seen === 'hidden' || (seen !== 'gone' && seen.started === identity.started);
}

/**
 * Names the set of processes that `isAlive` can judge: /etc/machine-id (machine-id(5)), else the host name; and inside
 * a container its pid namespace, since images share machine ids and a pid of one container means nothing in another.
 */
export function machine(): string {
  return (knownMachine ??= machineNow());
}

/** Neither changes while this process runs. */
let knownMachine: string | undefined;
let knownBoot: string | undefined;

function machineNow(): string {
  const id = textOf('/etc/machine-id')?.trim() || hostname();
  const namespace = pidNamespace();
  return namespace === undefined ? id : `${id} ${namespace}`;
}

/** The pid namespace of a machine that is no container: a constant of Linux, PROC_PID_INIT_INO. */
const INITIAL_NAMESPACE = 'pid:[4026531836]';

function pidNamespace(): string | undefined {
  try {
    const namespace = readlinkSync('/proc/self/ns/pid');
    return namespace === INITIAL_NAMESPACE ? undefined : namespace;
  } catch {
    // No /proc, so no namespaces either.
    return undefined;
  }
}

const bootId = (): string => (knownBoot ??= textOf('/proc/sys/kernel/random/boot_id')?.trim() ?? '');

function lookAt(pid: number): ProcessIdentity | 'gone' | 'hidden' {
  const boot = bootId();
  const started = boot === '' ? startedByPs(pid) : startedByProc(pid);
  if (started === 'dead') return 'gone';
  if (started !== undefined) return { pid, started, boot };
  return exists(pid) ? 'hidden' : 'gone';
}

/** Fields 3 (state) and 22 (starttime) of /proc/PID/stat, proc_pid_stat(5). Field 2 may hold blanks and parentheses. */
function startedByProc(pid: number): string | 'dead' | undefined {
  const stat = textOf(`/proc/${pid}/stat`);
  if (stat === undefined) return undefined;
  const [state, ...rest] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  // A zombie only waits for its parent to take note of its end.
  return state === 'Z' || state === 'X' ? 'dead' : rest[18];
}

function startedByPs(pid: number): string | undefined {
  const environment = { ...process.env, LC_ALL: 'C', TZ: 'UTC' };
  const { stdout } = spawnSync('ps', ['-o', 'lstart=', '-p', String(pid)], { env: environment, encoding: 'utf8' });
  return stdout?.trim() || undefined;
}

function exists(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function textOf(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    // Not there, or not for us: the caller says what that means.
    return undefined;
  }
}
