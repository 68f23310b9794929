import { type Location, position } from '../../src/errors.ts';
import type { Node } from '../../src/model.ts';
import { compileExpression, compileNode, compileTemplate, condition } from '../../src/template/template.ts';
import { readYaml } from '../../src/yaml/read.ts';
import { assert, tests } from '../tests.ts';
import { complaintOf, expression, type Names, otherwise, render, scopeOf, whole } from './evaluate.ts';

const names: Names = { n: 5, nothing: null, list: [1], yes: true, text: 'false', map: { a: 1 } };

const yaml = (text: string): Node => readYaml({ file: 'case.yml', text });

/** Line, column and text of the place of a mistake. */
function placeOf(work: () => unknown): string {
  let at: Location | undefined;
  try {
    work();
  } catch (error) {
    const { at: own, problems = [] } = error as { at?: Location; problems?: readonly { at?: Location }[] };
    at = own ?? problems[0]?.at;
  }
  if (at === undefined) return 'none';
  const { line, column } = position(at);
  return `${line}:${column} ${at.source.text.slice(at.start, at.end)}`;
}

const holds = (text: string) => condition(expression(text), scopeOf(names));

tests('templates', {
  'one expression alone gives its value, anything else a text': () => {
    assert.is(render('{{ n }}', names), 5);
    assert.is(render('{{ nothing }}', names), null);
    assert.equal(render('{{ list }}{# a comment #}', names), [1]);
    assert.is(render('{{ n }} ', names), '5 ');
    assert.is(render('{{ n }}{{ n }}', names), '55');
    assert.is(render('{% if yes %}{{ n }}{% endif %}', names), '5');
  },
  'text without delimiters is a constant': () => {
    const plain = compileTemplate('a } b { c %} #}', whole('a } b { c %} #}'));
    assert.is(plain.constant, true);
    assert.is(plain.evaluate(scopeOf({})), 'a } b { c %} #}');
  },
  'a lookup asks the scope, by the kind and the terms that are written': () => {
    assert.is(render("{{ lookup('env', 'HOME') }}"), 'env(HOME)');
    assert.is(render("{{ lookup('ansible.builtin.file', 'a', 'b') }}"), 'file(a, b)');
    assert.equal(render("{{ query('pipe', 'x') }}"), ['pipe(x)']);
    assert.equal(render("{{ q('pipe', 'x') }}"), ['pipe(x)']);
  },
});

tests('conditions', {
  'a condition is true or false': () => {
    assert.is(holds('n == 5'), true);
    assert.is(holds('yes and n > 7'), false);
    assert.is(holds('not yes'), false);
  },
  'anything else is a failure that says what it is': () => {
    const complaint = (text: string) => complaintOf(() => holds(text));
    const compare = 'compare it, as in "x | length > 0"';
    for (const [text, kind, hint] of [
      ['text', 'text', 'use the filter "bool", or compare it'],
      ['n', 'a number', compare],
      ['list', 'a list', compare],
      ['map', 'a map', compare],
      ['nothing', 'null', compare],
    ] as const) {
      const message = `the condition must be true or false, not ${kind}`;
      assert.equal(complaint(text), { kind: 'Failure', message, covers: text, hint });
    }
  },
  'what only a run can tell is neither': () => {
    const unknown = { unknown: true, reason: 'of a run' } as const;
    assert.equal(condition(expression('x'), scopeOf({ x: unknown })), unknown);
    assert.equal(condition(expression('x.changed and yes'), scopeOf({ x: unknown, yes: true })), unknown);
  },
});

tests('YAML trees', {
  'maps and lists are evaluated at their leaves, keys and !unsafe are left alone': () => {
    const node = yaml(`
      number: 5
      value: "{{ n }}"
      text: n is {{ n }}
      "{{ n }}": key
      list: [1, "{{ list }}", { deep: "{{ map.a }}" }]
      raw: !unsafe "{{ n }}"
    `);
    assert.equal(compileNode(node).evaluate(scopeOf(names)), {
      number: 5,
      value: 5,
      text: 'n is 5',
      '{{ n }}': 'key',
      list: [1, [1], { deep: 1 }],
      raw: '{{ n }}',
    });
  },
  'it names what its leaves name, and is constant when they are': () => {
    const mixed = compileNode(yaml('a: ["{{ x }}", "{{ y | default(1) }}"]'));
    assert.equal(
      mixed.names.map(({ name, guarded }) => [name, guarded]),
      [
        ['x', false],
        ['y', true],
      ],
    );
    assert.is(mixed.constant, false);
    const literal = compileNode(yaml('a: [1, {b: text}]'));
    assert.is(literal.constant, true);
    assert.is(literal.evaluate(scopeOf({})), literal.evaluate(scopeOf({})));
    assert.is(compileNode(yaml('a: "{{ 1 + 1 }}"')).constant, true);
  },
  'a constant that fails, fails when it is evaluated': () => {
    const compiled = compileNode(yaml('a: "{{ 1 / 0 }}"'));
    assert.is(complaintOf(() => compiled.evaluate(scopeOf({}))).message, 'division by zero');
  },
  'all mistakes are found at once': () => {
    const { message } = complaintOf(() => compileNode(yaml('a: "{{ 1 + }}"\nb: ["{{ x | uper }}"]')));
    assert.is(message, 'expected a value but it ends\nthere is no filter "uper"');
  },
});

