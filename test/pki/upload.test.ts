import type { Bundle } from '../../src/pki/bundle.ts';
import { readCertificate } from '../../src/pki/certificate.ts';
import { chainPresented, uploadOrder } from '../../src/pki/upload.ts';
import { Secret } from '../../src/secret.ts';
import { assert, tests } from '../tests.ts';
import { intermediate, intermediateWanted, leafWanted, root } from './chains.ts';
import { makePem } from './maker.ts';

const policy = { ...intermediateWanted, subject: 'Test Policy CA', key: 'intermediate2', pathLength: 1 } as const;
const issuing = { ...intermediateWanted, issuer: 'Test Policy CA', signer: 'intermediate2' } as const;
const key = new Secret('a key that is not looked at here');

const long: Bundle = {
  leaf: readCertificate(makePem(leafWanted)),
  intermediates: [readCertificate(makePem(issuing)), readCertificate(makePem(policy))],
  root: readCertificate(root),
  key,
};
const short: Bundle = { ...long, intermediates: [] };
const usual: Bundle = { ...long, intermediates: [readCertificate(intermediate)] };

/** What both kinds of VM do with the rows: the server certificate, then from the highest seq to the lowest. */
function presentedByCloudStack(bundle: Bundle): string[] {
  const rows = [...uploadOrder(bundle)].sort((a, b) => b.id - a.id);
  return [bundle.leaf.subject, ...rows.map(({ certificate }) => certificate.subject)];
}

tests('upload', {
  'the root has the lowest id and intermediate1 is the one that the root issued': () =>
    assert.equal(
      uploadOrder(long).map(({ name, id, certificate }) => [name, id, certificate.subject]),
      [
        ['root', 1, 'Test Root'],
        ['intermediate1', 2, 'Test Policy CA'],
        ['intermediate2', 3, 'Test Issuing CA'],
      ],
    ),
  'the VMs present leaf, issuer, …, root, whatever the length of the chain': () => {
    for (const bundle of [short, usual, long])
      assert.equal(
        presentedByCloudStack(bundle),
        chainPresented(bundle).map(({ subject }) => subject),
      );
    assert.equal(presentedByCloudStack(long), [
      '*.console.example.com',
      'Test Issuing CA',
      'Test Policy CA',
      'Test Root',
    ]);
  },
});
