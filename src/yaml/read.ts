// YAML 1.2 into nodes with places. The only file that knows the YAML library.

import { type Document, isAlias, isMap, isPair, isScalar, isSeq, parseDocument, type Scalar, type YAMLMap } from 'yaml';
import { InvalidInput, type Location, type Problem, type Source } from '../errors.ts';
import type { MapEntry, Node } from '../model.ts';
import { numberProblem } from './scalars.ts';
import { syntaxProblems, tooDeep, unquotedTemplate } from './syntax.ts';

/** Values that aliases may add to a document: enough for any real use, too few for a bomb. */
const MOST_ALIASED_NODES = 100_000;

/**
 * A document with the place of each part; the null scalar for an empty one. `<<` is merged, aliases are followed.
 * Throws `InvalidInput` with all that is wrong: syntax, duplicate keys, unknown tags, numbers that lose digits.
 */
export function readYaml(source: Source): Node {
  const deep = tooDeep(source);
  if (deep) throw new InvalidInput([deep]);
  const document = parseDocument(source.text, {
    version: '1.2',
    merge: true,
    // The library's own check is quadratic: a second for 10,000 hosts.
    uniqueKeys: false,
    prettyErrors: false,
    logLevel: 'error',
  });
  const problems = syntaxProblems(source, [...document.errors, ...document.warnings]);
  // A broken tree would only give follow-on problems.
  if (problems.length > 0) throw new InvalidInput(problems);
  const reading: Reading = { source, document, problems, done: new Map(), aliased: 0 };
  const node = nodeOf(reading, document.contents);
  if (problems.length > 0) throw new InvalidInput(problems);
  return node;
}

interface Reading {
  readonly source: Source;
  readonly document: Document;
  readonly problems: Problem[];
  /** Anchored parts by library node, so that an alias gives the same node; with the number of nodes in it. */
  readonly done: Map<unknown, { readonly node: Node; readonly size: number } | 'open'>;
  aliased: number;
}

function nodeOf(reading: Reading, part: unknown): Node {
  if (isAlias(part)) return aliasTarget(reading, part.resolve(reading.document), rangeOf(reading, part));
  const anchored = (part as { anchor?: string } | null)?.anchor !== undefined;
  if (!anchored) return plainNode(reading, part);
  reading.done.set(part, 'open');
  const node = plainNode(reading, part);
  reading.done.set(part, { node, size: sizeOf(node) });
  return node;
}

function aliasTarget(reading: Reading, target: unknown, at: Location): Node {
  const known = reading.done.get(target);
  if (target === undefined || known === undefined) {
    reading.problems.push({ message: `there is no anchor for "${textAt(at)}" above it`, at });
    return nothing(at);
  }
  if (known === 'open') {
    reading.problems.push({ message: `"${textAt(at)}" contains itself`, at });
    return nothing(at);
  }
  const before = reading.aliased;
  reading.aliased += known.size;
  if (reading.aliased <= MOST_ALIASED_NODES) return known.node;
  if (before <= MOST_ALIASED_NODES) {
    reading.problems.push({ message: `aliases add more than ${MOST_ALIASED_NODES} values`, at });
  }
  return nothing(at);
}

function plainNode(reading: Reading, part: unknown): Node {
  const at = rangeOf(reading, part);
  if (isMap(part)) return mapOf(reading, part, at);
  if (isSeq(part)) {
    checkTag(reading, part.tag, at);
    return { kind: 'list', at, items: part.items.map((item) => nodeOf(reading, item)) };
  }
  return isScalar(part) ? scalarOf(reading, part, at) : nothing(at);
}

function scalarOf(reading: Reading, scalar: Scalar, at: Location): Node {
  const tag = checkTag(reading, scalar.tag, at);
  const { value } = scalar;
  if (typeof value === 'number' && scalar.type === 'PLAIN') {
    const problem = numberProblem(scalar.source ?? String(value), value, at);
    if (problem) reading.problems.push(problem);
  }
  if (value === null || typeof value === 'boolean' || typeof value === 'number' || typeof value === 'string') {
    return { kind: 'scalar', value, at, ...(tag && { tag }) };
  }
  return { kind: 'scalar', value: scalar.source ?? '', at };
}

