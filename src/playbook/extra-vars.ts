// `-e`: variables from the command line, which beat every other.

import { InvalidInput, type Problem, type Source } from '../errors.ts';
import { layerOf } from '../inventory/layer.ts';
import { varsFile } from '../inventory/vars-files.ts';
import type { MapEntry, MapNode, VarLayer } from '../model.ts';
import { expectMap } from '../yaml/expect.ts';
import { readYaml } from '../yaml/read.ts';
import type { FilesRead } from '../yaml/source.ts';

/**
 * One layer from every `-e` in order, later ones winning: `name=value` (several with spaces between), a YAML or JSON
 * map, or `@FILE`. Values of `name=value` are texts, but for `true` and `false`. `read` is told of
 * every file. Throws `InvalidInput`.
 */
export function readExtraVars(given: readonly string[], read?: FilesRead): VarLayer {
  const problems: Problem[] = [];
  const layers = given.map((text) => layerFrom(text, problems, read));
  if (problems.length > 0) throw new InvalidInput(problems);
  return { origin: '-e', vars: new Map(layers.flatMap((layer) => [...(layer?.vars ?? [])])) };
}

function layerFrom(text: string, problems: Problem[], read: FilesRead | undefined): VarLayer | undefined {
  if (text.startsWith('@')) return varsFile(text.slice(1), problems, { read });
  const map = written(text, problems);
  return map && layerOf('-e', map, problems);
}

const isMap = (text: string) => /^\s*[{[]/.test(text);

function written(text: string, problems: Problem[]): MapNode | undefined {
  const source: Source = { file: '-e', text };
  return isMap(text) ? mapFrom(source, problems) : pairsFrom(source, problems);
}

/**
 * What `-e` says less the variables of those names, as it is written; undefined where nothing is left of it. A file
 * stays: it is named, not quoted. The text has been read before without problems.
 */
export function withoutVariables(text: string, names: ReadonlySet<string>): string | undefined {
  const map = text.startsWith('@') ? undefined : written(text, []);
  if (!map?.entries.some(({ key }) => names.has(key))) return text;
  const kept = map.entries.filter(({ key }) => !names.has(key));
  const texts = kept.map(({ keyAt, value }) => text.slice(keyAt.start, value.at.end));
  if (texts.length === 0) return undefined;
  return isMap(text) ? `{${texts.join(', ')}}` : texts.join(' ');
}

function mapFrom(source: Source, problems: Problem[]): MapNode | undefined {
  try {
    return expectMap(readYaml(source), '-e', problems);
  } catch (error) {
    if (!(error instanceof InvalidInput)) throw error;
    problems.push(...error.problems);
    return undefined;
  }
}

/** `a=1 b="x y"`: a value ends at a space outside quotes. */
function pairsFrom(source: Source, problems: Problem[]): MapNode | undefined {
  const { text } = source;
  const entries: MapEntry[] = [];
  const pair = /\s*([^\s=]+)=((?:"[^"]*"|'[^']*'|\{\{.*?\}\}|[^\s"'])*)(?=\s|$)/y;
  while (pair.lastIndex < text.trimEnd().length) {
    const start = pair.lastIndex;
    const found = pair.exec(text);
    if (!found) {
      const at = { source, start, end: text.length };
      const hint = 'write name=value, a map such as {"name": "value"}, or @FILE';
      problems.push({ message: `"${text.slice(start).trim()}" is not name=value`, at, hint });
      return undefined;
    }
    const [whole, key = '', value = ''] = found;
    const end = start + whole.length;
    const at = { source, start: end - value.length, end };
    const keyAt = { source, start: at.start - key.length - 1, end: at.start - 1 };
    entries.push({ key, keyAt, value: { kind: 'scalar', value: typed(value), at } });
  }
  return { kind: 'map', entries, at: { source, start: 0, end: text.length } };
}

function typed(text: string): string | boolean {
  if (text === 'true' || text === 'false') return text === 'true';
  return text.replace(/"([^"]*)"|'([^']*)'/g, (_, double?: string, single?: string) => double ?? single ?? '');
}
