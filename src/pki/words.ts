// Certificates and bundles on one line.

import type { Bundle, Certificate } from './bundle.ts';
import { shortFingerprint, untilWords } from './validity.ts';

/** `*.console.example.com until 2027-06-12 (199 days), sha256 3f9c…a1`. */
export function certificateWords(
  certificate: Pick<Certificate, 'subject' | 'notAfter' | 'fingerprint'>,
  now: Date,
): string {
  return `${certificate.subject} ${untilWords(certificate, now)}, sha256 ${shortFingerprint(certificate.fingerprint)}`;
}

/** The same with the length of the chain and its root. */
export function bundleWords({ leaf, intermediates, root }: Bundle, now: Date): string {
  return `${certificateWords(leaf, now)}, chain of ${intermediates.length + 2} to ${root.subject}`;
}
