// The calls of one upload: the rows of the chain, surplus rows of an earlier chain, and the server certificate last.

import type { Parameters } from '../connection.ts';
import { Failure } from '../errors.ts';
import type { Bundle } from '../pki/bundle.ts';
import { uploadOrder } from '../pki/upload.ts';
import { surplusCertificate } from './surplus-rows.ts';

/** One `uploadCustomCertificate`. */
export interface Call {
  /** For words, and the row's name where it has one: `root`, `intermediate1`, `server certificate`. */
  readonly what: string;
  readonly parameters: Parameters;
}

/** The names of rows as the task is given them. */
export interface RowNames {
  /** Of the chain, root first; by default those of CloudStack's own form. */
  readonly names: readonly string[] | undefined;
  /** Of rows of a longer earlier chain. */
  readonly overwrite: readonly string[];
}

/** CloudStack's column is that wide, and the job fails with a database error beyond it. */
const LONGEST_NAME = 64;
/** The row of the server certificate; the look-up ignores case, and a chain row of that name would overwrite it. */
const SERVER_ROW = 'cpvmcertificate';

const refused = (message: string, hint?: string) => new Failure(message, { code: 'chain-names', hint });

function checkName(name: string): void {
  if (name.toLowerCase() === SERVER_ROW)
    throw refused(`a chain row named "${name}" would overwrite the server certificate`);
  if (name === '' || name.length > LONGEST_NAME)
    throw refused(`"${name}" is not a name of 1 to ${LONGEST_NAME} characters`);
}

function checkNames(names: readonly string[], count: number): void {
  if (names.length !== count) {
    throw refused(
      `"names" has ${names.length} names for ${count} certificates`,
      'one for the root, then one for each intermediate from the root downwards',
    );
  }
  if (new Set(names.map((name) => name.toLowerCase())).size !== count) throw refused('"names" names a row twice');
  names.forEach(checkName);
}

function checkOverwrite(overwrite: readonly string[], rows: readonly string[]): void {
  const taken = new Set(rows.map((name) => name.toLowerCase()));
  for (const name of overwrite) {
    checkName(name);
    if (taken.has(name.toLowerCase())) {
      throw refused(
        `"overwrite" names "${name}", which this upload writes already`,
        'name rows that only an earlier, longer chain had, once each',
      );
    }
    taken.add(name.toLowerCase());
  }
}

/**
 * The calls in order: root, intermediates downwards, surplus rows, and last the server certificate, whose key sets it
 * all off. Throws `Failure` for names that CloudStack would not take as they are meant.
 *
 * No call of the API deletes a row, and both kinds of VM present all rows (the storage VMs those of the same suffix)
 * from the highest `seq` to the lowest. A surplus row gets the certificate that has the highest one, and the next: it is
 * presented beside its twin, and clients that build paths, which all do, take either.
 */
export function callsOf(bundle: Bundle, domainsuffix: string, { names, overwrite }: RowNames): readonly Call[] {
  const rows = uploadOrder(bundle);
  if (names) checkNames(names, rows.length);
  const named = rows.map((row, index) => ({ ...row, name: names?.[index] ?? row.name }));
  checkOverwrite(
    overwrite,
    named.map(({ name }) => name),
  );
  const certificate = surplusCertificate(bundle);
  const surplus = overwrite.map((name, index) => ({ name, id: rows.length + index + 1, certificate }));
  const chain = [...named, ...surplus].map(
    (row): Call => ({
      what: row.name,
      parameters: { name: row.name, id: row.id, certificate: row.certificate.pem, domainsuffix },
    }),
  );
  const server = { certificate: bundle.leaf.pem, privatekey: bundle.key, domainsuffix };
  return [...chain, { what: 'server certificate', parameters: server }];
}
