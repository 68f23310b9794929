// What `cs-play plan` is asked for: a plan, and where it is to be saved.

import type { Problem } from '../errors.ts';
import { type Flag, type Parsed, parseFlags, playFlags } from './flags.ts';
import { type PlayRequest, requestFrom, sound } from './request.ts';

/** Of a run or of `--check`, and not of a plan that is a command of its own. */
const notOfPlans = ['check', 'list-tasks', 'list-hosts', 'list-tags', 'syntax-check', 'version', 'help'];

const own: readonly Flag[] = [
  { name: 'out', short: 'o', value: 'FILE', help: 'save the plan, to be shown and applied from there' },
  { name: 'valid-for', value: 'TIME', help: 'how long it may be applied: 30m, 24h, 7d (default: 24h)' },
  { name: 'force', help: 'put it in the place of a file that is no saved plan' },
  { name: 'exit-code', help: 'end with 6 where there is something to change, with 0 where there is nothing' },
  { name: 'help', short: 'h', help: 'print this' },
];

/** `-o` is the file here. */
const withoutShort = ({ short: _, ...flag }: Flag): Flag => flag;

export const planFlags: readonly Flag[] = [
  ...own.slice(0, -1),
  ...playFlags
    .filter(({ name }) => !notOfPlans.includes(name))
    .map((flag) => (flag.name === 'output' ? withoutShort(flag) : flag)),
  ...own.slice(-1),
];

export interface PlanRequest {
  readonly play: PlayRequest;
  readonly out: string | undefined;
  readonly validSeconds: number;
  readonly force: boolean;
  readonly exitCode: boolean;
}

/** The request, or `help`. Throws `InvalidInput` with all that is wrong. */
export function readPlanRequest(argv: readonly string[]): PlanRequest | 'help' {
  const parsed = parseFlags(argv, planFlags, 'cs-play plan');
  if (parsed.given.has('help')) return 'help';
  return sound((problems) => planRequestFrom(parsed, problems));
}

function planRequestFrom(parsed: Parsed, problems: Problem[]): PlanRequest {
  const one = (name: string) => parsed.given.get(name)?.[0];
  const play: PlayRequest = { ...requestFrom(parsed, problems), mode: 'plan' };
  const out = one('out');
  if (out === '') problems.push({ message: '--out is empty', hint: 'name the file: -o rotation.plan' });
  if (out !== undefined && play.playbooks.length > 1) {
    const message = `a saved plan is of one playbook, not of ${play.playbooks.length}`;
    problems.push({ message, hint: 'plan each into a file of its own' });
  }
  for (const name of ['valid-for', 'force']) {
    if (out !== undefined || !parsed.given.has(name)) continue;
    problems.push({ message: `--${name} is for a plan that is saved`, hint: 'add -o FILE' });
  }
  return {
    play,
    out,
    validSeconds: validityOf(one('valid-for'), problems),
    force: parsed.given.has('force'),
    exitCode: parsed.given.has('exit-code'),
  };
}

const units: Readonly<Record<string, number>> = { m: 60, h: 3600, d: 86_400 };
const DEFAULT_VALIDITY = '24h';

/** `24h` in seconds. */
function validityOf(text: string | undefined, problems: Problem[]): number {
  const [, number = '', unit = ''] = /^([1-9]\d{0,3})([mhd])$/.exec(text ?? DEFAULT_VALIDITY) ?? [];
  const seconds = Number(number) * (units[unit] ?? 0);
  if (seconds > 0) return seconds;
  const hint = `minutes, hours or days: 30m, 24h, 7d; leave it out to mean ${DEFAULT_VALIDITY}`;
  problems.push({ message: `--valid-for is no time: "${text}"`, hint });
  return 0;
}
