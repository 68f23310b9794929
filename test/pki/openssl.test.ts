// OpenSSL as an independent judge: what is accepted here it accepts, what is refused for its chain it refuses.

import { rootCertificates } from 'node:tls';
import { readBundle } from '../../src/pki/read.ts';
import { chainPresented } from '../../src/pki/upload.ts';
import { assert, tests } from '../tests.ts';
import { badFiles, givenFiles } from './bad-bundles.ts';
import { handshake } from './handshake.ts';
import { type At, keyPem, makePem, type Wanted } from './maker.ts';

const now = new Date();
const at: At = (days) => new Date(now.getTime() + days * 86_400_000);
const pem = (wanted: Wanted): string => makePem({ from: at(-30), until: at(200), ...wanted });
const name = '203-0-113-5.console.example.com';

/** OpenSSL's code for the bad bundles that a client can see; `any` where its versions differ in the code. */
const refusals: Readonly<Record<string, string>> = {
  'an expired certificate': 'CERT_HAS_EXPIRED',
  'a certificate that is not valid yet': 'CERT_NOT_YET_VALID',
  'an expired intermediate': 'CERT_HAS_EXPIRED',
  'an expired root': 'CERT_HAS_EXPIRED',
  'a root that is not valid yet': 'CERT_NOT_YET_VALID',
  'a missing intermediate': 'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'an intermediate of the right name with another key': 'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'an issuer that is no CA': 'any',
  'an issuer whose key usage forbids it': 'any',
  'an issuer for clients only': 'any',
  'an MD5 signature': 'any',
  'more CA certificates than the root allows': 'any',
  'a wildcard two labels up': 'ERR_TLS_CERT_ALTNAME_INVALID',
  'a certificate for clients only': 'any',
  'a SHA-1 signature': 'any',
  'a SHA-1 signature on the intermediate': 'any',
};

async function verdictOn(title: string): Promise<string> {
  const bad = badFiles(at)[title];
  if (bad === undefined) throw new Error(`no bad bundle "${title}"`);
  const text = givenFiles(bad)
    .map((file) => String(bad.files[file]))
    .join('');
  const blocks = text.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----\n/g) ?? [];
  const root = blocks.at(-1) ?? '';
  return handshake({ key: keyPem('server'), chain: blocks }, [root], name);
}

const ca = (wanted: Wanted): string => pem({ ca: true, ...wanted });
const leaf = pem({
  subject: 'a',
  issuer: 'Issuing',
  key: 'server',
  signer: 'intermediate',
  names: ['*.console.example.com'],
});
const issuing = ca({ subject: 'Issuing', issuer: 'New Root', key: 'intermediate', signer: 'root' });
const oddLeaf = pem({
  subject: 'a',
  issuer: 'Issuing',
  key: 'server',
  signer: 'intermediate',
  names: ['*.console.example.com'],
  oddExtension: true,
});
const newRoot = ca({ subject: 'New Root', key: 'root' });
const byOld = ca({ subject: 'New Root', issuer: 'Old Root', key: 'root', signer: 'root2' });
const oldRoot = ca({ subject: 'Old Root', key: 'root2' });
const impostor = ca({ subject: 'Issuing', issuer: 'New Root', key: 'other', signer: 'root', keyIdentifiers: false });
const old = ca({ subject: 'Issuing', issuer: 'New Root', key: 'intermediate', signer: 'root', until: at(-3) });
const ecRoot = ca({ subject: 'EC Root', key: 'ec' });
const ecLeaf = pem({ subject: 'a', issuer: 'EC Root', key: 'server', signer: 'ec', names: ['*.console.example.com'] });
const pssIssuing = ca({
  subject: 'Issuing',
  issuer: 'New Root',
  key: 'intermediate',
  signer: 'root',
  pssSignature: true,
});

const pools: Readonly<Record<string, readonly string[]>> = {
  'a plain chain': [leaf, issuing, newRoot],
  'a certificate with an extension that is not ASN.1': [oddLeaf, issuing, newRoot],
  'a chain backwards': [newRoot, issuing, leaf],
  'a pool with an impostor and an old generation': [impostor, old, leaf, issuing, newRoot],
  'a cross-signed pool': [leaf, byOld, issuing, oldRoot],
  'a cross-signed pool with both roots': [oldRoot, newRoot, leaf, byOld, issuing],
  'an RSA certificate of an EC CA': [ecLeaf, ecRoot],
  'an intermediate with an RSA-PSS signature': [leaf, pssIssuing, newRoot],
};

async function presented(pool: readonly string[]): Promise<{ chain: string[]; root: string }> {
  const files = [
    { name: 'new.key', bytes: Buffer.from(keyPem('server')) },
    { name: 'new.crt', bytes: Buffer.from(pool.join('')) },
  ];
  const bundle = await readBundle(files, { now, minimumDays: 14, covers: [name] });
  return { chain: chainPresented(bundle).map((certificate) => certificate.pem), root: bundle.root.pem };
}

tests('openssl', {
  ...Object.fromEntries(
    Object.entries(refusals).map(([title, code]) => [
      `refused here and by OpenSSL (${code}): ${title}`,
      async () => {
        const verdict = await verdictOn(title);
        if (code === 'any') assert.is.not(verdict, 'accepted');
        else assert.is(verdict, code);
      },
    ]),
  ),
  ...Object.fromEntries(
    Object.entries(pools).map(([title, pool]) => [
      `accepted here and by OpenSSL: ${title}`,
      async () => {
        const { chain, root } = await presented(pool);
        assert.is(await handshake({ key: keyPem('server'), chain }, [root], name), 'accepted');
      },
    ]),
  ),
  'a missing root is one that the client does not have either': async () =>
    assert.is(
      await handshake({ key: keyPem('server'), chain: [leaf, issuing] }, [...rootCertificates], name),
      'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
    ),
});
