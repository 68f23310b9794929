// `-e`: variables from the command line, which beat every other.

import { readFileSync } from 'node:fs';
import { InvalidInput, type Source } from '../errors.ts';
import type { Expression, MapEntry, Node, ScalarNode, VarLayer } from '../model.ts';
import { readKeyValues } from '../playbook/key-value.ts';
import { compileNode } from '../template/index.ts';
import { readYaml } from '../yaml/read.ts';

/** All `-e` of a command line as one layer; later ones win. Throws `InvalidInput`. */
export function extraVars(given: readonly string[]): VarLayer {
  const vars = new Map<string, Expression>();
  for (const text of given) {
    for (const entry of entriesOf(text)) vars.set(entry.key, compileNode(entry.value));
  }
  return { origin: '-e', vars };
}

function entriesOf(text: string): readonly MapEntry[] {
  const trimmed = text.trim();
  if (trimmed.startsWith('@')) return mapEntries(readYaml(fileSource(trimmed.slice(1))), trimmed);
  const source = { file: '-e', text };
  if (trimmed.startsWith('{') || trimmed.startsWith('[')) return mapEntries(readYaml(source), trimmed);
  const scalar: ScalarNode = { kind: 'scalar', value: text, at: { source, start: 0, end: text.length } };
  const pairs = readKeyValues(scalar);
  if (!pairs) throw new InvalidInput([{ message: `-e "${text}" is not name=value`, at: scalar.at, hint: "-e name=value, -e '{\"name\": …}' or -e @FILE" }]);
  return pairs.map((pair) => ({ ...pair, value: typed(pair.value) }));
}

/** `5`, `1.5`, `true` and `false` are what they look like, as in YAML; anything else is text. */
function typed(node: Node): Node {
  if (node.kind !== 'scalar' || typeof node.value !== 'string') return node;
  if (/^-?(0|[1-9]\d{0,14})(\.\d+)?$/.test(node.value)) return { ...node, value: Number(node.value) };
  if (node.value === 'true' || node.value === 'false') return { ...node, value: node.value === 'true' };
  return node;
}

function mapEntries(node: Node, text: string): readonly MapEntry[] {
  if (node.kind === 'map') return node.entries;
  throw new InvalidInput([{ message: `-e ${text} is not a map of variables`, at: node.at }]);
}

function fileSource(file: string): Source {
  try {
    return { file, text: readFileSync(file, 'utf8') };
  } catch (error) {
    throw new InvalidInput([{ message: `-e @${file}: ${(error as NodeJS.ErrnoException).code === 'ENOENT' ? 'there is no such file' : (error as Error).message}` }]);
  }
}
