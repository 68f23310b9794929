// A certificate as Java's CertificateFactory reads it, with its error texts: what an upload is checked with. Measured on
// OpenJDK 17.0.15, which the recorded servers ran on.

import { X509Certificate } from 'node:crypto';
import { remembered } from './remembered.ts';

/** A parse failure in Java's words. */
export class Unparsable extends Error {}

/** Texts remembered: more than a lab's tests have under way at a time. */
const MOST = 64;

/**
 * The first block of a text. Anything before it is skipped, any label will do, what follows is not looked at. Throws
 * `Unparsable`.
 */
export const firstCertificate = remembered(MOST, readFirst);

function readFirst(text: string): X509Certificate {
  const der = decode(firstBlock(text));
  checkShape(der);
  try {
    return new X509Certificate(der);
  } catch {
    throw new Unparsable('Unable to initialize, java.io.IOException: insufficient data');
  }
}

export function isCertificate(text: string): boolean {
  try {
    firstCertificate(text);
    return true;
  } catch (error) {
    if (error instanceof Unparsable) return false;
    throw error;
  }
}

const unreadable = (text: string): Unparsable =>
  new Unparsable(`Could not parse certificate: java.io.IOException: ${text}`);

/** The base64 between the first five hyphens that begin a line and the next hyphen. */
function firstBlock(text: string): string {
  const opening = /(?:^|[\r\n])-----/.exec(text);
  if (opening === null) throw unreadable('Empty input');
  const rest = text.slice(opening.index + opening[0].length - 5);
  const parts = /^([^\r\n]*)(\r\n|\n|\r)([^-]*)-/.exec(rest);
  if (parts === null) throw unreadable('Incomplete data');
  const [whole, header = '', lineEnd = '', base64 = ''] = parts;
  const last = lineEnd === '\r' ? /[^\r\n]*/ : /[^\n]*/;
  const footer = `-${last.exec(rest.slice(whole.length))?.[0] ?? ''}`.replaceAll('\r', '');
  checkFrame(header.trimEnd(), footer.trimEnd());
  return base64;
}

function checkFrame(header: string, footer: string): void {
  if (!/^-----BEGIN .*-----$/.test(header)) throw unreadable(`Illegal header: ${header}`);
  if (!/^-----END .*-----$/.test(footer)) throw unreadable(`Illegal footer: ${footer}`);
  if (header.slice('-----BEGIN '.length) !== footer.slice('-----END '.length)) {
    throw unreadable(`Header and footer do not match: ${header} ${footer}`);
  }
}

function decode(base64: string): Buffer {
  const compact = base64.replace(/\s/g, '');
  const illegal = /[^A-Za-z0-9+/=]/.exec(compact)?.[0];
  if (illegal !== undefined) {
    const code = (illegal.codePointAt(0) ?? 0).toString(16);
    throw unreadable(`java.lang.IllegalArgumentException: Illegal base64 character ${code}`);
  }
  return Buffer.from(compact, 'base64');
}

const SEQUENCE = 0x30;
const OBJECT_ID = 0x06;
const VERSION = 0xa0;

/** Where Java says another thing than that the bytes are no certificate: requests, keys, PKCS#7, cut texts. */
function checkShape(der: Buffer): void {
  const outer = valueAt(der, 0);
  if (outer.end < der.length) throw unable('IOException: extra data at the end');
  const body = valueAt(outer.content, 0);
  const algorithm = valueAt(outer.content, body.end);
  const signature = valueAt(outer.content, algorithm.end);
  const left = outer.content.length - signature.end;
  if (left > 0) throw new Unparsable(`signed overrun, bytes = ${left}`);
  if (body.tag !== SEQUENCE) throw new Unparsable('signed fields invalid');
  checkBody(body.content);
}

/** Serial number, then an algorithm; a request has a name in that place. */
function checkBody(body: Buffer): void {
  const first = valueAt(body, 0);
  const serial = first.tag === VERSION ? valueAt(body, first.end) : first;
  const { tag } = valueAt(valueAt(body, serial.end).content, 0);
  if (tag !== OBJECT_ID) throw new Unparsable(`java.io.IOException: DerValue.getOID, not an OID ${tag}`);
}

const unable = (text: string): Unparsable => new Unparsable(`Unable to initialize, java.io.${text}`);

interface DerValue {
  readonly tag: number;
  readonly content: Buffer;
  /** Where the next value begins. */
  readonly end: number;
}

function valueAt(bytes: Buffer, at: number): DerValue {
  const [tag, short] = [bytes[at], bytes[at + 1]];
  if (tag === undefined || short === undefined) throw unable('IOException: Too short');
  const LONG_FORM = 0x80;
  const width = short > LONG_FORM ? short - LONG_FORM : 0;
  const begin = at + 2 + width;
  const MOST = 4;
  if (width > MOST || begin > bytes.length) throw unable('EOFException: not enough content');
  const length = width === 0 ? short : bytes.readUIntBE(at + 2, width);
  const end = begin + length;
  if (end > bytes.length) throw unable('EOFException: not enough content');
  return { tag, content: bytes.subarray(begin, end), end };
}
