// What the certificates above the server certificate must be, and what fits into one call of CloudStack.

import type { Problem } from '../errors.ts';
import { placed } from './blocks.ts';
import type { Certificate } from './bundle.ts';
import { details } from './certificate.ts';
import { type Chain, type Fault, faultsOf, signed } from './chain.ts';
import type { FoundCertificate } from './gather.ts';
import { day, days, daysUntil, untilWords, validity } from './validity.ts';

/** Where each certificate was found, by fingerprint; what is not in here is the trust store's. */
export type Places = ReadonlyMap<string, FoundCertificate>;

function named(certificate: Certificate, places: Places): string {
  const found = places.get(certificate.fingerprint);
  return found ? `${placed(found)}: "${certificate.subject}"` : `"${certificate.subject}" of the trust store`;
}

/** What is wrong with a chain that has no path to the root. */
export function gapProblem(
  chain: Exclude<Chain, { kind: 'complete' }>,
  root: Certificate | undefined,
  places: Places,
): Problem {
  if (chain.kind === 'missing') return missing(chain.top, chain.impostors, places);
  const end = chain.path.at(-1);
  return {
    message: `the chain leads to the root "${end?.subject}", not to the root that was given, "${root?.subject}"`,
    hint: `give "${end?.subject}" as root_file, or the certificate that "${root?.subject}" issued`,
  };
}

function missing(top: Certificate, impostors: readonly Certificate[], places: Places): Problem {
  const urls = details(top).issuerUrls;
  const where = urls.length > 0 ? `; it is published at ${urls.join(', ')}` : '';
  const hint = `add the certificate of "${top.issuer}" to files, or give it as root_file if it is the root${where}`;
  const impostor = impostors[0];
  if (impostor === undefined)
    return { message: `${named(top, places)} was issued by "${top.issuer}", whose certificate is missing`, hint };
  const why = signed(impostor, top)
    ? 'signed it without the right to: its key usage lacks keyCertSign, or its key identifier is another'
    : 'did not sign it: it has that name and another key';
  return {
    message: `${named(top, places)} was issued by "${top.issuer}", but ${named(impostor, places)} ${why}`,
    hint,
  };
}

const replaced =
  'give the CA certificates that came with the new server certificate (fullchain.pem, chain.pem, ca.cer)';

const faultWords: Readonly<Record<Fault, (certificate: Certificate, now: Date) => { what: string; hint: string }>> = {
  expired: (certificate, now) => ({ what: untilWords(certificate, now), hint: replaced }),
  'not yet valid': (certificate) => ({
    what: `is not valid before ${certificate.notBefore.toISOString()}`,
    hint: 'wait until then, or set the clock of this machine right',
  }),
  'not a CA': () => ({
    what: 'signed the certificate below it but is not a CA certificate (basicConstraints)',
    hint: 'clients refuse such a chain; have the certificate issued by a real CA certificate',
  }),
  'path too long': (certificate) => ({
    what: `allows ${details(certificate).pathLength} CA certificates below it, and there are more`,
    hint: 'clients refuse such a chain; have the CA certificate issued with a larger pathlen',
  }),
  'short key': (certificate) => ({
    what: `has an RSA key of ${details(certificate).keyBits} bits, which clients no longer accept`,
    hint: replaced,
  }),
  'not for servers': () => ({
    what: 'may only issue certificates for other purposes: its extended key usage lacks serverAuth',
    hint: 'have the server certificate issued by a CA for TLS servers',
  }),
  'weak signature': (certificate) => ({
    what: `is signed with ${details(certificate).signatureAlgorithm}, which clients no longer accept`,
    hint: replaced,
  }),
};

export interface ChainExpectations {
  readonly now: Date;
  readonly minimumDays: number;
}

/** Problems of the intermediates and the root; those of the leaf are told by its own rules. */
export function pathProblems(path: readonly Certificate[], expected: ChainExpectations, places: Places): Problem[] {
  const [leaf, ...above] = path;
  const faults = faultsOf(path, expected.now)
    .filter(({ certificate }) => certificate !== leaf)
    .map(({ certificate, fault }) => {
      const { what, hint } = faultWords[fault](certificate, expected.now);
      return { message: `${named(certificate, places)} ${what}`, hint };
    });
  const ending = above.filter(
    (certificate) =>
      validity(certificate, expected.now) !== 'expired' &&
      daysUntil(certificate.notAfter, expected.now) < expected.minimumDays &&
      leaf !== undefined &&
      certificate.notAfter < leaf.notAfter,
  );
  return [...faults, ...ending.map((certificate) => endsSoon(certificate, expected, places))];
}

function endsSoon(certificate: Certificate, { now, minimumDays }: ChainExpectations, places: Places): Problem {
  const left = daysUntil(certificate.notAfter, now);
  return {
    message:
      `${named(certificate, places)} has only ${days(left)} left (until ${day(certificate.notAfter)}) and takes the ` +
      `server certificate with it; minimum_days is ${minimumDays}`,
    hint: replaced,
  };
}

/**
 * Facts §2.2: values and the record of a job are cut at 65,535 bytes, silently; the record of the last call holds the
 * server certificate and the key with JSON around them. This is well below the POST form's limit of any version
 * (200,000 bytes up to 4.18, 1 MiB after), also with every byte of it encoded.
 */
const LARGEST_CALL_BYTES = 60_000;

export function sizeProblems(path: readonly Certificate[], keyBytes: number, places: Places): Problem[] {
  return path.flatMap((certificate, index) => {
    const size = certificate.pem.length + (index === 0 ? keyBytes : 0);
    if (size <= LARGEST_CALL_BYTES) return [];
    const what = index === 0 ? 'with its key is' : 'is';
    return [
      {
        message: `${named(certificate, places)} ${what} ${size} bytes; CloudStack cuts off what is over 65535, silently`,
        hint: `keep it under ${LARGEST_CALL_BYTES}: ask for fewer names in one certificate`,
      },
    ];
  });
}
