// Host patterns and delegations against the inventory.

import type { Problem } from '../errors.ts';
import { discoveredGroups, subscriptText, unknownTerm } from '../inventory/limit.ts';
import { hostsOf, isEverything, parsePattern, select } from '../inventory/pattern.ts';
import type { Inventory, PatternTerm, Play, Playbook, Step, Task } from '../model.ts';
import { nearest } from '../nearest.ts';
import { constantValue } from '../schema/constant.ts';

/** Patterns that can select nothing, and names that are in no inventory. */
export function checkHosts(playbook: Playbook, inventory: Inventory): Problem[] {
  return playbook.plays.flatMap((play) => [...topPattern(play, inventory), ...inside(play, inventory)]);
}

function topPattern(play: Play, inventory: Inventory): Problem[] {
  const unknown = play.hosts.terms.flatMap((term) => outOfRange(term, inventory) ?? unknownTerm(term, inventory) ?? []);
  if (unknown.length > 0 || play.allowEmpty) return unknown;
  const discovered = inventory.hosts.some((host) => host.kind === 'cloud') && play.hosts.terms.some(mayBeDiscovered);
  if (discovered || select(play.hosts, inventory.hosts).length > 0) return [];
  const hint =
    inventory.files.length === 0
      ? 'name an inventory with -i, or start the lab: cs-play lab up'
      : 'add hosts to the inventory, or "allow_empty: true" to the play';
  return [{ message: `"${play.hosts.text}" selects no host`, at: play.hosts.at, hint }];
}

/** Whether a term may mean hosts that no inventory lists. */
export const mayBeDiscovered = ({ text }: PatternTerm): boolean =>
  text.includes('/') || (discoveredGroups.includes(text) && text !== 'clouds');

function outOfRange(term: PatternTerm, inventory: Inventory): Problem | undefined {
  if (!term.subscript || mayBeDiscovered(term)) return undefined;
  const total = hostsOf({ ...term, subscript: undefined }, inventory.hosts).length;
  if (total === 0 || hostsOf(term, inventory.hosts).length > 0) return undefined;
  const hint = `"${term.text}" has ${total} hosts, counted from 0`;
  return { message: `"${subscriptText(term)}" means no host of the inventory`, at: term.at, hint };
}

function inside(play: Play, inventory: Inventory): Problem[] {
  return [...play.tasks, ...play.handlers].flatMap((step) => checkStep(step, inventory));
}

function checkStep(step: Step, inventory: Inventory): Problem[] {
  if (step.kind === 'meta') return [];
  if (step.kind === 'task') return delegation(step, inventory);
  if (step.kind === 'play') {
    return [...step.hosts.terms.flatMap((term) => innerTerm(term, inventory) ?? []), ...inside(step, inventory)];
  }
  return [...step.block, ...step.rescue, ...step.always].flatMap((each) => checkStep(each, inventory));
}

/**
 * Below a host that is not discovered yet any name may turn up, so only what looks like a known group is wrong. A
 * pattern that selects nothing then stops the run when it gets there.
 */
function innerTerm(term: PatternTerm, inventory: Inventory): Problem | undefined {
  const problem = unknownTerm(term, inventory);
  if (!problem || term.text.includes('/')) return problem;
  const guess = nearest(term.text, [...discoveredGroups, ...inventory.groups.keys()]);
  return guess === undefined ? undefined : { ...problem, hint: `did you mean "${guess}"?` };
}

function delegation(task: Task, inventory: Inventory): Problem[] {
  if (!task.delegateTo?.constant) return [];
  const { at } = task.delegateTo;
  const name = String(constantValue(task.delegateTo));
  if (name === 'localhost') return [];
  const term = parsePattern(name, at).terms[0];
  if (term && !isEverything(term) && inventory.groups.has(name)) {
    return [{ message: `"delegate_to" needs one host, and "${name}" is a group`, at }];
  }
  const problem = term && unknownTerm(term, inventory);
  return problem ? [problem] : [];
}
