// Ansible's INI inventory, turned into the tree that its YAML form would have given, so that one reader serves both.

import { InvalidInput, type Location, type Problem, type Source } from '../errors.ts';
import type { MapEntry, MapNode, Node, ScalarNode } from '../model.ts';

interface Word {
  readonly text: string;
  readonly start: number;
  readonly end: number;
  /** Quotes around it were taken off: it stays a string. */
  readonly quoted: boolean;
}

type Section = 'hosts' | 'vars' | 'children';

interface Group {
  readonly at: Location;
  readonly parts: Record<Section, MapEntry[]>;
}

/** The document as a map of groups. Throws `InvalidInput` with every line that is not understood. */
export function readIni(source: Source): Node {
  const reader = new IniReader(source);
  let offset = 0;
  for (const line of source.text.split('\n')) {
    reader.line(line.replace(/\r$/, ''), offset);
    offset += line.length + 1;
  }
  return reader.result();
}

class IniReader {
  readonly #source: Source;
  readonly #problems: Problem[] = [];
  readonly #groups = new Map<string, Group>();
  #group = 'ungrouped';
  #section: Section = 'hosts';

  constructor(source: Source) {
    this.#source = source;
  }

  line(line: string, offset: number): void {
    const text = line.replace(/^\s*[#;].*|\s+#.*$/, '').trimEnd();
    if (text.trim() === '') return;
    const start = offset + text.search(/\S/);
    if (text.trimStart().startsWith('[')) this.#header(text.trim(), start);
    else if (this.#section === 'vars') this.#variable(text, offset);
    else this.#member(words(text, offset), start);
  }

  result(): Node {
    if (this.#problems.length > 0) throw new InvalidInput(this.#problems);
    const whole = this.#at(0, this.#source.text.length);
    const entries = [...this.#groups].map(([name, group]) => entry(name, group.at, groupNode(group)));
    return { kind: 'map', entries, at: whole };
  }

  #at(start: number, end: number): Location {
    return { source: this.#source, start, end };
  }

  #header(text: string, start: number): void {
    const match = /^\[([^\]:[]+)(?::(\w+))?\]$/.exec(text);
    const section = match?.[2] ?? 'hosts';
    if (!match || !['hosts', 'vars', 'children'].includes(section)) {
      const at = this.#at(start, start + text.length);
      this.#problems.push({
        message: `"${text}" is not a section`,
        at,
        hint: 'write [group], [group:vars] or [group:children]',
      });
      return;
    }
    this.#group = match[1]?.trim() ?? '';
    this.#section = section as Section;
    this.#parts(this.#at(start + 1, start + 1 + this.#group.length));
  }

  #parts(at: Location): Record<Section, MapEntry[]> {
    const known = this.#groups.get(this.#group);
    if (known) return known.parts;
    const group: Group = { at, parts: { hosts: [], vars: [], children: [] } };
    this.#groups.set(this.#group, group);
    return group.parts;
  }

  #variable(text: string, offset: number): void {
    const equals = text.indexOf('=');
    const from = text.search(/\S/);
    if (equals <= from) {
      this.#problems.push({
        message: 'a variable is written name=value',
        at: this.#at(offset + from, offset + text.length),
      });
      return;
    }
    const raw = text.slice(equals + 1);
    const value = raw.trim();
    const start = offset + equals + 1 + (raw.length - raw.trimStart().length);
    const quoted = /^(["']).*\1$/.test(value);
    const word: Word = { text: quoted ? value.slice(1, -1) : value, start, end: start + value.length, quoted };
    const key = text.slice(from, equals).trim();
    const keyAt = this.#at(offset + from, offset + from + key.length);
    this.#parts(keyAt).vars.push(entry(key, keyAt, this.#scalar(word)));
  }

  #member(parts: readonly Word[], start: number): void {
    const [name, ...rest] = parts;
    if (!name) return;
    const at = this.#at(start, name.end);
    const vars = rest.flatMap((word) => this.#pair(word));
    const none: ScalarNode = { kind: 'scalar', value: null, at };
    this.#parts(at)[this.#section].push(
      entry(name.text, at, vars.length > 0 ? { kind: 'map', entries: vars, at } : none),
    );
  }

  #pair(word: Word): MapEntry[] {
    const equals = word.text.indexOf('=');
    const at = this.#at(word.start, word.end);
    if (equals < 1) {
      this.#problems.push({ message: `"${word.text}" is not name=value`, at });
      return [];
    }
    const value = word.text.slice(equals + 1);
    return [entry(word.text.slice(0, equals), at, this.#scalar({ ...word, text: value }))];
  }

  /** As Ansible: what reads as a Python literal is one, the rest is text. */
  #scalar(word: Word): ScalarNode {
    return { kind: 'scalar', value: word.quoted ? word.text : literal(word.text), at: this.#at(word.start, word.end) };
  }
}

function literal(text: string): string | number | boolean | null {
  if (/^-?(0|[1-9]\d{0,14})(\.\d+)?$/.test(text)) return Number(text);
  if (text === 'True' || text === 'False') return text === 'True';
  return text === 'None' ? null : text;
}

/** Splits at blanks outside quotes; quotes are taken off, wherever in the word they stand. */
function words(text: string, offset: number): Word[] {
  return [...text.matchAll(/(?:[^\s"']|"[^"]*"|'[^']*')+/g)].map((match) => {
    const start = offset + match.index;
    const bare = match[0].replace(/"([^"]*)"|'([^']*)'/g, (_, double, single) => double ?? single ?? '');
    return { text: bare, start, end: start + match[0].length, quoted: bare !== match[0] };
  });
}

function groupNode(group: Group): MapNode {
  const sections = (Object.entries(group.parts) as [Section, MapEntry[]][]).filter(([, entries]) => entries.length > 0);
  return {
    kind: 'map',
    at: group.at,
    entries: sections.map(([name, entries]) => entry(name, group.at, { kind: 'map', entries, at: group.at })),
  };
}

const entry = (key: string, keyAt: Location, value: Node): MapEntry => ({ key, keyAt, value });
