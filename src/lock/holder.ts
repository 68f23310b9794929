// Who holds a lock, as its file says: enough for a person to find them, and for this machine to see whether they live.

import { hostname } from 'node:os';
import { timeWords } from '../moment.ts';
import { machine, type ProcessPlace, thisProcess } from '../process-identity.ts';
import { userName } from '../user.ts';

export interface LockRequest {
  /** The UUID of the cloud's ROOT domain. */
  readonly identity: string;
  /** The cloud as the inventory calls it. */
  readonly cloud: string;
  /** The id of the run that asks. */
  readonly run: string;
}

export interface LockHolder extends LockRequest, ProcessPlace {
  readonly user: string;
  /** The host's name, for people. */
  readonly host: string;
  /** ISO time at which the lock was asked for. */
  readonly since: string;
}

/** The number of the format, for a later version to tell by. */
const FORMAT = 1;

/** This process as the holder. Throws `SafetyStop` where the system does not say when it was started. */
export const thisHolder = ({ identity, cloud, run }: LockRequest): LockHolder => ({
  run,
  cloud,
  identity,
  user: userName(),
  host: hostname(),
  machine: machine(),
  process: thisProcess(),
  since: new Date().toISOString(),
});

/** The content of a lock file: JSON, one line. */
export const holderText = (holder: LockHolder): string => `${JSON.stringify({ lock: FORMAT, ...holder })}\n`;

/** The holder that a lock file tells of; undefined where it is not the whole of one in a format that is known. */
export function parseHolder(text: string): LockHolder | undefined {
  const content = jsonOf(text);
  if (!isRecord(content) || content['lock'] !== FORMAT) return undefined;
  const { lock: _, ...holder } = content;
  const process = holder['process'];
  const texts = ['run', 'cloud', 'identity', 'user', 'host', 'machine', 'since'];
  if (texts.some((name) => typeof holder[name] !== 'string') || !isRecord(process)) return undefined;
  if (!Number.isInteger(process['pid'])) return undefined;
  if (typeof process['started'] !== 'string' || typeof process['boot'] !== 'string') return undefined;
  return holder as unknown as LockHolder;
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;

/** `run 20261125-034100-9f3c of anna@adm1 (pid 4711), since 2026-11-25 03:41:00 UTC`. */
export function holderWords({ run, user, host, process, since }: LockHolder): string {
  return `run ${run} of ${user}@${host} (pid ${process.pid}), since ${timeWords(since)}`;
}
