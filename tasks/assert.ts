import { defineTask, Failure, ok, type Value } from '../src/task.ts';

const unknownReason = (value: Value): string | undefined =>
  typeof value === 'object' && value !== null && 'unknown' in value && value.unknown === true
    ? String(value['reason'])
    : undefined;

export const assert = defineTask({
  name: 'assert',
  summary: 'fails unless every condition holds, and names all that do not',
  args: {
    that: { type: 'conditions', description: 'one condition or a list of them', required: true },
    fail_msg: { type: 'string', description: 'what to say instead when one does not hold' },
    success_msg: { type: 'string', description: 'what to say when all hold', default: 'all assertions passed' },
    quiet: { type: 'boolean', description: 'say nothing when all hold', default: false },
  },
  returns: { assertion: 'the first condition that does not hold', evaluated_to: 'what it came to' },
  example:
    '- name: One console proxy in each zone at least\n  assert: { that: "groups.console_proxies | length >= groups.zones | length" }\n',
  timeoutSeconds: 60,
  async check(args) {
    for (const { text, value } of args.that) {
      const reason = unknownReason(value);
      if (reason !== undefined) throw new Failure(`"${text}" cannot be told before the run: ${reason}`);
    }
    const wrong = args.that.filter(({ value }) => value !== true);
    if (wrong.length === 0) return ok(args.quiet ? undefined : args.success_msg);
    const list = wrong.map(({ text }) => `"${text}"`).join(', ');
    throw new Failure(args.fail_msg ?? `${wrong.length === 1 ? 'does' : 'do'} not hold: ${list}`, {
      code: 'assert',
      hint: args.fail_msg === undefined ? undefined : `does not hold: ${list}`,
      values: { assertion: wrong[0]?.text, evaluated_to: wrong[0]?.value },
    });
  },
});
