// However a file is damaged, reading it ends in a bundle or in problems: an exception would be our bug.

import { examineBundle } from '../../src/pki/read.ts';
import { Secret } from '../../src/secret.ts';
import { assert, tests } from '../tests.ts';
import { intermediate, leaf, leafWanted, root } from './chains.ts';
import { fixture, keyPem, makeCertificate, today } from './maker.ts';

const key = { name: 'new.key', bytes: Buffer.from(keyPem('server')) };
const above = { name: 'ca.crt', bytes: Buffer.from(intermediate + root) };

/** A small generator with a seed, so that a failure can be repeated (mulberry32). */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Some bytes overwritten, or the end cut off. */
function damage(bytes: Buffer, random: () => number): Buffer {
  const copy = Buffer.from(bytes);
  if (random() < 0.3) return copy.subarray(0, Math.floor(random() * copy.length));
  for (let count = 1 + Math.floor(random() * 3); count > 0; count -= 1)
    copy[Math.floor(random() * copy.length)] = Math.floor(random() * 256);
  return copy;
}

const files: Readonly<Record<string, { bytes: Buffer; times: number }>> = {
  'a certificate in DER': { bytes: makeCertificate(leafWanted), times: 80 },
  'a certificate in PEM': { bytes: Buffer.from(leaf), times: 80 },
  'a chain as PKCS#7': { bytes: fixture('chain-der.p7b'), times: 80 },
  'a key in PEM': { bytes: Buffer.from(keyPem('server')), times: 30 },
  'an encrypted key': { bytes: fixture('server-aes.der'), times: 30 },
  'PKCS#12 that is not encrypted': { bytes: fixture('plain.p12'), times: 80 },
  'PKCS#12 of openssl': { bytes: fixture('openssl.p12'), times: 5 },
  'PKCS#12 with RC2': { bytes: fixture('legacy.p12'), times: 5 },
};

tests(
  'damaged',
  Object.fromEntries(
    Object.entries(files).map(([title, { bytes, times }], index) => [
      `${title} is refused or read, whatever happened to it`,
      async () => {
        const random = generator(index + 1);
        for (let time = 0; time < times; time += 1) {
          const file = { name: 'new.crt', bytes: damage(bytes, random) };
          const { bundle, problems } = await examineBundle([file, key, above], {
            now: today,
            minimumDays: 14,
            passphrase: new Secret('correct-horse'),
          });
          assert.is(bundle === undefined, problems.length > 0);
        }
      },
    ]),
  ),
);
