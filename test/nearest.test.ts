import { nearest } from '../src/nearest.ts';
import { assert, tests } from './tests.ts';

const rows: readonly [string, readonly string[], string | undefined][] = [
  ['presnt', ['present', 'absent'], 'present'],
  ['global_settings', ['global_setting', 'keystore'], 'global_setting'],
  ['whne', ['when', 'name'], 'when'],
  ['ULR', ['url', 'port'], 'url'],
  ['xyz', ['when', 'name'], undefined],
  ['', ['a'], undefined],
];

tests('nearest', {
  'finds the misspelt name and leaves strangers alone': () => {
    for (const [word, names, wanted] of rows) assert.is(nearest(word, names), wanted, word);
  },
});
