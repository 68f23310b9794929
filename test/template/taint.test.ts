// Secrets stay secrets, and what only a run can know stays unknown.

import { inspect } from 'node:util';
import type { Unknown, Value } from '../../src/model.ts';
import { Secret } from '../../src/secret.ts';
import { isUnknown } from '../../src/template/template.ts';
import { assert, tests } from '../tests.ts';
import { complaintOf, evaluate, type Names, otherwise, render } from './evaluate.ts';

const password = new Secret('Pa55 word{0}');
const unknown: Unknown = { unknown: true, reason: 'registered by "Upload the chain"' };
const names: Names = {
  password,
  unknown,
  user: { name: 'bob', password },
  users: [
    { name: 'bob', password },
    { name: 'ann', password: new Secret('other secret') },
  ],
  result: { changed: true, id: unknown },
  list: [1, unknown, 3],
  n: 5,
};

/** The value with secrets written as `secret(…)` and unknowns as `unknown`. */
function seen(value: Value): unknown {
  if (value instanceof Secret) return `secret(${value.reveal()})`;
  if (isUnknown(value)) return 'unknown';
  if (Array.isArray(value)) return value.map(seen);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, seen(item)]));
}

const secrets: readonly (readonly [text: string, value: unknown])[] = [
  ['password', 'secret(Pa55 word{0})'],
  ["'Bearer ' ~ password", 'secret(Bearer Pa55 word{0})'],
  ["password + '!'", 'secret(Pa55 word{0}!)'],
  ["'%s' % password", 'secret(Pa55 word{0})'],
  ["'%s' % [password]", 'secret(Pa55 word{0})'],
  ["'-u {}'.format(password)", 'secret(-u Pa55 word{0})'],
  ["'-u {p}'.format(p=password)", 'secret(-u Pa55 word{0})'],
  ['password | b64encode', 'secret(UGE1NSB3b3JkezB9)'],
  ['password | upper', 'secret(PA55 WORD{0})'],
  ['password.split()', ['secret(Pa55)', 'secret(word{0})']],
  ["[password, 'x'] | join('-')", 'secret(Pa55 word{0}-x)'],
  ["'-'.join([password])", 'secret(Pa55 word{0})'],
  ['user | to_json', 'secret({"name": "bob", "password": "Pa55 word{0}"})'],
  ['user ~ ""', "secret({'name': 'bob', 'password': 'Pa55 word{0}'})"],
  ['[password] | string', "secret(['Pa55 word{0}'])"],
  ['password[0]', 'secret(P)'],
  ['password[:2]', 'secret(Pa)'],
  ['password | first', 'secret(P)'],
  ["password | regex_replace('a', 'b')", 'secret(Pb55 word{0})'],
  ["'x' | regex_replace('x', password)", 'secret(Pa55 word{0})'],
  ["password | default('x')", 'secret(Pa55 word{0})'],
  ['nosuch | default(password)', 'secret(Pa55 word{0})'],
  ["true | ternary(password, '')", 'secret(Pa55 word{0})'],
  ['password | int', 'secret(0)'],
  ['password | hash', 'secret(7973273093d693ed3545e728e26035eb319f03cb)'],
  // A container hands its secrets on and tells the rest.
  ['user', { name: 'bob', password: 'secret(Pa55 word{0})' }],
  ['user.name', 'bob'],
  ["users | map(attribute='name') | join(',')", 'bob,ann'],
  ["users | map(attribute='password')", ['secret(Pa55 word{0})', 'secret(other secret)']],
  ["users | sort(attribute='name') | map(attribute='name')", ['ann', 'bob']],
  ["(users | selectattr('name', 'eq', 'ann') | first).password", 'secret(other secret)'],
  ["user | combine({'name': 'x'})", { name: 'x', password: 'secret(Pa55 word{0})' }],
  ['user | dict2items | last', { key: 'password', value: 'secret(Pa55 word{0})' }],
  ["[password] + ['x']", ['secret(Pa55 word{0})', 'x']],
  ['[password, password] | unique', ['secret(Pa55 word{0})']],
  // Comparing tells true or false, and the size may be known.
  ["password == 'Pa55 word{0}'", true],
  ['password == user.password', true],
  ["password != 'x'", true],
  ["'word' in password", true],
  ["password is match('Pa')", true],
  ['password is string', true],
  ['password is defined', true],
  ['not password', false],
  ['password | length', 12],
  ["'set' if password else 'unset'", 'set'],
  ["password < 'Q'", true],
];

