// `--limit` on a tree: what is selected, what is above it and so on the way, and what is out. It has to be decided
// before zones and system VMs are discovered.

import type { Problem } from '../errors.ts';
import type { Host, HostPattern, Inventory, PatternTerm } from '../model.ts';
import { nearest } from '../nearest.ts';
import { hostsOf, isEverything, matches } from './pattern.ts';

/** Groups that hosts come into by discovery or by `management_servers:`, whatever the inventory files say. */
export const discoveredGroups: readonly string[] = [
  'clouds',
  'zones',
  'system_vms',
  'console_proxies',
  'secondary_storage_vms',
  'management_servers',
];

/** Selected hosts are changed; a host on the way is looked at, for what lies below it. */
export type LimitRole = 'selected' | 'on the way' | 'out';

/**
 * What a limit says of a host. Selecting a host selects what lies below it. Subscripts have been replaced by
 * `settleLimit`; one that is left is a bug.
 */
export function limitRole(pattern: HostPattern, host: Host): LimitRole {
  const terms = { or: termsOf(pattern, 'or'), and: termsOf(pattern, 'and'), not: termsOf(pattern, 'not') };
  if (terms.not.some((term) => covers(term, host))) return 'out';
  const selected = terms.or.length === 0 || terms.or.some((term) => covers(term, host));
  if (selected && terms.and.every((term) => covers(term, host))) return 'selected';
  const reaches = (term: PatternTerm) => covers(term, host) || mayMeanBelow(term, host);
  const leads = (terms.or.length === 0 || terms.or.some(reaches)) && terms.and.every(reaches);
  return leads ? 'on the way' : 'out';
}

/** The terms of a limit that select none of the hosts. */
export function idleTerms(pattern: HostPattern, hosts: readonly Host[]): PatternTerm[] {
  return termsOf(pattern, 'or').filter((term) => !hosts.some((host) => covers(term, host)));
}

const termsOf = (pattern: HostPattern, operator: PatternTerm['operator']) =>
  pattern.terms.filter((term) => term.operator === operator);

/** Whether a term means the host or one above it. */
function covers(term: PatternTerm, host: Host): boolean {
  if (term.subscript) throw new Error(`the subscript of "${term.text}" was not settled`);
  for (let each: Host | undefined = host; each; each = each.parent) if (matches(term, each)) return true;
  return false;
}

/** Whether a term may mean a host below this one that is not known yet. */
function mayMeanBelow(term: PatternTerm, host: Host): boolean {
  if (host.kind !== 'cloud' && host.kind !== 'zone') return false;
  if (isEverything(term)) return true;
  if (term.text.startsWith('~')) return term.text.includes('/');
  if (!term.text.includes('/')) return discoveredGroups.includes(term.text);
  const wanted = term.text.split('/');
  const here = host.path.split('/');
  for (const [depth, name] of here.entries()) {
    const segment = wanted[depth];
    if (segment === '**') return true;
    if (segment === undefined || !matches({ ...term, text: segment }, { ...host, path: name, name, groups: [] })) {
      return false;
    }
  }
  return wanted.length > here.length;
}

/**
 * A limit with every term that the inventory decides replaced by the paths it means there (subscripts included);
 * terms that only discovery can decide stay. Problems: names that are neither, terms that select nothing.
 */
export function settleLimit(
  pattern: HostPattern,
  inventory: Inventory,
): { readonly pattern: HostPattern; readonly problems: readonly Problem[] } {
  const problems: Problem[] = [];
  const terms = pattern.terms.flatMap((term): PatternTerm[] => {
    if (isEverything(term) && !term.subscript) return [term];
    const known = hostsOf(term, inventory.hosts);
    const open = known.length === 0 || (discoveredGroups.includes(term.text) && term.text !== 'clouds');
    if (!open) return known.map((host) => ({ operator: term.operator, text: host.path, at: term.at }));
    const problem = unsettled(term, inventory);
    if (problem) problems.push(problem);
    return [term];
  });
  return { pattern: { ...pattern, terms }, problems };
}

/** What is wrong with a term that means no host of the inventory; undefined where discovery may find one. */
function unsettled(term: PatternTerm, inventory: Inventory): Problem | undefined {
  if (term.subscript) {
    const message = `"${subscriptText(term)}" means no host of the inventory`;
    const total = hostsOf({ ...term, subscript: undefined }, inventory.hosts).length;
    return { message, at: term.at, hint: `"${term.text}" has ${total} hosts, counted from 0` };
  }
  return unknownTerm(term, inventory);
}

export function subscriptText(term: PatternTerm): string {
  if (!term.subscript) return term.text;
  const { from, to } = term.subscript;
  return `${term.text}[${from === to ? from : `${from}:${to ?? ''}`}]`;
}

/**
 * A problem where a term cannot mean anything, before or after discovery: not a host or group of the inventory, not
 * a group of discovered hosts, and not a path below a known cloud.
 */
export function unknownTerm(term: PatternTerm, inventory: Inventory): Problem | undefined {
  const { text, at } = term;
  if (isEverything(term) || discoveredGroups.includes(text) || inventory.groups.has(text)) return undefined;
  if (hostsOf({ ...term, subscript: undefined }, inventory.hosts).length > 0) return undefined;
  const clouds = inventory.hosts.filter((host) => host.kind === 'cloud');
  if (text.includes('/')) {
    if (clouds.some((cloud) => text.startsWith('~') || mayMeanBelow(term, cloud))) return undefined;
    const names = clouds.map((cloud) => cloud.path);
    const hint = names.length > 0 && names.length <= 5 ? `the clouds are ${names.join(', ')}` : undefined;
    return { message: `"${text}" is below no host of the inventory`, at, hint: didYouMean(text, names) ?? hint };
  }
  const guess = didYouMean(text, knownNames(inventory));
  const below = clouds.length > 0 ? `a host below a cloud is named by its path: "**/${text}"` : undefined;
  return { message: `no host or group is named "${text}"`, at, hint: guess ?? below };
}

function knownNames(inventory: Inventory): string[] {
  return [
    ...inventory.hosts.flatMap((host) => [host.path, host.name]),
    ...inventory.groups.keys(),
    ...discoveredGroups,
  ];
}

function didYouMean(text: string, names: readonly string[]): string | undefined {
  const guess = nearest(text, names);
  return guess === undefined ? undefined : `did you mean "${guess}"?`;
}
