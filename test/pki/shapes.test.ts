// Whatever shape key and chain come in, the same bundle comes out.

import { createPrivateKey } from 'node:crypto';
import type { Bundle } from '../../src/pki/bundle.ts';
import { bundleValue } from '../../src/pki/bundle.ts';
import { readCertificate } from '../../src/pki/certificate.ts';
import { bundleOf, type NamedBytes, readBundle } from '../../src/pki/read.ts';
import { blocksOfCaFile, trustStore } from '../../src/pki/trust-store.ts';
import { Secret } from '../../src/secret.ts';
import { assert, tests } from '../tests.ts';
import { intermediate, leaf, root } from './chains.ts';
import { fixture, keyPem, makePem, today } from './maker.ts';

const key = keyPem('server');
const chain = leaf + intermediate + root;
const der = (pem: string): Buffer => readCertificate(pem).der;
const pkcs1 = createPrivateKey(key).export({ type: 'pkcs1', format: 'pem' }).toString();
const pkcs1Der = createPrivateKey(key).export({ type: 'pkcs1', format: 'der' });
const pkcs8Der = createPrivateKey(key).export({ type: 'pkcs8', format: 'der' });

const oneLine = (pem: string): string =>
  pem.replace(
    /(-----BEGIN [A-Z ]+-----)([^-]+)(-----END)/g,
    (_, begin, body, end) => `${begin}\n${body.replace(/\s/g, '')}\n${end}`,
  );
const noLineBreaks = (pem: string): string => pem.trim().replaceAll('\n', ' ');
const indented = (pem: string): string => pem.replace(/^(?=.)/gm, '    ');
const crlf = (pem: string): string => pem.replaceAll('\n', '\r\n');
const bareBase64 = (pem: string): string => pem.replace(/-----[^-]+-----/g, '').trim();
const labelled = (pem: string, label: string): string => pem.replaceAll('CERTIFICATE', label);
const attributes = (pem: string, name: string): string =>
  `Bag Attributes\n    friendlyName: ${name}\n    localKeyID: 54 69 6D 65\nsubject=CN = ${name}\nissuer=CN = Test\n${pem}`;
const utf16 = (text: string): Buffer => Buffer.concat([Buffer.from('fffe', 'hex'), Buffer.from(text, 'utf16le')]);

const stranger = makePem({ subject: 'www.example.org', key: 'other', names: ['www.example.org'] });

type Files = Readonly<Record<string, string | Buffer>>;

const plain: Readonly<Record<string, Files>> = {
  'one file with everything': { 'bundle.pem': key + chain },
  'everything in one file, backwards': { 'bundle.pem': root + intermediate + leaf + key },
  'a file for each part': { 'root.pem': root, 'key.pem': key, 'cert.pem': leaf, 'int.pem': intermediate },
  'the layout of certbot with cert.pem and chain.pem as well': {
    'privkey.pem': key,
    'fullchain.pem': leaf + intermediate,
    'cert.pem': leaf,
    'chain.pem': intermediate,
    'root.pem': root,
  },
  'the layout of lego': {
    '_.console.example.com.key': pkcs1,
    '_.console.example.com.crt': leaf + intermediate,
    '_.console.example.com.issuer.crt': intermediate + root,
  },
  'the layout of acme.sh': {
    'console.example.com.key': pkcs1,
    'console.example.com.cer': leaf,
    'fullchain.cer': leaf + intermediate,
    'ca.cer': intermediate + root,
  },
  'CRLF line ends': { 'key.pem': crlf(key), 'chain.pem': crlf(chain) },
  'a byte order mark': { 'key.pem': `\ufeff${key}`, 'chain.pem': `\ufeff${chain}` },
  'UTF-16, as Windows saves it': { 'key.pem': utf16(crlf(key)), 'chain.pem': utf16(crlf(chain)) },
  'indented blocks': { 'key.pem': indented(key), 'chain.pem': indented(chain) },
  'text around the blocks': {
    'bundle.pem': `the key:\n${key}and the chain\n\n${leaf}\n--\n${intermediate}# root\n${root}the end\n`,
  },
  'bag attributes': {
    'bundle.pem': attributes(key, 'console') + attributes(leaf, 'console') + attributes(intermediate, 'ca') + root,
  },
  'what openssl s_client -showcerts prints, which starts with the byte of DER': {
    'new.key': key,
    'shown.txt': ` s:CN = a\n   i:CN = b\n${leaf} 1 s:CN = b\n${intermediate} 2 s:CN = c\n${root}---\n`.replace(
      ' ',
      '0 ',
    ),
  },
  'base64 in one long line': { 'bundle.pem': oneLine(key + chain) },
  'blanks for line breaks': { 'bundle.pem': noLineBreaks(key + chain) },
  'no final line break and blank lines before': { 'key.pem': `\n\n${key.trim()}`, 'chain.pem': `\n ${chain.trim()}` },
  'blank lines after the key': { 'key.pem': `${key}\n\n\n`, 'chain.pem': chain },
  'the label X509 CERTIFICATE': { 'key.pem': key, 'chain.pem': labelled(chain, 'X509 CERTIFICATE') },
  'a TRUSTED CERTIFICATE with its trust settings': {
    'key.pem': key,
    'cert.pem': fixture('trusted.pem'),
    'chain.pem': intermediate + root,
  },
  'DER files': { 'key.der': pkcs8Der, 'cert.der': der(leaf), 'int.der': der(intermediate), 'root.der': der(root) },
  'a PKCS#1 key in DER': { 'key.der': pkcs1Der, 'chain.pem': chain },
  'base64 without armour': {
    'key.b64': bareBase64(key),
    'cert.b64': bareBase64(leaf),
    'chain.pem': intermediate + root,
  },
  'PKCS#7 in PEM': { 'key.pem': key, 'chain.p7b': fixture('chain.p7b') },
  'PKCS#7 in DER': { 'key.pem': key, 'chain.p7b': fixture('chain-der.p7b') },
  'PKCS#7 labelled CERTIFICATE': {
    'key.pem': key,
    'chain.p7b': fixture('chain.p7b').toString().replaceAll('PKCS7', 'CERTIFICATE'),
  },
  'PKCS#12 with an empty pass phrase': { 'bundle.p12': fixture('no-password.p12') },
  'PKCS#12 that is not encrypted': { 'bundle.p12': fixture('plain.p12') },
  'DH parameters beside the certificate': {
    'bundle.pem': `${key}${chain}-----BEGIN DH PARAMETERS-----\nMAYCAQUCAQI=\n-----END DH PARAMETERS-----\n`,
  },
  'the same key and chain twice, in two forms': { 'a.pem': key + chain, 'b.pem': pkcs1 + root + leaf },
  'a certificate of somebody else among the chain': { 'key.pem': key, 'chain.pem': stranger + chain },
};

