// One case of a task as its YAML file says it: one fact about one task.

import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Node, Value, ValueMap } from '../../src/model.ts';
import { readYaml } from '../../src/yaml/read.ts';
import { readSource } from '../../src/yaml/source.ts';
import { symbols as certificates } from './bundle.ts';
import { systemVms } from './system-vms.ts';

const symbols: Readonly<Record<string, Value>> = { ...certificates, ...systemVms };

/** What the doors answer. Keys are the question in words: `listSystemVms zoneid=z1`, `203.0.113.5:443`. */
export interface Answers {
  readonly api?: ValueMap;
  readonly tls?: Readonly<Record<string, string>>;
  readonly ssh?: Readonly<Record<string, ValueMap>>;
  readonly dns?: Readonly<Record<string, readonly string[]>>;
  readonly ports?: Readonly<Record<string, boolean>>;
  readonly exists?: Readonly<Record<string, boolean>>;
  readonly probe?: ValueMap;
  readonly bundles?: {
    readonly kept?: readonly ValueMap[];
    /** What they are encrypted to, or why that cannot be said. */
    readonly encrypted_to?: readonly string[] | ValueMap;
    /** By fingerprint: whose certificates and key are inside, or why it does not open. */
    readonly inside?: Readonly<Record<string, string | ValueMap>>;
  };
}

export interface Case {
  readonly args?: ValueMap;
  readonly host?: { readonly path?: string; readonly kind?: string; readonly vars?: ValueMap };
  readonly planning?: boolean;
  /** Resumed after a cut between the order to run a program and its end: a look tells whether it was run. */
  readonly cut_off?: boolean;
  readonly given?: Answers;
  /** Answers that hold from that second on; the clock of a case moves only while the task sleeps. */
  readonly later?: Readonly<Record<string, Answers>>;
  /** Answers after each write, the last for good; a map stands for after the last write. */
  readonly after?: Answers | readonly Answers[];
  /** The verdict of the check. */
  readonly ok?: string | null;
  readonly fails?: { readonly message: string; readonly hint?: string; readonly code?: string };
  readonly change?: { readonly summary: string; readonly impact?: string };
  /** What `apply` writes, in order. Absent: the case ends with the check. */
  readonly calls?: readonly string[];
  /** What the look after it says in the end; with `apply_fails` and `never` the other two ends. */
  readonly done?: string;
  readonly apply_fails?: { readonly message: string; readonly hint?: string };
  readonly never?: { readonly message: string; readonly hint?: string };
  readonly warns?: readonly string[];
  readonly notes?: readonly string[];
  readonly values?: ValueMap;
  readonly decided_on?: ValueMap;
  readonly variables?: ValueMap;
  /** Facts at the end: those named are compared. */
  readonly facts?: ValueMap;
}

/** Every key that a case may have; a misspelt one would test nothing. */
const KEYS: ReadonlySet<string> = new Set([
  ...['args', 'host', 'planning', 'given', 'later', 'after', 'ok', 'fails', 'change', 'calls', 'done', 'apply_fails'],
  ...['never', 'warns', 'notes', 'values', 'variables', 'facts', 'decided_on', 'cut_off'],
]);

function plain(node: Node): Value {
  if (node.kind === 'list') return node.items.map(plain);
  if (node.kind === 'map') return mapOf(Object.fromEntries(node.entries.map(({ key, value }) => [key, plain(value)])));
  return typeof node.value === 'string' ? withSymbols(node.value) : node.value;
}

/** `like: $v12` takes over the fields of that one, and those beside it win. */
function mapOf({ like, ...own }: ValueMap): ValueMap {
  return like === undefined ? own : { ...(like as ValueMap), ...own };
}

/** `$bundle` alone is the value; inside of a text it is replaced as text. */
function withSymbols(text: string): Value {
  const whole = symbols[text];
  if (whole !== undefined) return whole;
  return text.replaceAll(/\$[a-z_0-9]+/g, (name) => (typeof symbols[name] === 'string' ? symbols[name] : name));
}

const folder = fileURLToPath(new URL('../../../test/tasks/cases', import.meta.url));

export interface NamedCase {
  readonly task: string;
  readonly title: string;
  readonly content: Case;
}

/** All cases, by folder (the task) and file (the sentence). */
export function readCases(): readonly NamedCase[] {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.yml'));
  return files.sort().map((file) => {
    const content = plain(readYaml(readSource(`${folder}/${file}`))) as ValueMap;
    const strange = Object.keys(content).filter((key) => !KEYS.has(key));
    if (strange.length > 0) throw new Error(`${file}: a case has no ${strange.join(', ')}`);
    const [task = '', name = ''] = file.split('/');
    return { task, title: name.replace(/\.yml$/, ''), content: content as Case };
  });
}
