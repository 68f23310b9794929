import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InvalidInput } from '../../src/errors.ts';
import { readSource } from '../../src/yaml/source.ts';
import { assert, tests } from '../tests.ts';

function withFile<T>(bytes: string | Buffer, body: (path: string) => T): T {
  const folder = mkdtempSync(join(tmpdir(), 'cs-play-test-'));
  try {
    const path = join(folder, 'x.yml');
    writeFileSync(path, bytes);
    return body(path);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function message(body: () => unknown): string {
  try {
    body();
  } catch (error) {
    if (error instanceof InvalidInput) return error.message;
    throw error;
  }
  return 'nothing was wrong';
}

tests('readSource', {
  'a byte order mark is no part of the text': () =>
    withFile('\u{feff}a: 1\n', (path) => assert.is(readSource(path).text, 'a: 1\n')),
  'a missing file is named': () =>
    assert.is(
      message(() => readSource('/nonexistent/x.yml')),
      'there is no file "/nonexistent/x.yml"',
    ),
  'a folder is not a file': () =>
    assert.match(
      message(() => readSource(tmpdir())),
      /is a folder, not a file$/,
    ),
  'bytes that are not UTF-8 are refused': () =>
    withFile(Buffer.from([0x61, 0xff, 0xfe]), (path) =>
      assert.match(
        message(() => readSource(path)),
        /is not a text in UTF-8$/,
      ),
    ),
  'a binary file is refused': () =>
    withFile('a\0b', (path) =>
      assert.match(
        message(() => readSource(path)),
        /is not a text in UTF-8$/,
      ),
    ),
});