const locked: Readonly<Record<string, Files>> = {
  'PKCS#12 of openssl 3': { 'bundle.p12': fixture('openssl.p12') },
  'PKCS#12 of openssl -legacy': { 'bundle.pfx': fixture('legacy.p12') },
  'PKCS#12 of keytool': { 'bundle.p12': fixture('keytool.p12') },
  'PKCS#8 encrypted with AES': { 'key.pem': fixture('server-aes.pem'), 'chain.pem': chain },
  'PKCS#8 encrypted with AES, in DER': { 'key.der': fixture('server-aes.der'), 'chain.pem': chain },
  'PKCS#8 encrypted with 3DES': { 'key.pem': fixture('server-3des.pem'), 'chain.pem': chain },
  'PKCS#8 encrypted under scrypt': { 'key.pem': fixture('server-scrypt.pem'), 'chain.pem': chain },
  'a key encrypted the old way, with DEK-Info': { 'key.pem': fixture('server-dek.pem'), 'chain.pem': chain },
  'a key encrypted the old way, with CRLF and indentation': {
    'key.pem': indented(crlf(fixture('server-dek.pem').toString())),
    'chain.pem': chain,
  },
  'a pass phrase that nothing needs': { 'key.pem': key, 'chain.pem': chain },
};

const named = (files: Files): NamedBytes[] =>
  Object.entries(files).map(([name, content]) => ({ name, bytes: Buffer.from(content) }));

/** All of a bundle as plain text, the key included. */
const plainly = ({ leaf: server, intermediates, root: top, key: secret }: Bundle): string[] => [
  secret.reveal(),
  ...[server, ...intermediates, top].map(({ pem }) => pem),
];
const wanted = [key, leaf, intermediate, root];

const readsThe = (files: Files, passphrase?: Secret) => async () => {
  const bundle = await readBundle(named(files), { now: today, minimumDays: 14, passphrase });
  assert.equal(plainly(bundle), wanted);
};

const titled = (cases: Readonly<Record<string, Files>>, passphrase?: Secret) =>
  Object.fromEntries(Object.entries(cases).map(([title, files]) => [title, readsThe(files, passphrase)]));

tests('shapes', {
  ...titled(plain),
  ...titled(locked, new Secret('correct-horse')),
  'the root comes from a file of its own': async () => {
    const rootFile = { name: 'root.pem', bytes: Buffer.from(root) };
    const files = named({ 'key.pem': key, 'fullchain.pem': leaf + intermediate });
    assert.equal(plainly(await readBundle(files, { now: today, minimumDays: 14, root: rootFile })), wanted);
  },
  'the root comes from the trust store': async () => {
    const store = trustStore(blocksOfCaFile(`# a comment\n${intermediate}\n${root}`));
    const files = named({ 'key.pem': key, 'fullchain.pem': leaf + intermediate });
    assert.equal(plainly(await readBundle(files, { now: today, minimumDays: 14, trustStore: store })), wanted);
  },
  'a bundle comes back from its registered value': async () => {
    const bundle = await readBundle(named({ 'bundle.pem': key + chain }), { now: today, minimumDays: 14 });
    assert.equal(plainly(bundleOf(bundleValue(bundle))), wanted);
  },
  'a registered value shows no key': async () => {
    const bundle = await readBundle(named({ 'bundle.pem': key + chain }), { now: today, minimumDays: 14 });
    assert.is(JSON.parse(JSON.stringify(bundleValue(bundle))).key, '***');
  },
});
