// Certificate files that must be refused, each with what is said about it. Made for the day they are used on, so that
// the same table serves with a fixed clock and through the command line.

import { createPublicKey } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readCertificate } from '../../src/pki/certificate.ts';
import { type Expected, expectedOf } from './bad-bundles-texts.ts';
import { type At, fixture, type KeyName, keyPem, makePem, testKey, type Wanted } from './maker.ts';

/** Arguments of the task beside the files; `root_file` names one of `files`. */
export interface BadArgs {
  readonly passphrase?: string;
  readonly root_file?: string;
  readonly minimum_days?: number;
  readonly covers?: readonly string[];
}

export interface BadFiles {
  /** Content by name, in the order in which they are given. */
  readonly files: Readonly<Record<string, string | Buffer>>;
  readonly args?: BadArgs;
}

const LEAF = '*.console.example.com';
const CLIENT_AUTH = '1.3.6.1.5.5.7.3.2';
const publicKey = (name: KeyName): string =>
  createPublicKey(testKey(name)).export({ type: 'spki', format: 'pem' }).toString();

/** Cuts the base64 of the first block in the middle of its lines, as a terminal that lost some does. */
function withoutLines(pem: string, count: number): string {
  const lines = pem.split('\n');
  return [...lines.slice(0, 4), ...lines.slice(4 + count)].join('\n');
}

/** A byte of the last number is another one; the structure and the public half are right. */
function damagedKey(): Buffer {
  const der = testKey('server').export({ type: 'pkcs8', format: 'der' });
  der.writeUInt8(der.readUInt8(der.length - 9) ^ 1, der.length - 9);
  return der;
}

/** What the cases are made of, for one day: certificates, and the few ways to put files together. */
function kitFor(at: At) {
  const pem = (wanted: Wanted): string => makePem({ from: at(-30), until: at(200), ...wanted });
  const years = { from: at(-1000), until: at(1000) };
  const rootOf: Wanted = { ...years, subject: 'Test Root', key: 'root', ca: true };
  const caOf: Wanted = {
    ...years,
    subject: 'Test Issuing CA',
    issuer: 'Test Root',
    key: 'intermediate',
    signer: 'root',
    ca: true,
  };
  const leafOf: Wanted = {
    subject: LEAF,
    issuer: 'Test Issuing CA',
    key: 'server',
    signer: 'intermediate',
    names: [LEAF],
    issuerUrl: 'http://ca.example.com/issuing.crt',
  };
  const [root, intermediate, leaf] = [pem(rootOf), pem(caOf), pem(leafOf)];
  const above = intermediate + root;
  const key = keyPem('server');
  return {
    ...{ at, pem, rootOf, caOf, leafOf, root, intermediate, leaf, above, key },
    /** The usual files with another server certificate. */
    changed: (more: Partial<Wanted>, args: BadArgs = {}): BadFiles => ({
      files: { 'new.key': key, 'new.crt': pem({ ...leafOf, ...more }) + above },
      args,
    }),
    /** The usual files with another kind of key, and a certificate made for it. */
    withKind: (name: KeyName): BadFiles => ({
      files: { 'new.key': keyPem(name), 'new.crt': pem({ ...leafOf, key: name }) + above },
    }),
    withKey: (content: string | Buffer, args: BadArgs = {}): BadFiles => ({
      files: { 'new.key': content, 'new.crt': leaf + above },
      args,
    }),
    withCertificate: (content: string | Buffer): BadFiles => ({
      files: { 'new.key': key, 'new.crt': content, 'ca.crt': above },
    }),
    withChain: (...certificates: readonly string[]): BadFiles => ({
      files: { 'new.key': key, 'new.crt': leaf, 'ca.crt': certificates.join('') },
    }),
    withRoot: (chain: string, content: string): BadFiles => ({
      files: { 'new.key': key, 'new.crt': chain, 'root.crt': content },
      args: { root_file: 'root.crt' },
    }),
  };
}

type Kit = ReturnType<typeof kitFor>;
type Cases = Readonly<Record<string, BadFiles>>;

const badKeys = ({ withKind, withKey, changed, leafOf, leaf, above, key, pem }: Kit): Cases => ({
  'an EC key': withKind('ec'),
  'an EC key in SEC1 form': {
    files: { 'new.key': fixture('ec-sec1.pem'), 'new.crt': pem({ ...leafOf, key: 'ec' }) + above },
  },
  'an Ed25519 key': withKind('ed25519'),
  'an EC certificate with an RSA key': changed({ key: 'ec' }),
  'an RSA-PSS key': withKind('pss'),
  'a certificate for an RSA-PSS key': changed({ key: 'pss' }),
  'an RSA key of 1024 bits': withKind('short'),
  'the key of another certificate': withKey(keyPem('other')),
  'a damaged key': withKey(damagedKey()),
  'no key': { files: { 'new.crt': leaf + above } },
  'no certificate': { files: { 'new.key': key } },
  'two keys': { files: { 'new.key': key, 'old.key': keyPem('other'), 'new.crt': leaf + above } },
  'the public key in place of the private one': withKey(publicKey('server')),
  'a key of SSH': withKey(fixture('openssh.pem')),
});

