// Options of programs that are called the getopt way.

export interface Parsed {
  /** Options by letter or word; `true` where one takes no value, the last value where it does. */
  readonly options: ReadonlyMap<string, string | true>;
  readonly operands: readonly string[];
  /** The first option that the program does not know. */
  readonly unknown: string | undefined;
}

/**
 * Reads short options. `known` is getopt's: a letter, and a colon where it takes a value (`'lc:'`). Options may stand
 * behind operands, as GNU programs allow.
 */
export function readOptions(args: readonly string[], known: string): Parsed {
  const options = new Map<string, string | true>();
  const operands: string[] = [];
  const waiting = [...args];
  for (let word = waiting.shift(); word !== undefined; word = waiting.shift()) {
    if (word === '--') {
      operands.push(...waiting);
      break;
    }
    if (!/^-[^-]/.test(word)) {
      operands.push(word);
      continue;
    }
    const unknown = readCluster(word.slice(1), known, waiting, options);
    if (unknown !== undefined) return { options, operands, unknown };
  }
  return { options, operands, unknown: undefined };
}

/** `-ltn`, `-n2`, `-n 2`: the letters of one word. Gives the first unknown one. */
function readCluster(
  letters: string,
  known: string,
  waiting: string[],
  options: Map<string, string | true>,
): string | undefined {
  for (let at = 0; at < letters.length; at += 1) {
    const letter = letters.charAt(at);
    const place = letter === ':' ? -1 : known.indexOf(letter);
    if (place < 0) return letter;
    if (known[place + 1] !== ':') {
      options.set(letter, true);
      continue;
    }
    options.set(letter, letters.slice(at + 1) || (waiting.shift() ?? ''));
    return undefined;
  }
  return undefined;
}

/**
 * Reads options that are whole words behind one dash, as keytool and openssl have them. Gives the operands as well.
 */
export function readWordOptions(
  args: readonly string[],
  withValue: readonly string[],
  plain: readonly string[],
): Parsed {
  const options = new Map<string, string | true>();
  const operands: string[] = [];
  const waiting = [...args];
  for (let word = waiting.shift(); word !== undefined; word = waiting.shift()) {
    const name = word.replace(/^--?/, '');
    if (!word.startsWith('-')) operands.push(word);
    else if (withValue.includes(name)) options.set(name, waiting.shift() ?? '');
    else if (plain.includes(name)) options.set(name, true);
    else return { options, operands, unknown: word };
  }
  return { options, operands, unknown: undefined };
}
