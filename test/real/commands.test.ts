// What the lab's programs print, held against the programs themselves, byte for byte, on the same files.

import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeCertificates } from '../../src/lab/ca.ts';
import { keystoreBytes } from '../../src/lab/ssh/truststore.ts';
import { runOn } from '../lab/ssh/a-system.ts';
import { assert, type Cases, tests } from '../tests.ts';

const certificates = await makeCertificates(['*.console.lab.example', 'console.lab.example'], new Date());
const { served, snakeoil } = certificates;
const folder = mkdtempSync(join(tmpdir(), 'cs-play-real-'));
process.once('exit', () => rmSync(folder, { recursive: true, force: true }));

const files: Record<string, string> = {
  [join(folder, 'leaf.crt')]: served.leaf,
  [join(folder, 'chain.crt')]: [...served.intermediates, served.root].join(''),
  [join(folder, 'root.crt')]: served.root,
  [join(folder, 'snakeoil.pem')]: snakeoil.certificate,
  [join(folder, 'server.key')]: served.key,
  [join(folder, 'text')]: 'one\ntwo (2)\n\nthree\n',
};
for (const [path, text] of Object.entries(files)) {
  writeFileSync(path, text);
  chmodSync(path, path.endsWith('.key') ? 0o600 : 0o644);
}
const store = {
  path: join(folder, 'realhostip.keystore'),
  password: 'vmops.com',
  entries: [
    { alias: 'root', kind: 'trustedCertEntry' as const, pem: snakeoil.certificate },
    { alias: 'cpvmcertificate', kind: 'trustedCertEntry' as const, pem: served.root },
    { alias: 'leaf', kind: 'trustedCertEntry' as const, pem: served.leaf },
  ],
};
writeFileSync(store.path, keystoreBytes(store));

const environment = { PATH: process.env['PATH'], LC_ALL: 'C', TZ: 'UTC' };
const FOLDER = /@/g;

/** `@` stands for the folder with the files. */
const commands: Readonly<Record<string, readonly string[]>> = {
  cat: ['cat @/text', 'cat @/text @/nowhere', 'cat @'],
  head: ['head -n 2 @/text'],
  tail: ['tail -n1 @/text'],
  sha256sum: ['sha256sum @/leaf.crt @/server.key @/nowhere'],
  wc: ['wc -l @/text'],
  ls: ['ls @/nowhere', 'ls @/text @/nowhere @/leaf.crt', 'ls @'],
  stat: ["stat -c '%a %U %s %n' @/server.key @/leaf.crt @/nowhere"],
  test: ['test -e @/text', 'test -e @/nowhere', 'test -d @', '[ -f @ ]'],
  readlink: ['readlink -f @/text'],
  grep: [
    'grep -n BEGIN @/chain.crt',
    'grep -c BEGIN @/chain.crt @/leaf.crt',
    'grep -H three @/text',
    'grep nothing @/text',
    'grep x @/nowhere',
    'grep -q two @/text',
    "grep 'two (2)' @/text",
    "grep -E '^(one|three)$' @/text",
    "grep -F '(2)' @/text",
    'grep -v -i ONE @/text',
  ],
  openssl: [
    'openssl x509 -in @/leaf.crt -noout -fingerprint -sha256',
    'openssl x509 -in @/leaf.crt -noout -sha256 -fingerprint',
    'openssl x509 -in @/leaf.crt -noout -fingerprint',
    'openssl x509 -in @/leaf.crt -noout -subject -issuer -startdate -enddate -dates -serial',
    'openssl x509 -in @/root.crt -noout -subject -issuer',
    'openssl x509 -in @/leaf.crt -noout -pubkey',
    'openssl x509 -in @/leaf.crt -noout -ext subjectAltName',
    'openssl x509 -in @/leaf.crt -noout -modulus',
    'openssl rsa -in @/server.key -noout -modulus',
    'openssl x509 -in @/leaf.crt -noout -checkend 86400',
    'openssl x509 -in @/leaf.crt -noout -checkend 8640000',
    'openssl x509 -in @/leaf.crt',
    'openssl pkey -in @/server.key -pubout',
    'openssl pkey -in @/server.key -noout -check',
    'openssl pkey -in @/leaf.crt -pubout',
    'openssl dgst -sha256 @/leaf.crt',
    'openssl verify -CAfile @/root.crt -untrusted @/chain.crt @/leaf.crt',
    'openssl nonsense',
  ],
  keytool: [
    'keytool -list -keystore @/realhostip.keystore -storepass vmops.com',
    'keytool -list -keystore @/realhostip.keystore -storepass vmops.com -alias CPVMCertificate',
    'keytool -list -rfc -keystore @/realhostip.keystore -storepass vmops.com -alias cpvmcertificate',
    'keytool -list -rfc -keystore @/realhostip.keystore -storepass vmops.com',
    'keytool -list -keystore @/realhostip.keystore -storepass vmops.com -alias Nobody',
    'keytool -list -keystore @/realhostip.keystore -storepass another',
    'keytool -list -keystore @/nowhere -storepass vmops.com',
    'keytool -list -keystore @/leaf.crt -storepass vmops.com',
  ],
};

/** Creation dates in our file are the certificates'; the lab's programs show today's. */
const dated = (text: string): string => text.replace(/\b[A-Z][a-z]{2} \d{1,2}, \d{4}/g, 'DATE');

/** OpenSSL's own stack of errors has addresses of its memory in it. */
const withoutStack = (text: string): string => text.replace(/^[0-9A-F]{12}[0-9A-F]*:error:.*\n/gm, '');

function real(command: string): object {
  const { status, stdout, stderr } = spawnSync('bash', ['--norc', '-c', command], {
    env: environment,
    encoding: 'utf8',
  });
  return { code: status, stdout: dated(stdout), stderr: withoutStack(stderr) };
}

async function ours(command: string): Promise<object> {
  const output = await runOn({ files, store }, command);
  return { code: output.code, stdout: dated(output.stdout), stderr: withoutStack(output.stderr) };
}

function casesOf(program: string): Cases {
  const isHere = spawnSync('bash', ['-c', `command -v ${program}`]).status === 0;
  if (!isHere) {
    console.log(`skipped: no ${program} here`);
    return { [`${program} is not on this machine`]: () => assert.is(isHere, false) };
  }
  const pairs = commands[program]?.map((command) => [
    `${command.replace(FOLDER, '')} prints what it prints there`,
    async () => {
      const line = command.replace(FOLDER, folder);
      assert.equal(await ours(line), real(line));
    },
  ]);
  return Object.fromEntries(pairs ?? []);
}

/** Which lines of `keytool -list -v` the lab leaves out: extensions beyond the three that say what a certificate is for. */
function beforeExtensions(output: object): string {
  return String((output as { stdout: string }).stdout).split('Extensions:')[0] ?? '';
}

tests(
  'programs of the lab beside the real ones',
  Object.assign({}, ...Object.keys(commands).map(casesOf), {
    'keytool -list -v prints what it prints there, up to the extensions': async () => {
      if (spawnSync('bash', ['-c', 'command -v keytool']).status !== 0) return;
      for (const alias of ['root', 'leaf', 'cpvmcertificate']) {
        const line = `keytool -list -v -keystore ${store.path} -storepass vmops.com -alias ${alias}`;
        assert.is(beforeExtensions(await ours(line)), beforeExtensions(real(line)));
      }
    },
  }),
);
