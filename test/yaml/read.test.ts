import { InvalidInput, type Problem, place } from '../../src/errors.ts';
import type { Node } from '../../src/model.ts';
import { readYaml } from '../../src/yaml/read.ts';
import { assert, tests } from '../tests.ts';

/** A node as plain data. */
function plain(node: Node): unknown {
  if (node.kind === 'scalar') return node.tag ? { [node.tag]: node.value } : node.value;
  if (node.kind === 'list') return node.items.map(plain);
  return Object.fromEntries(node.entries.map((entry) => [entry.key, plain(entry.value)]));
}

const read = (text: string) => readYaml({ file: 'x.yml', text });

function problemsOf(text: string): string[] {
  try {
    read(text);
    return [];
  } catch (error) {
    if (!(error instanceof InvalidInput)) throw error;
    return error.problems.map(line);
  }
}

const line = ({ message, at, hint }: Problem) => `${at ? place(at) : '-'} ${message}${hint ? ` (${hint})` : ''}`;

const values: Readonly<Record<string, readonly [string, unknown]>> = {
  'yes, no, on and off are texts': ['[yes, no, on, off, y]', ['yes', 'no', 'on', 'off', 'y']],
  'times and dates are texts': ['[12:30:45, 2026-12-01]', ['12:30:45', '2026-12-01']],
  'a core schema number is a number': ['[1, -2, 0x1F, 0o17, 1e3, 1.5, 1.0]', [1, -2, 31, 15, 1000, 1.5, 1]],
  'a quoted number keeps every digit': [
    '["0644", "4.20", "12345678901234567890"]',
    ['0644', '4.20', '12345678901234567890'],
  ],
  'a key that is a number stays as written': ['{080: a, 4.20: b}', { '080': 'a', '4.20': 'b' }],
  'an empty document is null': ['', null],
  'a document of comments is null': ['# nothing\n', null],
  'carriage returns are line ends': ['a: 1\r\nb: |\r\n  x\r\n  y\r\n', { a: 1, b: 'x\ny\n' }],
  'a merge key fills in what is not there': [
    'a: &a {x: 1, y: 2}\nb: &b {x: 3, z: 4}\nc:\n  <<: [*a, *b]\n  y: 9\n',
    { a: { x: 1, y: 2 }, b: { x: 3, z: 4 }, c: { y: 9, x: 1, z: 4 } },
  ],
  'an alias stands for what its anchor holds': ['a: &x [1, 2]\nb: *x\n', { a: [1, 2], b: [1, 2] }],
  'an unsafe value keeps its tag': ['a: !unsafe "{{ x }}"', { a: { '!unsafe': '{{ x }}' } }],
  'a core tag decides the type': ['a: !!str 12', { a: '12' }],
};

