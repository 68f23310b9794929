// The one type for what must never be shown. Everything that prints goes through `redact` as well, so that a
// secret that slipped into a string (an error text of a server, a file name) is still caught at the sink.

import { inspect } from 'node:util';

const known = new Set<string>();

/** Shorter values are too common in ordinary text to be replaced by value. */
const SHORTEST_REDACTED = 6;

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
  known.add(value);
  known.add(trimmed);
  known.add(encodeURIComponent(trimmed));
  known.add(JSON.stringify(trimmed).slice(1, -1));
  known.add(Buffer.from(value, 'utf8').toString('base64'));
  known.add(Buffer.from(value, 'utf8').toString('hex'));
  for (const line of trimmed.split(/\r?\n/)) {
    if (line.length < 32 || line.startsWith('-----')) continue;
    known.add(line);
    known.add(JSON.stringify(line).slice(1, -1));
  }
}

const PRIVATE_KEY_BLOCK = /-----BEGIN ([A-Z ]*)PRIVATE KEY-----[\s\S]*?(?:-----END \1PRIVATE KEY-----|$)/g;

/** `text` with every known secret and every private key block replaced by `***`. */
export function redact(text: string): string {
  let clean = text.includes('PRIVATE KEY') ? text.replace(PRIVATE_KEY_BLOCK, '***') : text;
  for (const value of known) {
    if (clean.includes(value)) clean = clean.replaceAll(value, '***');
  }
  return clean;
}
