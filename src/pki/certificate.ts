// Reads one X.509 certificate (RFC 5280): what everyone needs as a `Certificate`, what only the rules need as `Details`.

import { type KeyObject, X509Certificate } from 'node:crypto';
import type { Certificate } from './bundle.ts';
import {
  BrokenDer,
  bitsOf,
  children,
  contextTag,
  type Der,
  inner,
  integerOf,
  octets,
  oidOf,
  readDer,
  tags,
} from './der.ts';
import { readName } from './distinguished-name.ts';
import { addressOf } from './names.ts';

/** What Node's X509Certificate does not tell, or tells only as text. */
export interface Details {
  readonly x509: X509Certificate;
  /** Equal keys: one may have issued the other. */
  readonly subjectKey: string;
  readonly issuerKey: string;
  /** `SHA-256 with RSA`, or the dotted OID of one that is not known. */
  readonly signatureAlgorithm: string;
  /** `rsa`, `rsa-pss`, `ec`, `ed25519`, … as Node's `asymmetricKeyType` has it. */
  readonly keyType: string;
  /** Of an RSA key, or of the curve of an EC key. */
  readonly keyBits: number | undefined;
  /** Undefined: no such extension, so no limit. */
  readonly keyUsage: ReadonlySet<KeyUsage> | undefined;
  readonly extendedKeyUsage: readonly string[] | undefined;
  /** How many more CA certificates may stand between this one and the leaf. */
  readonly pathLength: number | undefined;
  readonly subjectKeyId: string | undefined;
  readonly authorityKeyId: string | undefined;
  /** Where the issuer's certificate is published; never fetched. */
  readonly issuerUrls: readonly string[];
}

/** RFC 5280 §4.2.1.3, in the order of the bits. */
const keyUsages = [
  'digitalSignature',
  'nonRepudiation',
  'keyEncipherment',
  'dataEncipherment',
  'keyAgreement',
  'keyCertSign',
  'cRLSign',
  'encipherOnly',
  'decipherOnly',
] as const;
export type KeyUsage = (typeof keyUsages)[number];

export const serverAuth = '1.3.6.1.5.5.7.3.1';
export const anyExtendedKeyUsage = '2.5.29.37.0';

const signatureAlgorithms: Readonly<Record<string, string>> = {
  '1.2.840.113549.1.1.2': 'MD2 with RSA',
  '1.2.840.113549.1.1.4': 'MD5 with RSA',
  '1.2.840.113549.1.1.5': 'SHA-1 with RSA',
  '1.3.14.3.2.29': 'SHA-1 with RSA',
  '1.2.840.113549.1.1.10': 'RSA-PSS',
  '1.2.840.113549.1.1.11': 'SHA-256 with RSA',
  '1.2.840.113549.1.1.12': 'SHA-384 with RSA',
  '1.2.840.113549.1.1.13': 'SHA-512 with RSA',
  '1.2.840.113549.1.1.14': 'SHA-224 with RSA',
  '1.2.840.10040.4.3': 'SHA-1 with DSA',
  '1.2.840.10045.4.1': 'SHA-1 with ECDSA',
  '1.2.840.10045.4.3.2': 'SHA-256 with ECDSA',
  '1.2.840.10045.4.3.3': 'SHA-384 with ECDSA',
  '1.2.840.10045.4.3.4': 'SHA-512 with ECDSA',
  '1.3.101.112': 'Ed25519',
  '1.3.101.113': 'Ed448',
};

const extensionOids = {
  subjectKeyId: '2.5.29.14',
  keyUsage: '2.5.29.15',
  subjectAltName: '2.5.29.17',
  basicConstraints: '2.5.29.19',
  authorityKeyId: '2.5.29.35',
  extendedKeyUsage: '2.5.29.37',
  authorityInfoAccess: '1.3.6.1.5.5.7.1.1',
} as const;
const CA_ISSUERS = '1.3.6.1.5.5.7.48.2';

