// Parses text with `{{ … }}`, `{% … %}` and `{# … #}` in it. As Ansible sets Jinja up: the line break right after a
// statement or a comment goes, all other white space stays unless a `-` takes it away.

import type { Location } from '../errors.ts';
import { Cursor, span } from './cursor.ts';
import { parseExpression, parseOr } from './parse.ts';
import type { Locate } from './places.ts';
import type { Ast, Branch, Part } from './syntax.ts';
import { problem, type Token, tokenize } from './tokens.ts';

/** A template cut at its delimiters. */
type Piece =
  | { readonly kind: 'text'; readonly text: string; readonly at: Location }
  | { readonly kind: 'output' | 'statement'; readonly tokens: readonly Token[]; readonly at: Location };

/** The parts of a template. Throws `InvalidInput` at the first thing that is wrong. */
export function parseTemplate(text: string, locate: Locate): readonly Part[] {
  const pieces = new Pieces(cut(text, locate), locate(0, text.length));
  const parts = parseParts(pieces, 0);
  const rest = pieces.statement();
  if (rest !== undefined) throw problem(`"${rest.peek().text}" without its beginning`, rest.peek().at);
  return parts;
}

const OPENER = /\{[{%#]/g;

function cut(text: string, locate: Locate): Piece[] {
  const pieces: Piece[] = [];
  let from = 0;
  let trim = false;
  const pushText = (end: number, trimEnd: boolean): void => {
    let piece = text.slice(from, end);
    if (trim) piece = piece.trimStart();
    if (trimEnd) piece = piece.trimEnd();
    if (piece !== '') pieces.push({ kind: 'text', text: piece, at: locate(from, end) });
  };
  while (true) {
    OPENER.lastIndex = from;
    const start = OPENER.exec(text)?.index;
    if (start === undefined) break;
    const sign = text[start + 2] ?? '';
    pushText(start, sign === '-');
    const inner = start + (sign === '-' || (sign === '+' && text[start + 1] !== '{') ? 3 : 2);
    const closed = close(text, start, inner, locate, pieces);
    trim = closed.trim;
    from = closed.end;
  }
  pushText(text.length, false);
  return pieces;
}

/** Reads the piece that opens at `start`; gives where text goes on, and whether white space before that goes. */
function close(
  text: string,
  start: number,
  inner: number,
  locate: Locate,
  pieces: Piece[],
): { readonly end: number; readonly trim: boolean } {
  const mark = text[start + 1];
  if (mark === '#') return closeComment(text, start, inner, locate);
  const { list, end, trim } = tokenize(text, inner, mark === '{' ? '}}' : '%}', locate);
  const at = locate(start, end);
  if (mark === '{') {
    pieces.push({ kind: 'output', tokens: list, at });
    return { end, trim };
  }
  if (list[0]?.text === 'raw') return closeRaw(text, end, locate, pieces);
  pieces.push({ kind: 'statement', tokens: list, at });
  return { end: afterLineBreak(text, end), trim };
}

function closeComment(text: string, start: number, inner: number, locate: Locate) {
  const close = text.indexOf('#}', inner);
  if (close < 0) throw problem('"{#" is not closed', locate(start, start + 2), 'end it with "#}"');
  return { end: afterLineBreak(text, close + 2), trim: text[close - 1] === '-' };
}

const END_RAW = /\{%[-+]?\s*endraw\s*[-+]?%\}/g;

function closeRaw(text: string, from: number, locate: Locate, pieces: Piece[]) {
  END_RAW.lastIndex = from;
  const found = END_RAW.exec(text);
  if (found === null) throw problem('"{% raw %}" is not ended', locate(from - 2, from), 'end it with "{% endraw %}"');
  const start = afterLineBreak(text, from);
  const raw = text.slice(start, Math.max(start, found.index));
  if (raw !== '') pieces.push({ kind: 'text', text: raw, at: locate(start, found.index) });
  return { end: afterLineBreak(text, END_RAW.lastIndex), trim: found[0].endsWith('-%}') };
}

const afterLineBreak = (text: string, offset: number) => (text[offset] === '\n' ? offset + 1 : offset);

/** The pieces as the parser walks them. */
class Pieces {
  readonly #pieces: readonly Piece[];
  readonly #whole: Location;
  #next = 0;

  constructor(pieces: readonly Piece[], whole: Location) {
    this.#pieces = pieces;
    this.#whole = whole;
  }

  peek(): Piece | undefined {
    return this.#pieces[this.#next];
  }

  take(): void {
    this.#next += 1;
  }

  /** The tokens of the next statement without taking it. */
  statement(): Cursor | undefined {
    const piece = this.peek();
    return piece?.kind === 'statement' ? new Cursor(piece.tokens) : undefined;
  }

  /** Takes the next statement, which must begin with one of these words. */
  expect(words: readonly string[], opened: Location): { readonly word: string; readonly cursor: Cursor } {
    const cursor = this.statement();
    const token = cursor?.peek();
    if (cursor === undefined || token === undefined || !words.includes(token.text)) {
      const wanted = `"{% ${words.at(-1)} %}"`;
      throw problem(`expected ${wanted}`, token?.at ?? opened, token ? undefined : `end it with ${wanted}`);
    }
    this.take();
    return { word: cursor.take().text, cursor };
  }

  get whole(): Location {
    return this.#whole;
  }
}

const CLOSERS = new Set(['elif', 'else', 'endif', 'endfor', 'endset', 'endraw']);
const DEEPEST = 50;

/** Parts up to a statement that ends or divides the one around them. */
function parseParts(pieces: Pieces, depth: number): readonly Part[] {
  if (depth > DEEPEST) throw problem('the template is nested too deeply', pieces.whole);
  const parts: Part[] = [];
  for (let piece = pieces.peek(); piece !== undefined; piece = pieces.peek()) {
    if (piece.kind === 'text') parts.push(piece);
    else if (piece.kind === 'output') parts.push(parseOutput(piece));
    else {
      const word = piece.tokens[0]?.text ?? '';
      if (CLOSERS.has(word)) break;
      pieces.take();
      parts.push(parseStatement(pieces, new Cursor(piece.tokens), piece.at, depth + 1));
      continue;
    }
    pieces.take();
  }
  return parts;
}

function parseOutput(piece: Piece & { readonly kind: 'output' | 'statement' }): Part {
  const cursor = new Cursor(piece.tokens);
  if (cursor.peek().kind === 'end') throw problem('there is nothing between the braces', piece.at);
  const expression = parseExpression(cursor);
  cursor.expectEnd();
  return { kind: 'output', expression, at: piece.at };
}

function parseStatement(pieces: Pieces, cursor: Cursor, at: Location, depth: number): Part {
  const word = cursor.take();
  if (word.text === 'if') return parseIf(pieces, cursor, at, depth);
  if (word.text === 'for') return parseFor(pieces, cursor, at, depth);
  if (word.text === 'set') return parseSet(pieces, cursor, at, depth);
  throw problem(`the statement "${word.text}" is not supported`, word.at, 'there are if, for, set and raw');
}

function parseIf(pieces: Pieces, cursor: Cursor, at: Location, depth: number): Part {
  const branches: Branch[] = [{ test: parseWhole(cursor), body: parseParts(pieces, depth) }];
  while (true) {
    const { word, cursor: next } = pieces.expect(['elif', 'else', 'endif'], at);
    if (word === 'elif') branches.push({ test: parseWhole(next), body: parseParts(pieces, depth) });
    else {
      next.expectEnd();
      const otherwise = word === 'else' ? parseParts(pieces, depth) : [];
      if (word === 'else') pieces.expect(['endif'], at).cursor.expectEnd();
      return { kind: 'if', branches, otherwise, at };
    }
  }
}

function parseFor(pieces: Pieces, cursor: Cursor, at: Location, depth: number): Part {
  const targets = [cursor.expectName('the name of a loop variable').text];
  while (cursor.accept(',')) targets.push(cursor.expectName('the name of a loop variable').text);
  cursor.expect('in');
  const of = parseOr(cursor);
  const filter = cursor.accept('if') ? parseOr(cursor) : undefined;
  cursor.expectEnd();
  const body = parseParts(pieces, depth);
  const { word, cursor: next } = pieces.expect(['else', 'endfor'], at);
  next.expectEnd();
  const otherwise = word === 'else' ? parseParts(pieces, depth) : [];
  if (word === 'else') pieces.expect(['endfor'], at).cursor.expectEnd();
  return { kind: 'for', targets, of, filter, body, otherwise, at };
}

function parseSet(pieces: Pieces, cursor: Cursor, at: Location, depth: number): Part {
  const name = cursor.expectName('the name of a variable');
  if (cursor.accept('=')) return { kind: 'set', name: name.text, value: parseWhole(cursor), at: span(at, name.at) };
  cursor.expectEnd();
  const value = parseParts(pieces, depth);
  pieces.expect(['endset'], at).cursor.expectEnd();
  return { kind: 'set', name: name.text, value, at };
}

function parseWhole(cursor: Cursor): Ast {
  const expression = parseExpression(cursor);
  cursor.expectEnd();
  return expression;
}
