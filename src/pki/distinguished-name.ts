// Names of subjects and issuers: for people, and for finding an issuer.

import { children, type Der, oidOf } from './der.ts';

/** Short names of attributes, RFC 4519 and RFC 2985. */
const attributes: Readonly<Record<string, string>> = {
  '2.5.4.3': 'CN',
  '2.5.4.4': 'SN',
  '2.5.4.5': 'serialNumber',
  '2.5.4.6': 'C',
  '2.5.4.7': 'L',
  '2.5.4.8': 'ST',
  '2.5.4.9': 'street',
  '2.5.4.10': 'O',
  '2.5.4.11': 'OU',
  '2.5.4.12': 'title',
  '2.5.4.42': 'GN',
  '0.9.2342.19200300.100.1.25': 'DC',
  '1.2.840.113549.1.9.1': 'emailAddress',
};

const BMP_STRING = 0x1e;
const UNIVERSAL_STRING = 0x1c;
const TELETEX_STRING = 0x14;

export interface DistinguishedName {
  /** The common name, or the whole name on one line where there is none. */
  readonly shown: string;
  /** Equal for names that RFC 5280 §7.1 calls equal: the kind of string, case and runs of blanks do not matter. */
  readonly key: string;
}

function text(der: Der): string {
  if (der.tag === BMP_STRING) return utf16(der.content);
  if (der.tag === UNIVERSAL_STRING) return utf32(der.content);
  return der.content.toString(der.tag === TELETEX_STRING ? 'latin1' : 'utf8');
}

function utf16(bytes: Buffer): string {
  const even = Buffer.from(bytes.subarray(0, bytes.length & ~1));
  return even.swap16().toString('utf16le');
}

function utf32(bytes: Buffer): string {
  let out = '';
  for (let at = 0; at + 4 <= bytes.length; at += 4) {
    const point = bytes.readUInt32BE(at);
    out += point <= 0x10ffff ? String.fromCodePoint(point) : '\ufffd';
  }
  return out;
}

/** A name may hold line ends and escape sequences; what is printed must not. */
const printable = (value: string): string => value.replace(/[\u0000-\u001f\u007f-\u009f]/g, '?');

/** Reads a `Name`: a sequence of sets of (attribute, value). */
export function readName(der: Der): DistinguishedName {
  const pairs = children(der)
    .flatMap(children)
    .map((pair) => {
      const [type, value] = children(pair);
      if (type === undefined || value === undefined) return { attribute: '?', value: '' };
      const oid = oidOf(type);
      return { attribute: attributes[oid] ?? oid, value: printable(text(value)) };
    });
  const commonName = pairs.findLast((pair) => pair.attribute === 'CN' && pair.value !== '');
  const whole = pairs.map((pair) => `${pair.attribute}=${pair.value}`).join(', ');
  const key = pairs.map((pair) => `${pair.attribute}=${pair.value.trim().toLowerCase().replace(/\s+/g, ' ')}`);
  return { shown: commonName?.value ?? (whole === '' ? '(no name)' : whole), key: key.join('\n') };
}
