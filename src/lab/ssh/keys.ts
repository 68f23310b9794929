// Ed25519 keys in OpenSSH's form (PROTOCOL.key of OpenSSH). ssh2 makes them as well, but cuts a public key that begins
// with a zero byte, and then does not read what it made: one key in 256.

import { generateKeyPairSync, randomBytes } from 'node:crypto';

/** A key pair in OpenSSH's form. */
export interface SshKeys {
  /** PEM, not encrypted. */
  readonly private: string;
  /** `ssh-ed25519 AAAA…`. */
  readonly public: string;
}

const TYPE = 'ssh-ed25519';
const MAGIC = Buffer.from('openssh-key-v1\0');
const BLOCK_BYTES = 8;
const LINE = 70;

export function generateSshKeys(): SshKeys {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  // The last 32 bytes of either encoding are the raw key.
  const point = publicKey.export({ type: 'spki', format: 'der' }).subarray(-32);
  const seed = privateKey.export({ type: 'pkcs8', format: 'der' }).subarray(-32);
  const publicBlob = Buffer.concat([field(TYPE), field(point)]);
  return { private: pem(privateFile(publicBlob, point, seed)), public: `${TYPE} ${publicBlob.toString('base64')}` };
}

function privateFile(publicBlob: Buffer, point: Buffer, seed: Buffer): Buffer {
  // The same number twice: how a reader sees that it decrypted well.
  const check = randomBytes(4);
  const section = Buffer.concat([check, check, publicBlob, field(Buffer.concat([seed, point])), field('')]);
  const padding = Buffer.from(Array.from({ length: -section.length & (BLOCK_BYTES - 1) }, (_, index) => index + 1));
  const header = [MAGIC, field('none'), field('none'), field(''), number(1)];
  return Buffer.concat([...header, field(publicBlob), field(Buffer.concat([section, padding]))]);
}

function pem(bytes: Buffer): string {
  const lines = bytes.toString('base64').match(new RegExp(`.{1,${LINE}}`, 'g')) ?? [];
  return `-----BEGIN OPENSSH PRIVATE KEY-----\n${lines.join('\n')}\n-----END OPENSSH PRIVATE KEY-----\n`;
}

function field(value: string | Buffer): Buffer {
  const bytes = Buffer.from(value);
  return Buffer.concat([number(bytes.length), bytes]);
}

function number(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}
