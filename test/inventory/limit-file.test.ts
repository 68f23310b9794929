import { InvalidInput } from '../../src/errors.ts';
import { withLimitFiles } from '../../src/inventory/limit-file.ts';
import { inFolder } from '../playbook/in-folder.ts';
import { assert, tests } from '../tests.ts';

const files = { some: 'eu-1/ams\n\n  eu-2 \n', empty: '\n' };

function limitOf(text: string): string {
  try {
    return inFolder(files, () => withLimitFiles(text));
  } catch (error) {
    if (error instanceof InvalidInput) return error.problems.map(({ message }) => message).join('; ');
    throw error;
  }
}

tests('--limit @FILE', {
  'the lines of the file stand in its place': () => assert.is(limitOf('eu-3,@some,!eu-4'), 'eu-3,eu-1/ams,eu-2,!eu-4'),
  'an empty file is not every host': () => assert.is(limitOf('@empty'), '--limit: "empty" names no host'),
  'a file has to be there': () => assert.is(limitOf('@none'), '--limit: there is no file "none"'),
});
