// Compares what a port presented with what it should present.

import { createHash } from 'node:crypto';
import type { Bundle, Certificate } from './bundle.ts';
import { readCertificate } from './certificate.ts';
import { chainPresented } from './upload.ts';
import { day, shortFingerprint } from './validity.ts';

export type Difference =
  | 'equal'
  /** No certificate at all. */
  | 'nothing'
  /** Another server certificate: the old one, a VM's own, a stranger's. */
  | 'other leaf'
  /** The right server certificate, but the chain lacks certificates. */
  | 'missing'
  /** All that should be there and more: rows that CloudStack kept, or one certificate twice. */
  | 'strangers'
  | 'wrong order';

export interface ChainComparison {
  /** The gravest difference. */
  readonly difference: Difference;
  /** What is presented, told against what should be; lower case, no full stop. */
  readonly message: string;
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
  const strangers = seen.filter((one, index) => isStranger(one, index, expected, seen)).map(({ words }) => words);
  const difference = differenceOf(bundle, seen, missing.length, strangers.length);
  const parts = { difference, leaf, missing, strangers };
  return { ...parts, message: messageOf(bundle, seen, parts) };
}

interface Shown {
  readonly fingerprint: string;
  readonly certificate: Certificate | undefined;
  /** `ISRG Root X1 (96bc…c6)`. */
  readonly words: string;
}

function shown(der: Buffer): Shown {
  const fingerprint = createHash('sha256').update(der).digest('hex');
  const certificate = readable(der);
  return {
    fingerprint,
    certificate,
    words: `${certificate?.subject ?? 'unreadable'} (${shortFingerprint(fingerprint)})`,
  };
}

/** A server may present anything; what is no certificate is compared by its bytes. */
function readable(der: Buffer): Certificate | undefined {
  try {
    return readCertificate(der);
  } catch {
    return undefined;
  }
}

/** Not expected, or expected and already there further up. */
function isStranger(one: Shown, index: number, expected: readonly Certificate[], seen: readonly Shown[]): boolean {
  const known = expected.some(({ fingerprint }) => fingerprint === one.fingerprint);
  return !known || seen.findIndex(({ fingerprint }) => fingerprint === one.fingerprint) < index;
}

function differenceOf(bundle: Bundle, seen: readonly Shown[], missing: number, strangers: number): Difference {
  if (seen.length === 0) return 'nothing';
  if (seen[0]?.fingerprint !== bundle.leaf.fingerprint) return 'other leaf';
  if (missing > 0) return 'missing';
  if (strangers > 0) return 'strangers';
  const inOrder = chainPresented(bundle).every(({ fingerprint }, index) => seen[index]?.fingerprint === fingerprint);
  return inOrder ? 'equal' : 'wrong order';
}

function messageOf(bundle: Bundle, seen: readonly Shown[], parts: Omit<ChainComparison, 'message'>): string {
  const { difference, leaf, missing, strangers } = parts;
  if (difference === 'nothing') return 'presents no certificate';
  if (difference === 'equal') return `presents the new certificate with its chain of ${seen.length}`;
  if (difference === 'other leaf') return otherLeaf(bundle, leaf, seen[0]);
  if (difference === 'wrong order')
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
  return `still presents ${first?.words} until ${day(leaf.notAfter)}, not ${wanted} until ${day(bundle.leaf.notAfter)}`;
}
