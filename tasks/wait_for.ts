import { defineTask, Failure, ok, type TaskHost } from '../src/task.ts';

function addressOf(given: string | undefined, host: TaskHost): string {
  if (given !== undefined) return given;
  const address = host.get('ansible_host') ?? host.get('publicip');
  return typeof address === 'string' && address !== '' ? address : host.name;
}

export const waitFor = defineTask({
  name: 'wait_for',
  summary: 'waits until a TCP port, seen from this machine, is open or closed',
  description: 'A plan looks once and does not wait.',
  args: {
    host: { type: 'string', description: 'address or name; by default `ansible_host`, `publicip` or the host’s name' },
    port: { type: 'integer', description: 'the TCP port', required: true, minimum: 1, maximum: 65_535 },
    state: {
      type: 'string',
      description: '`started`: open; `stopped`: closed',
      enum: ['started', 'stopped'],
      default: 'started',
    },
    timeout: { type: 'number', description: 'seconds to wait at most', default: 300, minimum: 0 },
    delay: { type: 'number', description: 'seconds before the first look', default: 0, minimum: 0 },
    sleep: { type: 'number', description: 'seconds between two looks', default: 1, minimum: 0.05 },
    connect_timeout: { type: 'number', description: 'seconds for one connection', default: 5, minimum: 0.1 },
    msg: { type: 'string', description: 'what to say instead when the time is over' },
  },
  returns: { elapsed: 'seconds waited', port: 'the port', state: 'the state that was awaited' },
  example: '- name: The console answers\n  wait_for: { port: 443, timeout: 120 }\n',
  timeoutSeconds: 3600,
  async check(args, host, read) {
    const address = addressOf(args.host, host);
    const wanted = args.state === 'started' ? 'open' : 'closed';
    const started = read.clock.now().getTime();
    const end = started + (read.planning ? 0 : args.timeout * 1000);
    if (!read.planning) await read.clock.sleep(args.delay);
    for (;;) {
      const open = await read.machine.portOpen(address, args.port, args.connect_timeout);
      const elapsed = (read.clock.now().getTime() - started) / 1000;
      if (open === (args.state === 'started')) {
        const values = { elapsed, port: args.port, state: args.state };
        return ok(`${address}:${args.port} is ${wanted}`, { values });
      }
      if (read.clock.now().getTime() + args.sleep * 1000 > end) {
        const found = `${address}:${args.port} is not ${wanted}${read.planning ? '' : ` after ${args.timeout} s`}`;
        throw new Failure(args.msg ?? found, {
          code: 'wait-for',
          hint: args.msg === undefined ? 'is a firewall in between, or is nothing listening?' : found,
          values: { elapsed, port: args.port, state: args.state },
        });
      }
      read.tell.waiting(`${address}:${args.port} to be ${wanted}`, new Date(end));
      await read.clock.sleep(args.sleep);
    }
  },
});
