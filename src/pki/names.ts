// Which names a certificate stands for: RFC 6125 as browsers and OpenSSL read it today. The common name counts for
// nothing.

import { isIP } from 'node:net';
import type { Certificate } from './bundle.ts';

/** The text of the 4 or 16 bytes of an iPAddress, in its canonical form. */
export function addressOf(bytes: Buffer): string {
  if (bytes.length === 4) return [...bytes].join('.');
  if (bytes.length !== 16) return bytes.toString('hex');
  const groups = Array.from({ length: 8 }, (_, index) => bytes.readUInt16BE(index * 2).toString(16));
  return canonicalAddress(groups.join(':'));
}

function canonicalAddress(address: string): string {
  return isIP(address) === 6 ? new URL(`http://[${address}]/`).hostname.slice(1, -1) : address;
}

/**
 * Whether a certificate is good for `name`: a DNS name, an IP address (only by an iPAddress of the certificate), or
 * a pattern `*.example.com`, which stands for every name of one more label and so needs the same wildcard.
 */
export function covers(certificate: Pick<Certificate, 'names' | 'addresses'>, name: string): boolean {
  const wanted = name.toLowerCase().replace(/\.$/, '');
  if (isIP(wanted)) return certificate.addresses.includes(canonicalAddress(wanted));
  return certificate.names.some((pattern) => matches(pattern, wanted));
}

/** A wildcard is the whole first label and stands for exactly one label; never for a whole top-level domain. */
function matches(pattern: string, name: string): boolean {
  if (pattern === name) return true;
  if (!pattern.startsWith('*.') || pattern.indexOf('.', 2) < 0) return false;
  const dot = name.indexOf('.');
  const first = name.slice(0, dot);
  return dot > 0 && !first.includes('*') && name.slice(dot) === pattern.slice(1);
}
