import { defineTask, Failure, ok } from '../src/task.ts';

export const pause = defineTask({
  name: 'pause',
  summary: 'waits for a time',
  description: 'A plan does not wait. Waiting for a key is not there yet: give `seconds` or `minutes`.',
  args: {
    seconds: { type: 'number', description: 'how many seconds', minimum: 0 },
    minutes: { type: 'number', description: 'how many minutes, on top of `seconds`', minimum: 0 },
    prompt: { type: 'string', description: 'what to say while waiting' },
  },
  returns: { seconds: 'how long it waited' },
  example: '- name: Let the dust settle\n  pause: { seconds: 30, prompt: "consoles come back" }\n',
  timeoutSeconds: 86_400,
  async check(args, _host, read) {
    if (args.seconds === undefined && args.minutes === undefined) {
      throw new Failure('"pause" has neither seconds nor minutes', {
        code: 'pause-endless',
        hint: 'waiting for a key is not there yet; write pause: { seconds: 30 }',
      });
    }
    const seconds = (args.seconds ?? 0) + (args.minutes ?? 0) * 60;
    const end = new Date(read.clock.now().getTime() + seconds * 1000);
    if (!read.planning) {
      read.tell.waiting(args.prompt ?? 'the pause to end', end);
      await read.clock.sleep(seconds);
    }
    return ok(`${read.planning ? 'would wait' : 'waited'} ${seconds} s`, { values: { seconds } });
  },
});
