// A value as if it had been written in YAML.

import type { Location } from '../errors.ts';
import type { Node, Value } from '../model.ts';

/** Every part has the one place that is known. */
export function nodeOfValue(value: Value, at: Location): Node {
  if (Array.isArray(value)) return { kind: 'list', at, items: value.map((item: Value) => nodeOfValue(item, at)) };
  if (value === null || typeof value !== 'object') return { kind: 'scalar', value: value as null, at };
  const entries = Object.entries(value).map(([key, item]) => ({ key, keyAt: at, value: nodeOfValue(item, at) }));
  return { kind: 'map', at, entries };
}