const badTimes = ({ at, changed, withChain, pem, caOf, rootOf, intermediate, root }: Kit): Cases => ({
  'an expired certificate': changed({ from: at(-300), until: at(-5) }),
  'a certificate that is not valid yet': changed({ from: at(3) }),
  'a certificate with few days left': changed({ until: at(9.5) }),
  'a certificate with fewer days than asked for': changed({ until: at(59.5) }, { minimum_days: 60 }),
  'an expired intermediate': withChain(pem({ ...caOf, until: at(-20) }), root),
  'an expired root': withChain(intermediate, pem({ ...rootOf, until: at(-1) })),
  'an intermediate that ends before the certificate': withChain(pem({ ...caOf, until: at(7.5) }), root),
  'a root that is not valid yet': withChain(intermediate, pem({ ...rootOf, from: at(2) })),
});

const badCertificates = ({ at, changed, pem, leafOf, leaf, above, key }: Kit): Cases => ({
  'a self-signed certificate': {
    files: { 'new.key': key, 'new.crt': pem({ subject: LEAF, key: 'server', names: [LEAF] }) },
  },
  'a self-signed certificate of openssl req -x509': {
    files: {
      'new.key': key,
      'new.crt': pem({ subject: LEAF, key: 'server', names: [LEAF], ca: true, keyUsage: 'absent' }),
    },
  },
  'the certificate and key of a CA': { files: { 'new.key': keyPem('intermediate'), 'new.crt': above } },
  'two generations for the same key': {
    files: { 'new.key': key, 'new.crt': leaf, 'old.crt': pem({ ...leafOf, until: at(20) }), 'ca.crt': above },
  },
  'a certificate for clients only': changed({ extendedKeyUsage: [CLIENT_AUTH] }),
  'a key usage without digitalSignature': changed({ keyUsage: [2] }),
  'a SHA-1 signature': changed({ hash: 'sha1' }),
  'an MD5 signature': changed({ hash: 'md5' }),
  'a certificate of more than 60 kB': changed({
    names: Array.from({ length: 1400 }, (_, index) => `vm-${index}.console.zone-of-many-machines.example.com`),
  }),
});

const badChains = ({ withChain, pem, caOf, rootOf, intermediate, root }: Kit): Cases => ({
  'a missing intermediate': withChain(root),
  'a missing root': withChain(intermediate),
  'an intermediate of the right name with another key': withChain(pem({ ...caOf, key: 'intermediate2' }), root),
  'an issuer that is no CA': withChain(pem({ ...caOf, ca: false, keyUsage: [5], extendedKeyUsage: [] }), root),
  'an issuer whose key usage forbids it': withChain(pem({ ...caOf, keyUsage: [0, 2] }), root),
  'an issuer for clients only': withChain(pem({ ...caOf, extendedKeyUsage: [CLIENT_AUTH] }), root),
  'more CA certificates than the root allows': withChain(intermediate, pem({ ...rootOf, pathLength: 0 })),
  'a root with a key of 1024 bits': withChain(pem({ ...caOf, signer: 'short' }), pem({ ...rootOf, key: 'short' })),
  'a SHA-1 signature on the intermediate': withChain(pem({ ...caOf, hash: 'sha1' }), root),
});

const badNames = ({ changed }: Kit): Cases => ({
  'a wildcard two labels up': changed(
    { names: ['*.example.com'] },
    { covers: ['203-0-113-5.console.example.com', '203-0-113-6.console.example.com'] },
  ),
  'the wrong wildcard': changed({}, { covers: ['*.storage.example.com', LEAF] }),
  'a common name without a subjectAltName': changed({ names: [] }, { covers: [LEAF] }),
  'an address that is not in the certificate': changed({}, { covers: ['203.0.113.5'] }),
  'more names missing than fit a line': changed(
    {},
    { covers: [1, 2, 3, 4, 5, 6, 7].map((number) => `vm${number}.example.net`) },
  ),
});

const badText = ({ leaf, key, withCertificate, withKey }: Kit): Cases => ({
  'a request in place of the certificate': withCertificate(fixture('request.pem')),
  'an empty file': withKey(''),
  'a text without blocks': withKey('the key is in the safe\n'),
  'a Java keystore': { files: { 'new.jks': fixture('keytool.jks') } },
  'a block without an END line': withCertificate(`${leaf.slice(0, 700)}\n`),
  'a block that runs into the next': withCertificate(`some text\n${leaf.slice(0, 700)}\n${leaf}`),
  'a block that ends as another': withCertificate(leaf.replace('END CERTIFICATE', 'END X509 CRL')),
  'an END line without a BEGIN line': withCertificate(`${leaf}-----END CERTIFICATE-----\n`),
  'lines lost in a block': withCertificate(withoutLines(leaf, 3)),
  'a plus sign that became a blank': withCertificate(leaf.replace('+', ' ')),
  'a character that is not base64': withCertificate(leaf.replace(/^(.*\n.*\n.*\n.{20})./, '$1*')),
  'a key labelled CERTIFICATE': withCertificate(key.replaceAll('PRIVATE KEY', 'CERTIFICATE')),
  'a certificate labelled PRIVATE KEY': withKey(leaf.replaceAll('CERTIFICATE', 'PRIVATE KEY')),
  'a DER file that was cut off': withCertificate(readCertificate(leaf).der.subarray(0, 500)),
  'a PKCS#12 file that was cut off': { files: { 'new.p12': fixture('openssl.p12').subarray(0, 3000) } },
});

