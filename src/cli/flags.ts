// The flags, declared once: from this table come parsing, help and the nearest name for a wrong one.

import { parseArgs } from 'node:util';
import { InvalidInput } from '../errors.ts';
import { nearest } from '../nearest.ts';
import { hang } from '../report/layout.ts';

export interface Flag {
  readonly name: string;
  readonly short?: string;
  /** What stands for the value in the help; absent for a switch. */
  readonly value?: string;
  /** May be given several times. */
  readonly repeats?: boolean;
  readonly help: string;
}

export const playFlags = [
  {
    name: 'inventory',
    short: 'i',
    value: 'PATH',
    repeats: true,
    help: 'inventory file or folder; several add up (default: the lab)',
  },
  { name: 'limit', short: 'l', value: 'PATTERN', help: 'only these hosts and what lies below them: eu-1/ams' },
  { name: 'tags', short: 't', value: 'TAGS', repeats: true, help: 'only tasks with one of these tags' },
  { name: 'skip-tags', value: 'TAGS', repeats: true, help: 'no task with one of these tags' },
  {
    name: 'extra-vars',
    short: 'e',
    value: 'VARS',
    repeats: true,
    help: 'name=value, a JSON or YAML map, or @FILE; beats every other variable',
  },
  {
    name: 'forks',
    short: 'f',
    value: 'N',
    help: 'how many hosts are worked on at once, in the whole tree (default: 20)',
  },
  { name: 'check', short: 'C', help: 'print the plan; nothing is written' },
  { name: 'diff', short: 'D', help: 'show before and after of each change' },
  { name: 'verbose', short: 'v', repeats: true, help: 'values (-v), every write (-vv), every wait (-vvv)' },
  { name: 'output', short: 'o', value: 'FORMAT', help: 'text, or json: one event a line and nothing else' },
  { name: 'force-handlers', help: 'run notified handlers on failed hosts too, where the play does not say' },
  { name: 'start-at-task', value: 'NAME', help: 'skip all tasks before the first of that name (globs allowed)' },
  { name: 'list-tasks', help: 'print the tasks that would be looked at, and stop' },
  { name: 'list-hosts', help: 'print the hosts of each play, as far as the inventory says, and stop' },
  { name: 'list-tags', help: 'print the tags of each play, and stop' },
  { name: 'syntax-check', help: 'check everything that can be checked without a host, and stop' },
  { name: 'help', short: 'h', help: 'print this' },
  { name: 'version', help: 'print the version' },
] as const satisfies readonly Flag[];

export interface Parsed {
  readonly words: readonly string[];
  /** Every value given for a flag, in order; a switch gives one empty string each time. */
  readonly given: ReadonlyMap<string, readonly string[]>;
}

/**
 * Splits words into flags and the rest. All that is wrong is said at once, with the nearest flag. `command`: whose help
 * lists the flags.
 */
export function parseFlags(argv: readonly string[], flags: readonly Flag[], command = 'cs-play'): Parsed {
  const options = Object.fromEntries(flags.map((flag) => [flag.name, optionOf(flag)]));
  const { tokens } = parseArgs({ args: [...argv], options, strict: false, allowPositionals: true, tokens: true });
  const words: string[] = [];
  const given = new Map<string, string[]>();
  const problems: { message: string; hint?: string | undefined }[] = [];
  for (const token of tokens) {
    if (token.kind === 'positional') words.push(token.value);
    if (token.kind !== 'option') continue;
    const flag = flags.find((candidate) => candidate.name === token.name);
    const problem = flag ? problemWith(flag, token.value, given) : unknownFlag(token.rawName, flags, command);
    if (problem) problems.push(problem);
    else given.set(token.name, [...(given.get(token.name) ?? []), token.value ?? '']);
  }
  if (problems.length > 0) throw new InvalidInput(problems);
  return { words, given };
}

function optionOf(flag: Flag): { type: 'string' | 'boolean'; multiple: true; short?: string } {
  return {
    type: flag.value === undefined ? 'boolean' : 'string',
    multiple: true,
    ...(flag.short && { short: flag.short }),
  };
}

function problemWith(flag: Flag, value: string | undefined, given: ReadonlyMap<string, unknown>) {
  if (flag.value === undefined && value !== undefined)
    return { message: `--${flag.name} takes no value, but was given "${value}"`, hint: `write --${flag.name} alone` };
  if (flag.value !== undefined && value === undefined)
    return { message: `--${flag.name} needs a value`, hint: `--${flag.name} ${flag.value}: ${flag.help}` };
  if (!flag.repeats && given.has(flag.name)) return { message: `--${flag.name} is given twice`, hint: 'give it once' };
  return undefined;
}

/** Flags of ansible-playbook that fingers know, and what does their work here. */
const ansibleFlags: Readonly<Record<string, string>> = {
  '--user': 'set ansible_user in the inventory, or with -e',
  '-u': 'set ansible_user in the inventory, or with -e',
  '--private-key': 'set ansible_ssh_private_key_file in the inventory, or with -e',
  '--connection': 'set ansible_connection in the inventory, or with -e',
  '-c': 'set ansible_connection in the inventory, or with -e',
  '--become': 'connect as the user that may do it: ansible_user',
  '-b': 'connect as the user that may do it: ansible_user',
  '--ask-become-pass': 'connect as the user that may do it: ansible_user',
  '-K': 'connect as the user that may do it: ansible_user',
  '--ask-pass': 'use a key or an agent',
  '-k': 'use a key or an agent',
  '--step': '--check shows every step before; --limit and --tags take a part',
  '--vault-id': "look secrets up: {{ lookup('env', 'NAME') }}, or 'file' or 'pipe'",
  '--vault-password-file': "look secrets up: {{ lookup('env', 'NAME') }}, or 'file' or 'pipe'",
  '--ask-vault-pass': "look secrets up: {{ lookup('env', 'NAME') }}, or 'file' or 'pipe'",
  '--module-path': 'your own task modules lie in tasks/ beside the playbook',
  '-M': 'your own task modules lie in tasks/ beside the playbook',
  '--flush-cache': 'nothing is cached between runs',
};

function unknownFlag(raw: string, flags: readonly Flag[], command: string) {
  const instead = ansibleFlags[raw];
  if (instead !== undefined) return { message: `"${raw}" of Ansible is not there`, hint: instead };
  const names = flags.flatMap((flag) => [`--${flag.name}`, ...(flag.short ? [`-${flag.short}`] : [])]);
  const guess = raw.startsWith('--') ? nearest(raw, names) : undefined;
  const hint = guess ? `did you mean "${guess}"?` : `${command} --help lists them`;
  return { message: `unknown flag "${raw}"`, hint };
}

/** The flags for help, each with its words hanging beside it. */
export function describeFlags(flags: readonly Flag[], width: number): string {
  const left = flags.map(
    (flag) => `  ${flag.short ? `-${flag.short}, ` : '    '}--${flag.name}${flag.value ? ` ${flag.value}` : ''}`,
  );
  const columns = Math.max(...left.map((text) => text.length)) + 2;
  return flags.flatMap((flag, index) => hang((left[index] ?? '').padEnd(columns), flag.help, width)).join('\n');
}
