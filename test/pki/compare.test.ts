import { readCertificate } from '../../src/pki/certificate.ts';
import { compareChain } from '../../src/pki/compare.ts';
import { Secret } from '../../src/secret.ts';
import { assert, tests } from '../tests.ts';
import { intermediate, leaf, leafWanted, root, rootWanted } from './chains.ts';
import { inDays, makePem } from './maker.ts';

const bundle = {
  leaf: readCertificate(leaf),
  intermediates: [readCertificate(intermediate)],
  root: readCertificate(root),
  key: new Secret('a key that is not looked at here'),
};
const old = makePem({ ...leafWanted, until: inDays(6) });
const stale = makePem({ ...rootWanted, subject: 'Old Root', key: 'root2' });

/** The same words whatever the bytes of the keys are. */
const fingerprints = (text: string): string => text.replace(/[0-9a-f]{4}…[0-9a-f]{2}/g, '####…##');

const cases: Readonly<Record<string, { presented: readonly string[]; verdict: string; words: string }>> = {
  'the chain in order is equal': {
    presented: [leaf, intermediate, root],
    verdict: 'equal',
    words: 'presents the new certificate with its chain of 3',
  },
  'nothing at all is told': { presented: [], verdict: 'nothing', words: 'presents no certificate' },
  'an older leaf is told with its end': {
    presented: [old, intermediate, root],
    verdict: 'other leaf',
    words: 'presents *.console.example.com (####…##) until 2026-12-01, not ####…## until 2027-06-13',
  },
  'a wrong order is told in the order that was seen': {
    presented: [leaf, root, intermediate],
    verdict: 'wrong order',
    words:
      'presents the new certificate, but its chain in the wrong order: ' +
      '*.console.example.com (####…##), Test Root (####…##), Test Issuing CA (####…##)',
  },
  'a stale row is a stranger': {
    presented: [leaf, intermediate, stale, root],
    verdict: 'strangers',
    words: 'presents the new certificate, but with certificates that do not belong to it: Old Root (####…##)',
  },
  'strangers do not hide a wrong order': {
    presented: [leaf, root, stale, intermediate],
    verdict: 'wrong order',
    words:
      'presents the new certificate, but its chain in the wrong order: ' +
      '*.console.example.com (####…##), Test Root (####…##), Old Root (####…##), Test Issuing CA (####…##)',
  },
  'a certificate of its own that comes twice is no stranger': {
    presented: [leaf, intermediate, intermediate, root],
    verdict: 'twice',
    words: 'presents the new certificate with its chain, 4 with what comes twice',
  },
  'a certificate that comes once more before its place does not spoil the order': {
    presented: [leaf, root, intermediate, root],
    verdict: 'twice',
    words: 'presents the new certificate with its chain, 4 with what comes twice',
  },
  'a stranger beside a certificate that comes twice is told alone': {
    presented: [leaf, intermediate, intermediate, stale, root],
    verdict: 'strangers',
    words: 'presents the new certificate, but with certificates that do not belong to it: Old Root (####…##)',
  },
  'a certificate that is not presented is missing': {
    presented: [leaf, root],
    verdict: 'missing',
    words: 'presents the new certificate, but without Test Issuing CA (####…##)',
  },
  'what is missing and what is strange are told together': {
    presented: [leaf, stale],
    verdict: 'missing',
    words:
      'presents the new certificate, but without Test Issuing CA (####…##), Test Root (####…##) ' +
      'and with certificates that do not belong to it: Old Root (####…##)',
  },
};

tests('compare', {
  ...Object.fromEntries(
    Object.entries(cases).map(([title, { presented, verdict, words }]) => [
      title,
      () => {
        const found = compareChain(
          bundle,
          presented.map((pem) => readCertificate(pem).der),
        );
        assert.equal([found.verdict, fingerprints(found.words)], [verdict, words]);
      },
    ]),
  ),
  'bytes that are no certificate are told as such': () => {
    const found = compareChain(bundle, [Buffer.from('nonsense')]);
    assert.equal(
      [found.verdict, found.leaf, fingerprints(found.words)],
      ['other leaf', undefined, 'presents something that is no certificate, not ####…##'],
    );
  },
});
