// Host patterns: Ansible's grammar, on names, groups and paths.
//
//   eu-1   clouds   eu-1/ams   eu-1/*   **/v-*   ~eu-[12]   clouds[0:1]   clouds:&production:!eu-2

import { isIP } from 'node:net';
import { InvalidInput, type Location } from '../errors.ts';
import type { Host, HostPattern, PatternTerm } from '../model.ts';

/**
 * Parses a pattern. Terms are joined by `,` or, where there is none, by `:`. Unions come first, then every `&`,
 * then every `!`, whatever their order. Throws `InvalidInput` for what cannot be a pattern.
 */
export function parsePattern(text: string, at: Location): HostPattern {
  return { text, at, terms: termsOf(text, at) };
}

/** Several patterns, written as a list: the same as joined by commas. */
export function joinPatterns(patterns: readonly HostPattern[], at: Location): HostPattern {
  return { text: patterns.map((pattern) => pattern.text).join(','), at, terms: patterns.flatMap((each) => each.terms) };
}

function termsOf(text: string, at: Location): PatternTerm[] {
  const pieces = split(text)
    .map((piece) => piece.trim())
    .filter((piece) => piece !== '');
  if (pieces.length === 0) throw bad('a host pattern must not be empty', at, 'write "all" for every host');
  return pieces.map((piece) => termOf(piece, at));
}

function split(text: string): string[] {
  if (isIP(text.trim()) === 6) return [text];
  const separator = /,(?![^[]*\])/.test(text) ? ',' : ':';
  const pieces = [''];
  let depth = 0;
  for (const character of text) {
    if (character === '[') depth += 1;
    if (character === ']') depth = Math.max(0, depth - 1);
    if (character === separator && depth === 0) pieces.push('');
    else pieces[pieces.length - 1] += character;
  }
  return pieces;
}

const operators: Readonly<Record<string, PatternTerm['operator']>> = { '&': 'and', '!': 'not' };

function termOf(piece: string, at: Location): PatternTerm {
  const operator = operators[piece.charAt(0)] ?? 'or';
  const body = operator === 'or' ? piece : piece.slice(1).trim();
  if (body === '') throw bad(`"${piece}" in a host pattern has nothing after it`, at);
  if (body.startsWith('@')) throw bad(`"${body}" is not there yet: a file of hosts`, at, 'list the hosts with commas');
  if (body.startsWith('~')) {
    regexOf(body, at);
    return { operator, text: body, at };
  }
  const found = /^(.+)\[(?:(-?\d+)|(\d+)[:-](\d*))\]$/.exec(body);
  if (!found?.[1]) return { operator, text: body, at };
  const from = Number(found[2] ?? found[3]);
  const to = found[2] === undefined ? (found[4] ? Number(found[4]) : undefined) : from;
  return { operator, text: found[1], subscript: { from, to }, at };
}

const compiled = new Map<string, RegExp>();

/** `~regex` is anchored at the start of a name, as Python's `re.match`. */
function regexOf(term: string, at: Location): RegExp {
  const known = compiled.get(term);
  if (known) return known;
  try {
    const regex = new RegExp(`^(?:${term.slice(1)})`);
    compiled.set(term, regex);
    return regex;
  } catch (error) {
    if (error instanceof SyntaxError) throw bad(`"${term}" is not a regular expression: ${error.message}`, at);
    throw error;
  }
}

/** A glob over a name or a path: `*` and `?` stop at `/`, `**` does not. */
export function globOf(glob: string): RegExp {
  const known = compiled.get(glob);
  if (known) return known;
  const source = glob.replace(/\*\*|[*?]|\[!?[^\]]+\]|[\s\S]/g, (part) => {
    if (part === '**') return '.*';
    if (part === '*') return '[^/]*';
    if (part === '?') return '[^/]';
    if (part.length > 1) return `[${part.startsWith('[!') ? '^' : ''}${part.slice(part.startsWith('[!') ? 2 : 1)}`;
    return part.replace(/[\\^$.|+()[\]{}]/, '\\$&');
  });
  const regex = new RegExp(`^${source}$`);
  compiled.set(glob, regex);
  return regex;
}

/** This machine, where no inventory names it: in no group, not even `all`, as in Ansible. */
export const implicitLocalhost: Host = {
  path: 'localhost',
  name: 'localhost',
  kind: 'host',
  parent: undefined,
  groups: [],
  layers: [],
  facts: {},
};

const isGlob = (text: string): boolean => /[*?[]/.test(text);
export const isEverything = (term: PatternTerm): boolean => term.text === 'all' || term.text === '*';

/** Whether a term, its subscript aside, means this host: by path, by name, or by one of its groups. */
export function matches(term: PatternTerm, host: Host): boolean {
  const { text } = term;
  if (host === implicitLocalhost) return text === host.name;
  if (isEverything(term)) return true;
  if (text.startsWith('~')) {
    const regex = regexOf(text, term.at);
    return regex.test(host.path) || regex.test(host.name) || host.groups.some((group) => regex.test(group));
  }
  if (!isGlob(text)) return text === host.path || (!text.includes('/') && (text === host.name || inGroup(text, host)));
  const glob = globOf(text);
  if (text.includes('/')) return glob.test(host.path);
  return glob.test(host.name) || host.groups.some((group) => glob.test(group));
}

const inGroup = (text: string, host: Host): boolean => host.groups.includes(text);

/**
 * The candidates that a pattern selects. As in Ansible the term that mentions a host first decides its place; within
 * a term the order is the candidates' own (that of the inventory file). No host comes twice.
 */
export function select(pattern: HostPattern, candidates: readonly Host[]): Host[] {
  const unions = pattern.terms.filter((term) => term.operator === 'or');
  const selected = new Map<string, Host>();
  for (const host of unions.length === 0 ? candidates : []) {
    if (host !== implicitLocalhost) selected.set(host.path, host);
  }
  for (const term of unions) for (const host of hostsOf(term, candidates)) selected.set(host.path, host);
  for (const operator of ['and', 'not'] as const) {
    for (const term of pattern.terms) if (term.operator === operator) narrow(selected, term, candidates);
  }
  return [...selected.values()];
}

function narrow(selected: Map<string, Host>, term: PatternTerm, candidates: readonly Host[]): void {
  const meant = new Set(hostsOf(term, candidates).map((host) => host.path));
  for (const path of selected.keys()) {
    if (meant.has(path) !== (term.operator === 'and')) selected.delete(path);
  }
}

/** The hosts of one term. A host's own path goes before a group of the same name. */
export function hostsOf(term: PatternTerm, candidates: readonly Host[]): Host[] {
  const found = candidates.filter((host) => matches(term, host));
  const named = isGlob(term.text) ? undefined : found.find((host) => host.path === term.text);
  return subscripted(term, named ? [named] : found);
}

function subscripted(term: PatternTerm, hosts: Host[]): Host[] {
  if (!term.subscript) return hosts;
  const { from, to } = term.subscript;
  const start = from < 0 ? hosts.length + from : from;
  const end = to === undefined ? hosts.length : (to < 0 ? hosts.length + to : to) + 1;
  return start < 0 ? [] : hosts.slice(start, end);
}

const bad = (message: string, at: Location, hint?: string) => new InvalidInput([{ message, at, hint }]);
