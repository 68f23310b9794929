// Who sits at this machine, for those who read of it elsewhere.

import { hostname, userInfo } from 'node:os';

/** The user's name; `uid 1000` where a container runs as one that has no name. */
export function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return `uid ${process.getuid?.() ?? 'unknown'}`;
  }
}

/** `user@host`. */
export const userAtHost = (): string => `${userName()}@${hostname()}`;
