// Kept bundles and the program `age`: each opens what the other wrote.

import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { KeptBundle } from '../../src/connection.ts';
import { content, KEY, newly, recipient, TO_RECIPIENT, withBundles } from '../connections/kept.ts';
import { assert, type Cases, tests } from '../tests.ts';

const TEXT = `${KEY}${content.certificates}`;
const PASSPHRASE = 'correct horse battery';

/** Runs a program to its end; its output, or all that it said where it failed. */
function output(program: string, words: readonly string[], input = ''): string {
  const { status, stdout, stderr, error } = spawnSync(program, words, { input, encoding: 'utf8', timeout: 20_000 });
  if (error) throw error;
  return status === 0 ? stdout : `exit ${status}: ${stdout}${stderr}`;
}

/** The same with a terminal, where `age` asks for a pass phrase. */
const atTerminal = (line: string, typed: string): string => output('script', ['-qec', line, '/dev/null'], typed);

const isThere = (program: string): boolean => spawnSync(program, ['--version']).status === 0;

const only = ([kept]: readonly KeptBundle[]): KeptBundle => {
  if (!kept) throw new Error('nothing is kept');
  return kept;
};

const withRecipients: Cases = {
  'age opens a bundle that was kept, and finds PEM in it': () =>
    withBundles(TO_RECIPIENT, async ({ bundles, folder, home }) => {
      await bundles.keep(newly('aa'), content);
      assert.is(output('age', ['-d', '-i', join(home, 'key.txt'), join(folder, 'aa.age')]), TEXT);
      assert.match(
        output('age', ['-d', '-i', join(home, 'other.txt'), join(folder, 'aa.age')]),
        /no identity matched any of the recipients/,
      );
    }),
  'a bundle that age wrote is read, to one recipient or to several': () =>
    withBundles(TO_RECIPIENT, async ({ bundles, folder, home }) => {
      await bundles.keep(newly('aa'), content);
      writeFileSync(join(home, 'text'), TEXT);
      const mine = output('age-keygen', ['-y', join(home, 'other.txt')]).trim();
      for (const words of [[], ['-r', mine]]) {
        assert.is(output('age', ['-r', recipient, ...words, '-o', join(folder, 'aa.age'), join(home, 'text')]), '');
        const opened = await bundles.open(only(await bundles.list()));
        assert.equal([opened.certificates, opened.key.reveal()], [content.certificates, KEY]);
      }
    }),
};

const withPassphrase: Cases = {
  // The other way round costs two seconds each time: age has no cheaper pass phrase.
  'age opens a bundle that was kept with a pass phrase': () =>
    withBundles({ bundle_passphrase: PASSPHRASE }, async ({ bundles, folder, home }) => {
      await bundles.keep(newly('aa'), content);
      const text = join(home, 'text');
      const said = atTerminal(`age -d -o ${text} ${join(folder, 'aa.age')}`, `${PASSPHRASE}\n`);
      assert.is(readFileSync(text, 'utf8'), TEXT, said);
    }),
};

tests('age', {
  ...(isThere('age') ? withRecipients : {}),
  ...(isThere('age') && isThere('script') ? withPassphrase : {}),
  // A suite of nothing would be refused where neither is installed.
  'what is kept is in the format of age': () =>
    withBundles(TO_RECIPIENT, async ({ bundles, folder }) => {
      await bundles.keep(newly('aa'), content);
      assert.match(readFileSync(join(folder, 'aa.age'), 'latin1'), /^age-encryption\.org\/v1\n-> X25519 /);
    }),
});
