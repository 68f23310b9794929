// A reader of ASN.1 in DER, with BER's indefinite lengths (PKCS#7 and PKCS#12 files come with them): just enough to
// see what Node's X509Certificate hides and to tell one kind of file from another. ITU-T X.690.

/** One tag-length-value. `raw` is all of it, `content` what is inside. */
export interface Der {
  readonly tag: number;
  readonly content: Buffer;
  readonly raw: Buffer;
}

/** The bytes are not ASN.1, or end before they say they do. */
export class BrokenDer extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'BrokenDer';
  }
}

export const tags = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  oid: 0x06,
  sequence: 0x30,
  set: 0x31,
} as const;

/** The tag of `[n] EXPLICIT` and of a constructed `[n] IMPLICIT`. */
export const contextTag = (number: number): number => 0xa0 | number;

const DEEPEST = 64;
const CONSTRUCTED = 0x20;
const INDEFINITE = 0x80;

interface Header {
  readonly tag: number;
  readonly start: number;
  /** Undefined: up to an end-of-contents mark. */
  readonly length: number | undefined;
}

function header(bytes: Buffer, at: number): Header {
  const tag = bytes[at];
  const first = bytes[at + 1];
  if (tag === undefined || first === undefined) throw new BrokenDer('ends in the middle of a header');
  if ((tag & 0x1f) === 0x1f) throw new BrokenDer('has a tag of more than one byte');
  if (first < 0x80) return { tag, start: at + 2, length: first };
  if (first === INDEFINITE) return { tag, start: at + 2, length: undefined };
  const size = first & 0x7f;
  if (size > 4) throw new BrokenDer('has a length of more than four bytes');
  if (at + 2 + size > bytes.length) throw new BrokenDer('ends in the middle of a header');
  return { tag, start: at + 2 + size, length: bytes.readUIntBE(at + 2, size) };
}

function readAt(bytes: Buffer, at: number, depth: number): Der {
  if (depth > DEEPEST) throw new BrokenDer('is nested too deeply');
  const { tag, start, length } = header(bytes, at);
  if (length === undefined) return readIndefinite(bytes, at, tag, start, depth);
  const end = start + length;
  if (end > bytes.length) throw new BrokenDer(`is cut off: ${bytes.length - at} of ${end - at} bytes are there`);
  return { tag, content: bytes.subarray(start, end), raw: bytes.subarray(at, end) };
}

function readIndefinite(bytes: Buffer, at: number, tag: number, start: number, depth: number): Der {
  if ((tag & CONSTRUCTED) === 0) throw new BrokenDer('has a primitive value without a length');
  let end = start;
  while (bytes[end] !== 0 || bytes[end + 1] !== 0) end += readAt(bytes, end, depth + 1).raw.length;
  return { tag, content: bytes.subarray(start, end), raw: bytes.subarray(at, end + 2) };
}

/** The first value in `bytes`; what follows it is not looked at. Throws `BrokenDer`. */
export function readDer(bytes: Buffer): Der {
  return readAt(bytes, 0, 0);
}

/** The values inside a constructed one. Throws `BrokenDer`. */
export function children(der: Der): Der[] {
  const list: Der[] = [];
  for (let at = 0; at < der.content.length; ) {
    const child = readAt(der.content, at, 0);
    list.push(child);
    at += child.raw.length;
  }
  return list;
}

/** The only or first value inside a constructed one. Throws `BrokenDer` where there is none. */
export function inner(der: Der): Der {
  return readDer(der.content);
}

/** The bytes of an OCTET STRING, also one that BER cut into pieces. */
export function octets(der: Der): Buffer {
  if ((der.tag & CONSTRUCTED) === 0) return der.content;
  return Buffer.concat(children(der).map(octets));
}

/** Dotted decimals of an OBJECT IDENTIFIER. */
export function oidOf(der: Der): string {
  const arcs: number[] = [];
  let value = 0;
  for (const byte of der.content) {
    value = value * 128 + (byte & 0x7f);
    if (byte & 0x80) continue;
    arcs.push(value);
    value = 0;
  }
  const [first = 0, ...rest] = arcs;
  const top = Math.min(2, Math.floor(first / 40));
  return [top, first - top * 40, ...rest].join('.');
}

/** A small INTEGER as a number. */
export function integerOf(der: Der): number {
  return der.content.length === 0 || der.content.length > 6 ? Number.NaN : der.content.readIntBE(0, der.content.length);
}

/** The numbers of the bits that are set in a BIT STRING. */
export function bitsOf(der: Der): ReadonlySet<number> {
  const set = new Set<number>();
  der.content.subarray(1).forEach((byte, index) => {
    for (let bit = 0; bit < 8; bit++) if (byte & (0x80 >> bit)) set.add(index * 8 + bit);
  });
  return set;
}
