// The parameters of password-based encryption, looked at before a library works on them.

import { BrokenDer, children, type Der, integerOf, tags } from './der.ts';

/** openssl uses 2,048 rounds, keytool 10,000, careful people a million. A damaged number means hours of work. */
const MOST_ROUNDS = 10_000_000;

/** Throws `BrokenDer` where an AlgorithmIdentifier asks for more work than any program writes. */
export function refuseEndlessWork(algorithm: Der): void {
  if ((algorithm.tag & 0x20) !== 0) for (const part of children(algorithm)) refuseEndlessWork(part);
  else if (algorithm.tag === tags.integer && !(integerOf(algorithm) <= MOST_ROUNDS))
    throw new BrokenDer('asks for more rounds of encryption than any program writes');
}