function mapOf(reading: Reading, map: YAMLMap, at: Location): Node {
  checkTag(reading, map.tag, at);
  const entries = new Map<string, MapEntry>();
  const merged: MapEntry[] = [];
  for (const pair of map.items) {
    if (!isPair(pair)) continue;
    const keyAt = rangeOf(reading, pair.key);
    const key = keyOf(reading, pair.key, keyAt, at);
    if (key === undefined) continue;
    if (key === '<<') merged.push(...mergedEntries(reading, pair.value, keyAt));
    else if (entries.has(key)) reading.problems.push(duplicate(key, keyAt));
    else entries.set(key, { key, keyAt, value: pair.value === null ? nothing(keyAt) : nodeOf(reading, pair.value) });
  }
  const own = [...entries.values()];
  for (const entry of merged) if (!entries.has(entry.key)) entries.set(entry.key, entry);
  return { kind: 'map', at, entries: merged.length === 0 ? own : [...entries.values()] };
}

function duplicate(key: string, at: Location): Problem {
  return { message: `"${key}" is there twice`, at, hint: 'keep one of the two' };
}

/** The entries that `<<` brings, earlier maps first: they win over later ones. */
function mergedEntries(reading: Reading, value: unknown, at: Location): readonly MapEntry[] {
  const node = nodeOf(reading, value);
  const maps = node.kind === 'list' ? node.items : [node];
  return maps.flatMap((map) => {
    if (map.kind === 'map') return map.entries;
    reading.problems.push({ message: '"<<" merges maps only', at });
    return [];
  });
}

function keyOf(reading: Reading, key: unknown, at: Location, mapAt: Location): string | undefined {
  if (isAlias(key)) return keyOf(reading, key.resolve(reading.document), at, mapAt);
  if (isScalar(key) && key.value !== null) return typeof key.value === 'string' ? key.value : String(key.source);
  if (isMap(key) && key.flow && textAt(mapAt).startsWith('{{')) {
    reading.problems.push(unquotedTemplate(mapAt));
  } else {
    reading.problems.push({ message: 'a key has to be a text', at, hint: 'put it in quotes' });
  }
  return undefined;
}

/** Tags with a meaning here; every other one is a problem, as is the core schema's where it could not be applied. */
function checkTag(reading: Reading, tag: string | undefined, at: Location): string | undefined {
  if (tag === undefined || /^tag:yaml\.org,2002:(str|int|float|bool|null|map|seq)$/.test(tag)) return undefined;
  if (tag === '!unsafe') return tag;
  const vault = tag === '!vault' || tag === '!vault-encrypted';
  const message = vault ? '"!vault" is not there yet' : `unknown tag "${tag}"`;
  const hint = vault
    ? `keep the value outside: "{{ lookup('env', 'NAME') }}", or lookup('pipe', 'ansible-vault view FILE')`
    : 'remove it, or quote a value that starts with "!"';
  reading.problems.push({ message, at, hint });
  return undefined;
}

function rangeOf(reading: Reading, part: unknown): Location {
  const range = (part as { range?: readonly [number, number, number] } | null)?.range;
  const [start, end] = range ?? [0, 0];
  return { source: reading.source, start, end: Math.max(start, end) };
}

const nothing = (at: Location): Node => ({ kind: 'scalar', value: null, at });
const textAt = (at: Location): string => at.source.text.slice(at.start, at.end);

/** Nodes in a tree, aliased parts counted as often as they occur. */
function sizeOf(node: Node): number {
  if (node.kind === 'scalar') return 1;
  const parts = node.kind === 'list' ? node.items : node.entries.map((entry) => entry.value);
  return parts.reduce((sum, part) => sum + sizeOf(part), 1);
}
