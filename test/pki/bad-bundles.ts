// Certificate files that must be refused, each with what is said about it. Made for the day they are used on, so that
// the same table serves with a fixed clock and through the command line.

import { createPublicKey } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readCertificate } from '../../src/pki/certificate.ts';
import { type Expected, expectedOf } from './bad-bundles-texts.ts';
import { fixture, type KeyName, keyPem, makePem, testKey, type Wanted } from './maker.ts';

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

/** A day counted from now. */
export type At = (days: number) => Date;

const LEAF = '*.console.example.com';
const pkcs1 = (name: KeyName): string => testKey(name).export({ type: 'pkcs1', format: 'pem' }).toString();
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

/** Every case by its name. */
export function badFiles(at: At): Readonly<Record<string, BadFiles>> {
  const pem = (wanted: Wanted): string => makePem({ from: at(-30), until: at(200), ...wanted });
  const ca: Wanted = { subject: 'Test Issuing CA', issuer: 'Test Root', key: 'intermediate', signer: 'root', ca: true };
  const years = { from: at(-1000), until: at(1000) };
  const root = pem({ ...years, subject: 'Test Root', key: 'root', ca: true });
  const intermediate = pem({ ...years, ...ca });
  const leafOf: Wanted = {
    subject: LEAF,
    issuer: 'Test Issuing CA',
    key: 'server',
    signer: 'intermediate',
    names: [LEAF],
    issuerUrl: 'http://ca.example.com/issuing.crt',
  };
  const leaf = pem(leafOf);
  const above = intermediate + root;
  const key = keyPem('server');
  const other = (changed: Partial<Wanted>, keyName: KeyName = 'server'): BadFiles => ({
    files: { 'new.key': keyPem(keyName), 'new.crt': pem({ ...leafOf, key: keyName, ...changed }) + above },
  });
  const withKey = (content: string | Buffer, args: BadArgs = {}): BadFiles => ({
    files: { 'new.key': content, 'new.crt': leaf + above },
    args,
  });
  const withChain = (...certificates: readonly string[]): BadFiles => ({
    files: { 'new.key': key, 'new.crt': leaf, 'ca.crt': certificates.join('') },
  });
  const withCertificate = (content: string | Buffer): BadFiles => ({
    files: { 'new.key': key, 'new.crt': content, 'ca.crt': above },
  });
  return {
    'an EC key': other({}, 'ec'),
    'an EC key in SEC1 form': {
      files: { 'new.key': fixture('ec-sec1.pem'), 'new.crt': pem({ ...leafOf, key: 'ec' }) + above },
    },
    'an Ed25519 key': other({}, 'ed25519'),
    'an EC certificate with an RSA key': {
      files: { 'new.key': key, 'new.crt': pem({ ...leafOf, key: 'ec' }) + above },
    },
    'an RSA-PSS key': other({}, 'pss'),
    'a certificate for an RSA-PSS key': {
      files: { 'new.key': key, 'new.crt': pem({ ...leafOf, key: 'pss' }) + above },
    },
    'an RSA key of 1024 bits': other({}, 'short'),
    'the key of another certificate': withKey(keyPem('other')),
    'an expired certificate': other({ from: at(-300), until: at(-5) }),
    'a certificate that is not valid yet': other({ from: at(3), until: at(200) }),
    'a certificate with few days left': other({ until: at(9.5) }),
    'a certificate with fewer days than asked for': { ...other({ until: at(59.5) }), args: { minimum_days: 60 } },
    'an expired intermediate': withChain(pem({ ...ca, from: at(-900), until: at(-20) }), root),
    'an expired root': withChain(
      intermediate,
      pem({ subject: 'Test Root', key: 'root', ca: true, from: at(-900), until: at(-1) }),
    ),
    'an intermediate that ends before the certificate': withChain(pem({ ...ca, from: at(-900), until: at(7.5) }), root),
    'a root that is not valid yet': withChain(
      intermediate,
      pem({ subject: 'Test Root', key: 'root', ca: true, from: at(2) }),
    ),
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
    'a missing intermediate': withChain(root),
    'a missing root': withChain(intermediate),
    'an intermediate of the right name with another key': withChain(
      pem({ ...ca, key: 'intermediate2', ...years }),
      root,
    ),
    'an issuer that is no CA': withChain(pem({ ...ca, ca: false, keyUsage: [5], extendedKeyUsage: [] }), root),
    'an issuer whose key usage forbids it': withChain(pem({ ...ca, keyUsage: [0, 2] }), root),
    'more CA certificates than the root allows': withChain(
      intermediate,
      pem({ subject: 'Test Root', key: 'root', ca: true, pathLength: 0 }),
    ),
    'a wildcard two labels up': {
      ...other({ names: ['*.example.com'] }),
      args: { covers: ['203-0-113-5.console.example.com', '203-0-113-6.console.example.com'] },
    },
    'the wrong wildcard': { ...other({}), args: { covers: ['*.storage.example.com', LEAF] } },
    'a common name without a subjectAltName': { ...other({ names: [] }), args: { covers: [LEAF] } },
    'an address that is not in the certificate': { ...other({}), args: { covers: ['203.0.113.5'] } },
    'more names missing than fit a line': {
      ...other({}),
      args: { covers: [1, 2, 3, 4, 5, 6, 7].map((number) => `vm${number}.example.net`) },
    },
    'a certificate for clients only': other({ extendedKeyUsage: ['1.3.6.1.5.5.7.3.2'] }),
    'a key usage without digitalSignature': other({ keyUsage: [2] }),
    'a SHA-1 signature': other({ hash: 'sha1' }),
    'a SHA-1 signature on the intermediate': withChain(pem({ ...ca, hash: 'sha1', ...years }), root),
    'no key': { files: { 'new.crt': leaf + above } },
    'no certificate': { files: { 'new.key': key } },
    'two keys': { files: { 'new.key': key, 'old.key': keyPem('other'), 'new.crt': leaf + above } },
    'two generations for the same key': {
      files: { 'new.key': key, 'new.crt': leaf, 'old.crt': pem({ ...leafOf, until: at(20) }), 'ca.crt': above },
    },
    'a request in place of the certificate': withCertificate(fixture('request.pem')),
    'the public key in place of the private one': withKey(publicKey('server')),
    'a key of SSH': withKey(fixture('openssh.pem')),
    'an empty file': withKey(''),
    'a text without blocks': withKey('the key is in the safe\n'),
    'a Java keystore': { files: { 'new.jks': fixture('keytool.jks') } },
    'a block without an END line': withCertificate(`${leaf.slice(0, 700)}\n`),
    'a block that runs into the next': withCertificate(`some text\n${leaf.slice(0, 700)}\n${leaf}`),
    'a block that ends as another': withCertificate(leaf.replace('END CERTIFICATE', 'END X509 CRL')),
    'an END line without a BEGIN line': withCertificate(`${leaf}-----END CERTIFICATE-----\n`),
    'lines lost in a block': withCertificate(withoutLines(leaf, 3)),
    'plus signs that became blanks': withCertificate(leaf.replaceAll('+', ' ')),
    'a character that is not base64': withCertificate(leaf.replace(/^(.*\n.*\n.*\n.{20})./, '$1*')),
    'a key labelled CERTIFICATE': withCertificate(key.replaceAll('PRIVATE KEY', 'CERTIFICATE')),
    'a certificate labelled PRIVATE KEY': withKey(leaf.replaceAll('CERTIFICATE', 'PRIVATE KEY')),
    'a DER file that was cut off': withCertificate(readCertificate(leaf).der.subarray(0, 500)),
    'a damaged key': withKey(damagedKey()),
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
    'a root file without a root': { ...withRoot(key, leaf + intermediate, intermediate) },
    'a root file with another root': {
      ...withRoot(key, leaf + above, pem({ ...years, subject: 'Other Root', key: 'root2', ca: true })),
    },
    'a root file with two roots': {
      ...withRoot(key, leaf + above, root + pem({ ...years, subject: 'Other Root', key: 'root2', ca: true })),
    },
    'a root file with a key': { ...withRoot(key, leaf + above, pkcs1('root')) },
    'a certificate of more than 60 kB': other({
      names: Array.from({ length: 1400 }, (_, index) => `vm-${index}.console.zone-of-many-machines.example.com`),
    }),
    'everything at once': {
      files: {
        'new.key': keyPem('other'),
        'new.crt': pem({
          ...leafOf,
          from: at(-300),
          until: at(-5),
          hash: 'sha1',
          extendedKeyUsage: ['1.3.6.1.5.5.7.3.2'],
        }),
      },
      args: { covers: ['storage.example.com'] },
    },
    'two broken files': { files: { 'new.key': '', 'new.crt': `${leaf.slice(0, 700)}\n` } },
  };
}

const withRoot = (key: string, chain: string, root: string): BadFiles => ({
  files: { 'new.key': key, 'new.crt': chain, 'root.crt': root },
  args: { root_file: 'root.crt' },
});

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
