// Console sessions in Markdown (```console blocks): the commands they show, and the outputs they promise.

export interface Shown {
  readonly command: string;
  readonly output: string;
}

const BLOCK = /^```console\n([\s\S]*?)^```$/gm;

/** Each `$ command` of the page's console blocks with the lines under it. */
export function shownIn(page: string): Shown[] {
  return [...page.matchAll(BLOCK)].flatMap((block) => sessions(block[1] ?? ''));
}

function sessions(block: string): Shown[] {
  return block
    .split(/^(?=\$ )/m)
    .filter((part) => part.startsWith('$ '))
    .map((part) => {
      const [first = '', ...rest] = part.split('\n');
      return { command: first.slice(2), output: trimmed(rest.join('\n')) };
    });
}

/** The page with these outputs, in order, under its commands. */
export function withOutputs(page: string, outputs: readonly string[]): string {
  const waiting = [...outputs];
  return page.replace(BLOCK, (_, block: string) => {
    const filled = sessions(block).map(({ command }) => `$ ${command}\n${trimmed(waiting.shift() ?? '')}\n`);
    return `\`\`\`console\n${filled.join('\n')}\`\`\``;
  });
}

/** Without blank lines before and after; the indentation of the first line stays. */
const trimmed = (text: string) => text.replace(/^(\s*\n)+|\s+$/g, '');

/** The words of a command line as a shell would split it; of quotes only the single ones. */
export function wordsOf(command: string): string[] {
  return [...command.matchAll(/'([^']*)'|(\S+)/g)].map((match) => match[1] ?? match[2] ?? '');
}

const varying: readonly (readonly [RegExp, string])[] = [
  [/\d{4}-\d\d-\d\d(T[\d:.]+Z)?/g, 'DATE'],
  [/sha256 [0-9a-f]+…[0-9a-f]+/g, 'sha256 FINGERPRINT'],
  [/\b[0-9a-f]{64}\b/g, 'FINGERPRINT'],
  [/was written, \d.*/g, 'was written, TIME'],
  [/\b\d+ writes, \d.*/g, 'N writes, TIME'],
  // CloudStack's own scanner may start a VM first, and then it is tried again: milliseconds decide who wins.
  [/ v-\d+-VM: startSystemVm: its job failed: Fail to start system vm \(530\)/g, ''],
  [/\b\d+ days\b/g, 'N days'],
  [/127\.0\.0\.1:\d+/g, '127.0.0.1:PORT'],
];

/**
 * The text without what differs from run to run: dates, fingerprints, durations, ports; where lines are broken; and in
 * which order the hosts of one task are told (whichever is done first). One entry for each paragraph.
 */
export function steady(text: string): string[] {
  return trimmed(text)
    .split(/\n\s*\n/)
    .map((paragraph) => paragraph.split(/\n(?= {0,4}[^\s^|])/))
    .map((entries) => entries.map((entry) => sameWords(entry.replace(/\s+/g, ' ').trim())))
    .map((entries) => entries.sort().join('\n'));
}

function sameWords(text: string): string {
  let same = text;
  for (const [pattern, word] of varying) same = same.replace(pattern, word);
  return same;
}
