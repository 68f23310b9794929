// What CloudStack, Java and OpenSSL each take for a certificate or a key. All three differ, and none of them checks
// that the two belong together: that is what a lab is there to show. Measured on 4.21, 4.22 and 4.23.

import { createPrivateKey, type KeyObject } from 'node:crypto';
import { firstCertificate, isCertificate, Unparsable } from './java-certificate.ts';
import { remembered } from './remembered.ts';

const ARMOUR = /^-+[^-]+-+\n?([^-]+)-+[^-]+-+(\r?\n)?$/;

/** Keys remembered. */
const MOST = 16;

/**
 * A private key as CloudStack reads it: the armour goes only where it begins and ends the text (one final line break is
 * let pass), line breaks go, and the rest must be base64 of an RSA key in PKCS#8 or PKCS#1, RSA-PSS included.
 * Throws `Unparsable`.
 */
export const javaKey = remembered(MOST, readJavaKey);

function readJavaKey(text: string): KeyObject {
  const base64 = (ARMOUR.exec(text)?.[1] ?? text).replace(/[\r\n]/g, '');
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(base64) || base64.length % 4 !== 0) throw new Unparsable('not base64');
  const key = keyOf(Buffer.from(base64, 'base64'));
  if (key === undefined || !key.asymmetricKeyType?.startsWith('rsa')) throw new Unparsable('not an RSA key');
  return key;
}

function keyOf(der: Buffer): KeyObject | undefined {
  for (const type of ['pkcs8', 'pkcs1'] as const) {
    try {
      return createPrivateKey({ key: der, format: 'der', type });
    } catch {
      // The next format may fit; undefined where none does.
    }
  }
  return undefined;
}

/** The same key as PKCS#8, PEM: what a console proxy is given. Throws `Unparsable`. */
export const javaKeyPem = remembered(MOST, (text) => javaKey(text).export({ type: 'pkcs8', format: 'pem' }).toString());

/** Every block of a text, one PEM each. */
export const blocksOf = (text: string): string[] =>
  (text.match(/-----BEGIN [^\r\n]*-----[\s\S]*?-----END [^\r\n]*-----/g) ?? []).map((block) => `${block}\n`);

/**
 * Whether Apache starts with this pair: OpenSSL needs line breaks in the key, no RSA-PSS, a plain label on the
 * certificate, and the two must belong together.
 */
export const apacheStarts = (certificate: string, key: string): boolean => fitsOpenssl(`${certificate}\0${key}`);

const fitsOpenssl = remembered(MOST, (pair) => {
  const [certificate = '', key = ''] = pair.split('\0');
  const [leaf = ''] = blocksOf(certificate);
  if (leaf.startsWith('-----BEGIN TRUSTED ') || !isCertificate(leaf)) return false;
  try {
    const parsed = createPrivateKey(key);
    return parsed.asymmetricKeyType === 'rsa' && firstCertificate(leaf).checkPrivateKey(parsed);
  } catch {
    // OpenSSL cannot read the key: Apache says so and stays down.
    return false;
  }
});
