// Tells what a DER value is by its structure, whatever its file is called and its PEM label says.

import { BrokenDer, children, contextTag, type Der, integerOf, oidOf, readDer, tags } from './der.ts';

export type Shape =
  | 'certificate'
  | 'certificate request'
  | 'revocation list'
  | 'private key'
  | 'encrypted private key'
  | 'public key'
  | 'PKCS#7'
  | 'PKCS#12'
  | 'unknown';

const SIGNED_DATA = '1.2.840.113549.1.7.2';
const FIRST_CONTEXT = contextTag(0);

const { integer, sequence, octetString, bitString, oid } = tags;

/** One row a structure: the tags of the first values inside the outer sequence, in order. */
const structures: readonly { readonly starts: readonly number[]; readonly shape: (parts: readonly Der[]) => Shape }[] =
  [
    { starts: [sequence, sequence, bitString], shape: ([signed]) => signedShape(signed) },
    { starts: [sequence, octetString], shape: () => 'encrypted private key' },
    { starts: [sequence, bitString], shape: () => 'public key' },
    { starts: [integer, sequence, octetString], shape: () => 'private key' },
    { starts: [integer, integer, integer], shape: () => 'private key' },
    { starts: [integer, octetString], shape: () => 'private key' },
    {
      starts: [integer, sequence],
      shape: ([version]) => (version && integerOf(version) === 3 ? 'PKCS#12' : 'unknown'),
    },
    { starts: [integer, integer], shape: () => 'public key' },
    { starts: [oid, FIRST_CONTEXT], shape: ([type]) => (type && oidOf(type) === SIGNED_DATA ? 'PKCS#7' : 'unknown') },
  ];

/** What the value at the start of `bytes` is. Throws `BrokenDer` where there is no whole value. */
export function shapeOf(bytes: Buffer): Shape {
  const outer = readDer(bytes);
  if (outer.tag !== sequence) return 'unknown';
  const parts = children(outer);
  const found = structures.find(({ starts }) => starts.every((tag, index) => parts[index]?.tag === tag));
  return found?.shape(parts) ?? 'unknown';
}

/** A certificate, a request and a revocation list are all (what is signed, algorithm, signature). */
function signedShape(signed: Der | undefined): Shape {
  if (signed === undefined) throw new BrokenDer('is empty');
  const fields = children(signed).map((field) => field.tag);
  if (fields[0] === FIRST_CONTEXT) return 'certificate';
  const named = fields[0] === integer ? fields.slice(1) : fields;
  if (named.length >= 5 && named.slice(0, 5).every((tag) => tag === sequence)) return 'certificate';
  if (named[2] === FIRST_CONTEXT || named.length === 2) return 'certificate request';
  return 'revocation list';
}
