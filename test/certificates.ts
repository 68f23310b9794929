// The lab's certificates for tests that do not care which: made once for a whole run of the tests, since a set costs
// a second of CPU. The runner makes them and names their file in the environment; a test run by itself makes its own.

import { readFileSync } from 'node:fs';
import type { LabCertificates } from '../src/lab/ca.ts';
import { makeLabCertificates } from '../src/lab/lab.ts';

export const CERTIFICATES_FILE = 'CS_PLAY_TEST_CERTIFICATES';

/** The certificates of this run of the tests. Keys of tests, worth nothing. */
export async function labCertificates(): Promise<LabCertificates> {
  const file = process.env[CERTIFICATES_FILE];
  return file === undefined ? makeLabCertificates() : JSON.parse(readFileSync(file, 'utf8'));
}
