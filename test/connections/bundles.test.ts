import { chmodSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { KeptBundle } from '../../src/connection.ts';
import type { ValueMap } from '../../src/model.ts';
import { Secret } from '../../src/secret.ts';
import { assert, tests } from '../tests.ts';
import { content, KEY, newly, recipient, TO_RECIPIENT, withBundles, withHost } from './kept.ts';
import { failureText } from './steps.ts';

const PASSPHRASE = 'correct horse battery';

const fingerprints = (kept: readonly KeptBundle[]): string[] => kept.map(({ fingerprint }) => fingerprint);
const mode = (path: string): string => (statSync(path).mode & 0o777).toString(8);

/** Keeps one, and opens it with other variables. */
const openedWith = (vars: ValueMap, keptWith: ValueMap = TO_RECIPIENT): Promise<string> =>
  withBundles(keptWith, async ({ bundles, home }) => {
    await bundles.keep(newly('aa'), content);
    const [kept] = await bundles.list();
    if (!kept) throw new Error('nothing is kept');
    return withHost(home, vars, ({ bundles: others }) => failureText(others.open(kept)));
  }).then((text) => text.replaceAll(/"\/[^"]*\//g, '"FOLDER/').replaceAll(recipient, 'AGE1'));

const NOT_OPENED = 'hint: set "bundle_identity_file" to the file of the identity, or "bundle_passphrase"';

tests('kept bundles', {
  'what is kept is opened again, and nothing of it lies there in clear': () =>
    withBundles(TO_RECIPIENT, async ({ bundles, step, folder }) => {
      assert.equal(await bundles.list(), []);
      assert.equal(await bundles.keep({ ...newly('aa'), replaced: 'bb' }, content), []);
      const [kept, ...more] = await bundles.list();
      assert.equal(more, []);
      if (!kept) throw new Error('nothing is kept');
      const { keptAt, ...rest } = kept;
      assert.equal(rest, { ...newly('aa'), replaced: 'bb', run: '20261125-034100-9f3c', encryptedTo: [recipient] });
      assert.ok(Math.abs(Date.now() - Date.parse(keptAt)) < 60_000);
      const opened = await bundles.open(kept);
      assert.equal([opened.certificates, opened.key.reveal()], [content.certificates, KEY]);
      assert.equal(readdirSync(folder).sort(), ['aa.age', 'aa.json']);
      for (const name of readdirSync(folder)) {
        const text = readFileSync(join(folder, name), 'latin1');
        assert.not.ok(/PRIVATE KEY|CERTIFICATE|MIIEvg/.test(text), name);
        assert.is(mode(join(folder, name)), '600');
      }
      assert.is(mode(folder), '700');
      assert.equal(
        step.told.map(({ what, outcome }) => [what, outcome]),
        [[`keep the bundle aa of eu-1 in ${folder}`, 'done']],
      );
    }),

  'a pass phrase does as well': () =>
    withBundles({ bundle_passphrase: PASSPHRASE }, async ({ bundles }) => {
      assert.equal(await bundles.encryptedTo(), ['pass phrase']);
      await bundles.keep(newly('aa'), content);
      const [kept] = await bundles.list();
      assert.is(kept && (await bundles.open(kept)).key.reveal(), KEY);
    }),

  'the newest are kept, as many as the variable says, and what is kept again is the newest': () =>
    withBundles({ ...TO_RECIPIENT, bundles_kept: 2 }, async ({ bundles, folder }) => {
      for (const fingerprint of ['aa', 'bb', 'aa']) assert.equal(await bundles.keep(newly(fingerprint), content), []);
      assert.equal(fingerprints(await bundles.list()), ['aa', 'bb']);
      assert.equal(fingerprints(await bundles.keep(newly('cc'), content)), ['bb']);
      assert.equal(fingerprints(await bundles.list()), ['cc', 'aa']);
      assert.equal(readdirSync(folder).sort(), ['aa.age', 'aa.json', 'cc.age', 'cc.json']);
    }),

  'without a recipient there is nothing to encrypt to': () =>
    withBundles({}, async ({ bundles, step }) => {
      assert.equal(await bundles.encryptedTo(), []);
      assert.is(
        await failureText(bundles.keep(newly('aa'), content)),
        'Failure bundle-variables: nothing to encrypt to\nhint: set "bundle_recipients" or "bundle_passphrase"',
      );
      assert.equal(step.told, []);
    }),

  'recipients that do not do are named before anything is kept': async () => {
    const said = (vars: ValueMap) => withBundles(vars, ({ bundles }) => failureText(bundles.encryptedTo()));
    assert.is(
      await said({ bundle_recipients: ['age1abc'] }),
      'Failure bundle-variables: "age1abc" in "bundle_recipients" of host "eu-1" is no recipient of age: invalid string length 7, expected (8..90)\nhint: age-keygen prints it: age1 and 58 more characters',
    );
    assert.is(
      await said({ bundle_recipients: [recipient], bundle_passphrase: PASSPHRASE }),
      'Failure bundle-variables: host "eu-1" has both "bundle_recipients" and "bundle_passphrase", and a file takes one or the other\nhint: with recipients, set "bundle_identity_file" to the key that opens them, and leave the pass phrase out',
    );
    assert.is(
      await said({ ...TO_RECIPIENT, bundles_kept: 1.5 }),
      'Failure bundle-variables: variable "bundles_kept" of host "eu-1" is not a whole number\nhint: leave it out to mean 3',
    );
  },

  'an empty pass phrase is none: nothing is encrypted with it, and nothing opened': async () => {
    for (const nothing of ['', new Secret('')]) {
      assert.is(
        await withBundles({ bundle_passphrase: nothing }, ({ bundles }) => failureText(bundles.encryptedTo())),
        'Failure bundle-variables: variable "bundle_passphrase" of host "eu-1" is empty\nhint: is the variable of the environment set that it is looked up in?',
      );
      assert.is(
        await openedWith({ bundle_passphrase: nothing }, { bundle_passphrase: PASSPHRASE }),
        `Failure bundle-not-held: its key is not held: no identity and no pass phrase is given, and it is encrypted with a pass phrase\n${NOT_OPENED}`,
      );
    }
  },

  'who does not hold the key is told so': async () => {
    assert.is(
      await openedWith({}),
      `Failure bundle-not-held: its key is not held: no identity and no pass phrase is given, and it is encrypted to AGE1\n${NOT_OPENED}`,
    );
    assert.is(
      await openedWith({ bundle_identity_file: 'other.txt' }),
      `Failure bundle-not-held: its key is not held: the identity in "FOLDER/other.txt" does not open it, and it is encrypted to AGE1\n${NOT_OPENED}`,
    );
    assert.is(
      await openedWith({ bundle_passphrase: 'another one' }, { bundle_passphrase: PASSPHRASE }),
      `Failure bundle-not-held: its key is not held: the pass phrase does not open it, and it is encrypted with a pass phrase\n${NOT_OPENED}`,
    );
  },

  'a file that holds no identity is named': async () => {
    const hint =
      'hint: age-keygen -o FILE writes one: a line AGE-SECRET-KEY-1…; a file that is itself encrypted is opened before: age -d';
    assert.is(
      await openedWith({ bundle_identity_file: 'gone.txt' }),
      'Failure bundle-variables: the file "FOLDER/gone.txt" is missing\nhint: set "bundle_identity_file" to the file of the identity: its whole path, or ~/…',
    );
    assert.is(
      await openedWith({ bundle_identity_file: 'empty.txt' }),
      `Failure bundle-variables: the file "FOLDER/empty.txt" holds no identity of age\n${hint}`,
    );
    assert.is(
      await openedWith({ bundle_identity_file: 'state/cs-play/bundles/../../../key.txt' }),
      'no failure',
      'a path is taken as it is',
    );
    assert.match(
      await withBundles(TO_RECIPIENT, async ({ bundles, home }) => {
        await bundles.keep(newly('aa'), content);
        writeFileSync(join(home, 'key.txt'), 'AGE-SECRET-KEY-1NONSENSE\n');
        const [kept] = await bundles.list();
        return kept ? failureText(bundles.open(kept)) : '';
      }),
      /^Failure bundle-variables: the file "[^"]*\/key\.txt" holds no identity of age: \S.*\nhint: age-keygen/,
    );
  },

  'files that were changed are not believed': () =>
    withBundles(TO_RECIPIENT, async ({ bundles, folder }) => {
      await bundles.keep(newly('aa'), content);
      const [kept] = await bundles.list();
      if (!kept) throw new Error('nothing is kept');
      const bytes = readFileSync(join(folder, 'aa.age'));
      writeFileSync(join(folder, 'aa.age'), bytes.subarray(0, -4));
      assert.match(await failureText(bundles.open(kept)), /^Failure bundle-damaged: its file is damaged: \S/);
      const path = join(folder, 'aa.json');
      for (const text of ['{"fingerprint":"aa"', 'null', JSON.stringify({ ...kept, fingerprint: '../aa' })]) {
        writeFileSync(path, text);
        assert.is(
          await failureText(bundles.list()),
          `Failure bundle-folder: the file "${path}" does not tell of a kept bundle\nhint: it was changed by hand or is damaged: move it away with the ".age" file of the same name`,
        );
      }
    }),

  'a folder that others can write to is not trusted': () =>
    withBundles(TO_RECIPIENT, async ({ bundles, folder }) => {
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      chmodSync(folder, 0o777);
      const said = `Failure bundle-folder: others can write to the folder "${folder}"\nhint: see that nothing in it is foreign, then chmod 700 ${folder}`;
      assert.is(await failureText(bundles.list()), said);
      assert.is(await failureText(bundles.keep(newly('aa'), content)), said);
    }),
});
