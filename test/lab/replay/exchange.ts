// Recorded exchanges, and which of them the lab claims.

import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Profile } from '../../../src/lab/world/world.ts';

export type Sign = 'naive' | 'wrong' | 'none' | 'empty' | 'plus' | 'insensitive' | 'both' | 'last';

export interface Exchange {
  readonly n: number;
  readonly step: string;
  readonly method: string;
  readonly path?: string;
  readonly query?: string;
  readonly contentType?: string;
  /** A request header of that many characters. */
  readonly headerLength?: number;
  readonly sign?: Sign;
  readonly bare?: boolean;
  readonly params: Readonly<Record<string, string | readonly string[]>>;
  readonly status: number;
  readonly reason?: string;
  readonly type?: string;
  readonly described?: boolean;
  readonly body?: unknown;
  /** The one item of that very name in a list of settings; null where it was not in it. */
  readonly item?: unknown;
}

/** Rows of the database, looked up between two exchanges. */
export interface Rows {
  readonly n: number;
  readonly step: string;
  readonly keystore: readonly unknown[];
  readonly state: string;
}

export interface NotClaimed {
  /** A regular expression on the step. */
  readonly step: string;
  readonly version?: Profile;
  readonly reason: string;
}

// Compiled tests run below dist/; what they read is in the source tree.
const folder = join(dirname(fileURLToPath(import.meta.url)), '../../../../test/lab/truth');

const read = (name: string): string => readFileSync(join(folder, name), 'utf8');

export const recorded = (version: Profile): (Exchange | Rows)[] =>
  read(`${version}.ndjson`)
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Exchange | Rows);

/** The system VMs as the first whole list of a recording has them. */
export function vmOrder(entries: readonly (Exchange | Rows)[]): string[] {
  const first = entries.find(({ step }) => step === 'lists: listSystemVms') as Exchange;
  const body = first.body as { readonly listsystemvmsresponse: { readonly systemvm: readonly { id: string }[] } };
  return body.listsystemvmsresponse.systemvm.map(({ id }) => id);
}

export const notClaimed = JSON.parse(read('not-claimed.json')) as NotClaimed[];

export const certificates = JSON.parse(read('certificates.json')) as Readonly<Record<string, string>>;

export const isRows = (entry: Exchange | Rows): entry is Rows => 'keystore' in entry;

/** Why the lab does not claim it; undefined where it does. */
export const reasonNotToClaim = (version: Profile, step: string): NotClaimed | undefined =>
  notClaimed.find((entry) => (entry.version ?? version) === version && new RegExp(entry.step).test(step));
