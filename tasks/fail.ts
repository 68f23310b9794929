import { defineTask, Failure } from '../src/task.ts';

export const fail = defineTask({
  name: 'fail',
  summary: 'fails with a message',
  args: {
    msg: { type: 'string', description: 'why', default: 'Failed as requested from task' },
    hint: { type: 'string', description: 'what to do about it' },
  },
  shorthand: 'msg',
  example:
    '- name: Only clouds with a console domain\n  when: console_domain == ""\n  fail: { msg: "{{ inventory_hostname }} has no console_domain", hint: "set it in the inventory" }\n',
  timeoutSeconds: 60,
  async check(args) {
    throw new Failure(args.msg, { code: 'fail', hint: args.hint, values: { msg: args.msg } });
  },
});
