// The one type for what must never be shown. Everything that prints goes through `redact` as well, so that a
// secret that slipped into a string (an error text of a server, a file name) is still caught at the sink.

import { inspect } from 'node:util';

/** Shorter values are too common in ordinary text to be replaced by value. */
const SHORTEST_REDACTED = 6;

/** Everything that is replaced, by its first characters: a text is looked through once, however many secrets there are. */
const known = new Map<string, Set<string>>();

/** Each character moves older ones up by so many bits; the sixth is the last that leaves a trace in a mark. */
const BITS_A_CHARACTER = 3;
const MARKS = 1 << (SHORTEST_REDACTED * BITS_A_CHARACTER);

/** Whether something known may begin with six characters of that mark. Saves most of the look-ups in `known`. */
const marked = new Uint8Array(MARKS);

const markWith = (mark: number, text: string, at: number): number =>
  ((mark << BITS_A_CHARACTER) ^ text.charCodeAt(at)) & (MARKS - 1);

/** A value that prints as `***` everywhere; only `reveal()` gives the text, and only connections call it. */
export class Secret {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
    remember(value);
  }

  reveal(): string {
    return this.#value;
  }

  toString(): string {
    return '***';
  }

  toJSON(): string {
    return '***';
  }

  [inspect.custom](): string {
    return '***';
  }
}

/** Every spelling under which a secret could turn up in text of ours or of a server that echoes it. */
function remember(value: string): void {
  const trimmed = value.trim();
  if (trimmed.length < SHORTEST_REDACTED) return;
  know(value);
  know(trimmed);
  know(encodeURIComponent(trimmed));
  know(JSON.stringify(trimmed).slice(1, -1));
  know(Buffer.from(value, 'utf8').toString('base64'));
  know(Buffer.from(value, 'utf8').toString('hex'));
  for (const line of trimmed.split(/\r?\n/)) {
    if (line.length < 32 || line.startsWith('-----')) continue;
    know(line);
    know(JSON.stringify(line).slice(1, -1));
  }
}

function know(spelling: string): void {
  const start = spelling.slice(0, SHORTEST_REDACTED);
  const alike = known.get(start);
  if (alike) alike.add(spelling);
  else known.set(start, new Set([spelling]));
  let mark = 0;
  for (let at = 0; at < SHORTEST_REDACTED; at += 1) mark = markWith(mark, spelling, at);
  marked[mark] = 1;
}

const NONE: readonly string[] = [];

/** What is known and occurs in the text, longest first: one secret may be a part of another. */
function knownIn(text: string): readonly string[] {
  let found: Set<string> | undefined;
  let mark = 0;
  for (let at = 0; at < text.length; at += 1) {
    mark = markWith(mark, text, at);
    const start = at - SHORTEST_REDACTED + 1;
    if (marked[mark] === 0 || start < 0) continue;
    for (const spelling of known.get(text.slice(start, at + 1)) ?? []) {
      if (!text.startsWith(spelling, start)) continue;
      found ??= new Set();
      found.add(spelling);
    }
  }
  return found ? [...found].sort((a, b) => b.length - a.length) : NONE;
}

const PRIVATE_KEY_BLOCK = /-----BEGIN ([A-Z ]*)PRIVATE KEY-----[\s\S]*?(?:-----END \1PRIVATE KEY-----|$)/g;

/** `text` with every known secret and every private key block replaced by `***`. */
export function redact(text: string): string {
  let clean = text.includes('PRIVATE KEY') ? text.replace(PRIVATE_KEY_BLOCK, '***') : text;
  for (const spelling of knownIn(clean)) clean = clean.replaceAll(spelling, '***');
  return clean;
}
