// All locks that there are, for those who list them or give one up in another's name.

import { type Claim, LockFolder, locksFolder, namesIn } from './folder.ts';

/** A lock that is there, be its holder alive or not. */
export interface FoundLock extends Claim {
  /** The UUID of the cloud's ROOT domain. */
  readonly identity: string;
}

/** The locks below that state folder, by identity; nothing is made. Throws `SafetyStop` where they cannot be read. */
export function readLocks(state: string): readonly FoundLock[] {
  const identities = namesIn(locksFolder(state)).sort();
  return identities.flatMap((identity) =>
    new LockFolder(state, identity).claims().map((claim) => ({ ...claim, identity })),
  );
}

/** Takes exactly that lock away; one that came to its place meanwhile is another and stays. */
export function removeLock(state: string, { identity, name }: FoundLock): void {
  new LockFolder(state, identity).remove(name);
}
