// The trust store of a system VM's agent as `keytool -list` tells of it. On a storage VM the root of the uploaded chain
// is in it under the alias `cpvmcertificate`; a console proxy has no sign of the certificate on its disk.

import { readableCertificate } from '../pki/certificate.ts';

const FOLDER = '/usr/local/cloud/systemvm';

/** The scripts that name it. */
export const scripts = [`${FOLDER}/_run.sh`, `${FOLDER}/config_ssl.sh`];
/** Where it is known to be: from 4.23 on, and before. */
export const knownPaths = [`${FOLDER}/certs/systemvm.keystore`, `${FOLDER}/certs/realhostip.keystore`];

/** CloudStack's own, the same in every install: it protects nothing. */
export const STORE_PASSWORD = 'vmops.com';

/** The store that lines of the scripts name, as an absolute path. */
export function pathIn(lines: string): string | undefined {
  const named = /[\w./-]*certs\/[\w.-]+\.keystore/.exec(lines)?.[0];
  if (named === undefined) return undefined;
  return named.startsWith('/') ? named : `${FOLDER}/${named.replace(/^\.\//, '')}`;
}

export interface TrustStore {
  readonly count: number;
  /** SHA-256 in lower-case hex by alias; undefined where keytool prints another digest (Java 8). */
  readonly fingerprints: ReadonlyMap<string, string | undefined>;
}

const plainHex = (fingerprint: string): string => fingerprint.replaceAll(':', '').toLowerCase();

/** Reads `keytool -list`; undefined where that is not what it printed. */
export function readListing(text: string): TrustStore | undefined {
  const count = /Your keystore contains (\d+) entr/.exec(text)?.[1];
  if (count === undefined) return undefined;
  const fingerprints = new Map<string, string | undefined>();
  const entry = /^(.+?), [^\n]*Entry,[^\n]*\n(?:Certificate fingerprint \(([\w-]+)\): ([0-9A-F:]+))?/gm;
  for (const [, alias = '', digest, fingerprint = ''] of text.matchAll(entry)) {
    fingerprints.set(alias, digest === 'SHA-256' ? plainHex(fingerprint) : undefined);
  }
  return { count: Number(count), fingerprints };
}

/** The SHA-256 of what `keytool -list -rfc -alias` prints; undefined where that holds no certificate. */
export const fingerprintOf = (printed: string): string | undefined => readableCertificate(printed)?.fingerprint;
