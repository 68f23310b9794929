// `no_log`: what a task gave may be used and not shown.

import { NOT_KEPT } from '../journal/entry.ts';
import type { ItemResult, Result, Value, ValueMap } from '../model.ts';
import { Secret } from '../secret.ts';

/** Stands for what is not to be shown. */
export const HIDDEN = 'hidden by no_log';

/**
 * Makes every text of a result's values known as a secret, so that it is redacted wherever it turns up later: printed
 * by another task, in a rescue, in an error.
 */
export function hideValues(result: Result): void {
  remember(result.values);
}

function remember(value: Value | undefined): void {
  if (typeof value === 'string') new Secret(value);
  else if (Array.isArray(value)) value.forEach(remember);
  else if (typeof value === 'object' && value !== null && !(value instanceof Secret)) {
    Object.values(value as ValueMap).forEach(remember);
  }
}

/** A result as it may be told. */
export function shown(result: Result): Result {
  if (!result.noLog) return result;
  const { status, ignored, leftAlone, noLog, changedToo, stopsRun, code, seconds, at } = result;
  const change = result.change ? { summary: HIDDEN } : undefined;
  return {
    status,
    message: HIDDEN,
    change,
    ignored,
    leftAlone,
    noLog,
    changedToo,
    stopsRun,
    code,
    at,
    values: {},
    seconds,
  };
}

/** An item as it may be told: its label is what `no_log` hides first. */
export function hidden({ label, result }: ItemResult): ItemResult {
  return result.noLog ? { label: HIDDEN, result: shown(result) } : { label, result };
}

/** A result as a journal keeps it: whole, less what `no_log` hides, and the values of items, which it has twice. */
export function keptResult(result: Result): Result {
  if (result.noLog) return { ...shown(result), values: { ...NOT_KEPT } };
  if (!result.items) return result;
  const items = result.items.map(({ label, result: item }) => ({ label, result: { ...item, values: {} } }));
  return { ...result, items };
}

/** Variables that a step has set, as a journal keeps them. */
export function keptVariables(variables: ValueMap | undefined, { noLog }: Result): ValueMap | undefined {
  if (!noLog || !variables) return variables;
  return Object.fromEntries(Object.keys(variables).map((name) => [name, NOT_KEPT]));
}
