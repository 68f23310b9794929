// The task around src/pki: which files it reads, whom it asks for names and for what is served, and what it says.

import type { Handshake, Item, Reader, TaskHost } from '../../src/connection.ts';
import { Failure } from '../../src/errors.ts';
import type { Value } from '../../src/model.ts';
import { readCertificate } from '../../src/pki/certificate.ts';
import { bundleOf } from '../../src/pki/read.ts';
import { Secret } from '../../src/secret.ts';
import { certificateBundle } from '../../tasks/certificate_bundle.ts';
import { intermediate, intermediateWanted, leaf, leafWanted, root, rootWanted } from '../pki/chains.ts';
import { fixture, inDays, keyPem, makePem, today } from '../pki/maker.ts';
import { assert, tests } from '../tests.ts';

const key = keyPem('server');
const old = makePem({ ...leafWanted, until: inDays(6) });
const longer = makePem({ ...leafWanted, until: inDays(900) });
const snakeoil = makePem({ subject: 'systemvm', key: 'other', from: inDays(-100), until: inDays(3000) });
const cut = (certificate: string): string => certificate.slice(0, 500);

const vms: readonly Item[] = [
  { id: '1', name: 'v-1-VM', systemvmtype: 'consoleproxy', zoneid: 'z1', publicip: '203.0.113.1', state: 'Running' },
  {
    id: '2',
    name: 's-2-VM',
    systemvmtype: 'secondarystoragevm',
    zoneid: 'z1',
    publicip: '203.0.113.2',
    state: 'Running',
  },
  { id: '3', name: 'v-3-VM', systemvmtype: 'consoleproxy', zoneid: 'z2', publicip: '203.0.113.3', state: 'Stopped' },
  { id: '4', name: 's-4-VM', systemvmtype: 'secondarystoragevm', zoneid: 'z2', state: 'Running' },
];
const settings: Readonly<Record<string, string>> = {
  'consoleproxy.url.domain': '*.console.example.com',
  'secstorage.ssl.cert.domain': '*.console.example.com',
};

interface World {
  /** Content by path; a list of names is a folder. */
  readonly files: Readonly<Record<string, string | Buffer | readonly string[]>>;
  readonly settings?: Readonly<Record<string, string>>;
  /** Certificates presented on 443 by address. */
  readonly served?: Readonly<Record<string, string>>;
}

function door(world: World): { read: Reader; notes: string[]; asked: string[] } {
  const notes: string[] = [];
  const asked: string[] = [];
  const files: Reader['files'] = {
    async read(path) {
      const content = world.files[path];
      if (typeof content === 'string' || Buffer.isBuffer(content)) return Buffer.from(content);
      throw new Failure(`the file "${path}" is missing`);
    },
    async list(path) {
      const content = world.files[path.replace(/\/$/, '')];
      return typeof content === 'string' || Buffer.isBuffer(content) ? undefined : content;
    },
  };
  const list: Reader['cloudstack']['list'] = async (command, parameters = {}) => {
    asked.push(command);
    if (command === 'listSystemVms') return vms.filter(({ zoneid }) => (parameters['zoneid'] ?? zoneid) === zoneid);
    const name = String(parameters['name']);
    return [{ name, value: (world.settings ?? settings)[name] ?? '' }];
  };
  const handshake = async ({ address }: { address: string }): Promise<Handshake> => {
    asked.push(`handshake ${address}`);
    const pem = world.served?.[address];
    return pem === undefined
      ? { stage: 'tcp', reason: 'refused', message: 'connection refused' }
      : { stage: 'tls', chain: [readCertificate(pem).der], protocol: 'TLSv1.2' };
  };
  const read = {
    files,
    cloudstack: { list },
    tls: { handshake },
    clock: { now: () => today, sleep: () => Promise.resolve() },
    tell: { note: (message: string) => notes.push(message), warn: () => undefined, waiting: () => undefined },
    deadline: inDays(1),
    planning: true,
  };
  // What is left out is never used by this task: reaching for it fails the test.
  return { read: read as unknown as Reader, notes, asked };
}

const facts: Readonly<Record<string, Value>> = { version: '4.21.0.0', zoneid: 'z1' };
const host = (kind: TaskHost['kind']): TaskHost => ({ path: 'eu-1', name: 'eu-1', kind, get: (name) => facts[name] });

type Args = Parameters<typeof certificateBundle.check>[0];
const args = (files: readonly string[], more: Partial<Args> = {}): Args => ({
  files,
  passphrase: undefined,
  root_file: undefined,
  minimum_days: 14,
  covers: undefined,
  allow_older: false,
  ...more,
});

const plain: World = { files: { 'new.key': key, 'new.crt': leaf + intermediate + root } };
const both = ['new.key', 'new.crt'];

