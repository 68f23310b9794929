// Roots that the runner trusts, found by name without reading all of them.

import type { Certificate } from './bundle.ts';
import { readableCertificate, subjectKeyOf } from './certificate.ts';

export interface TrustStore {
  /** The self-signed certificates whose subject is `subjectKey` (see `Details`). */
  named(subjectKey: string): readonly Certificate[];
}

export const noTrust: TrustStore = { named: () => [] };

/** Every certificate block of a CA file. */
export function blocksOfCaFile(text: string): string[] {
  return text.match(/-----BEGIN (?:X509 )?CERTIFICATE-----[^-]+-----END (?:X509 )?CERTIFICATE-----/g) ?? [];
}

/** A store over PEM blocks. One that cannot be read is not trusted, and no reason to stop: others wrote the file. */
export function trustStore(blocks: readonly string[]): TrustStore {
  const bySubject = new Map<string, string[]>();
  for (const block of new Set(blocks)) {
    const key = subjectKeyOf(block);
    if (key === undefined) continue;
    bySubject.set(key, [...(bySubject.get(key) ?? []), block]);
  }
  const read = new Map<string, readonly Certificate[]>();
  return {
    named(subjectKey) {
      const known = read.get(subjectKey) ?? roots(bySubject.get(subjectKey) ?? []);
      read.set(subjectKey, known);
      return known;
    },
  };
}

function roots(blocks: readonly string[]): Certificate[] {
  const unique = new Map<string, Certificate>();
  for (const block of blocks) {
    const root = readableCertificate(block);
    if (root?.selfSigned) unique.set(root.fingerprint, root);
  }
  return [...unique.values()];
}
