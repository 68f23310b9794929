import { defineTask, ok, type Value } from '../src/task.ts';

/** A value as one reads it: text as it is, all else as JSON. Secrets print as `***`. */
const shown = (value: Value): string => (typeof value === 'string' ? value : JSON.stringify(value, null, 2));

export const debug = defineTask({
  name: 'debug',
  summary: 'prints a message or the value of an expression',
  args: {
    msg: { type: 'any', description: 'what to print; "Hello world!" where neither it nor `var` is given' },
    var: { type: 'expression', description: 'an expression whose value is printed; instead of `msg`' },
  },
  shorthand: 'msg',
  returns: { msg: 'what was printed' },
  example: '- name: What is served\n  debug: { msg: "{{ bundle.fingerprint }}" }\n',
  timeoutSeconds: 60,
  async check(args) {
    if (args.var) {
      const { text, value } = args.var;
      return ok(`${text}: ${shown(value)}`, { values: { [text]: value, msg: value } });
    }
    const message = args.msg ?? 'Hello world!';
    return ok(shown(message), { values: { msg: message } });
  },
});
