// Which kept bundle is meant by those who want to go back, and what the others have left in CloudStack.

import type { KeptBundle } from '../connection.ts';
import { Failure } from '../errors.ts';
import { day } from '../pki/validity.ts';
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
  /** The fingerprint of a bundle that is not meant, whoever serves it. */
  readonly insteadOf: string | undefined;
  /** Undefined where nobody looked. */
  readonly leaves: Leaves | undefined;
}

const refused = (code: string, message: string, hint: string): Failure => new Failure(message, { code, hint });
const listed = (kept: readonly KeptBundle[]): string => `kept are ${kept.map(keptWords).join(', ')}`;

/** `kept`: the newest first. Throws `Failure` where there is none, or more than one that could be meant. */
export function chooseKept(kept: readonly KeptBundle[], wish: Wish): KeptBundle {
  if (kept.length === 0) {
    throw refused(
      'bundle-none',
      `no bundle of "${wish.cloud}" is kept on this machine`,
      'one is kept when a rotation has been proved and "bundle_recipients" or "bundle_passphrase" is set: rotate-certs.yml',
    );
  }
  if (wish.fingerprint !== undefined) return named(kept, wish.fingerprint);
  const others = kept.filter(({ fingerprint }) => fingerprint !== wish.insteadOf);
  return wish.insteadOf === undefined ? notServed(kept, wish.leaves) : newest(others, kept);
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
  if (inPart.length < 2) return newest(others, kept);
  throw refused(
    'bundle-unclear',
    `${inPart.length} kept bundles are served, each on a part of the system VMs`,
    `name the one that is meant: ${listed(inPart)}`,
  );
}

function newest(others: readonly KeptBundle[], kept: readonly KeptBundle[]): KeptBundle {
  const [first] = others;
  if (first) return first;
  throw refused('bundle-none', 'there is nothing to go back to: no other bundle is kept', listed(kept));
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
