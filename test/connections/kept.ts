// Bundles that are kept in tests of the doors: a place of their own, a cloud that says who it is, and keys of age.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { generateX25519Identity, identityToRecipient } from 'age-encryption';
import type { BundleContent, BundleWriter, NewlyKept } from '../../src/connection.ts';
import type { ValueMap } from '../../src/model.ts';
import { Secret } from '../../src/secret.ts';
import { withFolder } from '../rig.ts';
import { enveloped, type Script, startCloud } from './cloud.ts';
import { hostOf, stepOf, type TestStep, withConnections } from './steps.ts';

const DOMAIN = '0b1c2d3e-0000-4000-8000-000000000001';
const answers: Script = ({ command }) =>
  enveloped(command, { count: 1, user: [{ id: 'u1', domain: 'ROOT', domainid: DOMAIN }] });

export const [identity, other] = await Promise.all([generateX25519Identity(), generateX25519Identity()]);
export const recipient = await identityToRecipient(identity);
export const TO_RECIPIENT = { bundle_recipients: [recipient], bundle_identity_file: 'key.txt' };

export const KEY =
  '-----BEGIN PRIVATE KEY-----\nMIIEvgIBADANBgkqhkiG9w0BAQEFAASCBKgwggSkAgEAAoIBAQ\n-----END PRIVATE KEY-----\n';
export const content: BundleContent = {
  certificates: '-----BEGIN CERTIFICATE-----\nleaf\n-----END CERTIFICATE-----\n',
  key: new Secret(KEY),
};
export const newly = (fingerprint: string): NewlyKept => ({
  fingerprint,
  subject: '*.console.example.com',
  names: ['*.console.example.com'],
  notAfter: '2027-06-12T00:00:00.000Z',
  rows: ['root', 'intermediate1'],
});

export interface Place {
  readonly bundles: BundleWriter;
  readonly step: TestStep;
  /** Where the bundles of the cloud lie. */
  readonly folder: string;
  readonly home: string;
}

/** A host with these variables, in a home of its own with the identity in `key.txt`. */
export const withBundles = <T>(vars: ValueMap, body: (place: Place) => Promise<T>): Promise<T> =>
  withFolder((home) => {
    writeFileSync(join(home, 'key.txt'), `# created: today\n# public key: ${recipient}\n${identity}\n`);
    writeFileSync(join(home, 'other.txt'), `${other}\n`);
    writeFileSync(join(home, 'empty.txt'), '# nothing\n');
    return withHost(home, vars, body);
  });

export async function withHost<T>(home: string, given: ValueMap, body: (place: Place) => Promise<T>): Promise<T> {
  const environment = { XDG_STATE_HOME: join(home, 'state') };
  const folder = join(home, 'state/cs-play/bundles', DOMAIN);
  const cloud = await startCloud(answers);
  const host = hostOf({ api_url: cloud.url, api_key: 'k', secret_key: 's', ...given });
  const step = stepOf();
  try {
    return await withConnections(({ writer }) => body({ bundles: writer(host, step).bundles, step, folder, home }), {
      environment,
      home,
      playbookFolder: home,
      bundleWorkFactor: 8,
    });
  } finally {
    await cloud.close();
  }
}
