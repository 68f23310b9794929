// Private keys of the runner in a form that ssh2 reads: OpenSSH and PEM as they are, PKCS#8 converted.

import { createPrivateKey, type KeyObject, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Failure } from '../../errors.ts';

export type KeyFile =
  | { readonly kind: 'key'; readonly file: string; readonly text: string }
  /** Only an agent can use it: there is nobody to ask for the pass phrase. */
  | { readonly kind: 'encrypted'; readonly file: string }
  | { readonly kind: 'missing'; readonly file: string };

/** `ENCRYPTED` in PKCS#8 and old PEM; in OpenSSH's own form the cipher's name follows the magic. */
function isEncrypted(text: string): boolean {
  if (/^-----BEGIN ENCRYPTED PRIVATE KEY-----|^Proc-Type: 4,ENCRYPTED/m.test(text)) return true;
  const body = /-----BEGIN OPENSSH PRIVATE KEY-----([\s\S]*?)-----END/.exec(text)?.[1];
  if (body === undefined) return false;
  const bytes = Buffer.from(body, 'base64');
  const cipher = bytes.subarray(MAGIC.length + 4, MAGIC.length + 4 + bytes.readUInt32BE(MAGIC.length));
  return cipher.toString('latin1') !== 'none';
}

const MAGIC = Buffer.from('openssh-key-v1\0', 'latin1');

function field(value: Buffer | string): Buffer {
  const bytes = Buffer.from(value);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
}

/** An Ed25519 key in OpenSSH's own form (PROTOCOL.key), the only one that ssh2 knows for it. */
function opensshEd25519(key: KeyObject): string {
  const { x = '', d = '' } = key.export({ format: 'jwk' });
  const open = Buffer.from(x, 'base64url');
  const secret = Buffer.concat([Buffer.from(d, 'base64url'), open]);
  const kind = field('ssh-ed25519');
  const check = randomBytes(4);
  const inner = Buffer.concat([check, check, kind, field(open), field(secret), field('')]);
  const padding = Buffer.from(Array.from({ length: (8 - (inner.length % 8)) % 8 }, (_, index) => index + 1));
  const blob = Buffer.concat([
    MAGIC,
    field('none'),
    field('none'),
    field(''),
    Buffer.from([0, 0, 0, 1]),
    field(Buffer.concat([kind, field(open)])),
    field(Buffer.concat([inner, padding])),
  ]);
  const lines = blob.toString('base64').match(/.{1,70}/g) ?? [];
  return ['-----BEGIN OPENSSH PRIVATE KEY-----', ...lines, '-----END OPENSSH PRIVATE KEY-----', ''].join('\n');
}

/** PKCS#8 as PKCS#1, SEC 1 or OpenSSH's form, by the kind of key. */
function convert(text: string, file: string): string {
  try {
    const key = createPrivateKey(text);
    if (key.asymmetricKeyType === 'rsa') return key.export({ type: 'pkcs1', format: 'pem' }).toString();
    if (key.asymmetricKeyType === 'ec') return key.export({ type: 'sec1', format: 'pem' }).toString();
    if (key.asymmetricKeyType === 'ed25519') return opensshEd25519(key);
    throw new Error(`keys of kind ${key.asymmetricKeyType} are not used in SSH`);
  } catch (error) {
    throw unreadable(file, (error as Error).message);
  }
}

function unreadable(file: string, reason: string): Failure {
  return new Failure(`the SSH key "${file}" cannot be used: ${reason}`, {
    code: 'ssh-key',
    hint: 'a private key in OpenSSH, PEM or PKCS#8 form is needed',
  });
}

/** Reads a key file. Throws `Failure` where it is there and cannot be used. */
export function readKeyFile(file: string): KeyFile {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return { kind: 'missing', file };
    throw unreadable(file, String(code));
  }
  if (/^(ssh-|ecdsa-)/.test(text)) throw unreadable(file, 'it is a public key');
  if (!/-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(text)) throw unreadable(file, 'it holds no private key');
  if (isEncrypted(text)) return { kind: 'encrypted', file };
  return { kind: 'key', file, text: text.includes('-----BEGIN PRIVATE KEY-----') ? convert(text, file) : text };
}
