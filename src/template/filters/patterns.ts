// Filters with regular expressions: Python's notation, run by JavaScript's engine.

import { Failure } from '../../errors.ts';
import type { Value } from '../../model.ts';
import { type Callables, flagArg, type Literals, reads, type Site, textArg } from '../callable.ts';
import { limitSearched } from '../limits.ts';
import { str } from '../python.ts';

/** Python's options for one search. */
export interface Options {
  readonly ignoreCase?: boolean;
  readonly multiline?: boolean;
}

/** A Python regular expression as JavaScript's; throws a `SyntaxError` where it is none. */
export function translate(pattern: string, options: Options = {}): RegExp {
  let flags = `${options.ignoreCase ? 'i' : ''}${options.multiline ? 'm' : ''}`;
  const body = pattern.replace(/^\(\?([aimsu]+)\)/, (_, letters: string) => {
    flags += letters.replace(/[au]/g, '');
    return '';
  });
  const source = body.replace(/\\[\s\S]|\(\?P<|\(\?P=(\w+)\)/g, (found, name) => {
    if (found === '\\A') return '(?<![\\s\\S])';
    if (found === '\\Z') return '(?![\\s\\S])';
    if (found === '(?P<') return '(?<';
    return name === undefined ? found : `\\k<${name}>`;
  });
  return new RegExp(source, [...new Set(flags)].join('') + (/\\u\{|\\p\{/.test(source) ? 'u' : ''));
}

/** Without the pattern itself, which the engine's message repeats. */
function reasonOf(error: unknown): string {
  if (!(error instanceof SyntaxError)) throw error;
  return `this is no regular expression: ${error.message.replace(/^.*: /s, '').toLowerCase()}`;
}

/** The compiled pattern, or a failure at the place of its use. */
export function compiled(pattern: string, options: Options, site: Site): RegExp {
  try {
    return translate(pattern, options);
  } catch (error) {
    throw new Failure(reasonOf(error), { at: site.at });
  }
}

/** What is wrong with the first argument, where it is a literal. */
export function checkPattern({ positional, named }: Literals): { readonly message: string } | undefined {
  const pattern = positional[0] ?? named.get('pattern');
  if (typeof pattern !== 'string') return undefined;
  try {
    translate(pattern);
    return undefined;
  } catch (error) {
    return { message: reasonOf(error) };
  }
}

const optionsOf = (ignoreCase: Value | undefined, multiline: Value | undefined, site: Site): Options => ({
  ignoreCase: flagArg(ignoreCase, '"ignorecase"', site, false),
  multiline: flagArg(multiline, '"multiline"', site, false),
});

function searched(value: Value, site: Site): string {
  const text = str(value);
  limitSearched(text, site.at);
  return text;
}

const search = reads('...ignorecase multiline', (value, [ignoreCase, multiline, pattern, ...groups], site) => {
  const expression = compiled(textArg(pattern, 'the pattern', site), optionsOf(ignoreCase, multiline, site), site);
  const found = expression.exec(searched(value, site));
  if (found === null) return null;
  if (groups.length === 0) return found[0];
  return groups.map((group) => groupOf(found, textArg(group, 'a group', site), site));
});

/** `\\2` or `\\g<name>`. */
function groupOf(found: RegExpExecArray, reference: string, site: Site): Value {
  const [, name] = /^\\(?:g<(\w+)>|\d+)$/.exec(reference) ?? [];
  const key = name ?? reference.slice(1);
  const group = /^\d+$/.test(key) ? found[Number(key)] : found.groups?.[key];
  if (group !== undefined) return group;
  if (/^\d+$/.test(key) ? Number(key) < found.length : found.groups && Object.hasOwn(found.groups, key)) return null;
  throw new Failure(`the pattern has no group "${reference}"`, { at: site.at, hint: 'write "\\\\1" or "\\\\g<name>"' });
}

const findall = reads('pattern! multiline ignorecase', (value, [pattern, multiline, ignoreCase], site) => {
  const base = compiled(textArg(pattern, 'the pattern', site), optionsOf(ignoreCase, multiline, site), site);
  const found = [...searched(value, site).matchAll(new RegExp(base, `${base.flags}g`))];
  return found.map((match) => {
    if (match.length === 1) return match[0];
    return match.length === 2 ? (match[1] ?? '') : match.slice(1).map((group) => group ?? '');
  });
});

const replace = reads('pattern! replacement! ignorecase multiline', (value, args, site) => {
  const [pattern, replacement, ignoreCase, multiline] = args;
  const base = compiled(textArg(pattern, 'the pattern', site), optionsOf(ignoreCase, multiline, site), site);
  const target = textArg(replacement, 'the replacement', site);
  return searched(value, site).replace(new RegExp(base, `${base.flags}g`), (...match: unknown[]) => {
    const count = match.findIndex((part) => typeof part === 'number');
    const last = match.at(-1);
    return filled(target, match.slice(0, count), typeof last === 'object' ? (last as Groups) : {}, site);
  });
});

type Groups = Readonly<Record<string, unknown>>;

/** Python's references in a replacement: `\\1`, `\\g<1>`, `\\g<name>`. */
function filled(target: string, numbered: readonly unknown[], named: Groups, site: Site): string {
  return target.replace(/\\(?:g<(\w+)>|(\d{1,2})|([\s\S]))/g, (_, name, number, escaped) => {
    if (escaped !== undefined) return ESCAPES[escaped] ?? `\\${escaped}`;
    const key: string = name ?? number;
    const groups: Groups = /^\d+$/.test(key) ? { ...numbered } : named;
    const index = /^\d+$/.test(key) ? String(Number(key)) : key;
    if (Object.hasOwn(groups, index)) return String(groups[index] ?? '');
    throw new Failure(`the pattern has no group "${key}"`, { at: site.at });
  });
}

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', '\\': '\\' };

export const patternFilters: Callables = {
  regex_search: { ...search, check: checkPattern },
  regex_findall: { ...findall, check: checkPattern },
  regex_replace: { ...replace, check: checkPattern },
  regex_escape: reads('', (value) =>
    str(value).replace(/[-\\^$*+?.()|[\]{}#&~\s]/g, (sign) => ESCAPED_SPACE[sign] ?? `\\${sign}`),
  ),
};

const ESCAPED_SPACE: Readonly<Record<string, string>> = { '\n': '\\\n', '\t': '\\\t' };