/** GeneralName, RFC 5280 §4.2.1.6: the implicit tags that matter here. */
const generalName = { dns: 0x82, uri: 0x86, address: 0x87 } as const;

const detailsOf = new WeakMap<Certificate, Details>();

/** The extras of a certificate that `readCertificate` gave. */
export function details(certificate: Certificate): Details {
  const known = detailsOf.get(certificate) ?? inspect(certificate.der).details;
  detailsOf.set(certificate, known);
  return known;
}

/** The text of one PEM block: 64 columns, LF, one final LF. */
export function pemBlock(label: string, der: Buffer): string {
  const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`;
}

/** Certificates read last, by their DER: a fleet presents the same ones thousands of times. */
const readLast = new Map<string, Certificate>();
const READ_LAST = 256;

/** Reads DER, or the first PEM block of a text. Throws an Error with OpenSSL's or our reason. */
export function readCertificate(source: Buffer | string): Certificate {
  const der = typeof source === 'string' ? derOfPem(source) : source;
  const key = der.toString('latin1');
  const known = readLast.get(key);
  if (known) return known;
  const { certificate, details: extras } = inspect(der);
  detailsOf.set(certificate, extras);
  readLast.set(key, certificate);
  for (const oldest of readLast.keys()) {
    if (readLast.size <= READ_LAST) break;
    readLast.delete(oldest);
  }
  return certificate;
}

/** As `readCertificate`; undefined for what is no certificate, where others decide what there is to read. */
export function readableCertificate(source: Buffer | string): Certificate | undefined {
  try {
    return readCertificate(source);
  } catch {
    return undefined;
  }
}

function derOfPem(text: string): Buffer {
  const body = /-----BEGIN [A-Z0-9 ]*CERTIFICATE-----([^-]*)-----END/.exec(text)?.[1];
  if (body === undefined) throw new BrokenDer('has no block labelled CERTIFICATE');
  return Buffer.from(body, 'base64');
}

/** The key of the subject of a PEM block, at a tenth of the cost of reading the certificate; undefined: unreadable. */
export function subjectKeyOf(pem: string): string | undefined {
  try {
    return readName(partsOf(derOfPem(pem)).subject).key;
  } catch (error) {
    if (error instanceof BrokenDer) return undefined;
    throw error;
  }
}

interface Parts {
  readonly issuer: Der;
  readonly subject: Der;
  readonly signature: Der;
  readonly extensions: ReadonlyMap<string, Der>;
}

/** `Certificate ::= SEQUENCE { tbs, signatureAlgorithm, signature }`, RFC 5280 §4.1. */
function partsOf(der: Buffer): Parts {
  const [tbs, signature] = children(readDer(der));
  if (tbs === undefined || signature === undefined) throw new BrokenDer('is not a certificate');
  const fields = children(tbs);
  const afterVersion = fields[0]?.tag === contextTag(0) ? 1 : 0;
  const [, , issuer, , subject] = fields.slice(afterVersion);
  if (issuer === undefined || subject === undefined) throw new BrokenDer('is not a certificate');
  const extensions = fields.find((field) => field.tag === contextTag(3));
  return { issuer, subject, signature, extensions: extensions ? extensionsOf(inner(extensions)) : new Map() };
}

const readExtensions: ReadonlySet<string> = new Set(Object.values(extensionOids));

/** The extensions that are read here. Others may hold anything: their bytes need not be ASN.1. */
function extensionsOf(list: Der): Map<string, Der> {
  const map = new Map<string, Der>();
  for (const extension of children(list)) {
    const [oid, ...rest] = children(extension);
    const value = rest.at(-1);
    if (oid && value && readExtensions.has(oidOf(oid))) map.set(oidOf(oid), readDer(octets(value)));
  }
  return map;
}

function inspect(der: Buffer): { certificate: Certificate; details: Details } {
  const x509 = new X509Certificate(der);
  const { issuer, subject, signature, extensions } = partsOf(x509.raw);
  const issuerName = readName(issuer);
  const subjectName = readName(subject);
  const alternative = extensions.get(extensionOids.subjectAltName);
  const sans = alternative ? children(alternative) : [];
  const algorithm = inner(signature);
  const key = publicKeyOf(x509);
  const extras: Details = {
    x509,
    subjectKey: subjectName.key,
    issuerKey: issuerName.key,
    signatureAlgorithm: signatureAlgorithms[oidOf(algorithm)] ?? oidOf(algorithm),
    keyType: key?.asymmetricKeyType ?? 'unknown',
    keyBits: key?.asymmetricKeyDetails?.modulusLength,
    ...usages(extensions),
    ...identifiers(extensions),
  };
  const certificate: Certificate = {
    pem: pemBlock('CERTIFICATE', x509.raw),
    der: x509.raw,
    fingerprint: x509.fingerprint256.replaceAll(':', '').toLowerCase(),
    subject: subjectName.shown,
    issuer: issuerName.shown,
    notBefore: dateOf(x509.validFrom),
    notAfter: dateOf(x509.validTo),
    names: sans.filter((name) => name.tag === generalName.dns).map((name) => asciiOf(name.content).toLowerCase()),
    addresses: sans.filter((name) => name.tag === generalName.address).map((name) => addressOf(name.content)),
    selfSigned: key !== undefined && subjectName.key === issuerName.key && x509.verify(key),
    ca: x509.ca,
  };
  return { certificate, details: extras };
}

/** An IA5String; what could move a terminal's cursor is not let through. */
const asciiOf = (bytes: Buffer): string => bytes.toString('latin1').replace(/[^\x20-\x7e]/g, '?');

/** OpenSSL's text of a date, which may be anything where the bytes are. */
function dateOf(text: string): Date {
  const date = new Date(text);
  if (Number.isNaN(date.getTime())) throw new BrokenDer('has a validity that is no date');
  return date;
}

/** Undefined for a kind of key that this OpenSSL does not know: such a certificate can be named, not used. */
function publicKeyOf(x509: X509Certificate): KeyObject | undefined {
  try {
    return x509.publicKey;
  } catch {
    return undefined;
  }
}

function usages(extensions: ReadonlyMap<string, Der>): Pick<Details, 'keyUsage' | 'extendedKeyUsage' | 'pathLength'> {
  const usage = extensions.get(extensionOids.keyUsage);
  const extended = extensions.get(extensionOids.extendedKeyUsage);
  const constraints = extensions.get(extensionOids.basicConstraints);
  const pathLength = constraints && children(constraints).find((part) => part.tag === tags.integer);
  const bits = usage && bitsOf(usage);
  return {
    keyUsage: bits && new Set(keyUsages.filter((_, bit) => bits.has(bit))),
    extendedKeyUsage: extended && children(extended).map(oidOf),
    pathLength: pathLength && integerOf(pathLength),
  };
}

function identifiers(
  extensions: ReadonlyMap<string, Der>,
): Pick<Details, 'subjectKeyId' | 'authorityKeyId' | 'issuerUrls'> {
  const authority = extensions.get(extensionOids.authorityKeyId);
  const access = extensions.get(extensionOids.authorityInfoAccess);
  const urls = (access ? children(access) : [])
    .map(children)
    .flatMap(([method, where]) =>
      method && where && oidOf(method) === CA_ISSUERS && where.tag === generalName.uri ? [asciiOf(where.content)] : [],
    );
  return {
    subjectKeyId: extensions.get(extensionOids.subjectKeyId)?.content.toString('hex'),
    authorityKeyId:
      authority &&
      children(authority)
        .find((part) => part.tag === 0x80)
        ?.content.toString('hex'),
    issuerUrls: urls,
  };
}
