// What is refused, and the whole of what is said about it.

import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Failure } from '../../src/errors.ts';
import { type BundleOptions, bundleOf, certificateOf, examineBundle, readBundle } from '../../src/pki/read.ts';
import { Secret } from '../../src/secret.ts';
import { assert, tests } from '../tests.ts';
import { type BadFiles, badBundles, badFiles, givenFiles, textOf } from './bad-bundles.ts';
import { casesWithTexts, expectedOf } from './bad-bundles-texts.ts';
import { intermediate, leaf, leafWanted, root } from './chains.ts';
import { fixture, inDays, keyPem, makePem, today } from './maker.ts';

const options: BundleOptions = { now: today, minimumDays: 14 };

function examine({ files, args = {} }: BadFiles) {
  const file = (name: string) => ({ name, bytes: Buffer.from(files[name] ?? '') });
  const { passphrase, root_file: rootFile, minimum_days: minimumDays = 14, covers } = args;
  return examineBundle(givenFiles({ files, args }).map(file), {
    now: today,
    minimumDays,
    covers,
    passphrase: passphrase === undefined ? undefined : new Secret(passphrase),
    root: rootFile === undefined ? undefined : file(rootFile),
  });
}

const refusals = Object.entries(badFiles(inDays)).map(([name, bad]) => [
  `refused: ${name}`,
  async () => {
    const { bundle, problems } = await examine(bad);
    const said = problems.map(({ message, hint }) => ({ message, hint: hint ?? 'NO HINT' }));
    assert.is(bundle, undefined);
    assert.is(textOf(said), textOf(expectedOf(name, inDays)));
  },
]);

const good = (certificate = leaf) => [
  { name: 'new.key', bytes: Buffer.from(keyPem('server')) },
  { name: 'new.crt', bytes: Buffer.from(certificate + intermediate + root) },
];

async function failureOf(work: Promise<unknown>): Promise<Failure> {
  try {
    await work;
  } catch (error) {
    if (error instanceof Failure) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

const longer = { fingerprint: `3f9c${'0'.repeat(58)}a1`, notAfter: inDays(300) };

tests('read', {
  ...Object.fromEntries(refusals),
  'every bad bundle has its texts and every text its bundle': () =>
    assert.equal(casesWithTexts(inDays).sort(), Object.keys(badFiles(inDays)).sort()),
  'the table on disk, made for this very moment, is refused with the same words': async () => {
    const folder = await mkdtemp(join(tmpdir(), 'cs-play-bad-'));
    try {
      for (const { name, files, args, expected } of await badBundles(folder)) {
        const file = async (path: string) => ({ name: path, bytes: await readFile(path) });
        const { problems } = await examineBundle(await Promise.all(files.map(file)), {
          now: new Date(),
          minimumDays: args.minimum_days ?? 14,
          covers: args.covers,
          passphrase: args.passphrase === undefined ? undefined : new Secret(args.passphrase),
          root: args.root_file === undefined ? undefined : await file(args.root_file),
        });
        assert.is(textOf(problems.map(({ message, hint = '' }) => ({ message, hint }))), expected, name);
      }
    } finally {
      await rm(folder, { recursive: true });
    }
  },
  'one problem is the failure itself': async () => {
    const failure = await failureOf(readBundle(good(makePem({ ...leafWanted, until: inDays(-5) })), options));
    assert.equal(
      [failure.code, failure.message, failure.hint],
      [
        'bundle-refused',
        '"new.crt": "*.console.example.com" expired on 2026-11-20 (5 days ago)',
        'renew it and give the new files: certbot renew, lego renew, acme.sh --renew',
      ],
    );
  },
  'several problems are a list, each with its fix': async () => {
    const files = good(makePem({ ...leafWanted, until: inDays(-5) }));
    const failure = await failureOf(readBundle(files, { ...options, covers: ['a.example.com'] }));
    assert.is(
      failure.message,
      [
        '2 problems with the certificate files:',
        '  "new.crt": "*.console.example.com" expired on 2026-11-20 (5 days ago)',
        '    hint: renew it and give the new files: certbot renew, lego renew, acme.sh --renew',
        '  "new.crt": "*.console.example.com" does not cover "a.example.com"',
        '    hint: it covers "*.console.example.com", "console.example.com", and "*." stands for exactly one label; ' +
          "ask for -d 'a.example.com' (certbot and acme.sh; lego: --domains)",
      ].join('\n'),
    );
  },
  'what is remembered of files is forgotten when their content or the pass phrase changes': async () => {
    const named = (bytes: Buffer) => [{ name: 'new.p12', bytes }];
    const open = (bytes: Buffer, passphrase: string) =>
      examineBundle(named(bytes), { ...options, passphrase: new Secret(passphrase) });
    const p12 = fixture('openssl.p12');
    assert.ok((await open(p12, 'correct-horse')).bundle);
    assert.is((await open(p12, 'wrong-horse')).bundle, undefined);
    assert.ok((await open(p12, 'correct-horse')).bundle);
    assert.is((await open(p12.subarray(0, 3000), 'correct-horse')).bundle, undefined);
  },
  'no files at all are told': async () =>
    assert.is((await failureOf(readBundle([], options))).message, 'no files were given'),
  'a certificate that ends before the served one is refused': async () => {
    const failure = await failureOf(readBundle(good(), { ...options, served: longer }));
    assert.equal(
      [failure.message, failure.hint],
      [
        '"new.crt": "*.console.example.com" ends on 2027-06-13, before the one that is served today (3f9c…a1, until 2027-09-21)',
        'these may be the old files; if the older certificate is meant, set allow_older: true',
      ],
    );
  },
  'an older certificate is taken where it is asked for': async () =>
    assert.ok(await readBundle(good(), { ...options, served: longer, allowOlder: true })),
  'the certificate that is served already is not older than itself': async () => {
    const { leaf: same } = await readBundle(good(), options);
    assert.ok(await readBundle(good(), { ...options, served: { ...longer, fingerprint: same.fingerprint } }));
  },
  'names that are covered are no problem': async () =>
    assert.ok(
      await readBundle(good(), { ...options, covers: ['203-0-113-5.console.example.com', '*.console.example.com'] }),
    ),
  'the day on which minimum_days are left exactly is early enough': async () =>
    assert.ok(await readBundle(good(makePem({ ...leafWanted, until: inDays(14) })), options)),
  'what was not registered by certificate_bundle is no bundle': () =>
    assert.throws(() => bundleOf({ leaf: 'x' }), /this is not a bundle that the task "certificate_bundle" registered/),
  'text that is no PEM is no certificate': () =>
    assert.throws(
      () => certificateOf('nonsense'),
      /this is not a certificate in PEM: it has no block labelled CERTIFICATE/,
    ),
});
