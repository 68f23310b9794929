// What a TLS port needs to present a chain with a key. Many VMs present the same one, so it is made once for all of
// them, and not before somebody knocks: it takes milliseconds, and a lab may have thousands of ports.

import { createHash, createPrivateKey, X509Certificate } from 'node:crypto';
import { createSecureContext, type SecureContext, type SecureVersion } from 'node:tls';

/** `wrong key`: the chain is presented, and what is signed with the key does not fit it. */
export type Presenting = SecureContext | 'nothing' | 'wrong key';

/** More than one lab presents at once; older ones are made again when they are needed again. */
const KEPT = 64;
const made = new Map<string, Presenting>();

export function presenting(certificates: readonly string[], key: string, maxVersion: SecureVersion): Presenting {
  const name = createHash('sha256')
    .update(JSON.stringify([certificates, key, maxVersion]))
    .digest('base64');
  const known = made.get(name);
  if (known !== undefined) return known;
  const fresh = make(certificates, key, maxVersion);
  const [oldest] = made.keys();
  if (made.size >= KEPT && oldest !== undefined) made.delete(oldest);
  made.set(name, fresh);
  return fresh;
}

function make(certificates: readonly string[], key: string, maxVersion: SecureVersion): Presenting {
  const [leaf] = certificates;
  if (leaf === undefined) return 'nothing';
  if (!isPair(leaf, key)) return 'wrong key';
  return createSecureContext({
    key,
    cert: certificates.join('\n'),
    // Without it OpenSSL would complete a lone leaf from the certificates that Node ships.
    ca: [],
    minVersion: 'TLSv1.2',
    maxVersion,
  });
}

/**
 * Whether OpenSSL would take both. A key of another kind than the certificate's (RSA-PSS, EC) is taken as well and then
 * fails in the handshake, as it does in a system VM.
 */
function isPair(leaf: string, key: string): boolean {
  const privateKey = createPrivateKey(key);
  const certificate = new X509Certificate(leaf);
  if (privateKey.asymmetricKeyType !== certificate.publicKey.asymmetricKeyType) return true;
  return certificate.checkPrivateKey(privateKey);
}
