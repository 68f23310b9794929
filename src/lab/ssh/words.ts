// A command line as a POSIX shell reads it (XCU §2.2, §2.3), as far as operators type it over ssh: quoting, pipes,
// `&&`, `||`, `;`, variables before a command, and output thrown away. What goes beyond is refused, not guessed.

/** One program with its arguments, and where its outputs go. */
export interface Command {
  readonly words: readonly string[];
  readonly silent: { readonly stdout: boolean; readonly stderr: boolean };
  /** `2>&1`. */
  readonly merged: boolean;
}

/** Commands joined by `|`. */
export type Pipeline = readonly Command[];

export interface Step {
  /** What it depends on: the step before succeeded (`and`), failed (`or`), or just ended (`then`). */
  readonly after: 'then' | 'and' | 'or';
  readonly pipeline: Pipeline;
}

/** The shell's own refusal. Its text is what the shell would print behind its name. */
export class SyntaxProblem extends Error {}

type Token = { readonly word: string } | { readonly operator: string };

const OPERATOR = /^(?:&&|\|\||2>&1|[012]?>>?|[;|&<()\n])/;
const CONTROL: Readonly<Record<string, Step['after']>> = { '&&': 'and', '||': 'or', ';': 'then', '\n': 'then' };

/** Reads a command line. Throws `SyntaxProblem`. */
export function readCommandLine(text: string): readonly Step[] {
  const steps: Step[] = [];
  let after: Step['after'] = 'then';
  let tokens: Token[] = [];
  const finish = (): void => {
    steps.push({ after, pipeline: readPipeline(tokens) });
    tokens = [];
  };
  for (const token of tokenize(text)) {
    const next = 'operator' in token ? CONTROL[token.operator] : undefined;
    if (next === undefined) {
      tokens.push(token);
      continue;
    }
    finish();
    after = next;
  }
  if (tokens.length > 0) finish();
  else if (after !== 'then') throw new SyntaxProblem('syntax error: unexpected end of file');
  return steps;
}

function readPipeline(tokens: readonly Token[]): Pipeline {
  const parts: Token[][] = [[]];
  for (const token of tokens) {
    if ('operator' in token && token.operator === '|') parts.push([]);
    else parts.at(-1)?.push(token);
  }
  return parts.map(readCommand);
}

function readCommand(tokens: readonly Token[]): Command {
  const words: string[] = [];
  const silent = { stdout: false, stderr: false };
  let merged = false;
  for (let index = 0; index < tokens.length; index += 1) {
    const token = tokens[index] as Token;
    if ('word' in token) words.push(token.word);
    else if (token.operator === '2>&1') merged = true;
    else {
      index += 1;
      redirect(token.operator, tokens[index], silent);
    }
  }
  dropVariables(words);
  if (words[0] === 'env') {
    words.shift();
    dropVariables(words);
  }
  if (words.length === 0) throw new SyntaxProblem('syntax error near unexpected token `newline');
  return { words, silent, merged };
}

/** Variables before a program: no program of the lab reads one. */
function dropVariables(words: string[]): void {
  while (words[0] !== undefined && /^[A-Za-z_]\w*=/.test(words[0])) words.shift();
}

function redirect(operator: string, target: Token | undefined, silent: { stdout: boolean; stderr: boolean }): void {
  const path = target !== undefined && 'word' in target ? target.word : undefined;
  if (path === '/dev/null' && /^[012]?>>?$|^<$/.test(operator)) {
    if (operator.startsWith('2')) silent.stderr = true;
    else if (operator !== '<') silent.stdout = true;
    return;
  }
  throw new SyntaxProblem(`the lab's shell has no "${operator}" but to and from /dev/null`);
}

function tokenize(text: string): Token[] {
  const tokens: Token[] = [];
  let rest = text;
  for (;;) {
    rest = rest.replace(/^(?:[ \t]|\\\n)+/, '');
    if (rest === '') return tokens;
    const operator = OPERATOR.exec(rest)?.[0];
    if (operator !== undefined) {
      tokens.push({ operator });
      rest = rest.slice(operator.length);
      continue;
    }
    const { word, length } = readWord(rest);
    tokens.push({ word });
    rest = rest.slice(length);
  }
}

/** One word at the start of `text`, quotes taken off, and how long it was. */
function readWord(text: string): { word: string; length: number } {
  let word = '';
  let at = 0;
  while (at < text.length) {
    const part = readPart(text.slice(at));
    if (part === undefined) break;
    word += part.value;
    at += part.length;
  }
  return { word, length: at };
}

function readPart(text: string): { value: string; length: number } | undefined {
  const first = text[0] ?? '';
  if (/[ \t\n;|&<>()]/.test(first)) return undefined;
  if (first === "'") return singleQuoted(text);
  if (first === '"') return doubleQuoted(text);
  if (first === '\\') return text[1] === '\n' ? { value: '', length: 2 } : { value: text[1] ?? '\\', length: 2 };
  if (first === '$' || first === '`') throw new SyntaxProblem(`the lab's shell does not expand "${first}"`);
  return { value: first, length: 1 };
}

function singleQuoted(text: string): { value: string; length: number } {
  const end = text.indexOf("'", 1);
  if (end < 0) throw new SyntaxProblem("unexpected EOF while looking for matching `''");
  return { value: text.slice(1, end), length: end + 1 };
}

function doubleQuoted(text: string): { value: string; length: number } {
  const found = /^"((?:[^"\\]|\\[\s\S])*)"/.exec(text);
  if (found === null) throw new SyntaxProblem('unexpected EOF while looking for matching `"\'');
  const inside = found[1] ?? '';
  if (/(?<!\\)(?:\\\\)*[$`]/.test(inside)) throw new SyntaxProblem('the lab\'s shell does not expand "$" and "`"');
  return { value: inside.replace(/\\([$`"\\])/g, '$1').replaceAll('\\\n', ''), length: found[0].length };
}