const refused: Readonly<Record<string, readonly [string, readonly string[]]>> = {
  'a template without quotes is told to be quoted': [
    'a: {{ x }}\n',
    ['x.yml:1:4 a value that starts with a template needs quotes (write "{{ x }}")'],
  ],
  'a template without quotes is told so where YAML stumbles over what follows': [
    '- msg: {{ x }} and more\n- b: {{ y["z"] }}\n',
    [
      'x.yml:1:8 a value that starts with a template needs quotes (write "{{ x }} and more")',
      `x.yml:2:6 a value that starts with a template needs quotes (write '{{ y["z"] }}')`,
    ],
  ],
  'duplicate keys are all found': [
    'a: 1\nb: {c: 1, c: 2}\na: 2\n',
    ['x.yml:2:11 "c" is there twice (keep one of the two)', 'x.yml:3:1 "a" is there twice (keep one of the two)'],
  ],
  'a tab is shown where it stands': [
    'a:\n\tb: 1\n',
    ['x.yml:2:1 a tab is not allowed as indentation (indent with spaces)'],
  ],
  'an open bracket is told to be closed': [
    'a: [1, 2\nb: 3\n',
    ['x.yml:2:1 the indentation does not fit what is open above (close the bracket, or indent the line further)'],
  ],
  'a colon in a plain value is told to be quoted': [
    'a: b: c\n',
    ['x.yml:1:4 a map or list cannot start here (check the indentation, or quote a value with ": " in it)'],
  ],
  'several broken lines are several problems': [
    'a: @x\nb: 1\nc: %y\n',
    [
      'x.yml:1:4 plain value cannot start with reserved character @ (put the value in quotes)',
      'x.yml:3:4 plain value cannot start with directive indicator character % (put the value in quotes)',
    ],
  ],
  'a second document is refused': [
    '---\na: 1\n---\nb: 2\n',
    ['x.yml:3:1 the file has more than one document (remove the line "---" or split the file)'],
  ],
  'an alias without an anchor is refused': ['a: *nope\n', ['x.yml:1:4 there is no anchor for "*nope" above it']],
  'an alias inside its own anchor is refused': ['a: &a [*a]\n', ['x.yml:1:8 "*a" contains itself']],
  'vault is refused by name': [
    'a: !vault |\n  $ANSIBLE_VAULT\n',
    [
      `x.yml:1:11 "!vault" is not there yet (keep the value outside: "{{ lookup('env', 'NAME') }}", or lookup('pipe', 'ansible-vault view FILE'))`,
    ],
  ],
  'an unknown tag is refused': [
    'a: !foo 1\n',
    ['x.yml:1:9 unknown tag "!foo" (remove it, or quote a value that starts with "!")'],
  ],
  'numbers that lose what is written are refused': [
    'a: 0644\nb: 4.20\nc: 12345678901234567890\nd: .inf\n',
    [
      'x.yml:1:4 "0644" would be read as the number 644 (put it in quotes: "0644", or write 0o… for octal)',
      'x.yml:2:4 "4.20" would be read as the number 4.2 (put it in quotes: "4.20")',
      'x.yml:3:4 "12345678901234567890" would lose digits: it is read as 12345678901234567168 (put it in quotes: "12345678901234567890")',
      'x.yml:4:4 ".inf" is not a number that can be used (put it in quotes: ".inf")',
    ],
  ],
  'a key that is a list is refused': ['? [a]\n: 1\n', ['x.yml:1:3 a key has to be a text (put it in quotes)']],
  'a merge of a list of texts is refused': ['<<: [a]\n', ['x.yml:1:1 "<<" merges maps only']],
  'an unknown directive is refused': ['%FOO x\n---\na: 1\n', ['x.yml:1:1 unknown directive %FOO']],
};

function bomb(): string {
  const levels = Array.from({ length: 9 }, (_, n) => {
    const items = Array.from({ length: 9 }, () => (n === 0 ? 'x' : `*l${n - 1}`)).join(', ');
    return `l${n}: &l${n} [${items}]`;
  });
  return levels.join('\n');
}

tests('readYaml', {
  ...Object.fromEntries(
    Object.entries(values).map(([title, [text, value]]) => [title, () => assert.equal(plain(read(text)), value)]),
  ),
  ...Object.fromEntries(
    Object.entries(refused).map(([title, [text, problems]]) => [title, () => assert.equal(problemsOf(text), problems)]),
  ),
  'an alias bomb is refused before it goes off': () =>
    assert.equal(problemsOf(bomb()), ['x.yml:6:10 aliases add more than 100000 values']),
  'twenty thousand open brackets are refused': () =>
    assert.equal(problemsOf('['.repeat(20_000)), ['x.yml:1:201 more than 200 brackets are open here']),
  'a value knows its own place, quotes included': () => {
    const node = read('a: 1\nb: "x"\n');
    const b = node.kind === 'map' ? node.entries[1] : undefined;
    assert.equal([b?.keyAt.start, b?.keyAt.end, b?.value.at.start, b?.value.at.end], [5, 6, 8, 11]);
  },
});
