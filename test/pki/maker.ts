// Makes certificates for tests: every kind of key, right and wrong in every way, in about a millisecond each.

import { constants, createHash, createPrivateKey, createPublicKey, type KeyObject, sign } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { pemBlock } from '../../src/pki/certificate.ts';
import * as der from './der-writer.ts';

export const fixtures = new URL('../../../test/pki/fixtures/', import.meta.url);
export const fixture = (name: string): Buffer => readFileSync(new URL(name, fixtures));

/** Keys of the fixtures by name; none of them was ever used for anything but these tests. */
export type KeyName =
  | 'server'
  | 'other'
  | 'intermediate'
  | 'intermediate2'
  | 'root'
  | 'root2'
  | 'short'
  | 'pss'
  | 'ec'
  | 'ed25519';

const keys = new Map<KeyName, KeyObject>();
export function testKey(name: KeyName): KeyObject {
  const key = keys.get(name) ?? createPrivateKey(fixture(`keys/${name}.pem`));
  keys.set(name, key);
  return key;
}
export const keyPem = (name: KeyName): string => fixture(`keys/${name}.pem`).toString('utf8');

/** The day on which all tests take place. */
export const today = new Date('2026-11-25T12:00:00Z');
/** A day counted from some now. */
export type At = (days: number) => Date;
export const inDays: At = (days) => new Date(today.getTime() + days * 86_400_000);

export interface Wanted {
  readonly subject: string;
  /** The common name of the issuer; itself where left out. */
  readonly issuer?: string;
  readonly key: KeyName;
  /** The key that signs; its own where left out. */
  readonly signer?: KeyName;
  readonly from?: Date;
  readonly until?: Date;
  readonly ca?: boolean;
  readonly pathLength?: number;
  readonly names?: readonly string[];
  readonly addresses?: readonly Buffer[];
  readonly hash?: 'sha256' | 'sha1' | 'md5';
  /** The signature is RSASSA-PSS. */
  readonly pssSignature?: boolean;
  /** Bits of keyUsage: 0 digitalSignature, 2 keyEncipherment, 5 keyCertSign. Default: what fits. */
  readonly keyUsage?: readonly number[] | 'absent';
  /** OIDs of extendedKeyUsage; default serverAuth for a server, none for a CA. */
  readonly extendedKeyUsage?: readonly string[];
  /** With subjectKeyIdentifier and authorityKeyIdentifier. Default true. */
  readonly keyIdentifiers?: boolean;
  readonly issuerUrl?: string;
  /** An extension of somebody's own, whose bytes are not ASN.1. */
  readonly oddExtension?: boolean;
  /** X.509 version 1: no extensions. */
  readonly version1?: boolean;
  /** The kind of string of the names: an encoding does not make another name. */
  readonly printable?: boolean;
}

const RSA_HASHES = {
  sha256: '1.2.840.113549.1.1.11',
  sha1: '1.2.840.113549.1.1.5',
  md5: '1.2.840.113549.1.1.4',
} as const;
const SERVER_AUTH = '1.3.6.1.5.5.7.3.1';
const SHA256 = der.sequence(der.oid('2.16.840.1.101.3.4.2.1'), der.nothing);
const MGF1_SHA256 = der.sequence(der.oid('1.2.840.113549.1.1.8'), SHA256);
const PSS = der.sequence(
  der.oid('1.2.840.113549.1.1.10'),
  der.sequence(der.context(0, SHA256), der.context(1, MGF1_SHA256), der.context(2, der.integer(32))),
);

interface Signature {
  readonly algorithm: Buffer;
  readonly sign: (bytes: Buffer) => Buffer;
}

function signature({ signer, key: own, hash = 'sha256', pssSignature }: Wanted): Signature {
  const key = testKey(signer ?? own);
  const type = key.asymmetricKeyType;
  if (type === 'ed25519')
    return { algorithm: der.sequence(der.oid('1.3.101.112')), sign: (bytes) => sign(null, bytes, key) };
  if (type === 'ec')
    return { algorithm: der.sequence(der.oid('1.2.840.10045.4.3.2')), sign: (bytes) => sign('sha256', bytes, key) };
  if (type === 'rsa-pss' || pssSignature) {
    const options = { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 };
    return { algorithm: PSS, sign: (bytes) => sign('sha256', bytes, options) };
  }
  return { algorithm: der.sequence(der.oid(RSA_HASHES[hash]), der.nothing), sign: (bytes) => sign(hash, bytes, key) };
}

