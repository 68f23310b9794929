// Opens what holds several certificates and keys: PKCS#7 (RFC 2315) and PKCS#12 (RFC 7292). Own walks over the
// structure, so that every certificate comes out byte for byte; node-forge only decrypts, since OpenSSL 3 refuses
// the RC2 of older PKCS#12 files.

import type { Problem } from '../errors.ts';
import type { Secret } from '../secret.ts';
import { type Block, placed } from './blocks.ts';
import { BrokenDer, children, contextTag, type Der, inner, octets, oidOf, readDer, tags } from './der.ts';
import { refuseEndlessWork } from './encryption.ts';
import { needsPassphrase } from './private-key.ts';
import type { Shape } from './shape.ts';

const DATA = '1.2.840.113549.1.7.1';
const ENCRYPTED_DATA = '1.2.840.113549.1.7.6';
const PBES2 = '1.2.840.113549.1.5.13';
const X509_CERTIFICATE = '1.2.840.113549.1.9.22.1';

const bags = {
  key: '1.2.840.113549.1.12.10.1.1',
  shroudedKey: '1.2.840.113549.1.12.10.1.2',
  certificate: '1.2.840.113549.1.12.10.1.3',
  safeContents: '1.2.840.113549.1.12.10.1.6',
} as const;

/** The blocks inside a block of shape PKCS#7 or PKCS#12, or why it cannot be opened. */
export async function openContainer(block: Block, passphrase: Secret | undefined): Promise<readonly Block[] | Problem> {
  try {
    return block.shape === 'PKCS#7' ? openPkcs7(block) : await openPkcs12(block, passphrase);
  } catch (error) {
    if (error instanceof Locked) return passphrase === undefined ? needsPassphrase(block) : notOpened(block);
    if (error instanceof OldCipher) return oldCipher(block, error.oid);
    if (error instanceof BrokenDer) return broken(block, error.message);
    throw error;
  }
}

/** The pass phrase is wrong or missing. */
class Locked extends Error {}

/** A cipher that neither OpenSSL 3 nor node-forge has. */
class OldCipher extends Error {
  readonly oid: string;

  constructor(oid: string) {
    super(oid);
    this.oid = oid;
  }
}

const broken = (block: Block, what: string): Problem => ({
  message: `${placed(block)}: the ${block.shape} file ${what}`,
  hint: 'the file is damaged or only a part of it was copied; export it again',
});

const notOpened = (block: Block): Problem => ({
  message: `${placed(block)}: the pass phrase does not open the PKCS#12 file`,
  hint: `try it by hand: openssl pkcs12 -in ${block.file} -noout, with -legacy for an old file`,
});

const oldCipher = (block: Block, oid: string): Problem => ({
  message: `${placed(block)}: the PKCS#12 file is encrypted with an algorithm that is not read (${oid})`,
  hint: `openssl pkcs12 -legacy -in ${block.file} -nodes -out bundle.pem, and give bundle.pem`,
});

const blockOf = (from: Block, shape: Shape, der: Buffer): Block => ({
  shape,
  der,
  file: from.file,
  line: from.line,
  headers: '',
  label: '',
});

function part(parts: readonly Der[], index: number): Der {
  const found = parts[index];
  if (found === undefined) throw new BrokenDer('lacks a part');
  return found;
}

/** `SignedData`: version, digest algorithms, content, `[0]` certificates, … */
function openPkcs7(block: Block): Block[] {
  const signed = inner(part(children(readDer(block.der)), 1));
  const certificates = children(signed).find((field) => field.tag === contextTag(0));
  const found = certificates ? children(certificates).filter((one) => one.tag === tags.sequence) : [];
  if (found.length === 0) throw new BrokenDer('holds no certificate');
  return found.map((one) => blockOf(block, 'certificate', one.raw));
}

/** `PFX`: version, authenticated safe, MAC. The MAC is not checked: a damaged part shows when it is used. */
async function openPkcs12(block: Block, passphrase: Secret | undefined): Promise<Block[]> {
  const safe = contentOf(part(children(readDer(block.der)), 1));
  const found: Block[] = [];
  for (const content of children(readDer(safe))) {
    const bytes = await safeContents(content, passphrase?.reveal() ?? '');
    found.push(...bagsIn(block, readDer(bytes)));
  }
  return found;
}

/** The bytes of a `ContentInfo` of type data. */
function contentOf(info: Der): Buffer {
  const [type, content] = children(info);
  if (type === undefined || content === undefined || oidOf(type) !== DATA)
    throw new OldCipher(type ? oidOf(type) : '?');
  return octets(inner(content));
}

async function safeContents(info: Der, password: string): Promise<Buffer> {
  const parts = children(info);
  if (oidOf(part(parts, 0)) !== ENCRYPTED_DATA) return contentOf(info);
  const encrypted = children(part(children(inner(part(parts, 1))), 1));
  return decrypt(part(encrypted, 1), octets(part(encrypted, 2)), password);
}

function bagsIn(block: Block, contents: Der): Block[] {
  return children(contents).flatMap((bag) => {
    const [type, wrapped] = children(bag);
    if (type === undefined || wrapped === undefined) return [];
    const value = inner(wrapped);
    const kind = oidOf(type);
    if (kind === bags.key) return [blockOf(block, 'private key', value.raw)];
    if (kind === bags.shroudedKey) return [blockOf(block, 'encrypted private key', value.raw)];
    if (kind === bags.safeContents) return bagsIn(block, value);
    return kind === bags.certificate ? certificateIn(block, value) : [];
  });
}

function certificateIn(block: Block, bag: Der): Block[] {
  const [type, wrapped] = children(bag);
  if (type === undefined || wrapped === undefined || oidOf(type) !== X509_CERTIFICATE) return [];
  return [blockOf(block, 'certificate', octets(inner(wrapped)))];
}

/**
 * Undoes password-based encryption (PBES2, or the 3DES and 40-bit RC2 of PKCS#12). node-forge has a function for
 * encrypted private keys only, so the content travels in the form of one: (algorithm, octets).
 */
async function decrypt(algorithm: Der, encrypted: Buffer, password: string): Promise<Buffer> {
  refuseEndlessWork(algorithm);
  const { default: forge } = await import('node-forge');
  const octetString = forge.asn1.create(
    forge.asn1.Class.UNIVERSAL,
    forge.asn1.Type.OCTETSTRING,
    false,
    encrypted.toString('latin1'),
  );
  // PBES2 takes the bytes of the text; PKCS#12's own scheme makes UTF-16 of it.
  const isPbes2 = oidOf(inner(algorithm)) === PBES2;
  const plain = opened(() => {
    const scheme = forge.asn1.fromDer(algorithm.raw.toString('latin1'));
    const wrapper = forge.asn1.create(forge.asn1.Class.UNIVERSAL, forge.asn1.Type.SEQUENCE, true, [
      scheme,
      octetString,
    ]);
    return forge.pki.decryptPrivateKeyInfo(wrapper, isPbes2 ? forge.util.encodeUtf8(password) : password);
  });
  return Buffer.from(forge.asn1.toDer(plain).getBytes(), 'latin1');
}

/** node-forge answers null for wrong padding and throws for garbage; an error that names an OID is about ciphers. */
function opened<T>(attempt: () => T | null): T {
  let plain: T | null;
  try {
    plain = attempt();
  } catch (error) {
    if (error instanceof Error && 'oid' in error) throw new OldCipher(String(error.oid));
    throw new Locked();
  }
  if (plain === null) throw new Locked();
  return plain;
}
