import { Failure, place } from '../../src/errors.ts';
import type { Expression, Scope, Value, ValueMap } from '../../src/model.ts';
import { checkArguments } from '../../src/schema/check.ts';
import { compileArgument } from '../../src/schema/compile.ts';
import { argumentsOf } from '../../src/schema/evaluate.ts';
import { Secret } from '../../src/secret.ts';
import { type ArgSpec, defineTask, ok, type TaskModule } from '../../src/task.ts';
import { field } from '../../src/yaml/expect.ts';
import { readYaml } from '../../src/yaml/read.ts';
import { assert, tests } from '../tests.ts';

const module: TaskModule = defineTask({
  name: 'probe',
  summary: 'has an argument of every type',
  args: {
    text: { type: 'string', description: 'a text' },
    count: { type: 'integer', description: 'a number', minimum: 1, maximum: 10, default: 3 },
    share: { type: 'number', description: 'a share' },
    force: { type: 'boolean', description: 'a flag', default: false },
    names: { type: 'strings', description: 'names' },
    items: { type: 'list', description: 'anything' },
    map: { type: 'map', description: 'a map' },
    state: { type: 'string', description: 'a choice', enum: ['started', 'stopped'] },
    password: { type: 'string', description: 'a secret', secret: true },
    var: { type: 'expression', description: 'an expression' },
    that: { type: 'conditions', description: 'conditions' },
    root: { type: 'certificate', description: 'a certificate' },
  },
  example: '- probe:\n',
  timeoutSeconds: 1,
  check: async () => ok(),
});

const needy: TaskModule = { ...module, args: { text: { type: 'string', description: 'a text', required: true } } };

const variables: Readonly<Record<string, Value>> = {
  five: '5',
  number: 5,
  yes: 'yes',
  flag: 'true',
  off: false,
  names: ['a', 1],
  secret: new Secret('a-secret-value'),
  later: { unknown: true, reason: 'registered by "x"' },
  omit: '__omit__',
  bundle: { root: { pem: 'PEM' } },
};

const scope: Scope = { get: (name) => variables[name], lookup: () => null };

function compiled(yaml: string, of: TaskModule = module): ReadonlyMap<string, Expression> {
  const map = readYaml({ file: 'x.yml', text: yaml });
  if (map.kind !== 'map') throw new Error('write a map');
  return new Map(
    map.entries.map(({ key, value }) => [key, compileArgument(of.args[key] as ArgSpec | undefined, value)]),
  );
}

const defaults = { count: 3, force: false };

/** Arguments as YAML, and what a task gets besides its defaults. */
const given: Readonly<Record<string, readonly [string, ValueMap]>> = {
  'nothing given: only defaults': ['{}', {}],
  'a number and a boolean are taken as the text that YAML shows': ['{ text: 5 }', { text: '5' }],
  'true is the text "true"': ['{ text: true }', { text: 'true' }],
  'a template of a number is exactly that number': ['{ count: "{{ five }}", share: "1.5" }', { count: 5, share: 1.5 }],
  'a text that says true is true': ['{ force: "{{ flag }}" }', { force: true }],
  'one text is a list of one': ['{ names: a }', { names: ['a'] }],
  'a list of texts may come from a variable': ['{ names: "{{ names }}" }', { names: ['a', '1'] }],
  'an expression comes with its words': ['{ var: number + 1 }', { var: { text: 'number + 1', value: 6 } }],
  'conditions come with their words and outcomes': [
    '{ that: [number == 5, off] }',
    {
      that: [
        { text: 'number == 5', value: true },
        { text: 'off', value: false },
      ],
    },
  ],
  'what is omitted is left out of maps and lists, however deep': [
    '{ map: { a: "{{ omit }}", b: { c: "{{ omit }}", d: 1 }, e: [[2], "{{ omit }}"] }, items: [{ f: "{{ omit }}" }, "{{ omit }}"] }',
    { map: { b: { d: 1 }, e: [[2]] }, items: [{}] },
  ],
  'one condition is a list of one': ['{ that: number == 5 }', { that: [{ text: 'number == 5', value: true }] }],
  'what a plan cannot know stays unknown': [
    '{ count: "{{ later }}", names: ["{{ later }}", b] }',
    {
      count: variables['later'] ?? null,
      names: variables['later'] ?? null,
    },
  ],
  'an argument that is omitted, or null, is not there': ['{ text: "{{ omit }}", names: }', {}],
  'a part of a bundle is a certificate': ['{ root: "{{ bundle.root }}" }', { root: { pem: 'PEM' } }],
};

