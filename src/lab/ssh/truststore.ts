// A trust store as the file that it is: Java's own format, so that `sha256sum` and `ls` have something real to look at.

import { createHash } from 'node:crypto';
import type { Machine, TrustStoreEntry } from '../machine.ts';
import { certificateIn } from './programs/certificate.ts';

const MAGIC = 0xfeedfeed;
const VERSION = 2;
const TRUSTED_CERTIFICATE = 2;
/** A constant of the format: it is mixed into the digest at the end. */
const SALT = 'Mighty Aphrodite';

/**
 * The keystore in JKS. Entries with a private key are left out: what would be in them is the secret of another company,
 * and no program of the lab reads this file back.
 */
export function keystoreBytes(store: Machine['trustStore']): Buffer {
  const trusted = store.entries.filter((entry) => entry.kind === 'trustedCertEntry');
  const body = Buffer.concat([int(MAGIC), int(VERSION), int(trusted.length), ...trusted.map(entryBytes)]);
  const password = Buffer.from(store.password, 'utf16le').swap16();
  return Buffer.concat([body, createHash('sha1').update(password).update(SALT).update(body).digest()]);
}

function entryBytes(entry: TrustStoreEntry): Buffer {
  const certificate = certificateIn(entry.pem);
  if (certificate === undefined) throw new Error(`the trust store's entry "${entry.alias}" is no certificate`);
  const created = Buffer.alloc(8);
  created.writeBigInt64BE(BigInt(Date.parse(certificate.validFrom)));
  return Buffer.concat([
    int(TRUSTED_CERTIFICATE),
    text(entry.alias),
    created,
    text('X.509'),
    int(certificate.raw.length),
    certificate.raw,
  ]);
}

function int(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

function text(value: string): Buffer {
  const bytes = Buffer.from(value, 'utf8');
  const length = Buffer.alloc(2);
  length.writeUInt16BE(bytes.length);
  return Buffer.concat([length, bytes]);
}
