// A certificate in the words of openssl and of keytool: the same facts, two spellings of each.

import { X509Certificate } from 'node:crypto';

export interface NamePart {
  readonly type: string;
  readonly value: string;
}

/** The first certificate of a text; undefined where there is none that can be read. */
export function certificateIn(text: string): X509Certificate | undefined {
  const block = /-----BEGIN (?:X509 |TRUSTED )?CERTIFICATE-----[\s\S]*?-----END [A-Z0-9 ]*CERTIFICATE-----/.exec(
    text,
  )?.[0];
  if (block === undefined) return undefined;
  try {
    return new X509Certificate(block.replace(/(BEGIN|END) (?:X509 |TRUSTED )/g, '$1 '));
  } catch (error) {
    // OpenSSL's own refusal of the block; anything else is a mistake of ours.
    if (error instanceof Error && 'code' in error) return undefined;
    throw error;
  }
}

/** The parts of a subject or issuer in the order of the certificate. Node gives one a line, commas escaped. */
export function nameParts(text: string): NamePart[] {
  return text.split('\n').map((line) => {
    const at = line.indexOf('=');
    return { type: line.slice(0, at), value: line.slice(at + 1).replace(/\\([,+"\\<>;#=])/g, '$1') };
  });
}

/** `A1:B2:…` of the DER. */
export function fingerprint(certificate: X509Certificate, algorithm: 'sha1' | 'sha256'): string {
  return algorithm === 'sha1' ? certificate.fingerprint : certificate.fingerprint256;
}

/** The public key in PEM, as `openssl x509 -pubkey` and `openssl pkey -pubout` print it. */
export function publicKeyPem(certificate: X509Certificate): string {
  return String(certificate.publicKey.export({ type: 'spki', format: 'pem' }));
}

const signatureNames: Readonly<Record<string, string>> = {
  '2a864886f70d010105': 'SHA1withRSA',
  '2a864886f70d01010b': 'SHA256withRSA',
  '2a864886f70d01010c': 'SHA384withRSA',
  '2a864886f70d01010d': 'SHA512withRSA',
  '2a864886f70d01010a': 'RSASSA-PSS',
  '2a8648ce3d040302': 'SHA256withECDSA',
  '2a8648ce3d040303': 'SHA384withECDSA',
  '2a8648ce3d040304': 'SHA512withECDSA',
  '2b6570': 'Ed25519',
};

/** Java's name of the algorithm that signed it: the OID behind the body of the certificate (RFC 5280 §4.1). */
export function signatureAlgorithm(certificate: X509Certificate): string {
  const der = certificate.raw;
  const outer = readHeader(der, 0);
  const body = readHeader(der, outer.content);
  const identifier = readHeader(der, body.end);
  const oid = readHeader(der, identifier.content);
  const hex = der.toString('hex', oid.content, oid.end);
  return signatureNames[hex] ?? `OID.${hex}`;
}

/** 1 or 3: the body starts with the version only where it is not 1. */
export function version(certificate: X509Certificate): number {
  const der = certificate.raw;
  const body = readHeader(der, readHeader(der, 0).content);
  const EXPLICIT_VERSION = 0xa0;
  return der[body.content] === EXPLICIT_VERSION ? der.readUInt8(body.content + 4) + 1 : 1;
}

/** Where the content of a DER element starts and ends. */
function readHeader(der: Buffer, at: number): { content: number; end: number } {
  const first = der.readUInt8(at + 1);
  const lengthBytes = first < 0x80 ? 0 : first & 0x7f;
  const length = lengthBytes === 0 ? first : der.readUIntBE(at + 2, lengthBytes);
  const content = at + 2 + lengthBytes;
  return { content, end: content + length };
}
