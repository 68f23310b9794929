// Words as one line that a POSIX shell splits into exactly these words again. The other end of SSH is always a shell.

const PLAIN = /^[A-Za-z0-9_@%+=:,./-]+$/;

/** A word as the shell reads it: bare where that is safe, else in single quotes. */
export function quoteWord(word: string): string {
  return PLAIN.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

export function quoteWords(words: readonly string[]): string {
  // A first word like `A=b` would be an assignment and not a program.
  const [program = '', ...rest] = words;
  const first = program.includes('=') ? `'${program.replaceAll("'", `'\\''`)}'` : quoteWord(program);
  return [first, ...rest.map(quoteWord)].join(' ');
}

export interface CommandPlace {
  readonly environment?: Readonly<Record<string, string>> | undefined;
  readonly folder?: string | undefined;
}

/** The line that runs a program with these words, in that folder, with that environment. */
export function commandLine(words: readonly string[], { environment = {}, folder }: CommandPlace = {}): string {
  const settings = Object.entries(environment).map(([name, value]) => `${name}=${value}`);
  const line = settings.length === 0 ? quoteWords(words) : quoteWords(['env', ...settings, ...words]);
  return folder === undefined ? line : `cd ${quoteWord(folder)} && ${line}`;
}
