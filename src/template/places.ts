// Where a character of a scalar's text stands in the file: quotes are doubled there, lines folded and indented.

import type { Location } from '../errors.ts';

/** Makes a location from offsets into the text of a scalar. */
export type Locate = (start: number, end: number) => Location;

/** For a scalar with this text at this place. Where the two cannot be aligned, the whole scalar is the place. */
export function locator(text: string, at: Location): Locate {
  const raw = at.source.text.slice(at.start, at.end);
  const found = raw.indexOf(text);
  if (found >= 0) {
    const base = at.start + found;
    return (start, end) => ({ source: at.source, start: base + start, end: base + end });
  }
  let offsets: readonly number[] | undefined | 'not yet' = 'not yet';
  return (start, end) => {
    if (offsets === 'not yet') offsets = align(text, raw);
    if (offsets === undefined) return at;
    const from = offsets[start] ?? raw.length;
    const to = end > start ? (offsets[end - 1] ?? raw.length) + 1 : from;
    return { source: at.source, start: at.start + from, end: at.start + to };
  };
}

/** For each character of the text its offset in the raw scalar; undefined where they do not fit together. */
function align(text: string, raw: string): readonly number[] | undefined {
  const quote = raw[0] === '"' || raw[0] === "'" ? raw[0] : '';
  const header = raw[0] === '|' || raw[0] === '>' ? raw.indexOf('\n') + 1 : 0;
  let next = quote === '' ? header : 1;
  const offsets: number[] = [];
  for (const character of text.split('')) {
    if (!isSpace(character)) while (isSpace(raw[next])) next += 1;
    const length = spelled(character, raw, next, quote);
    if (length === 0 && !isSpace(character)) return undefined;
    offsets.push(next);
    next += length;
  }
  return offsets;
}

const ESCAPED: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  r: '\r',
  e: '\x1b',
  '0': '\0',
  a: '\x07',
  _: '\xa0',
};
const HEX_DIGITS: Readonly<Record<string, number>> = { x: 2, u: 4, U: 8 };

/** How many raw characters spell the character at this offset; 0 when they spell another. */
function spelled(character: string, raw: string, offset: number, quote: string): number {
  const here = raw[offset];
  if (quote === "'" && character === "'") return raw.startsWith("''", offset) ? 2 : 0;
  if (quote === '"' && here === '\\') {
    const letter = raw[offset + 1] ?? '';
    const digits = HEX_DIGITS[letter] ?? 0;
    const code = Number.parseInt(raw.slice(offset + 2, offset + 2 + digits), 16);
    const means = digits > 0 ? String.fromCharCode(code) : (ESCAPED[letter] ?? letter);
    return means === character ? 2 + digits : 0;
  }
  return here === character || (isSpace(character) && isSpace(here)) ? 1 : 0;
}

function isSpace(character: string | undefined): boolean {
  return character === ' ' || character === '\n' || character === '\t' || character === '\r';
}
