// `--tags` and `--skip-tags`: which steps of a playbook are left.

import { InvalidInput, type Problem } from '../errors.ts';
import type { Play, Playbook, Step } from '../model.ts';
import { nearest } from '../nearest.ts';

export interface TagChoice {
  /** As given on the command line: names, with or without commas. Empty: everything but `never`. */
  readonly tags: readonly string[];
  readonly skipTags: readonly string[];
}

const specialTags = ['all', 'tagged', 'untagged', 'always', 'never'];

/**
 * The playbook with the steps that the choice leaves. `always` is left unless it is skipped by name, `never` goes
 * unless one of its tags is asked for; handlers do not count, and flushes of them stay. Throws `InvalidInput` for a tag that no step has.
 */
export function selectTags(playbook: Playbook, choice: TagChoice): Playbook {
  const tags = split(choice.tags);
  const skipTags = split(choice.skipTags);
  const known = [...knownTags(playbook), ...handlerTags(playbook.plays)];
  const problems = [
    ...unknownTags('--tags', tags, known),
    ...unknownTags('--skip-tags', skipTags, known),
    ...emptyFlag('--tags', choice.tags, tags),
    ...emptyFlag('--skip-tags', choice.skipTags, skipTags),
  ];
  if (problems.length > 0) throw new InvalidInput(problems);
  const wanted = new Set(tags.length === 0 ? ['all'] : tags);
  const skipped = new Set(skipTags);
  const stays = (step: Step) => isChosen(step, wanted, skipped);
  return { ...playbook, plays: playbook.plays.map((play) => ({ ...play, tasks: steps(play.tasks, stays) })) };
}

/** Every tag of a playbook, in order of first use. */
export function knownTags(playbook: Playbook): string[] {
  const found = new Set<string>();
  const visit = (step: Step) => {
    for (const tag of step.tags) found.add(tag);
    for (const inner of insideOf(step)) visit(inner);
  };
  for (const play of playbook.plays) visit(play);
  return [...found];
}

/** Handlers are not chosen by tags, but a tag that only they have is no typo. */
function handlerTags(steps: readonly Step[]): string[] {
  return steps.flatMap((step) => {
    const handlers = step.kind === 'play' ? step.handlers.flatMap((handler) => handler.tags) : [];
    return [...handlers, ...handlerTags(insideOf(step))];
  });
}

function insideOf(step: Step): readonly Step[] {
  if (step.kind === 'block') return [...step.block, ...step.rescue, ...step.always];
  return step.kind === 'play' ? step.tasks : [];
}

function isChosen(step: Step, wanted: ReadonlySet<string>, skipped: ReadonlySet<string>): boolean {
  const tags = step.tags.length === 0 ? ['untagged'] : step.tags;
  const has = (tag: string) => tags.includes(tag);
  const tagged = !has('untagged');
  const any = (names: ReadonlySet<string>) => tags.some((tag) => names.has(tag));
  const ordinary = !has('never') && (wanted.has('all') || (wanted.has('tagged') && tagged));
  // A flush only runs what tasks that are left have notified; without it they would be followed too late.
  const flush = step.kind === 'meta' && step.action === 'flush_handlers';
  if (!has('always') && !ordinary && !any(wanted) && !flush) return false;
  if (skipped.has('all')) return has('always') && !skipped.has('always');
  return !any(skipped) && !(skipped.has('tagged') && tagged);
}

/** Blocks and inner plays stay as long as something in them does. */
function steps(all: readonly Step[], stays: (step: Step) => boolean): Step[] {
  return all.flatMap((step): Step[] => {
    if (step.kind === 'block') {
      const block = steps(step.block, stays);
      const rescue = steps(step.rescue, stays);
      const always = steps(step.always, stays);
      return block.length + rescue.length + always.length > 0 ? [{ ...step, block, rescue, always }] : [];
    }
    if (step.kind === 'play') {
      const tasks = steps(step.tasks, stays);
      return tasks.length > 0 ? [{ ...step, tasks } satisfies Play] : [];
    }
    return stays(step) ? [step] : [];
  });
}

const split = (given: readonly string[]): string[] =>
  given.flatMap((text) => text.split(',').map((tag) => tag.trim())).filter((tag) => tag !== '');

function unknownTags(flag: string, tags: readonly string[], known: readonly string[]): Problem[] {
  return tags
    .filter((tag) => !known.includes(tag) && !specialTags.includes(tag))
    .map((tag) => {
      const guess = nearest(tag, [...known, ...specialTags]);
      const all = known.length === 0 ? 'the playbook has no tags' : `the playbook has ${known.join(', ')}`;
      return { message: `${flag}: no task has the tag "${tag}"`, hint: guess ? `did you mean "${guess}"?` : all };
    });
}

function emptyFlag(flag: string, given: readonly string[], tags: readonly string[]): Problem[] {
  if (given.length === 0 || tags.length > 0) return [];
  return [{ message: `${flag} names no tag`, hint: 'leave it out for every task' }];
}