const publicDer = (name: KeyName): Buffer => createPublicKey(testKey(name)).export({ type: 'spki', format: 'der' });
const keyId = (name: KeyName): Buffer => createHash('sha1').update(publicDer(name)).digest();

function nameOf(common: string, printable: boolean): Buffer {
  const text = printable ? der.printableString(common) : der.utf8(common);
  return der.sequence(der.set(der.sequence(der.oid('2.5.4.3'), text)));
}

const extension = (oid: string, content: Buffer, critical = false): Buffer =>
  der.sequence(der.oid(oid), ...(critical ? [der.boolean(true)] : []), der.octetString(content));

function keyUsageBits(bits: readonly number[]): Buffer {
  const byte = bits.reduce((all, bit) => all | (0x80 >> bit), 0);
  return der.bitString(Buffer.from([byte]), 0);
}

function extensions(wanted: Wanted): Buffer[] {
  const { ca = false, names = [], addresses = [], keyIdentifiers = true, issuerUrl, pathLength } = wanted;
  const usage = wanted.keyUsage ?? (ca ? [5, 6] : [0, 2]);
  const extended = wanted.extendedKeyUsage ?? (ca ? [] : [SERVER_AUTH]);
  const alternatives = [
    ...names.map((name) => der.implicit(2, Buffer.from(name))),
    ...addresses.map((address) => der.implicit(7, address)),
  ];
  const constraints = [
    ...(ca ? [der.boolean(true)] : []),
    ...(pathLength === undefined ? [] : [der.integer(pathLength)]),
  ];
  const issuers = issuerUrl
    ? [der.sequence(der.oid('1.3.6.1.5.5.7.48.2'), der.implicit(6, Buffer.from(issuerUrl)))]
    : [];
  const authority = der.sequence(der.implicit(0, keyId(wanted.signer ?? wanted.key)));
  return [
    extension('2.5.29.19', der.sequence(...constraints), true),
    ...(usage === 'absent' ? [] : [extension('2.5.29.15', keyUsageBits(usage), true)]),
    ...(extended.length > 0 ? [extension('2.5.29.37', der.sequence(...extended.map(der.oid)))] : []),
    ...(alternatives.length > 0 ? [extension('2.5.29.17', der.sequence(...alternatives))] : []),
    ...(keyIdentifiers
      ? [extension('2.5.29.14', der.octetString(keyId(wanted.key))), extension('2.5.29.35', authority)]
      : []),
    ...(wanted.oddExtension ? [extension('1.3.6.1.4.1.99999.1', Buffer.from('not ASN.1'))] : []),
    ...(issuers.length > 0 ? [extension('1.3.6.1.5.5.7.1.1', der.sequence(...issuers))] : []),
  ];
}

/** The DER of the certificate that was wanted. The same wish gives the same bytes where the signature is not random. */
export function makeCertificate(wanted: Wanted): Buffer {
  const {
    subject,
    issuer = subject,
    from = inDays(-30),
    until = inDays(200),
    printable = false,
    version1 = false,
  } = wanted;
  const { algorithm, sign: signed } = signature(wanted);
  // Always of the same length, so that sizes in messages do not depend on the day.
  const serial = 2 ** 46 + (createHash('sha1').update(JSON.stringify(wanted)).digest().readUIntBE(0, 6) % 2 ** 46);
  const toSign = der.sequence(
    ...(version1 ? [] : [der.context(0, der.integer(2))]),
    der.integer(serial),
    algorithm,
    nameOf(issuer, false),
    der.sequence(der.time(from), der.time(until)),
    nameOf(subject, printable),
    publicDer(wanted.key),
    ...(version1 ? [] : [der.context(3, der.sequence(...extensions(wanted)))]),
  );
  return der.sequence(toSign, algorithm, der.bitString(signed(toSign)));
}

export const makePem = (wanted: Wanted): string => pemBlock('CERTIFICATE', makeCertificate(wanted));
