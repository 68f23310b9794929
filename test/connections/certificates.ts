// Certificates that are valid while the tests run, whatever the day: a root, an intermediate and what they sign.

import { keyPem, makePem, type Wanted } from '../pki/maker.ts';

const DAY = 86_400_000;
const validNow = { from: new Date(Date.now() - DAY), until: new Date(Date.now() + 30 * DAY) };
const ip = (address: string): Buffer => Buffer.from(address.split('.').map(Number));

const make = (wanted: Wanted): string => makePem({ ...validNow, ...wanted });

export const root = make({ subject: 'Test Root', key: 'root', ca: true });
export const intermediate = make({
  subject: 'Test CA 1',
  issuer: 'Test Root',
  key: 'intermediate',
  signer: 'root',
  ca: true,
});
export const stranger = make({ subject: 'Stale CA', key: 'root2', ca: true });

const issued = { issuer: 'Test CA 1', key: 'server', signer: 'intermediate' } as const;
export const leaf = make({
  ...issued,
  subject: 'cloud.example',
  names: ['cloud.example', 'localhost'],
  addresses: [ip('127.0.0.1')],
});
export const expiredLeaf = make({
  ...issued,
  subject: 'cloud.example',
  names: ['localhost'],
  addresses: [ip('127.0.0.1')],
  until: new Date(Date.now() - DAY / 2),
});
export const key = keyPem('server');

/** The DER of a PEM text with one certificate, as a handshake shows it. */
export const derOf = (pem: string): Buffer => Buffer.from(pem.replace(/-----[^-]+-----|\s/g, ''), 'base64');
