// What the command line asks for, checked as far as it can be without reading a file.

import { InvalidInput, type Problem } from '../errors.ts';
import { type Parsed, parseFlags, playFlags } from './flags.ts';

export type Listing = 'tasks' | 'hosts' | 'tags' | 'syntax';

export interface PlayRequest {
  readonly playbooks: readonly string[];
  readonly inventories: readonly string[];
  readonly limit: string | undefined;
  readonly tags: readonly string[];
  readonly skipTags: readonly string[];
  /** As given: `name=value`, a map, `@file`. */
  readonly extraVars: readonly string[];
  readonly forks: number;
  readonly mode: 'plan' | 'run';
  readonly diff: boolean;
  readonly verbosity: number;
  readonly output: 'text' | 'json';
  readonly forceHandlers: boolean;
  readonly startAtTask: string | undefined;
  readonly listing: Listing | undefined;
}

const DEFAULT_FORKS = 20;

/** The request, or `help` / `version` where that was asked. Throws `InvalidInput` with all that is wrong. */
export function readRequest(argv: readonly string[]): PlayRequest | 'help' | 'version' {
  const parsed = parseFlags(argv, playFlags);
  if (parsed.given.has('help')) return 'help';
  if (parsed.given.has('version')) return 'version';
  return sound((problems) => requestFrom(parsed, problems));
}

/** What a reader of flags gives, or `InvalidInput` with every problem that it added. */
export function sound<T>(read: (problems: Problem[]) => T): T {
  const problems: Problem[] = [];
  const value = read(problems);
  if (problems.length > 0) throw new InvalidInput(problems);
  return value;
}

/** The request that flags parsed with `playFlags` make; what is wrong is added to the problems. */
export function requestFrom(parsed: Parsed, problems: Problem[]): PlayRequest {
  const all = (name: string) => parsed.given.get(name) ?? [];
  const one = (name: string) => all(name)[0];
  if (parsed.words.length === 0)
    problems.push({ message: 'no playbook is named', hint: 'cs-play rotate-certs.yml --check' });
  return {
    playbooks: parsed.words,
    inventories: all('inventory'),
    limit: nonEmpty('limit', one('limit'), problems),
    tags: tagsOf('tags', all('tags'), problems),
    skipTags: tagsOf('skip-tags', all('skip-tags'), problems),
    extraVars: all('extra-vars'),
    forks: forksOf(one('forks'), problems),
    mode: parsed.given.has('check') ? 'plan' : 'run',
    diff: parsed.given.has('diff'),
    verbosity: all('verbose').length,
    output: outputOf(one('output'), problems),
    forceHandlers: parsed.given.has('force-handlers'),
    startAtTask: nonEmpty('start-at-task', one('start-at-task'), problems),
    listing: listingOf(parsed, problems),
  };
}

/** An empty selection would be everything in Ansible; here it is refused. */
function nonEmpty(name: string, value: string | undefined, problems: Problem[]): string | undefined {
  if (value !== undefined && value.replaceAll(/[,:\s]/g, '') === '') {
    problems.push({ message: `--${name} is empty`, hint: 'leave it out to mean everything' });
  }
  return value;
}

function tagsOf(name: string, values: readonly string[], problems: Problem[]): string[] {
  for (const value of values) nonEmpty(name, value, problems);
  return values
    .flatMap((value) => value.split(','))
    .map((tag) => tag.trim())
    .filter((tag) => tag !== '');
}

/** `-f`; `DEFAULT_FORKS` where it is not given. `otherwise`: what leaving it out means. */
export function forksOf(value: string | undefined, problems: Problem[], otherwise = String(DEFAULT_FORKS)): number {
  if (value === undefined) return DEFAULT_FORKS;
  if (/^[1-9]\d{0,5}$/.test(value)) return Number(value);
  problems.push({
    message: `--forks must be a whole number from 1, not "${value}"`,
    hint: `leave it out to mean ${otherwise}`,
  });
  return DEFAULT_FORKS;
}

/** `--output`. */
export function outputOf(value: string | undefined, problems: Problem[]): 'text' | 'json' {
  if (value !== undefined && value !== 'text' && value !== 'json') {
    problems.push({
      message: `--output must be text or json, not "${value}"`,
      hint: 'text for people, json for programs',
    });
  }
  return value === 'json' ? 'json' : 'text';
}

function listingOf(parsed: Parsed, problems: Problem[]): Listing | undefined {
  const flags: [string, Listing][] = [
    ['list-tasks', 'tasks'],
    ['list-hosts', 'hosts'],
    ['list-tags', 'tags'],
    ['syntax-check', 'syntax'],
  ];
  const asked = flags.filter(([name]) => parsed.given.has(name));
  if (asked.length > 1)
    problems.push({
      message: `${asked.map(([name]) => `--${name}`).join(' and ')} exclude each other`,
      hint: 'ask for one at a time',
    });
  return asked[0]?.[1];
}