const badPassphrases = ({ withKey }: Kit): Cases => ({
  'an encrypted key without a pass phrase': withKey(fixture('server-aes.pem')),
  'an old encrypted key without a pass phrase': withKey(fixture('server-dek.pem')),
  'an encrypted key and the wrong pass phrase': withKey(fixture('server-scrypt.pem'), { passphrase: 'wrong-horse' }),
  'a key encrypted with DES': withKey(fixture('server-des.pem'), { passphrase: 'correct-horse' }),
  'PKCS#12 without a pass phrase': { files: { 'new.p12': fixture('openssl.p12') } },
  'PKCS#12 and the wrong pass phrase': {
    files: { 'new.p12': fixture('legacy.p12') },
    args: { passphrase: 'wrong-horse' },
  },
  'PKCS#12 of keytool and the wrong pass phrase': {
    files: { 'new.p12': fixture('keytool.p12') },
    args: { passphrase: 'wrong-horse' },
  },
});

const badRoots = ({ withRoot, pem, rootOf, leaf, intermediate, above, root }: Kit): Cases => {
  const other = pem({ ...rootOf, subject: 'Other Root', key: 'root2' });
  return {
    'a root file without a root': withRoot(leaf + intermediate, intermediate),
    'a root file with another root': withRoot(leaf + above, other),
    'a root file with two roots': withRoot(leaf + above, root + other),
    'a root file with a key': withRoot(leaf + above, keyPem('root')),
  };
};

const manyAtOnce = ({ at, pem, leafOf, leaf }: Kit): Cases => ({
  'everything at once': {
    files: {
      'new.key': keyPem('other'),
      'new.crt': pem({ ...leafOf, from: at(-300), until: at(-5), hash: 'sha1', extendedKeyUsage: [CLIENT_AUTH] }),
    },
    args: { covers: ['storage.example.com'] },
  },
  'two broken files': { files: { 'new.key': '', 'new.crt': `${leaf.slice(0, 700)}\n` } },
});

/** Every case by its name. */
export function badFiles(at: At): Cases {
  const kit = kitFor(at);
  const groups = [
    badKeys,
    badTimes,
    badCertificates,
    badChains,
    badNames,
    badText,
    badPassphrases,
    badRoots,
    manyAtOnce,
  ];
  return Object.assign({}, ...groups.map((group) => group(kit)));
}

/** The files of a case that are given as `files`: all but the root file. */
export const givenFiles = ({ files, args }: BadFiles): string[] =>
  Object.keys(files).filter((name) => name !== args?.root_file);

export interface BadBundle {
  readonly name: string;
  /** Paths, for `files:`. */
  readonly files: readonly string[];
  /** Other arguments of the task; `root_file` is a path. */
  readonly args: BadArgs;
  readonly problems: readonly Expected[];
  /** All problems, each with its hint on the next line. */
  readonly expected: string;
}

/** Writes the files of every case into a folder of its own under `folder`, and tells what is to be said about it. */
export async function badBundles(folder: string, now: Date = new Date()): Promise<BadBundle[]> {
  // Certificates count in seconds.
  const start = Math.floor(now.getTime() / 1000) * 1000;
  const at: At = (days) => new Date(start + days * 86_400_000);
  const cases = Object.entries(badFiles(at)).map(async ([name, bad], index): Promise<BadBundle> => {
    const path = (file: string): string => join(folder, `bad-${index}-${file}`);
    for (const [file, content] of Object.entries(bad.files)) await writeFile(path(file), content, { mode: 0o600 });
    const here = (text: string): string =>
      Object.keys(bad.files).reduce((all, file) => all.replaceAll(file, path(file)), text);
    const problems = expectedOf(name, at).map(({ message, hint }) => ({
      message: here(message),
      hint: here(hint),
    }));
    const args = { ...bad.args, ...(bad.args?.root_file ? { root_file: path(bad.args.root_file) } : {}) };
    return { name, files: givenFiles(bad).map(path), args, problems, expected: textOf(problems) };
  });
  return Promise.all(cases);
}

export const textOf = (problems: readonly Expected[]): string =>
  problems.map(({ message, hint }) => `${message}\nhint: ${hint}`).join('\n');
