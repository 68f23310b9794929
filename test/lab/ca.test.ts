import { X509Certificate } from 'node:crypto';
import { makeCertificates } from '../../src/lab/ca.ts';
import type { Material } from '../../src/lab/world/world.ts';
import { assert, tests } from '../tests.ts';

const NAMES = ['*.console.lab.example', '*.storage.lab.example'];
const now = new Date('2026-11-25T12:00:00Z');
const made = await makeCertificates(NAMES, now);

function shape(material: Material): object {
  const leaf = new X509Certificate(material.leaf);
  const chain = [
    leaf,
    ...material.intermediates.map((pem) => new X509Certificate(pem)),
    new X509Certificate(material.root),
  ];
  return {
    names: leaf.subjectAltName,
    days: Math.floor((Date.parse(leaf.validTo) - now.getTime()) / 86_400_000),
    begun: Date.parse(leaf.validFrom) < now.getTime(),
    hangs: chain.every((certificate, index) => {
      const issuer = chain[index + 1] ?? certificate;
      return certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey) && issuer.ca;
    }),
  };
}

const names = 'DNS:*.console.lab.example, DNS:*.storage.lab.example';

tests('certificates of the lab', {
  'the served certificate hangs on the root and ends in six days': () => {
    assert.equal(shape(made.served), { names, days: 6, begun: true, hangs: true });
  },
  'the renewed certificate hangs on the root and ends in 200 days': () => {
    assert.equal(shape(made.renewed), { names, days: 200, begun: true, hangs: true });
  },
  'the two have one authority and keys of their own': () => {
    assert.is(made.served.root, made.renewed.root);
    assert.equal(made.served.intermediates, made.renewed.intermediates);
    assert.is.not(made.served.key, made.renewed.key);
  },
  'the realhostip pair has long expired': () => {
    const { validTo } = new X509Certificate(made.realhostip.certificate);
    assert.is(validTo, 'Feb  7 05:11:23 2017 GMT');
  },
});
