// Console sessions in Markdown (```console blocks): the commands they show, and the outputs they promise.

import { readFileSync } from 'node:fs';

export interface Shown {
  readonly command: string;
  readonly output: string;
}

/** Each `$ command` of the file's console blocks with the lines under it. */
export function shownIn(path: string): Shown[] {
  const blocks = [...readFileSync(path, 'utf8').matchAll(/^```console\n([\s\S]*?)^```$/gm)];
  return blocks.flatMap((block) => sessions(block[1] ?? ''));
}

function sessions(block: string): Shown[] {
  return block
    .split(/^(?=\$ )/m)
    .filter((part) => part.startsWith('$ '))
    .map((part) => {
      const [first = '', ...rest] = part.split('\n');
      return { command: first.slice(2), output: rest.join('\n').trim() };
    });
}

const varying: readonly (readonly [RegExp, string])[] = [
  [/\d{4}-\d\d-\d\d(T[\d:.]+Z)?/g, 'DATE'],
  [/sha256 [0-9a-f]+…[0-9a-f]+/g, 'sha256 FINGERPRINT'],
  [/\b[0-9a-f]{64}\b/g, 'FINGERPRINT'],
  [/\b\d+(\.\d+)? (s|min|h|ms)\b( \d+ (s|min)\b)?/g, 'TIME'],
  [/\(\d+ days\)/g, '(N days)'],
  [/127\.0\.0\.1:\d+/g, '127.0.0.1:PORT'],
];

/** The text without what differs from run to run: dates, fingerprints, durations, ports. Layout is folded. */
export function steady(text: string): string {
  let same = text.replace(/\s+/g, ' ').trim();
  for (const [pattern, word] of varying) same = same.replace(pattern, word);
  return same;
}