async function checked(world: World, given: Args, kind: TaskHost['kind'] = 'cloud') {
  const { read, notes, asked } = door(world);
  const verdict = await certificateBundle.check(given, host(kind), read);
  if (verdict.verdict !== 'ok') throw new Error('a task that only looks wants a change');
  return { ...verdict, notes, asked };
}

async function refused(world: World, given: Args, kind: TaskHost['kind'] = 'cloud'): Promise<string> {
  try {
    await checked(world, given, kind);
  } catch (error) {
    if (error instanceof Failure) return `${error.message}${error.hint === undefined ? '' : `\nhint: ${error.hint}`}`;
    throw error;
  }
  throw new Error('nothing was refused');
}

const short = (text: string | undefined): string => (text ?? '').replace(/[0-9a-f]{4}…[0-9a-f]{2}/g, '####…##');
const fullchain = { 'fullchain.cer': leaf + intermediate + root };

/** Folders by their layout, and the files that were read from them. */
const folders: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  certbot: {
    README: 'x',
    'privkey.pem': key,
    'fullchain.pem': leaf + intermediate + root,
    'cert.pem': leaf,
    'chain.pem': intermediate,
  },
  'certbot without fullchain.pem': { 'privkey.pem': key, 'cert.pem': leaf, 'chain.pem': intermediate + root },
  lego: {
    '_.console.key': key,
    '_.console.crt': leaf + intermediate,
    '_.console.issuer.crt': intermediate + root,
    '_.console.json': '{}',
  },
  'acme.sh': {
    'console.key': key,
    'console.cer': leaf,
    'console.csr': 'not read',
    ...fullchain,
    'ca.cer': intermediate,
  },
};

const folderWorld = (content: Readonly<Record<string, string>>): World => ({
  files: {
    '/certs': Object.keys(content).sort(),
    ...Object.fromEntries(Object.entries(content).map(([name, text]) => [`/certs/${name}`, text])),
  },
});

