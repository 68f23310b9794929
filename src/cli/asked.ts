// What was asked for on a command line, as it is kept in saved plans and journals, and asked again from there.

import { resolve } from 'node:path';
import { quoteWords } from '../connections/quoting.ts';
import { InvalidInput } from '../errors.ts';
import type { Asked } from '../journal/entry.ts';
import { readExtraVars, withoutVariables } from '../playbook/extra-vars.ts';
import type { Prepared } from '../playbook/prepare.ts';
import { redact } from '../secret.ts';
import type { PlayRequest } from './request.ts';

/** The files that names of the command line were found to mean. */
export interface Found {
  readonly playbook: string;
  readonly inventories: readonly string[];
}

/**
 * What was asked for, without secrets: which variables carry one, `prepared` says. Called after a run it leaves out as
 * well whatever has turned out to be one.
 */
export function askedOf(
  request: PlayRequest,
  found: Found,
  { secretVars, extraVars }: Pick<Prepared, 'secretVars' | 'extraVars'>,
): Asked {
  const { limit, tags, skipTags, startAtTask, forks, forceHandlers } = request;
  const given = [...extraVars.vars].filter(([, { at }]) => at.source.file === '-e');
  const known = given.filter(([, { at }]) => isSecret(at.source.text.slice(at.start, at.end))).map(([name]) => name);
  const secret = new Set([...secretVars, ...known]);
  return {
    playbook: resolve(found.playbook),
    inventories: found.inventories.map((path) => resolve(path)),
    limit,
    tags,
    skipTags,
    extraVars: request.extraVars.flatMap((text) => withoutVariables(text, secret) ?? []),
    // One that a file gives is there when the file is read again.
    secretVars: given.map(([name]) => name).filter((name) => secret.has(name)),
    startAtTask,
    forks,
    forceHandlers,
    folder: process.cwd(),
  };
}

const isSecret = (text: string): boolean => redact(text) !== text;

/** What may be said anew when something that was asked for is asked again. */
export type AskedAnew = Pick<PlayRequest, 'mode' | 'diff' | 'verbosity' | 'output' | 'extraVars'> & {
  readonly forks?: number | undefined;
};

/**
 * The request as it was, in whatever folder this process stands. `command`: what to type, for the hint where a secret
 * is missing. Throws `InvalidInput` where a secret is not given again, or something is given that was not left open.
 */
export function requestOf(asked: Asked, anew: AskedAnew, command: string): PlayRequest {
  checkSecrets(asked.secretVars, anew.extraVars, command);
  const { limit, tags, skipTags, startAtTask, forceHandlers, folder } = asked;
  return {
    playbooks: [asked.playbook],
    inventories: asked.inventories,
    limit: limit
      ?.split(',')
      .map((term) => fromFolder(term, folder))
      .join(','),
    tags,
    skipTags,
    extraVars: [...asked.extraVars.map((text) => fromFolder(text, folder)), ...anew.extraVars],
    forks: anew.forks ?? asked.forks,
    mode: anew.mode,
    diff: anew.diff,
    verbosity: anew.verbosity,
    output: anew.output,
    forceHandlers,
    startAtTask,
    listing: undefined,
  };
}

/** `@FILE` with the file's whole path. */
function fromFolder(text: string, folder: string): string {
  const trimmed = text.trim();
  return trimmed.startsWith('@') ? `@${resolve(folder, trimmed.slice(1))}` : text;
}

function checkSecrets(wanted: readonly string[], given: readonly string[], command: string): void {
  const names = [...readExtraVars(given).vars.keys()];
  const missing = wanted.filter((name) => !names.includes(name));
  const others = names.filter((name) => !wanted.includes(name));
  const flags = wanted.map((name) => ` -e ${name}=…`).join('');
  const problems = [
    ...missing.map((name) => ({
      message: `"${name}" carries a secret, which is not kept: it has to be given again`,
      hint: `${command}${flags}`,
    })),
    ...others.map((name) => ({
      message: `"${name}" cannot be given here: only secrets that are not kept can`,
      hint: wanted.length > 0 ? `${command}${flags}` : 'leave it out; another value needs a new plan or run',
    })),
  ];
  if (problems.length > 0) throw new InvalidInput(problems);
}

/** The command line that asks for it anew, its secrets left open: `cs-play plan … -o FILE`. */
export function planCommandLine(asked: Asked, out: string): string {
  const { playbook, inventories, limit, tags, skipTags, extraVars, startAtTask, forceHandlers } = asked;
  const flag = (name: string, values: readonly string[]) => values.flatMap((value) => [name, value]);
  const words = quoteWords([
    ...['cs-play', 'plan', playbook],
    ...flag('-i', inventories),
    ...flag('-l', limit === undefined ? [] : [limit]),
    ...flag('-t', tags),
    ...flag('--skip-tags', skipTags),
    ...flag('-e', extraVars),
    ...flag('--start-at-task', startAtTask === undefined ? [] : [startAtTask]),
    ...(forceHandlers ? ['--force-handlers'] : []),
    ...['-o', out],
  ]);
  return `${words}${asked.secretVars.map((name) => ` -e ${name}=…`).join('')}`;
}
