// What Ansible's cases call `shell`: cs-play has none, so here it is as a task module of the user's own.
import { defineTask, Failure } from 'cs-play';

export default defineTask({
  name: 'shell',
  summary: 'Run a line of shell on the host',
  args: {
    cmd: { type: 'string', required: true, description: 'The line' },
    chdir: { type: 'string', description: 'The folder to run it in' },
  },
  shorthand: 'cmd',
  returns: { rc: 'exit code', stdout: 'standard output', stderr: 'standard error', cmd: 'the line' },
  example: '- name: Count\n  shell: "wc -l < file"',
  timeoutSeconds: 60,
  proof: 'none',
  async check({ cmd }) {
    return { verdict: 'change', summary: `run ${cmd}`, detail: {} };
  },
  async apply(_change, _host, write, { cmd, chdir }) {
    const done = await write.machine.run(['sh', '-c', cmd], chdir ? { folder: chdir } : {});
    const values = { cmd, rc: done.code, stdout: done.stdout.replace(/\n$/, ''), stderr: done.stderr };
    if (done.code !== 0) throw new Failure('non-zero return code', { values });
    return { values };
  },
});
