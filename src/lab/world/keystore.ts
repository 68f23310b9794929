// The table `keystore`: one row for the server certificate of the whole cloud, one for each name of a chain
// certificate. Rows are overwritten by name and never deleted. Measured on 4.21, 4.22 and 4.23.

import { firstCertificate, Unparsable } from './java-certificate.ts';
import { javaKey } from './pem.ts';
import { invalid, uncaught } from './refusal.ts';
import type { Rules } from './rules.ts';

/** The name of the server certificate's row. */
export const SERVER_ROW = 'CPVMCertificate';

export interface KeystoreRow {
  readonly id: number;
  readonly name: string;
  readonly certificate: string;
  readonly key: string | null;
  readonly domainSuffix: string;
  readonly seq: number | null;
}

/** The parameters of `uploadCustomCertificate` as they came; a key that is there but empty counts as there. */
export interface Upload {
  readonly certificate: string;
  readonly domainSuffix: string;
  readonly key: string | undefined;
  readonly name: string | undefined;
  readonly seq: number | undefined;
}

export class Keystore {
  readonly #rows: KeystoreRow[] = [];

  get rows(): readonly KeystoreRow[] {
    return this.#rows;
  }

  /** By name, whatever its case. */
  find(name: string): KeystoreRow | undefined {
    return this.#rows.find((row) => row.name.toLowerCase() === name.toLowerCase());
  }

  /** Rows without a key, lowest seq first; equal ones in the order of their ids. */
  chain(): readonly KeystoreRow[] {
    const rows = this.#rows.filter((row) => row.key === null);
    return rows.sort((a, b) => (a.seq ?? 0) - (b.seq ?? 0) || a.id - b.id);
  }

  /** Checks and stores. Throws `Refusal`. Gives the row's name. */
  upload(upload: Upload, rules: Rules): string {
    checkShape(upload);
    if (upload.key !== undefined) checkPair(upload, upload.key);
    else if (rules.chainParsed) checkChain(upload.certificate);
    const name = upload.name ?? this.find(SERVER_ROW)?.name ?? SERVER_ROW;
    if (name.length > 64) {
      throw uncaught("Unable to persist on DB, due to: Data truncation: Data too long for column 'name' at row 1");
    }
    this.#save(name, upload);
    return name;
  }

  /** In place where the name is known: a chain certificate may so replace the server's and leave its key. */
  #save(name: string, upload: Upload): void {
    const at = this.#rows.findIndex((row) => row.name.toLowerCase() === name.toLowerCase());
    const old = this.#rows[at];
    const row: KeystoreRow = {
      id: old?.id ?? this.#rows.length + 1,
      name,
      certificate: upload.certificate,
      key: upload.key ?? old?.key ?? null,
      domainSuffix: upload.domainSuffix,
      seq: upload.key === undefined ? (upload.seq ?? null) : (old?.seq ?? null),
    };
    if (old === undefined) this.#rows.push(row);
    else this.#rows[at] = row;
  }
}

function checkShape(upload: Upload): void {
  if (upload.key !== undefined) {
    if (upload.name !== undefined) throw invalid("Can't change the alias for private key certification");
    return;
  }
  if (upload.name === undefined) throw invalid("alias can't be empty, if it's a certification chain");
  if (upload.seq === undefined) throw invalid("index can't be empty, if it's a certification chain");
}

const FAILED = 'Failed to pass certificate validation check with error:';

function checkPair(upload: Upload, key: string): void {
  if (key === '') {
    throw invalid(
      `${FAILED} Invalid parameter found in (certificate, key, domainSuffix) tuple for domain: ${upload.domainSuffix}`,
    );
  }
  try {
    firstCertificate(upload.certificate);
    javaKey(key);
  } catch (error) {
    if (!(error instanceof Unparsable)) throw error;
    throw invalid(`${FAILED} Certificate validation failed due to exception for domain: ${upload.domainSuffix}`);
  }
}

function checkChain(certificate: string): void {
  try {
    firstCertificate(certificate);
  } catch (error) {
    if (!(error instanceof Unparsable)) throw error;
    throw invalid(`${FAILED} Certificate validation failed due to exception: ${error.message}`);
  }
}
