// Locks of runs that are not ours, put where such a run would have left them.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { claimName, LockFolder } from '../../src/lock/folder.ts';
import { type LockHolder, thisHolder } from '../../src/lock/holder.ts';
import { type ProcessIdentity, processIdentity } from '../../src/process-identity.ts';

export const CLOUD = '5f0e9d3c-1111-4222-8333-444455556666';

/** What a lock says, if nothing else is wanted of it: this process's, of a run that nothing else knows. */
export const holderOf = (more: Partial<LockHolder> = {}): LockHolder => ({
  ...thisHolder({ identity: CLOUD, cloud: 'eu-1', run: '20261124-101500-0001' }),
  user: 'anna',
  host: 'adm1',
  since: '2026-11-24T10:15:00.123Z',
  ...more,
});

/** Puts a lock there, held unless said otherwise. Gives its name. */
export function plant(state: string, holder: LockHolder, held = true): string {
  const folder = new LockFolder(state, holder.identity);
  const name = claimName(holder.run);
  folder.publish(name, holder);
  if (held) folder.mark(name);
  return name;
}

/** A process that was and is no more. */
export async function deadProcess(): Promise<ProcessIdentity> {
  const child = spawn('cat', { stdio: ['pipe', 'ignore', 'ignore'] });
  await once(child, 'spawn');
  const identity = processIdentity(child.pid);
  child.stdin.end();
  await once(child, 'exit');
  if (!identity) throw new Error('a child was not seen');
  return identity;
}

/** The holder of that pid is gone, and another process has it now: this one. */
export const reusedPid = (): ProcessIdentity => ({ ...holderOf().process, started: '1' });
