// Rows that a longer earlier chain left in CloudStack. No call of the API deletes a row, and every row is presented; what
// can be done is to give such a row a certificate that does no harm there.

import type { Tell } from '../connection.ts';
import type { Bundle, Certificate } from '../pki/bundle.ts';

/** What surplus rows hold from then on: the issuer of the server certificate, or the root where that is the issuer. */
export const surplusCertificate = ({ intermediates, root }: Bundle): Certificate => intermediates[0] ?? root;

/** Of CloudStack's own scheme (`root`, `intermediate1`, …), the names that a chain of `old` rows has beyond `rows`. */
const surplusNames = (old: number, rows: number): readonly string[] =>
  Array.from({ length: Math.max(0, old - rows) }, (_, index) => `intermediate${rows + index}`);

export interface Rows {
  /** How many rows the chain is made of that is served before the upload. */
  readonly served: number;
  /** How many rows the upload writes, those of `overwrite` included. */
  readonly written: number;
  /** Whether the rows have names of their own, so that those of earlier ones cannot be told. */
  readonly ownNames: boolean;
  readonly overwrite: readonly string[];
}

/** Says which rows stay and are presented with the new chain; nothing where the new one has as many. */
export function warnOfSurplus({ served, written, ownNames, overwrite }: Rows, tell: Pick<Tell, 'warn'>): void {
  if (served <= written) return;
  const taken = new Set(overwrite.map((name) => name.toLowerCase()));
  const names = ownNames ? [] : surplusNames(served, written - overwrite.length).filter((name) => !taken.has(name));
  const one = names.length === 1;
  const which = names.length > 0 ? `${names.join(', ')} of the old chain` : 'rows of the old chain';
  tell.warn(
    `the chain that is served now has ${served} certificates above the server's, and this upload writes ${written}: ${which} ${one ? 'stays' : 'stay'} in CloudStack and ${one ? 'is' : 'are'} presented with the new one`,
    `no call deletes a row: overwrite: [${[...overwrite, ...names].join(', ') || 'their names'}] makes each a second copy of a certificate of the new chain`,
  );
}

/** Part of an impact: `the surplus row intermediate2 becomes a second copy of R11`. */
export const surplusWords = (name: string, bundle: Bundle): string =>
  `the surplus row ${name} becomes a second copy of ${surplusCertificate(bundle).subject}`;

/** Says what has become of them. */
export function tellSurplus(overwrite: readonly string[], bundle: Bundle, tell: Pick<Tell, 'note'>): void {
  const { subject } = surplusCertificate(bundle);
  for (const name of overwrite) {
    tell.note(`the surplus row ${name} is a second copy of ${subject} now: no call deletes a row`);
  }
}
