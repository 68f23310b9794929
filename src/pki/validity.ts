// Days and dates of certificates, in words.

import type { Certificate } from './bundle.ts';

const DAY_MILLISECONDS = 86_400_000;

/** `2027-06-12`, in UTC as certificates have it. */
export const day = (date: Date): string => date.toISOString().slice(0, 10);

/** Whole days from `now` to `date`; negative where it has passed. */
export const daysUntil = (date: Date, now: Date): number =>
  Math.trunc((date.getTime() - now.getTime()) / DAY_MILLISECONDS);

/** `1 day`, `6 days`. */
export const days = (count: number): string => (count === 1 ? '1 day' : `${count} days`);

export type Validity = 'valid' | 'expired' | 'not yet valid';

export function validity(certificate: Pick<Certificate, 'notBefore' | 'notAfter'>, now: Date): Validity {
  if (now > certificate.notAfter) return 'expired';
  return now < certificate.notBefore ? 'not yet valid' : 'valid';
}

/** `until 2027-06-12 (199 days)`, or `expired on 2026-11-20 (5 days ago)`. */
export function untilWords(certificate: Pick<Certificate, 'notAfter'>, now: Date): string {
  const left = daysUntil(certificate.notAfter, now);
  if (now > certificate.notAfter) return `expired on ${day(certificate.notAfter)} (${days(-left)} ago)`;
  return `until ${day(certificate.notAfter)} (${days(left)})`;
}

/** The ends of a fingerprint, enough to tell two certificates apart on a line: `3f9c…a1`. */
export const shortFingerprint = (fingerprint: string): string => `${fingerprint.slice(0, 4)}…${fingerprint.slice(-2)}`;
