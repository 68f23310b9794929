import { inspect } from 'node:util';
import { redact, Secret } from '../src/secret.ts';
import { assert, tests } from './tests.ts';

const secret = new Secret('correct horse/battery+staple');

tests('secret', {
  'never prints itself': () => {
    assert.is(`${secret} ${JSON.stringify({ secret })} ${inspect(secret)}`, '*** {"secret":"***"} ***');
  },
  'is replaced in text by value, in every spelling': () => {
    const value = secret.reveal();
    const spellings = [
      value,
      encodeURIComponent(value),
      Buffer.from(value).toString('base64'),
      Buffer.from(value).toString('hex'),
    ];
    for (const spelling of spellings) assert.is(redact(`key=${spelling}.`), 'key=***.');
  },
  'is replaced wherever it stands, and as a whole where another is a part of it': () => {
    for (const value of ['aaaaab', 'aaaaab-and-more', '🔑🔑🔑🔑']) new Secret(value);
    const rows: readonly [string, string][] = [
      ['aaaaab', '***'],
      ['aaaaaaaab, aaaaabaaaaab', 'aaa***, ******'],
      ['aaaaab-and-more aaaaab-and', '*** ***-and'],
      ['x🔑🔑🔑🔑y', 'x***y'],
      ['aaaaa', 'aaaaa'],
      ['', ''],
    ];
    for (const [text, wanted] of rows) assert.is(redact(text), wanted);
  },
  'is replaced in JSON too, line by line': () => {
    const line = 'a line with a "quote" that is long enough';
    const lines = new Secret(`first\n${line}\nlast`);
    assert.is(redact(JSON.stringify({ all: lines.reveal(), one: line })), '{"all":"***","one":"***"}');
  },
  'a private key block is replaced even when nobody read it as a secret': () => {
    assert.is(redact('a\n-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----\nb'), 'a\n***\nb');
    assert.is(redact('cut -----BEGIN PRIVATE KEY-----\nMIIE'), 'cut ***');
  },
});
