// Every `notify` has a handler: of its own play, or of one around it.

import type { Location, Problem } from '../errors.ts';
import type { Handler, Play, Playbook, Step } from '../model.ts';
import { nearest } from '../nearest.ts';
import { handlerName } from './walk.ts';

/** Handlers that do not exist, and names that two handlers of one play share. */
export function checkHandlers(playbook: Playbook): Problem[] {
  return playbook.plays.flatMap((play) => checkPlay(play, new Set()));
}

function checkPlay(play: Play, outer: ReadonlySet<string>): Problem[] {
  const known = new Set([...outer, ...play.handlers.flatMap(namesOf)]);
  return [
    ...twice(play.handlers),
    ...play.tasks.flatMap((step) => checkStep(step, known)),
    ...play.handlers.flatMap((handler) => checkStep(handler, known)),
  ];
}

function checkStep(step: Step, known: ReadonlySet<string>): Problem[] {
  if (step.kind === 'meta') return [];
  if (step.kind === 'block') {
    return [...step.block, ...step.rescue, ...step.always].flatMap((each) => checkStep(each, known));
  }
  const own = step.notify
    .filter((name) => !known.has(name))
    .map((name) => unknownHandler(name, step.notifyAt ?? step.at, known));
  return step.kind === 'play' ? [...own, ...checkPlay(step, known)] : own;
}

function unknownHandler(name: string, at: Location, known: ReadonlySet<string>): Problem {
  const guess = nearest(name, known);
  const some = known.size === 0 ? 'add it under "handlers:" of the play' : `there are ${list(known)}`;
  return { message: `no handler is named "${name}"`, at, hint: guess ? `did you mean "${guess}"?` : some };
}

const list = (names: Iterable<string>): string => [...names].map((name) => `"${name}"`).join(', ');

function namesOf(handler: Handler): string[] {
  const name = handlerName(handler);
  return [...(name === undefined ? [] : [name]), ...handler.listen];
}

function twice(handlers: readonly Handler[]): Problem[] {
  const seen = new Set<string>();
  return handlers.flatMap((handler) => {
    const name = handlerName(handler);
    if (name === undefined || !seen.has(name)) {
      if (name !== undefined) seen.add(name);
      return [];
    }
    const hint = 'rename one, or let both "listen" to a topic';
    return [{ message: `two handlers are named "${name}"`, at: handler.name?.at ?? handler.at, hint }];
  });
}
