// The shapes of a normalised certificate bundle, and how it travels through `register` as a plain value.

import { createHash, X509Certificate } from 'node:crypto';
import type { ValueMap } from '../model.ts';
import type { Secret } from '../secret.ts';

/** One X.509 certificate, read and normalised. */
export interface Certificate {
  /** Exactly one PEM block, 64 columns, LF, one final LF. */
  readonly pem: string;
  readonly der: Buffer;
  /** SHA-256 of the DER, lower-case hex without colons. */
  readonly fingerprint: string;
  /** Common name, or the whole subject on one line where there is none. */
  readonly subject: string;
  readonly issuer: string;
  readonly notBefore: Date;
  readonly notAfter: Date;
  /** DNS names of the subjectAltName, lower case. */
  readonly names: readonly string[];
  readonly addresses: readonly string[];
  readonly selfSigned: boolean;
  readonly ca: boolean;
}

/** What is uploaded: every part checked against the others. */
export interface Bundle {
  readonly leaf: Certificate;
  /** From the issuer of the leaf upwards, without the root. */
  readonly intermediates: readonly Certificate[];
  readonly root: Certificate;
  /** Unencrypted PKCS#8 RSA key in PEM, exactly one final LF. */
  readonly key: Secret;
}

/** A certificate as `{{ bundle.root }}` shows it. */
export function certificateValue(certificate: Certificate): ValueMap {
  return {
    pem: certificate.pem,
    fingerprint: certificate.fingerprint,
    subject: certificate.subject,
    issuer: certificate.issuer,
    not_before: certificate.notBefore.toISOString(),
    not_after: certificate.notAfter.toISOString(),
    names: [...certificate.names],
  };
}

/** A bundle as `register: bundle` sees it; `bundleOf` (in read.ts) is the way back. */
export function bundleValue(bundle: Bundle): ValueMap {
  return {
    fingerprint: bundle.leaf.fingerprint,
    subject: bundle.leaf.subject,
    names: [...bundle.leaf.names],
    not_after: bundle.leaf.notAfter.toISOString(),
    leaf: certificateValue(bundle.leaf),
    intermediates: bundle.intermediates.map(certificateValue),
    root: certificateValue(bundle.root),
    key: bundle.key,
  };
}

/** Which bundle it is: its certificates and its key by SHA-256, the key by its public half (SPKI), and its end. */
export function bundleIdentity({ leaf, intermediates, root }: Bundle): ValueMap {
  const publicKey = new X509Certificate(leaf.der).publicKey.export({ type: 'spki', format: 'der' });
  return {
    certificate: leaf.fingerprint,
    intermediates: intermediates.map(({ fingerprint }) => fingerprint),
    root: root.fingerprint,
    key: createHash('sha256').update(publicKey).digest('hex'),
    until: leaf.notAfter.toISOString(),
  };
}
