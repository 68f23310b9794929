// Why a lock is not to be had, in words, and what to do about it.

import { SafetyStop } from '../errors.ts';
import { whereabouts } from '../process-identity.ts';
import type { Claim } from './folder.ts';
import { holderWords, type LockHolder, type LockRequest } from './holder.ts';

/** Another run has it. Code `locked`. */
export function lockedBy(holder: LockHolder, asking: LockRequest): SafetyStop {
  const known = holder.cloud === asking.cloud ? '' : `, which calls it "${holder.cloud}"`;
  return new SafetyStop(`cloud "${asking.cloud}" is locked by ${holderWords(holder)}${known}`, {
    code: 'locked',
    hint: hintFor(holder),
  });
}

function hintFor(holder: LockHolder): string {
  if (whereabouts(holder) !== 'elsewhere') return `wait for its end; where it stands: cs-play runs show ${holder.run}`;
  return `wait for its end; whether it goes on can only be seen on ${holder.host}; if it does not: ${unlockCommand(holder.cloud, holder.run)}`;
}

/** A file is there that does not say who holds the lock. Code `lock-unreadable`. */
export function unreadable({ path, run }: Pick<Claim, 'path' | 'run'>, asking: LockRequest): SafetyStop {
  return new SafetyStop(`cloud "${asking.cloud}" is locked, and the lock cannot be read: ${path}`, {
    code: 'lock-unreadable',
    hint: `see that no run goes on (cs-play runs), then: ${unlockCommand(asking.identity, run)}`,
  });
}

/** `cs-play unlock eu-1 --run 20261125-034100-9f3c`, quoted where a shell needs it. */
export function unlockCommand(cloud: string, run: string): string {
  return `cs-play unlock ${quoted(cloud)} --run ${quoted(run)}`;
}

const quoted = (word: string): string => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`);
