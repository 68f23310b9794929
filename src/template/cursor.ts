// A stream of tokens as a parser walks it.

import type { InvalidInput, Location } from '../errors.ts';
import { problem, type Token } from './tokens.ts';

/** Deeper nesting than anyone writes; the evaluator recurses as deep as this. */
const DEEPEST = 200;

export class Cursor {
  readonly #tokens: readonly Token[];
  #next = 0;
  #depth = 0;

  /** `tokens` ends with an `end` token, which is never passed. */
  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  peek(ahead = 0): Token {
    const last = this.#tokens.length - 1;
    return this.#tokens[Math.min(this.#next + ahead, last)] as Token;
  }

  take(): Token {
    const token = this.peek();
    if (token.kind !== 'end') this.#next += 1;
    return token;
  }

  /** Whether the next token is this operator or word. */
  sees(text: string, ahead = 0): boolean {
    const token = this.peek(ahead);
    return token.text === text && (token.kind === 'operator' || token.kind === 'name');
  }

  /** Takes the next token if it is this operator or word. */
  accept(text: string): boolean {
    const found = this.sees(text);
    if (found) this.take();
    return found;
  }

  expect(text: string): Token {
    if (!this.sees(text)) throw this.unexpected(`"${text}"`);
    return this.take();
  }

  expectName(what: string): Token {
    if (this.peek().kind !== 'name') throw this.unexpected(what);
    return this.take();
  }

  expectEnd(): void {
    if (this.peek().kind !== 'end') throw this.unexpected('the end of the expression');
  }

  unexpected(expected: string): InvalidInput {
    const token = this.peek();
    const found = token.kind === 'end' ? 'it ends' : `found ${token.kind === 'text' ? 'a text' : `"${token.text}"`}`;
    return problem(`expected ${expected} but ${found}`, token.at, this.#hint(token));
  }

  #hint(token: Token): string | undefined {
    if (token.text === '=' && token.kind === 'operator') return 'write "==" to compare';
    return token.text === '{' && this.sees('{', 1) ? 'leave out the braces, this is an expression already' : undefined;
  }

  /** Runs a part of the parser one level deeper. */
  deeper<T>(parse: () => T): T {
    this.#depth += 1;
    this.checkDepth(this.#depth);
    const result = parse();
    this.#depth -= 1;
    return result;
  }

  /** Chains such as `a + b + c` nest to the left: their length is a depth as well. */
  checkDepth(depth: number): void {
    if (depth > DEEPEST)
      throw problem('the expression is nested too deeply', this.peek().at, 'split it into variables');
  }
}

/** From the start of one place to the end of another in the same text. */
export function span(from: Location, to: Location): Location {
  return { source: from.source, start: from.start, end: Math.max(from.end, to.end) };
}
