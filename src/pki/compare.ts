// Compares what a port presented with what it should present.

import { createHash } from 'node:crypto';
import type { Bundle, Certificate } from './bundle.ts';
import { readableCertificate } from './certificate.ts';
import { chainPresented } from './upload.ts';
import { day, shortFingerprint } from './validity.ts';

export type ChainVerdict =
  | 'equal'
  /** No certificate at all. */
  | 'nothing'
  /** Another server certificate: the old one, a VM's own, a stranger's. */
  | 'other leaf'
  /** The right server certificate, but the chain lacks certificates. */
  | 'missing'
  /** All that should be there, in order, and some of it once more: surplus rows that were overwritten. */
  | 'twice'
  /** All that should be there, in order, and others: rows that CloudStack kept. */
  | 'strangers'
  | 'wrong order';

export interface ChainComparison {
  /** The gravest difference. */
  readonly verdict: ChainVerdict;
  /** What is presented, told against what should be: `presents …`, to follow the name of a VM. */
  readonly words: string;
  /** The server certificate that was presented; undefined where none was, or an unreadable one. */
  readonly leaf: Certificate | undefined;
  readonly missing: readonly Certificate[];
  /** Presented and not expected, as `subject (fingerprint)`. */
  readonly strangers: readonly string[];
}

/** `presented`: DER in the order of the handshake. */
export function compareChain(bundle: Bundle, presented: readonly Buffer[]): ChainComparison {
  const expected = chainPresented(bundle);
  const seen = presented.map(shown);
  const leaf = seen[0]?.certificate;
  const missing = expected.filter(({ fingerprint }) => !seen.some((one) => one.fingerprint === fingerprint));
  const strangers = seen.filter((one) => isStranger(one, expected)).map(({ words }) => words);
  const verdict = verdictOf(expected, seen, { missing: missing.length, strangers: strangers.length });
  const parts = { verdict, leaf, missing, strangers };
  return { ...parts, words: wordsOf(bundle, seen, parts) };
}

interface Shown {
  readonly fingerprint: string;
  readonly certificate: Certificate | undefined;
  /** `ISRG Root X1 (96bc…c6)`. */
  readonly words: string;
}

function shown(der: Buffer): Shown {
  const fingerprint = createHash('sha256').update(der).digest('hex');
  const certificate = readableCertificate(der);
  return {
    fingerprint,
    certificate,
    words: `${certificate?.subject ?? 'unreadable'} (${shortFingerprint(fingerprint)})`,
  };
}

const isStranger = (one: Shown, expected: readonly Certificate[]): boolean =>
  !expected.some(({ fingerprint }) => fingerprint === one.fingerprint);

/** Whether all that is expected is there from the leaf to the root, whatever stands between. */
function isInOrder(expected: readonly Certificate[], seen: readonly Shown[]): boolean {
  let from = 0;
  for (const { fingerprint } of expected) {
    const at = seen.findIndex((one, index) => index >= from && one.fingerprint === fingerprint);
    if (at < 0) return false;
    from = at + 1;
  }
  return true;
}

function verdictOf(
  expected: readonly Certificate[],
  seen: readonly Shown[],
  { missing, strangers }: { readonly missing: number; readonly strangers: number },
): ChainVerdict {
  if (seen.length === 0) return 'nothing';
  if (seen[0]?.fingerprint !== expected[0]?.fingerprint) return 'other leaf';
  if (missing > 0) return 'missing';
  if (!isInOrder(expected, seen)) return 'wrong order';
  if (strangers > 0) return 'strangers';
  return seen.length > expected.length ? 'twice' : 'equal';
}

/**
 * Whether a client finds the whole chain in order: neither rows of earlier uploads nor a certificate that comes twice
 * hinder one that builds paths, as OpenSSL, Java and browsers do.
 */
export const isRight = ({ verdict }: ChainComparison): boolean =>
  verdict === 'equal' || verdict === 'twice' || verdict === 'strangers';

function wordsOf(bundle: Bundle, seen: readonly Shown[], parts: Omit<ChainComparison, 'words'>): string {
  const { verdict, leaf, missing, strangers } = parts;
  if (verdict === 'nothing') return 'presents no certificate';
  if (verdict === 'equal') return `presents the new certificate with its chain of ${seen.length}`;
  if (verdict === 'twice') return `presents the new certificate with its chain, ${seen.length} with what comes twice`;
  if (verdict === 'other leaf') return otherLeaf(bundle, leaf, seen[0]);
  if (verdict === 'wrong order')
    return `presents the new certificate, but its chain in the wrong order: ${seen.map(({ words }) => words).join(', ')}`;
  const lacks = missing.map(({ subject, fingerprint }) => `${subject} (${shortFingerprint(fingerprint)})`).join(', ');
  const faults = [
    ...(missing.length > 0 ? [`without ${lacks}`] : []),
    ...(strangers.length > 0 ? [`with certificates that do not belong to it: ${strangers.join(', ')}`] : []),
  ];
  return `presents the new certificate, but ${faults.join(' and ')}`;
}

function otherLeaf(bundle: Bundle, leaf: Certificate | undefined, first: Shown | undefined): string {
  const wanted = shortFingerprint(bundle.leaf.fingerprint);
  if (leaf === undefined) return `presents something that is no certificate, not ${wanted}`;
  return `presents ${first?.words} until ${day(leaf.notAfter)}, not ${wanted} until ${day(bundle.leaf.notAfter)}`;
}