const unknowns: readonly (readonly [text: string, value: unknown])[] = [
  ['unknown', 'unknown'],
  ['unknown.a.b', 'unknown'],
  ['unknown[0]', 'unknown'],
  ['unknown[1:]', 'unknown'],
  ['n[unknown]', 'unknown'],
  ['unknown + 1', 'unknown'],
  ["'a' ~ unknown", 'unknown'],
  ["'a' ~ [unknown]", 'unknown'],
  ['-unknown', 'unknown'],
  ['unknown == 1', 'unknown'],
  ['[unknown] == [1]', 'unknown'],
  ['unknown < 1 < 0', 'unknown'],
  ['1 > 2 > unknown', false],
  ['1 in list', true],
  ['2 in list', 'unknown'],
  ['2 not in list', 'unknown'],
  ['unknown in [1]', 'unknown'],
  ['not unknown', 'unknown'],
  ['unknown and true', 'unknown'],
  ['false and unknown', false],
  ['true or unknown', true],
  ["'a' if unknown else 'b'", 'unknown'],
  ['unknown | upper', 'unknown'],
  ['unknown.split()', 'unknown'],
  ["unknown | default('x')", 'unknown'],
  ["result.id | default('x', true)", 'unknown'],
  ['unknown is defined', true],
  ['unknown is undefined', false],
  ['unknown is string', 'unknown'],
  ['unknown is changed', 'unknown'],
  ['result is changed', true],
  ['result.id is defined', true],
  ['list', [1, 'unknown', 3]],
  ['list | first', 1],
  ['list | length', 3],
  ['list | map("string")', ['1', 'unknown', '3']],
  ['list | sort', 'unknown'],
  ['list | sum', 'unknown'],
  ['list | join', 'unknown'],
  ['list | select("odd")', 'unknown'],
  ['list | to_json', 'unknown'],
  ['list + [4]', [1, 'unknown', 3, 4]],
  ['range(unknown)', 'unknown'],
  ["lookup('file', unknown)", 'unknown'],
  ["'x'.replace(unknown, 'y')", 'unknown'],
  ['{"a": unknown}', { a: 'unknown' }],
];

const outcome = (text: string) => {
  try {
    return seen(evaluate(text, names));
  } catch (error) {
    if ((error as { code?: string }).code === 'undefined') return 'undefined';
    throw error;
  }
};

tests('secrets', {
  'what is made of a secret is a secret, what is compared is not': () => {
    assert.equal(otherwise(secrets, outcome), []);
  },
  'a template with a secret in it is a secret as a whole': () => {
    assert.is(seen(render('a {{ password }} b', names)), 'secret(a Pa55 word{0} b)');
    assert.is(
      seen(render('{% for u in users %}{{ u.password }};{% endfor %}', names)),
      'secret(Pa55 word{0};other secret;)',
    );
    assert.is(seen(render('{% for c in password %}{{ c }}{% endfor %}', names)), 'secret(Pa55 word{0})');
    assert.is(seen(render('{% set x = password %}[{{ x }}]', names)), 'secret([Pa55 word{0}])');
    assert.is(seen(render('{% for u in users %}{{ u.name }}{% endfor %}', names)), 'bobann');
  },
  'a failure does not repeat what a secret holds': () => {
    const failing = [
      'password.format()',
      "'%d' % password",
      'password | from_json',
      "'x' is match(password ~ '(')",
      'n + password',
    ];
    for (const text of failing) {
      const { message, hint = '' } = complaintOf(() => evaluate(text, names));
      assert.not.match(`${message} ${hint}`, /Pa55|word|\{0\}/, text);
    }
  },
  'a secret is never a key, and never in a printed value': () => {
    assert.is(
      complaintOf(() => evaluate('{password: 1}', names)).message,
      'the key of a map must be text, not a secret',
    );
    assert.not.match(inspect(evaluate("[password ~ 'x', user, users]", names), { depth: 9 }), /Pa55/);
  },
});

tests('unknowns', {
  'what depends on an unknown is unknown, and nothing else': () => {
    assert.equal(otherwise(unknowns, outcome), []);
  },
  'the reason is handed on': () => {
    assert.equal(evaluate("('a' ~ unknown) | upper", names), unknown);
  },
  'a template with an unknown in it, or decided by one, is unknown': () => {
    for (const text of [
      'a {{ unknown }}',
      'a {{ list }}',
      '{% if unknown %}a{% endif %}b',
      '{% for x in unknown %}a{% endfor %}b',
      '{% for x in [1] if unknown %}a{% endfor %}b',
      '{% set x %}{{ unknown }}{% endset %}{{ x }}!',
    ]) {
      assert.is(seen(render(text, names)), 'unknown', text);
    }
    assert.is(render('{% for x in list %}{{ loop.index }}{% endfor %}', names), '123');
  },
});
