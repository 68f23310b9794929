// Values that only a run can know.

import type { Unknown, Value, ValueMap } from '../model.ts';
import { Secret } from '../secret.ts';

export function isUnknown(value: Value | undefined): value is Unknown {
  return typeof value === 'object' && value !== null && 'unknown' in value && value.unknown === true;
}

/** The first unknown value in a value, however deep. */
export function findUnknown(value: Value | undefined): Unknown | undefined {
  if (typeof value !== 'object' || value === null || value instanceof Secret) return undefined;
  if (isUnknown(value)) return value;
  for (const part of Array.isArray(value) ? value : Object.values(value as ValueMap)) {
    const found = findUnknown(part);
    if (found) return found;
  }
  return undefined;
}
