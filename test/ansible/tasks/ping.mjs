// What Ansible's cases call `ping`: whether a program can be run on the host at all.
import { defineTask } from 'cs-play';

export default defineTask({
  name: 'ping',
  summary: 'See whether the host can be reached',
  args: {},
  returns: { ping: 'pong' },
  example: '- name: Reach it\n  ping: {}',
  timeoutSeconds: 10,
  async check(_args, _host, read) {
    await read.machine.exists('/');
    return { verdict: 'ok', values: { ping: 'pong' } };
  },
});
