// cat, head, tail, wc, sha256sum, readlink, grep: programs that read files (GNU coreutils 9, GNU grep 3).

import { createHash } from 'node:crypto';
import { type Call, done, failed, isFolder, type Output, type Program, together } from '../system.ts';
import { readOptions } from './arguments.ts';

/** The content of an operand (`-` is the standard input), or why it cannot be read. */
async function open(call: Call, path: string): Promise<Buffer | string> {
  if (path === '-') return Buffer.from(await call.stdin());
  const content = call.system.read(path);
  if (content !== undefined) return content;
  return isFolder(call.system, path) ? 'Is a directory' : 'No such file or directory';
}

/** Calls `use` for every operand, or for the standard input; operands that cannot be read are told, and code 1. */
async function eachFile(
  call: Call,
  operands: readonly string[],
  use: (content: Buffer, path: string) => string,
): Promise<Output> {
  const outputs = (operands.length > 0 ? operands : ['-']).map(async (path) => {
    const content = await open(call, path);
    if (typeof content !== 'string') return done(use(content, path));
    return failed(1, `${call.name}: ${path}: ${content}\n`);
  });
  return together(await Promise.all(outputs));
}

const invalidOption = (call: Call, letter: string, code = 1): Output =>
  failed(code, `${call.name}: invalid option -- '${letter}'\nTry '${call.name} --help' for more information.\n`);

export const cat: Program = (call) => {
  const { operands, unknown } = readOptions(call.args, 'u');
  if (unknown !== undefined) return invalidOption(call, unknown);
  return eachFile(call, operands, (content) => content.toString('utf8'));
};

const DEFAULT_LINES = 10;

/** `head` and `tail`, with `-n COUNT`. */
export const head: Program = (call) => {
  const { options, operands, unknown } = readOptions(call.args, 'n:q');
  if (unknown !== undefined) return invalidOption(call, unknown);
  const count = Number(options.get('n') ?? DEFAULT_LINES);
  if (!Number.isSafeInteger(count) || count < 0) {
    return failed(1, `${call.name}: invalid number of lines: '${options.get('n')}'\n`);
  }
  const cut = (lines: string[]) =>
    call.name === 'tail' ? lines.slice(Math.max(0, lines.length - count)) : lines.slice(0, count);
  return eachFile(call, operands, (content) => cut(linesOf(content)).join(''));
};

/** Lines with their ends. */
const linesOf = (content: Buffer): string[] => content.toString('utf8').match(/[^\n]*\n|[^\n]+$/g) ?? [];

export const wc: Program = (call) => {
  const { options, operands, unknown } = readOptions(call.args, 'lc');
  if (unknown !== undefined) return invalidOption(call, unknown);
  return eachFile(call, operands, (content, path) => {
    const counts = [
      ...(options.has('c') && !options.has('l') ? [] : [content.toString('latin1').split('\n').length - 1]),
      ...(options.has('c') ? [content.length] : []),
    ];
    return `${counts.join(' ')}${path === '-' ? '' : ` ${path}`}\n`;
  });
};

/** `sha256sum`, `sha1sum`, `md5sum`. */
export const checksum: Program = (call) => {
  const { operands, unknown } = readOptions(call.args, 'b');
  if (unknown !== undefined) return invalidOption(call, unknown);
  const algorithm = call.name.replace(/sum$/, '');
  return eachFile(
    call,
    operands,
    (content, path) => `${createHash(algorithm).update(content).digest('hex')}  ${path}\n`,
  );
};

/** Nothing in the lab is a link, so a path leads to itself. */
export const readlink: Program = (call) => {
  const { options, operands } = readOptions(call.args, 'fen');
  const canonical = options.has('f') || options.has('e');
  const found = operands.filter((path) => canonical && (!options.has('e') || call.system.read(path) !== undefined));
  return {
    code: found.length === operands.length ? 0 : 1,
    stdout: found.map((path) => `${path}\n`).join(''),
    stderr: '',
  };
};

/** `grep [-EFHchilnqsvw] [-e] PATTERN [FILE]…`. Code 0 with a match, 1 without, 2 in trouble. */
export const grep: Program = async (call) => {
  const { options, operands, unknown } = readOptions(call.args, 'EFHchilnqsvwe:');
  if (unknown !== undefined) {
    return failed(
      2,
      `grep: invalid option -- '${unknown}'\nUsage: grep [OPTION]... PATTERNS [FILE]...\nTry 'grep --help' for more information.\n`,
    );
  }
  const given = options.get('e');
  const [first, ...rest] = operands;
  const pattern = typeof given === 'string' ? given : first;
  if (pattern === undefined)
    return failed(2, "Usage: grep [OPTION]... PATTERNS [FILE]...\nTry 'grep --help' for more information.\n");
  const files = typeof given === 'string' ? operands : rest;
  const search = new Search(pattern, options, files.length > 1);
  const searched = (files.length > 0 ? files : ['-']).map(async (path) => {
    const content = await open(call, path);
    if (typeof content !== 'string') return search.in(content, path);
    return failed(2, options.has('s') ? '' : `grep: ${path}: ${content}\n`);
  });
  const outputs = await Promise.all(searched);
  const result = together(outputs);
  const trouble = outputs.some((output) => output.code === 2);
  const code = search.found && (options.has('q') || !trouble) ? 0 : trouble ? 2 : 1;
  return { ...result, code };
};

class Search {
  found = false;
  readonly #expression: RegExp;
  readonly #options: ReadonlyMap<string, string | true>;
  readonly #withName: boolean;

  constructor(pattern: string, options: ReadonlyMap<string, string | true>, several: boolean) {
    const flags = options.has('i') ? 'i' : '';
    const source = options.has('F')
      ? pattern.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')
      : extended(pattern, options.has('E'));
    this.#expression = new RegExp(options.has('w') ? `\\b(?:${source})\\b` : source, flags);
    this.#options = options;
    this.#withName = options.has('H') || (several && !options.has('h'));
  }

  in(content: Buffer, path: string): Output {
    const matching = linesOf(content)
      .map((line, index) => ({ line: line.replace(/\n$/, ''), number: index + 1 }))
      .filter(({ line }) => this.#expression.test(line) !== this.#options.has('v'));
    if (matching.length > 0) this.found = true;
    if (this.#options.has('q')) return done();
    const name = this.#withName ? `${path === '-' ? '(standard input)' : path}:` : '';
    if (this.#options.has('l')) return done(matching.length > 0 ? `${path}\n` : '');
    if (this.#options.has('c')) return done(`${name}${matching.length}\n`);
    const number = (at: number) => (this.#options.has('n') ? `${at}:` : '');
    return done(matching.map((match) => `${name}${number(match.number)}${match.line}\n`).join(''));
  }
}

/** A POSIX expression in JavaScript's spelling: in a basic one `\(`, `\|`, `\+` are operators and the bare ones are not. */
function extended(pattern: string, isExtended: boolean): string {
  const classes = pattern
    .replaceAll('[:space:]', '\\s')
    .replaceAll('[:digit:]', '\\d')
    .replaceAll('[:alnum:]', 'A-Za-z0-9');
  if (isExtended) return classes;
  return classes.replace(/\\?[(){}|+?]/g, (operator) =>
    operator.startsWith('\\') ? operator.slice(1) : `\\${operator}`,
  );
}
