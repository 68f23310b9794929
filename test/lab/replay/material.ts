// Certificates and keys of the recordings' placeholders, with the same peculiarities.

import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { certificates } from './exchange.ts';

const rsa = (): KeyObject => generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;

const pkcs8 = (key: KeyObject): string => key.export({ type: 'pkcs8', format: 'pem' }).toString().trim();

const bare = (pem: string): string => pem.replace(/-----[^-]+-----\n?/g, '').trim();

function keys(): Readonly<Record<string, string>> {
  const key = rsa();
  const plain = pkcs8(key);
  const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
  const pss = generateKeyPairSync('rsa-pss', { modulusLength: 2048, hashAlgorithm: 'sha256' }).privateKey;
  return {
    'leading LF': plain,
    CRLF: plain.replaceAll('\n', '\r\n'),
    'no line breaks': plain.replaceAll('\n', ''),
    'bare base64 one line': bare(plain).replaceAll('\n', ''),
    'bare base64 with lines': bare(plain),
    PKCS1: key.export({ type: 'pkcs1', format: 'pem' }).toString().trim(),
    'encrypted PKCS8': key
      .export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'secret' })
      .toString()
      .trim(),
    'EC PKCS8': pkcs8(ec),
    'RSA-PSS': pkcs8(pss),
    'other key (not matching)': pkcs8(rsa()),
    garbage: 'hello',
    'literal backslash n': plain.replaceAll('\n', '\\n'),
  };
}

const keyTexts = keys();

/** A text with every placeholder of a certificate or key filled in. */
export const withMaterial = (text: string): string =>
  text
    .replace(/<PEM (\w+)\.pem>/g, (whole, name: string) => certificates[name] ?? whole)
    .replace(/<PEM leaf1\.key>|<KEY issued by the CA framework>/g, () => keyTexts['leading LF'] ?? '')
    .replace(/<KEY: ([^>]+)>/g, (whole, name: string) => keyTexts[name] ?? whole)
    .replace(/^(.)\1*\.\.\.<(\d+) chars in all>$/, (_, char: string, length: string) => char.repeat(Number(length)));
