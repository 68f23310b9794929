// All locks that there are, for those who list them or give one up in another's name.

import { type Claim, LockFolder, locksFolder, namesIn } from './folder.ts';

/** A lock that is there, be its holder alive or not. */
export interface FoundLock extends Claim {
  /** The UUID of the cloud's ROOT domain. */
  readonly identity: string;
}

/** The locks below that state folder, by identity; nothing is made. Rejects with `SafetyStop` where none can be read. */
export async function readLocks(state: string): Promise<readonly FoundLock[]> {
  const identities = (await namesIn(locksFolder(state))).sort();
  const found = await Promise.all(
    identities.map(async (identity) => {
      const claims = await new LockFolder(state, identity).claims();
      return claims.map((claim): FoundLock => ({ ...claim, identity }));
    }),
  );
  return found.flat();
}

/** Takes exactly that lock away; one that came to its place meanwhile is another and stays. */
export async function removeLock(state: string, { identity, name }: FoundLock): Promise<void> {
  await new LockFolder(state, identity).remove(name);
}
