import { Failure } from '../src/errors.ts';
import { splitWords } from '../src/words.ts';
import { assert, tests } from './tests.ts';

const lines: readonly (readonly [string, readonly string[]])[] = [
  ['uptime', ['uptime']],
  ['  ls   -l\t/tmp \n', ['ls', '-l', '/tmp']],
  [`echo 'a b' "c d" e\\ f`, ['echo', 'a b', 'c d', 'e f']],
  [`printf '%s' "it's" 'say "hi"'`, ['printf', '%s', "it's", 'say "hi"']],
  [`a"b"'c'd`, ['abcd']],
  [`echo ""`, ['echo', '']],
  [`echo "a\\"b" "c\\d"`, ['echo', 'a"b', 'c\\d']],
  [`grep '$HOME|x' f`, ['grep', '$HOME|x', 'f']],
  ['ls *.pem', ['ls', '*.pem']],
  ['', []],
];

const refused: readonly (readonly [string, string])[] = [
  ['a | b', '"|" in "a | b"'],
  ['a; b', '";" in "a; b"'],
  ['a > b', '">" in "a > b"'],
  ['a && b', '"&" in "a && b"'],
  ['echo $HOME', '"$" in "echo $HOME"'],
  ['echo "$HOME"', '"$" in "echo "$HOME""'],
  ['echo `date`', '"`" in "echo `date`"'],
  ["echo 'a", `a quote that is not closed in "echo 'a"`],
  ['echo "a', 'a quote that is not closed in "echo "a"'],
  ['echo a\\', 'a backslash at the end in "echo a\\"'],
];

function refusal(line: string): string {
  try {
    return `split: ${splitWords(line)}`;
  } catch (error) {
    if (error instanceof Failure) return error.message;
    throw error;
  }
}

tests('words', {
  'a line is split as a shell would read it': () => {
    for (const [line, words] of lines) assert.equal(splitWords(line), words, line);
  },
  'what only a shell could do is refused with its place in the line': () => {
    for (const [line, message] of refused) assert.is(refusal(line), message);
  },
});
