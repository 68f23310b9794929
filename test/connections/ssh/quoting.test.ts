import { execFileSync } from 'node:child_process';
import { commandLine, quoteWords } from '../../../src/connections/quoting.ts';
import { assert, tests } from '../../tests.ts';

/** What a POSIX shell makes of a line: every word on a NUL-ended entry. */
function words(line: string): string[] {
  const output = execFileSync('/bin/sh', ['-c', `printf '%s\\0' ${line}`], { encoding: 'utf8' });
  return output.split('\0').slice(0, -1);
}

const awkward = [
  'plain',
  '',
  ' ',
  "it's",
  '"',
  '$HOME',
  '`id`',
  '$(id)',
  'a\nb',
  '*',
  '~',
  '-n',
  'a;b',
  '\\',
  'ä€',
  '#x',
  '!',
];

tests('words for a shell', {
  'a shell splits the line into the same words again': () => {
    assert.equal(words(quoteWords(awkward)), awkward);
  },
  'the line quoted once more is one word that becomes the line again': () => {
    const line = quoteWords(awkward);
    assert.equal(words(quoteWords([line])), [line]);
  },
  'plain words stay readable': () => {
    assert.is(quoteWords(['systemctl', 'restart', 'apache2.service', 'a=b']), 'systemctl restart apache2.service a=b');
  },
  'a program with an equals sign is no assignment': () => {
    assert.is(quoteWords(['A=b', 'A=b']), "'A=b' A=b");
  },
  'a folder and an environment come before the program': () => {
    const place = { environment: { LC_ALL: 'C', X: "it's" }, folder: '/tmp/a b' };
    assert.is(commandLine(['id', '-u'], place), `cd '/tmp/a b' && env LC_ALL=C 'X=it'\\''s' id -u`);
  },
});
