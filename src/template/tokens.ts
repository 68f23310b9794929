// Splits expressions into tokens, by Jinja's lexical rules.

import { InvalidInput, type Location } from '../errors.ts';
import type { Locate } from './places.ts';

export interface Token {
  readonly kind: 'name' | 'number' | 'text' | 'operator' | 'end';
  /** As written; of a text: what it means. */
  readonly text: string;
  readonly at: Location;
}

/** The tokens up to a closing `}}` or `%}` outside of brackets, and the offset behind it. */
export interface Tokens {
  readonly list: readonly Token[];
  readonly end: number;
  /** The closing mark was `-}}` or `-%}`: whitespace after it goes. */
  readonly trim: boolean;
}

const SPACE = /\s+/y;
const NAME = /[\p{ID_Start}_][\p{ID_Continue}]*/uy;
const NUMBER =
  /0[xX](?:_?[\da-fA-F])+|0[bB](?:_?[01])+|0[oO](?:_?[0-7])+|\d+(?:_\d+)*(?:\.\d+(?:_\d+)*)?(?:[eE][+-]?\d+(?:_\d+)*)?/y;
const DIGITS = /\d+/y;
const TEXT = /'(?:[^'\\]|\\[\s\S])*'|"(?:[^"\\]|\\[\s\S])*"/y;
const OPERATOR = /\*\*|\/\/|==|!=|<=|>=|[-+*/%~<>=.:,|()[\]{}]/y;

/** Enough for any expression that a person wrote; keeps the parser's and the evaluator's depth bounded. */
const MOST_TOKENS = 5000;

/** An `InvalidInput` with one problem. */
export function problem(message: string, at: Location, hint?: string): InvalidInput {
  return new InvalidInput([{ message, at, hint }]);
}

/** Reads tokens from an offset on, to the closer, or to the end of the text where there is none. */
export function tokenize(text: string, from: number, closer: '}}' | '%}' | undefined, locate: Locate): Tokens {
  const list: Token[] = [];
  let offset = from;
  let depth = 0;
  while (true) {
    offset += matched(SPACE, text, offset)?.length ?? 0;
    if (closer !== undefined && depth <= 0) {
      const trim = text.startsWith(`-${closer}`, offset);
      if (trim || text.startsWith(closer, offset)) {
        list.push({ kind: 'end', text: closer, at: locate(offset, offset + 2) });
        return { list, end: offset + (trim ? 3 : 2), trim };
      }
    }
    if (offset >= text.length) break;
    const token = tokenAt(text, offset, list.at(-1)?.text === '.', locate);
    if ('([{'.includes(token.written)) depth += 1;
    if (')]}'.includes(token.written)) depth -= 1;
    list.push(token);
    if (list.length > MOST_TOKENS) throw problem(`the expression has more than ${MOST_TOKENS} parts`, token.at);
    offset += token.written.length;
  }
  if (closer !== undefined) {
    const opener = closer === '}}' ? '{{' : '{%';
    throw problem(`"${opener}" is not closed`, locate(from - 2, from), `end it with "${closer}"`);
  }
  list.push({ kind: 'end', text: '', at: locate(text.length, text.length) });
  return { list, end: text.length, trim: false };
}

/** After a dot a number is an index: `list.0.1` is not 0.1. */
function tokenAt(
  text: string,
  offset: number,
  afterDot: boolean,
  locate: Locate,
): Token & { readonly written: string } {
  const token = (kind: Token['kind'], written: string, meaning = written) => ({
    kind,
    text: meaning,
    written,
    at: locate(offset, offset + written.length),
  });
  const name = matched(NAME, text, offset);
  if (name !== undefined) return token('name', name);
  const number = matched(afterDot ? DIGITS : NUMBER, text, offset);
  if (number !== undefined) return token('number', number);
  const literal = matched(TEXT, text, offset);
  if (literal !== undefined) return token('text', literal, unescaped(literal.slice(1, -1)));
  const operator = matched(OPERATOR, text, offset);
  if (operator !== undefined) return token('operator', operator);
  throw strange(text, offset, locate);
}

function matched(pattern: RegExp, text: string, offset: number): string | undefined {
  pattern.lastIndex = offset;
  return pattern.exec(text)?.[0];
}

/** What to write instead of signs that other languages have. */
const INSTEAD: Readonly<Record<string, string>> = {
  '&': 'write "and"',
  '!': 'write "not"',
  ';': 'write one expression only',
  '?': 'write "A if CONDITION else B"',
};

function strange(text: string, offset: number, locate: Locate): InvalidInput {
  const character = String.fromCodePoint(text.codePointAt(offset) ?? 0);
  const at = locate(offset, offset + character.length);
  if (character === '"' || character === "'") {
    return problem('a text is not closed', at, `end it with ${character}`);
  }
  return problem(`"${character}" means nothing in an expression`, at, INSTEAD[character]);
}

const SIMPLE: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  r: '\r',
  a: '\x07',
  b: '\b',
  f: '\f',
  v: '\v',
  '\n': '',
};
const ESCAPE = /\\(?:x([\da-fA-F]{2})|u([\da-fA-F]{4})|U([\da-fA-F]{8})|([0-7]{1,3})|([\s\S]))/g;

/** Python's escapes; a backslash before anything else stays, as in regular expressions. */
function unescaped(text: string): string {
  if (!text.includes('\\')) return text;
  return text.replace(ESCAPE, (all, hex, short, long, octal, one) => {
    if (octal !== undefined) return String.fromCodePoint(Number.parseInt(octal, 8));
    if (one === undefined) return character(Number.parseInt(hex ?? short ?? long, 16), all);
    return SIMPLE[one] ?? (`\\'"`.includes(one) ? one : all);
  });
}

const character = (code: number, written: string) => (code <= 0x10ffff ? String.fromCodePoint(code) : written);
