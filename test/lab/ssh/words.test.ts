import { readCommandLine, type Step, SyntaxProblem } from '../../../src/lab/ssh/words.ts';
import { assert, tests } from '../../tests.ts';

/** `[after] word word | word`, words in brackets so that blanks and nothing are seen. */
function shown(steps: readonly Step[]): string {
  const command = (step: Step) =>
    step.pipeline
      .map(({ words, silent, merged }) =>
        [
          ...words.map((word) => `[${word}]`),
          ...(silent.stdout ? ['>null'] : []),
          ...(silent.stderr ? ['2>null'] : []),
          ...(merged ? ['2>&1'] : []),
        ].join(' '),
      )
      .join(' | ');
  return steps.map((step, index) => (index === 0 ? '' : ` ${step.after} `) + command(step)).join('');
}

const lines: Readonly<Record<string, string>> = {
  'cat  /etc/hostname ': '[cat] [/etc/hostname]',
  'echo \'a b\' "c d" e\\ f': '[echo] [a b] [c d] [e f]',
  "echo 'it'\\''s'": "[echo] [it's]",
  'echo "a \\" b \\$ c \\x"': '[echo] [a " b $ c \\x]',
  'echo \'\' ""': '[echo] [] []',
  'echo a\'b\'"c"d': '[echo] [abcd]',
  "'a' 'b;c|d&&e' ": '[a] [b;c|d&&e]',
  'a && b || c; d': '[a] and [b] or [c] then [d]',
  'a | b -c 2>/dev/null': '[a] | [b] [-c] 2>null',
  'a >/dev/null 2>&1': '[a] >null 2>&1',
  'a </dev/null': '[a]',
  'LANG=C  A=1 ls': '[ls]',
  'a;': '[a]',
  '': '',
};

const wrong: Readonly<Record<string, string>> = {
  "echo 'a": "unexpected EOF while looking for matching `''",
  'echo "a': 'unexpected EOF while looking for matching `"\'',
  'a &&': 'syntax error: unexpected end of file',
  'echo $HOME': 'the lab\'s shell does not expand "$"',
  'echo "`id`"': 'the lab\'s shell does not expand "$" and "`"',
  'a > /etc/passwd': 'the lab\'s shell has no ">" but to and from /dev/null',
  'a &': 'the lab\'s shell has no "&" but to and from /dev/null',
};

function problem(line: string): string {
  try {
    return shown(readCommandLine(line));
  } catch (error) {
    if (error instanceof SyntaxProblem) return error.message;
    throw error;
  }
}

tests('command lines in the lab', {
  ...Object.fromEntries(
    Object.entries(lines).map(([line, expected]) => [
      `${JSON.stringify(line)} is ${expected || 'nothing'}`,
      () => assert.is(shown(readCommandLine(line)), expected),
    ]),
  ),
  ...Object.fromEntries(
    Object.entries(wrong).map(([line, expected]) => [
      `${JSON.stringify(line)} is refused`,
      () => assert.is(problem(line), expected),
    ]),
  ),
});
