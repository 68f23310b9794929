// What config_ssl.sh leaves on a storage VM for its Apache, and what is wrong with it.

import { createPublicKey, type KeyObject, X509Certificate } from 'node:crypto';
import type { Certificate } from '../pki/bundle.ts';
import { readCertificate } from '../pki/certificate.ts';

export const paths = {
  key: '/etc/ssl/private/cert_apache.key',
  certificate: '/etc/ssl/certs/cert_apache.crt',
  chain: '/etc/ssl/certs/cert_apache_chain.crt',
  vhosts: '/etc/apache2/sites-enabled',
} as const;

/** The certificates of a file of PEM blocks, in its order. Throws an Error for a block that is none. */
export function certificatesIn(text: string): Certificate[] {
  const blocks = text.match(/-----BEGIN [A-Z0-9 ]*CERTIFICATE-----[^-]*-----END [A-Z0-9 ]*CERTIFICATE-----/g) ?? [];
  return blocks.map((block) => readCertificate(block));
}

function publicKeyIn(pem: string): KeyObject | undefined {
  try {
    return createPublicKey(pem);
  } catch (error) {
    if (error instanceof Error) return undefined;
    throw error;
  }
}

/** Whether `openssl pkey -pubout` printed the public key of the certificate. */
export function isKeyOf(publicKeyPem: string, certificate: Certificate): boolean {
  return publicKeyIn(publicKeyPem)?.equals(new X509Certificate(certificate.der).publicKey) === true;
}

const DIRECTIVES = {
  SSLCertificateFile: paths.certificate,
  SSLCertificateKeyFile: paths.key,
  SSLCertificateChainFile: paths.chain,
} as const;

/** What the text of a vhost file names instead of our files. A chain file that is commented out is not sent. */
export function vhostProblems(name: string, text: string): string[] {
  return Object.entries(DIRECTIVES).flatMap(([directive, wanted]) => {
    const found = new RegExp(`^\\s*${directive}\\s+"?([^"\\s]+)`, 'm').exec(text)?.[1];
    if (found === wanted) return [];
    return [found ? `${name} names ${found} as ${directive}, not ${wanted}` : `${name} has no ${directive} ${wanted}`];
  });
}
