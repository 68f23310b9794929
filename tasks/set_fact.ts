import { defineTask, Failure, ok, type ValueMap } from '../src/task.ts';

const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;

export const setFact = defineTask({
  name: 'set_fact',
  summary: 'sets variables of the host for the rest of the run',
  description:
    'They have the rank of registered variables: they beat those of the inventory, of plays and of tasks, and only `-e` beats them. Hosts below see them as well.',
  args: {},
  additionalArgs: 'each argument is a variable to set',
  setsVariables: true,
  example: '- name: Where consoles are\n  set_fact: { console_address: "{{ publicip }}" }\n',
  timeoutSeconds: 60,
  async check(args) {
    const variables: ValueMap = args;
    const names = Object.keys(variables);
    if (names.length === 0) {
      throw new Failure('no variable is given', { code: 'set-fact-empty', hint: 'write set_fact: { name: value }' });
    }
    const bad = names.filter((name) => !NAME.test(name));
    if (bad.length > 0) {
      throw new Failure(`${bad.map((name) => `"${name}"`).join(', ')} cannot be the name of a variable`, {
        code: 'set-fact-name',
        hint: 'names begin with a letter or "_" and go on with letters, digits and "_"',
      });
    }
    return ok(`set ${names.join(', ')}`, { values: { facts: variables }, variables });
  },
});
