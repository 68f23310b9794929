// What the YAML library complains of, in our words. It speaks of tokens; the author of a playbook wants to know
// which character to change.

import type { YAMLError } from 'yaml';
import type { Location, Problem, Source } from '../errors.ts';

/** One mistake is often reported many times over; past these nobody reads on. */
const MOST_SYNTAX_PROBLEMS = 20;

/** The library's errors and warnings as problems: the first of each line. */
export function syntaxProblems(source: Source, errors: readonly YAMLError[]): Problem[] {
  const lines = new Set<number>();
  const problems: Problem[] = [];
  for (const error of [...errors].sort((a, b) => a.pos[0] - b.pos[0])) {
    // Tags are judged where the value is read.
    if (error.code === 'TAG_RESOLVE_FAILED') continue;
    const start = Math.min(error.pos[0], source.text.length);
    const lineStart = source.text.lastIndexOf('\n', start - 1) + 1;
    if (lines.has(lineStart)) continue;
    lines.add(lineStart);
    problems.push(tab(source, lineStart) ?? bareTemplate(source, lineStart) ?? explained(source, error, start));
  }
  return problems.slice(0, MOST_SYNTAX_PROBLEMS);
}

/** A tab among the spaces that a line starts with: what YAML says of it depends on what is around. */
function tab(source: Source, lineStart: number): Problem | undefined {
  const offset = /^ *\t/.exec(source.text.slice(lineStart, lineStart + 200))?.[0].length;
  if (offset === undefined) return undefined;
  const at = { source, start: lineStart + offset - 1, end: lineStart + offset };
  return { message: 'a tab is not allowed as indentation', at, hint: 'indent with spaces' };
}

/** `{{ … }}` at the start of a plain value: the likeliest cause of whatever YAML thinks is wrong in that line. */
function bareTemplate(source: Source, lineStart: number): Problem | undefined {
  const lineEnd = source.text.indexOf('\n', lineStart);
  const line = source.text.slice(lineStart, lineEnd === -1 ? undefined : lineEnd);
  const found = /(?:^|[:[,-]\s+|[[{]\s*)(\{\{)/d.exec(line);
  const span = found?.indices?.[1];
  if (!span) return undefined;
  return unquotedTemplate({ source, start: lineStart + span[0], end: lineStart + line.trimEnd().length });
}

/** A value that begins with `{{` without quotes. */
export function unquotedTemplate(at: Location): Problem {
  const text = at.source.text.slice(at.start, at.end);
  const quoted = text.includes('"') ? `'${text.replaceAll("'", "''")}'` : `"${text}"`;
  return { message: 'a value that starts with a template needs quotes', at, hint: `write ${quoted}` };
}

function explained(source: Source, error: YAMLError, start: number): Problem {
  const at = { source, start, end: Math.max(start + 1, Math.min(error.pos[1], endOfLine(source, start))) };
  const known = words[error.code];
  const [message, hint] = known ?? [sentence(error.message)];
  return { message: message ?? sentence(error.message), at, hint };
}

const words: Partial<Record<string, readonly [string | undefined, string?]>> = {
  MULTIPLE_DOCS: ['the file has more than one document', 'remove the line "---" or split the file'],
  BLOCK_AS_IMPLICIT_KEY: ['a map or list cannot start here', 'check the indentation, or quote a value with ": " in it'],
  MULTILINE_IMPLICIT_KEY: ['a key has to be on one line', 'check the indentation and the ":" after the key'],
  BAD_INDENT: ['the indentation does not fit what is open above', 'close the bracket, or indent the line further'],
  BAD_SCALAR_START: [undefined, 'put the value in quotes'],
  BAD_DQ_ESCAPE: [undefined, 'double the backslash, or use single quotes'],
  UNEXPECTED_TOKEN: ['this does not belong here', 'check the indentation and the quotes'],
};

function sentence(message: string): string {
  const text = message.replace(/\.$/, '');
  return text.charAt(0).toLowerCase() + text.slice(1);
}

function endOfLine(source: Source, start: number): number {
  const end = source.text.indexOf('\n', start);
  return end === -1 ? source.text.length : end;
}

/** Deeper than any real file; far below where the library runs out of stack. */
const DEEPEST_BRACKETS = 200;

/** Where brackets are opened too often without being closed: the library would run out of stack, or of memory. */
export function tooDeep(source: Source): Problem | undefined {
  let depth = 0;
  for (const found of source.text.matchAll(/[[\]{}]|\n(?=\w)/g)) {
    if (found[0] === '\n') depth = 0;
    else if (found[0] === '[' || found[0] === '{') depth += 1;
    else depth = Math.max(0, depth - 1);
    if (depth > DEEPEST_BRACKETS) {
      const at = { source, start: found.index, end: found.index + 1 };
      return { message: `more than ${DEEPEST_BRACKETS} brackets are open here`, at };
    }
  }
  return undefined;
}
