import { assert, tests } from '../tests.ts';
import { expression, otherwise, template } from './evaluate.ts';

/** Names in the order of their places; `?` behind those that may be undefined. */
function namesOf(text: string): string {
  const { names } = /\{[{%]/.test(text) ? template(text) : expression(text);
  return names
    .map(({ name, guarded, at }) => {
      assert.is(at.source.text.slice(at.start, at.end), name);
      return guarded ? `${name}?` : name;
    })
    .join(' ');
}

const cases: readonly (readonly [text: string, names: string])[] = [
  ['1 + 2', ''],
  ["'name' in ['a']", ''],
  ['a + b.c[d]', 'a b d'],
  ['a.b.c', 'a'],
  ['[a, {"k": b}]', 'a b'],
  ['a[b:c]', 'a b c'],
  ['f if g else h', 'g f h'],
  ['a | default(b)', 'a? b'],
  ['a.b.c | d(0)', 'a?'],
  ['a[b] | default(0)', 'a? b'],
  ['(a + b) | default(0)', 'a b'],
  ['(a if b else c) | default(0)', 'b a? c?'],
  ['a | first | default(0)', 'a'],
  ['a is defined', 'a?'],
  ['a.b is undefined', 'a?'],
  ['a is mapping', 'a?'],
  ['a is failed', 'a'],
  ['a is defined and a.b == 1', 'a? a?'],
  ['a.b is defined and a.b == c', 'a? a? c'],
  ['a is defined and b and a', 'a? b a?'],
  ['a is defined or a', 'a? a'],
  ['a is undefined or a.b', 'a? a?'],
  ['a is not defined or a.b', 'a? a?'],
  ['not (a is undefined) and a', 'a? a?'],
  ['not a is defined or a', 'a? a?'],
  ['a if a is defined else b', 'a? a? b'],
  ['b if a is undefined else a', 'a? b a?'],
  ['a is string and a | length > 3', 'a? a?'],
  ['(a is defined and b is defined) and a + b', 'a? b? a? b?'],
  ['x | map(attribute=a) | select("in", b)', 'x a b'],
  ["lookup('env', a)", 'a'],
  ['a.split(b)', 'a b'],
  ['{{ a }} {{ b | default(1) }}', 'a b?'],
  ['{% for x in xs %}{{ x }}{{ loop.index }}{{ y }}{% endfor %}{{ x }}', 'xs y x'],
  ['{% for k, v in m.items() if v.z %}{{ k }}{% else %}{{ k }}{% endfor %}', 'm k'],
  ['{% set a = b %}{{ a }}', 'b'],
  ['{% set a %}{{ c }}{% endset %}{{ a }}', 'c'],
  ['{% if a is defined %}{{ a }}{% else %}{{ a }}{% endif %}', 'a? a? a'],
  ['{% if a is undefined %}x{% elif b %}{{ a }}{% else %}{{ a }}{% endif %}', 'a? b a? a?'],
  ['{% if c %}{% set a = 1 %}{% endif %}{{ a }}', 'c'],
  ['{% raw %}{{ a }}{% endraw %}{{ b }}', 'b'],
];

tests('names', {
  'an expression tells which names it uses and which of them may be undefined': () => {
    assert.equal(otherwise(cases, namesOf), []);
  },
  'what uses no name and looks nothing up is constant': () => {
    const constant = (text: string) => expression(text).constant;
    assert.equal(['1 + 1', "'a' | upper", 'range(3)', 'a', "lookup('env', 'HOME')"].map(constant), [
      true,
      true,
      true,
      false,
      false,
    ]);
  },
});
