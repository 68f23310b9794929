// Host variables as connections read them: typed, with the variable's and the host's name in every complaint.

import type { TaskHost } from '../connection.ts';
import { Failure } from '../errors.ts';
import type { Value } from '../model.ts';
import { Secret } from '../secret.ts';

function wrong(host: TaskHost, name: string, expected: string): Failure {
  return new Failure(`variable "${name}" of host "${host.path}" is not ${expected}`, { code: 'variable' });
}

/** The variable, or undefined where there is none or it is null. Throws `Failure` where its value is not known yet. */
function known(host: TaskHost, name: string): Value | undefined {
  const value = host.get(name);
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'object' && 'unknown' in value && value.unknown === true) {
    throw new Failure(`variable "${name}" of host "${host.path}" is not known yet: ${String(value['reason'])}`, {
      code: 'variable',
      hint: 'what a connection needs must not depend on what a task registers',
    });
  }
  return value;
}

/** A text; numbers and booleans are taken as they print, an empty text counts as none. */
export function textVariable(host: TaskHost, name: string): string | undefined {
  const value = known(host, name);
  if (value === undefined || value === '') return undefined;
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  throw wrong(host, name, 'a text');
}

/** A secret, whether it is one already or was written as a text; an empty one counts as none. */
export function secretVariable(host: TaskHost, name: string): Secret | undefined {
  const value = known(host, name);
  if (value instanceof Secret) return value.reveal() === '' ? undefined : value;
  const text = textVariable(host, name);
  return text === undefined ? undefined : new Secret(text);
}

/** Whether the variable is written, and says nothing: `lookup('env', …)` of what the environment does not have. */
export function isEmptyVariable(host: TaskHost, name: string): boolean {
  const value = known(host, name);
  return (value instanceof Secret ? value.reveal() : value) === '';
}

/** What to do where a variable is empty that must not be. */
export const EMPTY_HINT = 'is the variable of the environment set that it is looked up in?';

/** A number greater than zero. */
export function numberVariable(host: TaskHost, name: string): number | undefined {
  const value = known(host, name);
  if (value === undefined || value === '') return undefined;
  const number = typeof value === 'string' ? Number(value) : value;
  if (typeof number === 'number' && Number.isFinite(number) && number > 0) return number;
  throw wrong(host, name, 'a number above 0');
}

export function portVariable(host: TaskHost, name: string): number | undefined {
  const number = numberVariable(host, name);
  if (number === undefined || (Number.isInteger(number) && number < 65536)) return number;
  throw wrong(host, name, 'a port (1 to 65535)');
}

/** A list of texts; one text is a list of one. */
export function listVariable(host: TaskHost, name: string): readonly string[] {
  const value = known(host, name);
  if (value === undefined || value === '') return [];
  if (typeof value === 'string') return [value];
  if (Array.isArray(value) && value.every((item): item is string => typeof item === 'string')) return value;
  throw wrong(host, name, 'a list of texts');
}

/** The text that must be there. */
export function requiredText(host: TaskHost, name: string, hint: string): string {
  const text = textVariable(host, name);
  if (text !== undefined) return text;
  throw new Failure(`host "${host.path}" has no variable "${name}"`, { code: 'variable', hint });
}
