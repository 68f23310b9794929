// The certificates that most tests start from: a root, an intermediate and a server certificate, all in order.

import { inDays, makePem, type Wanted } from './maker.ts';

export const rootWanted: Wanted = {
  subject: 'Test Root',
  key: 'root',
  ca: true,
  from: inDays(-3000),
  until: inDays(3000),
};
export const intermediateWanted: Wanted = {
  subject: 'Test Issuing CA',
  issuer: 'Test Root',
  key: 'intermediate',
  signer: 'root',
  ca: true,
  pathLength: 0,
  from: inDays(-1000),
  until: inDays(1000),
};
export const leafWanted: Wanted = {
  subject: '*.console.example.com',
  issuer: 'Test Issuing CA',
  key: 'server',
  signer: 'intermediate',
  names: ['*.console.example.com', 'console.example.com'],
  issuerUrl: 'http://ca.example.com/issuing.crt',
};

export const root = makePem(rootWanted);
export const intermediate = makePem(intermediateWanted);
export const leaf = makePem(leafWanted);
