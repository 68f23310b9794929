// A command line into words, by POSIX quoting and nothing else: there is no shell behind it.

import { Failure } from './errors.ts';

/** What a shell would act on. Taken literally it would do something else than what was meant. */
const SHELL_WORK = /[|;&<>()`]/;

function refuse(line: string, what: string, hint: string): never {
  throw new Failure(`${what} in "${line}"`, { code: 'words', hint });
}

const NO_SHELL = 'there is no shell here: quote it where it is meant literally, or give the words as argv: [...]';

/** One word that begins at `start`, with the offset after it. */
function readWord(line: string, start: number): { word: string; end: number } {
  let word = '';
  let at = start;
  while (at < line.length && !/\s/.test(line.charAt(at))) {
    const character = line.charAt(at);
    if (character === "'") {
      const close = line.indexOf("'", at + 1);
      if (close < 0) refuse(line, 'a quote that is not closed', "close it with '");
      word += line.slice(at + 1, close);
      at = close + 1;
    } else if (character === '"') {
      const quoted = readDoubleQuoted(line, at + 1);
      word += quoted.text;
      at = quoted.end;
    } else if (character === '\\') {
      if (at + 1 >= line.length) refuse(line, 'a backslash at the end', 'write \\\\ for a backslash');
      word += line.charAt(at + 1);
      at += 2;
    } else {
      if (SHELL_WORK.test(character) || character === '$') refuse(line, `"${character}"`, NO_SHELL);
      word += character;
      at += 1;
    }
  }
  return { word, end: at };
}

/** Text from after a double quote to its end. Only `\"`, `\\`, `\$` and `` \` `` are escapes in it. */
function readDoubleQuoted(line: string, start: number): { text: string; end: number } {
  let text = '';
  for (let at = start; at < line.length; at += 1) {
    const character = line.charAt(at);
    if (character === '"') return { text, end: at + 1 };
    if (character === '$' || character === '`') refuse(line, `"${character}"`, NO_SHELL);
    if (character === '\\' && '"\\$`'.includes(line.charAt(at + 1)) && at + 1 < line.length) at += 1;
    text += line.charAt(at);
  }
  return refuse(line, 'a quote that is not closed', 'close it with "');
}

/** The words of a command line. Throws `Failure` for an open quote and for what only a shell could do. */
export function splitWords(line: string): string[] {
  const words: string[] = [];
  for (let at = 0; at < line.length; ) {
    if (/\s/.test(line.charAt(at))) {
      at += 1;
      continue;
    }
    const { word, end } = readWord(line, at);
    words.push(word);
    at = end;
  }
  return words;
}
