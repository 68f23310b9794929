// Finds the way from a certificate to a root through a pool of certificates in no order, some of which may not
// belong there: cross-signed twins, old generations, impostors with the right name and another key.

import type { Certificate } from './bundle.ts';
import { anyExtendedKeyUsage, details, serverAuth } from './certificate.ts';
import { noTrust, type TrustStore } from './trust-store.ts';
import { type Validity, validity } from './validity.ts';

export interface Pool {
  /** From the files given, in any order; duplicates do not matter. */
  readonly given: readonly Certificate[];
  /** The only root that will do, where one was named. */
  readonly root?: Certificate | undefined;
  readonly trustStore?: TrustStore | undefined;
  readonly now: Date;
}

/** Why a certificate cannot carry what is below it, although it signed it. */
export type Fault =
  | Exclude<Validity, 'valid'>
  | 'not a CA'
  | 'path too long'
  | 'weak signature'
  | 'short key'
  | 'not for servers';

export type Chain =
  /** From the leaf to the root, both included. Its faults are the best there is: none where a good path exists. */
  | { readonly kind: 'complete'; readonly path: readonly Certificate[] }
  /** Nobody in the pool issued `top`, the last certificate that could be reached. */
  | {
      readonly kind: 'missing';
      readonly top: Certificate;
      /** Certificates that carry the issuer's name but did not sign `top`. */
      readonly impostors: readonly Certificate[];
    }
  /** There is a way to a root, but not to the one that was named. */
  | { readonly kind: 'other root'; readonly path: readonly Certificate[] };

/** Public chains have 3 or 4; deeper or more than these only occur in pools made to be slow. */
const LONGEST = 12;
const MOST_PATHS = 500;

/**
 * The best chain: of those that end in `root` (where one is named) a path without a fault, then one whose root was
 * given, then the shortest.
 */
export function findChain(leaf: Certificate, pool: Pool): Chain {
  const paths = allPaths(leaf, pool);
  const complete = paths.filter((path) => lastOf(path).selfSigned);
  const wanted = complete.filter((path) => pool.root === undefined || same(lastOf(path), pool.root));
  const best = sorted(wanted, pool)[0];
  if (best) return { kind: 'complete', path: best };
  const other = sorted(complete, pool)[0];
  if (other) return { kind: 'other root', path: other };
  const longest = paths.reduce((a, b) => (b.length > a.length ? b : a));
  const top = lastOf(longest);
  return { kind: 'missing', top, impostors: candidates(top, pool).filter((issuer) => !issued(issuer, top)) };
}

/** The faults of a path, each with the certificate that has it. */
export function faultsOf(path: readonly Certificate[], now: Date): { certificate: Certificate; fault: Fault }[] {
  return path.flatMap((certificate, index) =>
    faults(path, certificate, index, now).map((fault) => ({ certificate, fault })),
  );
}

function faults(path: readonly Certificate[], certificate: Certificate, index: number, now: Date): Fault[] {
  const found: Fault[] = [];
  const state = validity(certificate, now);
  if (state !== 'valid') found.push(state);
  if (!certificate.selfSigned && hasWeakSignature(certificate)) found.push('weak signature');
  if (index === 0) return found;
  // A root of X.509 version 1 has no extensions at all and is trusted for being given.
  if (!certificate.ca && !(certificate.selfSigned && details(certificate).keyUsage === undefined))
    found.push('not a CA');
  const below = path.slice(1, index).filter((one) => details(one).subjectKey !== details(one).issuerKey);
  if (!certificate.selfSigned && !mayServe(certificate)) found.push('not for servers');
  if (isShortRsa(certificate)) found.push('short key');
  if (below.length > (details(certificate).pathLength ?? Number.POSITIVE_INFINITY)) found.push('path too long');
  return found;
}

/** Signatures that OpenSSL at its default level, Java and browsers no longer accept. */
export const hasWeakSignature = (certificate: Certificate): boolean =>
  /^(MD|SHA-1\b)/.test(details(certificate).signatureAlgorithm);

/** Below what OpenSSL's level 2, Java and browsers accept in any certificate of a chain. */
export const SHORTEST_RSA_BITS = 2048;
const isShortRsa = (certificate: Certificate): boolean =>
  (details(certificate).keyBits ?? SHORTEST_RSA_BITS) < SHORTEST_RSA_BITS;

/** Whether the extended key usage, where there is one, allows TLS servers; in a CA it binds what is below. */
export function mayServe(certificate: Certificate): boolean {
  const { extendedKeyUsage: usage } = details(certificate);
  return usage === undefined || usage.includes(serverAuth) || usage.includes(anyExtendedKeyUsage);
}

/** Whether the key of `issuer` made the signature of `certificate`, with or without the right to. */
export function signed(issuer: Certificate, certificate: Certificate): boolean {
  const { keyType, x509 } = details(issuer);
  return keyType !== 'unknown' && details(certificate).x509.verify(x509.publicKey);
}

/** Whether `issuer` says it issued `certificate`, may have, and its key made the signature. */
export function issued(issuer: Certificate, certificate: Certificate): boolean {
  return details(certificate).x509.checkIssued(details(issuer).x509) && signed(issuer, certificate);
}

const same = (a: Certificate, b: Certificate): boolean => a.fingerprint === b.fingerprint;

/** A path is never empty: it starts with the leaf. */
function lastOf(path: readonly Certificate[]): Certificate {
  const last = path.at(-1);
  if (last === undefined) throw new RangeError('an empty path');
  return last;
}

/** Every certificate whose subject is the issuer of `certificate`; each once, given ones first. */
function candidates(certificate: Certificate, pool: Pool): Certificate[] {
  const name = details(certificate).issuerKey;
  const named = pool.root ? [pool.root, ...pool.given] : pool.given;
  const all = [...named.filter((one) => details(one).subjectKey === name), ...(pool.trustStore ?? noTrust).named(name)];
  return [...new Map(all.toReversed().map((one) => [one.fingerprint, one])).values()].toReversed();
}

/** Every path upwards that cannot be continued: to a self-signed certificate, or to a missing issuer. */
function allPaths(leaf: Certificate, pool: Pool): Certificate[][] {
  const ended: Certificate[][] = [];
  const walk = (path: Certificate[]): void => {
    if (ended.length >= MOST_PATHS) return;
    const top = lastOf(path);
    const more = top.selfSigned || path.length >= LONGEST ? [] : issuersOf(top, path, pool);
    if (more.length === 0) ended.push(path);
    for (const issuer of more) walk([...path, issuer]);
  };
  walk([leaf]);
  return ended;
}

function issuersOf(top: Certificate, path: readonly Certificate[], pool: Pool): Certificate[] {
  return candidates(top, pool).filter((one) => !path.some((other) => same(one, other)) && issued(one, top));
}

function sorted(paths: readonly Certificate[][], pool: Pool): readonly Certificate[][] {
  const given = new Set(pool.given.map((one) => one.fingerprint));
  const ranked = paths.map((path) => ({
    path,
    rank: [faultsOf(path, pool.now).length, given.has(lastOf(path).fingerprint) ? 0 : 1, path.length] as const,
  }));
  return ranked
    .sort((a, b) => a.rank[0] - b.rank[0] || a.rank[1] - b.rank[1] || a.rank[2] - b.rank[2])
    .map(({ path }) => path);
}
