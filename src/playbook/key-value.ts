// `msg=hello mode=fast`: Ansible's arguments on one line.

import type { Location } from '../errors.ts';
import type { MapEntry, ScalarNode } from '../model.ts';

/** A run of anything but blanks, where quotes and `{{ }}` hold blanks together. */
const WORD = /(?:\{\{[\s\S]*?\}\}|"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|[^\s])+/g;

/** The arguments as map entries; undefined where the text is not made of `name=value` words alone. */
export function readKeyValues(scalar: ScalarNode): MapEntry[] | undefined {
  if (typeof scalar.value !== 'string') return undefined;
  const entries: MapEntry[] = [];
  for (const match of scalar.value.matchAll(WORD)) {
    const pair = /^([A-Za-z_]\w*)=([\s\S]*)$/.exec(match[0]);
    if (!pair) return undefined;
    const key = pair[1] ?? '';
    const at = part(scalar, match.index, match[0].length);
    const value = { kind: 'scalar', value: unquote(pair[2] ?? ''), at } as const;
    entries.push({ key, keyAt: part(scalar, match.index, key.length), value });
  }
  return entries.length > 0 ? entries : undefined;
}

function unquote(text: string): string {
  const quoted = /^(["'])([\s\S]*)\1$/.exec(text);
  return quoted ? (quoted[2] ?? '').replaceAll(`\\${quoted[1]}`, quoted[1] ?? '') : text;
}

/** The place of a part, where the scalar's text stands in the source as it is; else the whole scalar's. */
function part(scalar: ScalarNode, offset: number, length: number): Location {
  const { source, start, end } = scalar.at;
  const from = source.text.indexOf(String(scalar.value), start);
  if (from === -1 || from + String(scalar.value).length > end) return scalar.at;
  return { source, start: from + offset, end: from + offset + length };
}