/** Arguments that only a run can refuse. */
const failing: Readonly<Record<string, readonly [string, string]>> = {
  'a text that is no number': [
    '{ count: "{{ yes }}" }',
    'x.yml:1:10 argument "count" of "probe" has to be a whole number, not "yes"',
  ],
  'a number out of bounds': [
    '{ count: "{{ number * 5 }}" }',
    'x.yml:1:10 argument "count" of "probe" has to be at most 10, not 25',
  ],
  'yes is not true': [
    '{ force: "{{ yes }}" }',
    'x.yml:1:10 argument "force" of "probe" has to be true or false, not "yes" (write true)',
  ],
  'a value that is no choice': [
    '{ state: "{{ yes }}" }',
    'x.yml:1:10 argument "state" of "probe" has to be one of "started", "stopped", not "yes"',
  ],
  'a list where a map belongs': [
    '{ map: "{{ names }}" }',
    'x.yml:1:8 argument "map" of "probe" has to be a map, not a list',
  ],
  'a secret where a text would be shown': [
    '{ text: "{{ secret }}" }',
    'x.yml:1:9 argument "text" of "probe" must not be a secret: it would be shown',
  ],
  'a secret among words': [
    '{ names: ["{{ secret }}"] }',
    'x.yml:1:10 argument "names" of "probe" must not be a secret: it would be shown',
  ],
  'a condition that is no boolean': [
    '{ that: five }',
    'x.yml:1:9 the condition must be true or false, not text (use the filter "bool", or compare it)',
  ],
};

function failure(yaml: string): string {
  try {
    argumentsOf(module, compiled(yaml), scope);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return `${error.at ? place(error.at) : ''} ${error.message}${error.hint ? ` (${error.hint})` : ''}`;
  }
  return 'nothing was wrong';
}

function staticProblems(yaml: string, of: TaskModule): string[] {
  const source = { file: 'x.yml', text: yaml };
  const map = readYaml(source);
  if (map.kind !== 'map') throw new Error('write a map');
  const places = new Map(map.entries.map(({ key, keyAt }) => [key, keyAt]));
  return checkArguments(of, compiled(yaml, of), { source, start: 0, end: 1 }, places).map(
    ({ at, message }) => `${at ? place(at) : ''} ${message}`,
  );
}

tests('argumentsOf', {
  ...Object.fromEntries(
    Object.entries(given).map(([title, [yaml, want]]) => [
      title,
      () => assert.equal(argumentsOf(module, compiled(yaml), scope), { ...defaults, ...want }),
    ]),
  ),
  ...Object.fromEntries(
    Object.entries(failing).map(([title, [yaml, want]]) => [
      `${title} is refused`,
      () => assert.is(failure(yaml), want),
    ]),
  ),
  'a secret argument is wrapped before a task sees it': () => {
    const { password } = argumentsOf(module, compiled('{ password: "{{ five }}" }'), scope);
    assert.ok(password instanceof Secret);
    assert.is(password.reveal(), '5');
  },
  'a required argument that is omitted is missed': () =>
    assert.throws(
      () => argumentsOf(needy, compiled('{ text: "{{ omit }}" }', needy), scope),
      (error: unknown) => error instanceof Failure && error.message === '"probe" needs the argument "text"',
    ),
});

tests('checkArguments', {
  'constants are judged at once, each at its place': () =>
    assert.equal(staticProblems('{ count: 11, state: stoped, force: no, names: [1, [2]] }', module), [
      'x.yml:1:10 argument "count" of "probe" has to be at most 10, not 11',
      'x.yml:1:36 argument "force" of "probe" has to be true or false, not "no"',
      'x.yml:1:47 argument "names" of "probe" has to be a list of texts, not a list',
      'x.yml:1:21 argument "state" of "probe" has to be one of "started", "stopped", not "stoped"',
    ]),
  'a misspelt argument is one problem, also where it is required': () =>
    assert.equal(staticProblems('{ txet: x }', needy), ['x.yml:1:3 "probe" has no argument "txet"']),
  'a required argument may come from a template': () =>
    assert.equal(staticProblems('{ text: "{{ five }}" }', needy), []),
  'a required argument without a value is missed': () =>
    assert.equal(staticProblems('{ text: }', needy), ['x.yml:1:1 "probe" needs the argument "text"']),
  'the place of a constant is that of its value': () => {
    const text = '{ count: 11 }';
    const map = readYaml({ file: 'x.yml', text });
    assert.is(map.kind === 'map' && field(map, 'count')?.at.start, 9);
  },
});
