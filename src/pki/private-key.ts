// Reads private keys of every kind that OpenSSL writes, so that those CloudStack cannot use are refused by name.

import { createPrivateKey, type KeyObject } from 'node:crypto';
import type { Problem } from '../errors.ts';
import { Secret } from '../secret.ts';
import { type Block, placed } from './blocks.ts';
import { pemBlock } from './certificate.ts';
import { BrokenDer, children, inner, oidOf, readDer, tags } from './der.ts';
import { refuseEndlessWork } from './encryption.ts';

/** A private key that was found. The bytes stay inside Node's KeyObject, which prints none of them. */
export interface FoundKey {
  /** `rsa`, `rsa-pss`, `ec`, `ed25519`, … */
  readonly type: string;
  /** Of an RSA key. */
  readonly bits: number | undefined;
  /** Undefined for a form that this OpenSSL only recognises: RFC 5958 with the public key inside. */
  readonly key: KeyObject | undefined;
  readonly file: string;
  readonly line: number | undefined;
}

/** Algorithms of PKCS#8 by OID, under Node's names. */
const algorithms: Readonly<Record<string, string>> = {
  '1.2.840.113549.1.1.1': 'rsa',
  '1.2.840.113549.1.1.10': 'rsa-pss',
  '1.2.840.10040.4.1': 'dsa',
  '1.2.840.10045.2.1': 'ec',
  '1.3.101.110': 'x25519',
  '1.3.101.112': 'ed25519',
  '1.3.101.113': 'ed448',
};

/** Reads one block of shape `private key` or `encrypted private key`. */
export function readKey(block: Block, passphrase: Secret | undefined): FoundKey | Problem {
  const encrypted = block.shape === 'encrypted private key';
  try {
    if (encrypted && block.headers === '') refuseEndlessWork(inner(readDer(block.der)));
    const key = createPrivateKey(keyInput(block, encrypted ? (passphrase?.reveal() ?? '') : undefined));
    if (key.asymmetricKeyType === 'rsa' && !consistent(key)) return damaged(block);
    const { file, line } = block;
    return { type: key.asymmetricKeyType ?? 'unknown', bits: key.asymmetricKeyDetails?.modulusLength, key, file, line };
  } catch (error) {
    if (!encrypted) return recognised(block);
    if (error instanceof BrokenDer) return damaged(block);
    return passphrase === undefined ? needsPassphrase(block) : notOpened(block, error);
  }
}

function keyInput(block: Block, passphrase: string | undefined): Parameters<typeof createPrivateKey>[0] {
  const opening = passphrase === undefined ? {} : { passphrase };
  if (block.headers !== '') {
    const armoured = pemBlock(block.label, block.der).replace('\n', `\n${block.headers}\n\n`);
    return { key: armoured, format: 'pem', ...opening };
  }
  return { key: block.der, format: 'der', type: derType(block.der), ...opening };
}

/** PKCS#8 has an algorithm after the version, PKCS#1 a number, SEC1 (RFC 5915) the bytes of the key. */
function derType(der: Buffer): 'pkcs8' | 'pkcs1' | 'sec1' {
  const [first, second] = children(readDer(der));
  if (first?.tag === tags.sequence || second?.tag === tags.sequence) return 'pkcs8';
  return second?.tag === tags.integer ? 'pkcs1' : 'sec1';
}

export const needsPassphrase = (block: Pick<Block, 'file' | 'line'>): Problem => ({
  message: `${placed(block)} is encrypted and no pass phrase was given`,
  hint: `give it: passphrase: "{{ lookup('env', 'KEY_PASSPHRASE') }}"`,
});

/** OpenSSL's codes: a cipher of its legacy provider, or (as padding or garbage) a wrong pass phrase. */
function notOpened(block: Block, error: unknown): Problem {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (!code.includes('UNSUPPORTED'))
    return {
      message: `${placed(block)}: the pass phrase does not open the private key`,
      hint: `try it by hand: openssl pkey -in ${block.file} -noout`,
    };
  return {
    message: `${placed(block)}: the private key is encrypted with a cipher that OpenSSL 3 no longer reads`,
    hint: `encrypt it again: openssl pkcs8 -topk8 -provider legacy -provider default -in ${block.file} -out new.pem`,
  };
}

/** A key that Node cannot load is still worth its name, since the name is why it will be refused. */
function recognised(block: Block): FoundKey | Problem {
  const type = algorithmOf(block.der);
  const unreadable = type === undefined || type === 'rsa' || type === 'rsa-pss';
  if (!unreadable) return { type, bits: undefined, key: undefined, file: block.file, line: block.line };
  return damaged(block);
}

const damaged = (block: Block): Problem => ({
  message: `${placed(block)}: the private key is damaged`,
  hint: `copy it again; it is right when this says so: openssl pkey -in ${block.file} -check -noout`,
});

/** Node loads an RSA key whose numbers do not fit together, and OpenSSL works around some that Java does not. */
function consistent(key: KeyObject): boolean {
  const number = (part: string | undefined): bigint =>
    BigInt(`0x${Buffer.from(part ?? '', 'base64url').toString('hex')}`);
  const jwk = key.export({ format: 'jwk' });
  const [n, e, d, p, q] = [jwk.n, jwk.e, jwk.d, jwk.p, jwk.q].map(number) as [bigint, bigint, bigint, bigint, bigint];
  const [dp, dq, qi] = [jwk.dp, jwk.dq, jwk.qi].map(number) as [bigint, bigint, bigint];
  const halves = dp === d % (p - 1n) && dq === d % (q - 1n) && (qi * q) % p === 1n;
  return n === p * q && halves && (d * e) % (p - 1n) === 1n && (d * e) % (q - 1n) === 1n;
}

function algorithmOf(der: Buffer): string | undefined {
  try {
    const [, algorithm] = children(readDer(der));
    return algorithm?.tag === tags.sequence ? algorithms[oidOf(inner(algorithm))] : undefined;
  } catch (error) {
    if (error instanceof BrokenDer) return undefined;
    throw error;
  }
}

/** The one form that CloudStack and Apache both take: unencrypted PKCS#8 in PEM with exactly one final LF. */
export function normalisedKey(key: KeyObject): { readonly pem: Secret; readonly bytes: number } {
  const pem = `${key.export({ type: 'pkcs8', format: 'pem' }).toString().trim()}\n`;
  return { pem: new Secret(pem), bytes: pem.length };
}