/** Ways to write a scalar, and where in the file the mistake is. */
const scalars: readonly (readonly [yaml: string, place: string])[] = [
  ['msg: a {{ nosuch }}', '1:11 nosuch'],
  ['msg: "a {{ nosuch }}"', '1:12 nosuch'],
  ["msg: 'a {{ nosuch }}'", '1:12 nosuch'],
  ["msg: 'it''s {{ nosuch }}'", '1:16 nosuch'],
  ['msg: "\\"a\\" \\t\\u00e9 {{ nosuch }}"', '1:25 nosuch'],
  ['msg: |\n  line 1\n  b {{ nosuch }}\n', '3:8 nosuch'],
  ['msg: |\n    line 1\n      b {{ nosuch }}\n    c\n', '3:12 nosuch'],
  ['msg: >-\n  line 1\n  b {{ nosuch }}\n', '3:8 nosuch'],
  ['msg: >-\n  line 1\n\n\n  b {{ nosuch }}\n', '5:8 nosuch'],
  ['msg: plain\n  goes on {{ nosuch }}\n', '2:14 nosuch'],
  ['msg: "quoted\n  goes on {{ nosuch }}"\n', '2:14 nosuch'],
  ['msg: "a {{ 1 + }} b"', '1:16 }}'],
  ['msg: "a {{ n | uper }} b"', '1:16 uper'],
  ['msg: |\n  {{ n |\n     uper }}\n', '3:6 uper'],
];

tests('places', {
  'a mistake is shown where it is in the file, however the scalar is written': () => {
    const found = (text: string) => placeOf(() => compileNode(yaml(text)).evaluate(scopeOf(names)));
    assert.equal(otherwise(scalars, found), []);
  },
  'a scalar that cannot be aligned with its text is the place as a whole': () => {
    const at = { ...whole('- *alias'), start: 2 };
    assert.is(
      placeOf(() => compileExpression('x +', at)),
      '1:3 *alias',
    );
  },
  'the end of an expression is a place as well': () => {
    const at: Location = { source: { file: 'case.yml', text: 'when: x ==' }, start: 6, end: 10 };
    assert.is(
      placeOf(() => compileExpression('x ==', at)),
      '1:11 ',
    );
  },
});

tests('undefined', {
  'a variable that is made from what is undefined is undefined itself': () => {
    const made = expression('nosuch.value');
    const scope = { ...scopeOf({}), get: (name: string) => (name === 'made' ? made.evaluate(scopeOf({})) : undefined) };
    assert.is(expression('made is defined').evaluate(scope), false);
    assert.is(expression("made.part | default('x')").evaluate(scope), 'x');
    const complaint = { kind: 'Failure', message: '"nosuch" is undefined', covers: 'nosuch', hint: undefined };
    assert.equal(
      complaintOf(() => expression('made ~ "!"').evaluate(scope)),
      complaint,
    );
  },
  'a failure of a variable for any other reason stays that failure': () => {
    const failing = expression('1 / 0');
    const scope = { ...scopeOf({}), get: () => failing.evaluate(scopeOf({})) };
    assert.is(complaintOf(() => expression('made is defined').evaluate(scope)).message, 'division by zero');
  },
  'a variable that is made from itself ends in a failure that says so': () => {
    const round = expression('round + 1');
    const scope = { ...scopeOf({}), get: () => round.evaluate(scope) };
    const { message, hint } = complaintOf(() => round.evaluate(scope));
    assert.equal([message, hint], ['the evaluation goes too deep', 'look for a variable that is made from itself']);
  },
});