tests('certificate_bundle', {
  ...Object.fromEntries(
    Object.entries(folders).map(([layout, content]) => [
      `a folder stands for the files of ${layout}`,
      async () => {
        const { values } = await checked(folderWorld(content), args(['/certs/']), 'host');
        assert.is(values?.['fingerprint'], readCertificate(leaf).fingerprint);
      },
    ]),
  ),
  'a folder with several keys is not guessed about': async () => {
    const world = folderWorld({ 'a.key': key, 'a.crt': leaf, 'b.key': key, 'b.crt': leaf });
    assert.is(
      await refused(world, args(['/certs']), 'host'),
      'the folder "/certs" holds several keys: "a.key", "b.key"\nhint: name the files: [/certs/a.key, /certs/a.crt]',
    );
  },
  'a folder of something else is refused': async () =>
    assert.is(
      await refused(folderWorld({ 'notes.txt': 'x' }), args(['/certs']), 'host'),
      'the folder "/certs" is not laid out as certbot, lego or acme.sh do it (1 file)\nhint: name the files: the key, the certificate and its chain',
    ),
  'a file that cannot be read is told with its own words': async () =>
    assert.is(await refused(plain, args(['new.key', 'fullchain.pem']), 'host'), 'the file "fullchain.pem" is missing'),
  'what is new and what is served are told on a line each': async () => {
    const served = { '203.0.113.1': old, '203.0.113.2': old };
    const { notes, message } = await checked({ ...plain, served }, args(both));
    assert.equal(notes.map(short), [
      'new     *.console.example.com until 2027-06-13 (200 days), sha256 ####…##, chain of 3 to Test Root',
      'served  *.console.example.com until 2026-12-01 (6 days), sha256 ####…##, on 2 of 2 system VMs',
    ]);
    assert.is(
      short(message),
      '*.console.example.com until 2027-06-13 (200 days), sha256 ####…##, chain of 3 to Test Root',
    );
  },
  'a VM that does not answer has nothing to compare with': async () => {
    const { notes } = await checked({ ...plain, served: { '203.0.113.2': old } }, args(both));
    assert.match(notes[1] ?? '', /on 1 of 2 system VMs$/);
  },
  'what ends before the served certificate is refused': async () =>
    assert.match(
      short(await refused({ ...plain, served: { '203.0.113.1': longer } }, args(both))),
      '"new.crt": "*.console.example.com" ends on 2027-06-13, before the one that is served today (####…##, until 2029-05-13)\nhint: ',
    ),
  'allow_older takes it': async () =>
    assert.ok(await checked({ ...plain, served: { '203.0.113.1': longer } }, args(both, { allow_older: true }))),
  'the certificate that a storage VM makes itself at its boot does not count as served': async () => {
    const { notes } = await checked({ ...plain, served: { '203.0.113.2': snakeoil } }, args(both));
    assert.is(notes.length, 1);
  },
  'in a zone only its own VMs are looked at': async () => {
    const { asked } = await checked(plain, args(both), 'zone');
    assert.equal(asked, ['listSystemVms', 'handshake 203.0.113.1', 'handshake 203.0.113.2']);
  },
  'a machine that is no cloud is asked nothing': async () =>
    assert.equal((await checked(plain, args(both), 'host')).asked, []),
  'system_vms stands for the names of all system VMs': async () =>
    assert.match(
      await refused(
        { ...plain, settings: { ...settings, 'secstorage.ssl.cert.domain': '*.store.example.com' } },
        args(both, { covers: ['system_vms'] }),
      ),
      '"new.crt": "*.console.example.com" does not cover "203-0-113-2.store.example.com"',
    ),
  'names beside system_vms are wanted as well': async () =>
    assert.match(
      await refused(plain, args(both, { covers: ['system_vms', '*.store.example.com'] })),
      '"new.crt": "*.console.example.com" does not cover "*.store.example.com"',
    ),
  'names that are covered are no problem': async () =>
    assert.ok(await checked(plain, args(both, { covers: ['system_vms', 'console.example.com'] }))),
  'a pass phrase opens what is encrypted': async () => {
    const world = { files: { 'new.p12': fixture('openssl.p12') } };
    const { values } = await checked(world, args(['new.p12'], { passphrase: new Secret('correct-horse') }), 'host');
    assert.is(values?.['fingerprint'], readCertificate(leaf).fingerprint);
  },
  'the root of root_file is the one that the chain ends in': async () => {
    const files = { 'new.key': key, 'new.crt': leaf + intermediate, 'root.crt': root };
    const { values } = await checked({ files }, args(both, { root_file: 'root.crt' }), 'host');
    assert.is(bundleOf(values ?? {}).root.pem, root);
  },
  'the root is found among those that the machine trusts': async () => {
    const files = {
      'new.key': key,
      'new.crt': leaf + intermediate,
      '/etc/pki/tls/certs/ca-bundle.crt': `# roots\n${root}`,
    };
    const { values } = await checked({ files }, args(both), 'host');
    assert.is(bundleOf(values ?? {}).root.pem, root);
  },
  'a changed list of trusted roots is read anew': async () => {
    const trusting = (roots: string): World => ({
      files: { 'new.key': key, 'new.crt': leaf + intermediate, '/etc/ssl/cert.pem': roots },
    });
    await checked(trusting(root), args(both), 'host');
    const other = makePem({ ...rootWanted, subject: 'Other Root', key: 'root2' });
    assert.match(
      await refused(trusting(other), args(both), 'host'),
      'was issued by "Test Root", whose certificate is missing',
    );
  },
  'before anything is asked of a host the files alone are judged': async () => {
    const world = {
      files: {
        'new.key': keyPem('other'),
        'new.crt': makePem({ ...leafWanted, until: inDays(-5) }) + intermediate + root,
      },
    };
    const { read, asked } = door(world);
    const problems = await certificateBundle.preflight?.(args(both, { covers: ['system_vms', 'x.example.com'] }), read);
    assert.equal(
      problems?.map(({ message }) => message),
      [
        'the key in "new.key" is not the key of the certificate "*.console.example.com" in "new.crt"',
        '"new.crt": "*.console.example.com" expired on 2026-11-20 (5 days ago)',
        '"new.crt": "*.console.example.com" does not cover "x.example.com"',
      ],
    );
    assert.equal(asked, []);
  },
  'before anything is asked of a host a good bundle has no problem': async () =>
    assert.equal(await certificateBundle.preflight?.(args(both, { covers: ['system_vms'] }), door(plain).read), []),
  'broken files are all told at once': async () => {
    const world = { files: { 'new.key': '', 'new.crt': cut(leaf) } };
    assert.is(
      await refused(world, args(both), 'host'),
      [
        '2 problems with the certificate files:',
        '  "new.key" is empty',
        '    hint: it was not written to the end, or its disk was full; write it again',
        '  "new.crt": the block "CERTIFICATE" has no END line',
        '    hint: the file is damaged or only a part of it was copied; copy it again',
      ].join('\n'),
    );
  },
  'a cross-signed root that expired is walked around through the trust store': async () => {
    const byOld = makePem({
      ...intermediateWanted,
      subject: 'Test Root',
      issuer: 'Old Root',
      key: 'root',
      signer: 'root2',
      pathLength: 2,
    });
    const oldRoot = makePem({ ...rootWanted, subject: 'Old Root', key: 'root2', until: inDays(-9) });
    const files = { 'new.key': key, 'new.crt': leaf + intermediate + byOld + oldRoot, '/etc/ssl/cert.pem': root };
    const { notes } = await checked({ files }, args(both), 'host');
    assert.match(notes[0] ?? '', /chain of 3 to Test Root$/);
  },
});
