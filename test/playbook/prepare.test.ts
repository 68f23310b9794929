import { parseFlags, playFlags } from '../../src/cli/flags.ts';
import { InvalidInput, place } from '../../src/errors.ts';
import { preparePlaybook } from '../../src/playbook/prepare.ts';
import { assert, tests } from '../tests.ts';
import { type BadInput, badInputs } from './bad-inputs.ts';
import { inFolder } from './in-folder.ts';
import { modules } from './playbook-of.ts';

function prepare(args: readonly string[]) {
  const { words, given } = parseFlags(args, playFlags);
  const values = (name: string) => given.get(name) ?? [];
  return preparePlaybook({
    playbook: words[0] ?? '',
    inventory: values('inventory'),
    modules,
    extraVars: values('extra-vars'),
    lookup: (_, [term]) => `<${term}>`,
    limit: values('limit')[0],
    tags: values('tags'),
    skipTags: values('skip-tags'),
    startAtTask: values('start-at-task')[0],
  });
}

function problemsOf(input: BadInput): BadInput['expected'] {
  try {
    inFolder(input.files, () => prepare(input.args));
    return [];
  } catch (error) {
    if (!(error instanceof InvalidInput)) throw error;
    return error.problems.map(({ at, message, hint }) => ({
      ...(at && { at: place(at) }),
      message,
      ...(hint !== undefined && { hint }),
    }));
  }
}

tests('what is refused before anything is touched', {
  'every case expects a problem': () => assert.ok(badInputs.every((input) => input.expected.length > 0)),
  ...Object.fromEntries(badInputs.map((input) => [input.name, () => assert.equal(problemsOf(input), input.expected)])),
});
