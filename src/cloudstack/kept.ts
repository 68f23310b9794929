// Which kept bundle is meant by those who want to go back, and what the others have left in CloudStack.

import type { KeptBundle } from '../connection.ts';
import { Failure } from '../errors.ts';
import type { Certificate } from '../pki/bundle.ts';
import { day, shortFingerprint } from '../pki/validity.ts';
import { countOf, type Leaves } from './leaves.ts';

/** Enough of a fingerprint to type it. */
const TYPED = 12;

/** `79e8aa01b2c3 (*.console.example.com until 2027-06-13)`. */
export const keptWords = ({ fingerprint, subject, notAfter }: KeptBundle): string =>
  `${fingerprint.slice(0, TYPED)} (${subject} until ${day(new Date(notAfter))})`;

/** What is asked for. */
export interface Wish {
  /** For words: the name of the cloud. */
  readonly cloud: string;
  /** The beginning of a fingerprint, in any spelling; undefined: the newest that is not served. */
  readonly fingerprint: string | undefined;
  /** Undefined where nobody looked. */
  readonly leaves: Leaves | undefined;
}

const refused = (code: string, message: string, hint: string): Failure => new Failure(message, { code, hint });
const listed = (kept: readonly KeptBundle[]): string => `kept are ${kept.map(keptWords).join(', ')}`;

const HOW_TO_KEEP =
  'one is kept when a rotation has been proved and "bundle_recipients" or "bundle_passphrase" is set: rotate-certs.yml';

/** `kept`: the newest first. Throws `Failure` where there is none, or more than one that could be meant. */
export function chooseKept(kept: readonly KeptBundle[], { cloud, fingerprint, leaves }: Wish): KeptBundle {
  if (kept.length === 0) throw refused('bundle-none', `no bundle of "${cloud}" is kept on this machine`, HOW_TO_KEEP);
  return fingerprint === undefined ? notServed(kept, leaves) : named(kept, fingerprint);
}

/** The bundle of a certificate that is served now. Throws `Failure` where it is not kept. */
export function keptOf(kept: readonly KeptBundle[], served: Certificate): KeptBundle {
  const found = kept.find(({ fingerprint }) => fingerprint === served.fingerprint);
  if (found) return found;
  const others = kept.length === 0 ? 'none is kept yet' : listed(kept);
  throw refused(
    'bundle-none',
    `no way back: what is served now is not kept, ${served.subject} (${shortFingerprint(served.fingerprint)})`,
    `keep it from its files first, with bundle_store, or leave "on_failure" at stop; ${others}`,
  );
}

function named(kept: readonly KeptBundle[], given: string): KeptBundle {
  const start = given.trim().toLowerCase().replaceAll(':', '');
  const found = start === '' ? [] : kept.filter(({ fingerprint }) => fingerprint.startsWith(start));
  const [one, second] = found;
  if (one && second)
    throw refused(
      'bundle-ambiguous',
      `several kept bundles begin with "${given}"`,
      `write more of it: ${listed(found)}`,
    );
  if (one) return one;
  throw refused('bundle-unknown', `no kept bundle has the fingerprint "${given}"`, listed(kept));
}

/** The newest that is not on every system VM. What serves what must be known for that. */
function notServed(kept: readonly KeptBundle[], leaves: Leaves | undefined): KeptBundle {
  if (leaves === undefined || leaves.served.length === 0) {
    throw refused(
      'bundle-unclear',
      'no system VM tells what is served now',
      `name the one that is meant: ${listed(kept)}`,
    );
  }
  const others = kept.filter((bundle) => !isEverywhere(bundle, leaves));
  const inPart = others.filter((bundle) => countOf(leaves, bundle) > 0);
  const [newest] = others;
  if (newest && inPart.length < 2) return newest;
  if (!newest) {
    throw refused(
      'bundle-none',
      'there is nothing to go back to: no other bundle is kept than what is served',
      `${listed(kept)}; to go forward instead: rotate-certs.yml with a new certificate`,
    );
  }
  throw refused(
    'bundle-unclear',
    `${inPart.length} kept bundles are served, each on a part of the system VMs`,
    `name the one that is meant: ${listed(inPart)}`,
  );
}

/** Whether every running system VM presents its server certificate. */
export const isEverywhere = (bundle: Pick<KeptBundle, 'fingerprint'>, leaves: Leaves | undefined): boolean =>
  leaves !== undefined && leaves.running > 0 && countOf(leaves, bundle) === leaves.running;

/** Names of chain rows that other uploads have left in CloudStack, which no API deletes, and that `rows` do not replace. */
export function rowsLeft(rows: readonly string[], others: readonly (readonly string[])[]): readonly string[] {
  const own = new Set(rows.map((name) => name.toLowerCase()));
  const left = new Map(others.flat().map((name) => [name.toLowerCase(), name]));
  return [...left].filter(([key]) => !own.has(key)).map(([, name]) => name);
}
