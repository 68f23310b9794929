import type { Expression, Play, Step, Task, WaveSize } from '../../src/model.ts';
import { playbookSchema } from '../../src/playbook/schema.ts';
import { mismatches } from '../../src/schema/ajv.ts';
import { constantValue } from '../../src/schema/constant.ts';
import { assert, tests } from '../tests.ts';
import { modules, playbookOf } from './playbook-of.ts';

function play(text: string, files: Readonly<Record<string, string>> = {}, extraVars: readonly string[] = []): Play {
  const [only] = playbookOf(text, files, extraVars).plays;
  if (!only) throw new Error('no play was read');
  return only;
}

const inPlay = (tasks: string) => play(`- hosts: all\n  tasks:\n${tasks.replace(/^/gm, '    ')}`);
const textOf = (expression: Expression | undefined) => expression?.text;

/** Every task with what it inherited, by name. */
function tasksOf(steps: readonly Step[]): Task[] {
  return steps.flatMap((step): Task[] => {
    if (step.kind === 'task') return [step];
    if (step.kind === 'block') return tasksOf([...step.block, ...step.rescue, ...step.always]);
    return step.kind === 'play' ? tasksOf([...step.tasks, ...step.handlers]) : [];
  });
}

const inherited = (task: Task) => ({
  name: textOf(task.name),
  when: task.when.map(textOf),
  tags: task.tags.join(' '),
  vars: task.vars.map((layer) => `${layer.origin}: ${[...layer.vars.keys()].join(' ')}`),
  flags: [task.anyErrorsFatal, task.ignoreUnreachable, task.runOnce, task.noLog].map(Number).join(''),
  ignoreErrors: task.ignoreErrors && constantValue(task.ignoreErrors),
  checkMode: task.checkMode,
  environment: task.environment.map((each) => constantValue(each)),
  timeout: task.timeoutSeconds && constantValue(task.timeoutSeconds),
  throttle: task.throttle,
});

const nesting = `
- hosts: clouds
  tags: [top]
  vars: { a: 1 }
  any_errors_fatal: true
  ignore_errors: true
  throttle: 5
  timeout: 60
  environment: { A: "1" }
  tasks:
    - when: version == '4.22'
      tags: blk
      vars: { b: 2 }
      no_log: true
      ignore_errors: false
      environment: { B: "2" }
      block:
        - name: in block
          debug:
          when: [a == 1, b == 2]
          tags: [own, top]
          vars: { c: 3 }
          timeout: 5
          check_mode: true
        - name: zones of it
          hosts: zones
          vars: { d: 4 }
          run_once: true
          throttle: 2
          tasks:
            - { name: in zone, debug: }
`;

const waves: Readonly<Record<string, readonly WaveSize[]>> = {
  '3': [{ hosts: 3 }],
  '"3"': [{ hosts: 3 }],
  '"30%"': [{ percent: 30 }],
  '"33.3%"': [{ percent: 33.3 }],
  '[1, "25%", "100%"]': [{ hosts: 1 }, { percent: 25 }, { percent: 100 }],
  '0': [{ percent: 100 }],
  '-1': [{ percent: 100 }],
  '"0%"': [{ percent: 0 }],
  '"-1%"': [{ percent: 100 }],
  '[2, 0]': [{ hosts: 2 }, { percent: 100 }],
  '[]': [],
  '"{{ sizes }}"': [{ hosts: 1 }, { percent: 50 }],
};

const budgets: Readonly<Record<string, number>> = { '0': 0, '49': 49, '"25%"': 25, '"33.3"': 33.3, '12.5': 12.5 };

const shorthands: Readonly<Record<string, readonly [string, Readonly<Record<string, unknown>>]>> = {
  'nothing is no argument': ['- debug:', {}],
  'a map is the arguments': ['- debug: { msg: hello }', { msg: 'hello' }],
  'a bare value is the main argument': ['- debug: hello world', { msg: 'hello world' }],
  'args adds to a bare value': ['- command: uptime\n  args: { chdir: /tmp }', { cmd: 'uptime', chdir: '/tmp' }],
  'an equals sign in a command is no key=value': ['- command: env A=1 b', { cmd: 'env A=1 b' }],
  'an unsafe value is no template': ['- debug: { msg: !unsafe "{{ x }}" }', { msg: '{{ x }}' }],
};

const importing = `
- hosts: all
  vars: { where: more }
  tasks:
    - { name: before, debug: }
    - import_tasks: "{{ where }}.yml"
      when: go
      tags: imported
      vars: { v: 1 }
    - { name: after, debug: }
`;

const notifying = `
- hosts: all
  tasks:
    - notify: h
      block:
        - { name: of its block, debug: }
        - { name: its own, debug: , notify: own }
`;

/** The names of the tasks of a play with one task in each section. */
function kinds(sections: readonly string[]): string {
  const written = sections.map((section) => `  ${section}: [{ name: ${section}, debug: }]\n`).join('');
  return play(`- hosts: all\n${written}`)
    .tasks.map((step) => step.name?.text ?? step.kind)
    .join(' ');
}

tests('readPlaybook', {
  'a task says itself whom it notifies, or its block does': () => {
    const step = play(notifying).tasks[0];
    const tasks = step?.kind === 'block' ? step.block : [];
    assert.equal(
      tasks.map((task) => task.kind === 'task' && task.notify),
      [['h'], ['own']],
    );
  },
  'handlers are flushed between the sections of a play, and a section may be missing': () => {
    assert.equal(
      ['pre_tasks post_tasks tasks', 'tasks pre_tasks', 'post_tasks'].map((written) => kinds(written.split(' '))),
      ['pre_tasks meta tasks meta post_tasks', 'pre_tasks meta tasks', 'post_tasks'],
    );
  },
  'blocks hand everything down, an inner play all but what is about itself': () => {
    const outer = { timeout: 60, checkMode: undefined, environment: [{ A: '1' }, { B: '2' }] };
    assert.equal(tasksOf(play(nesting).tasks).map(inherited), [
      {
        ...outer,
        name: 'in block',
        when: ["version == '4.22'", 'a == 1', 'b == 2'],
        tags: 'top blk own',
        vars: ['play vars: a', 'block vars: b', 'task vars: c'],
        flags: '1001',
        ignoreErrors: false,
        checkMode: true,
        timeout: 5,
        throttle: 5,
      },
      {
        ...outer,
        name: 'in zone',
        when: [],
        tags: 'top blk',
        vars: ['play vars: a', 'block vars: b', 'play vars: d'],
        flags: '1001',
        ignoreErrors: undefined,
        throttle: undefined,
      },
    ]);
  },
  'an inner play keeps what decides about it as one task': () => {
    const block = play(nesting).tasks[0];
    const inner = block?.kind === 'block' ? block.block[1] : undefined;
    assert.is(inner?.kind, 'play');
    if (inner?.kind !== 'play') return;
    assert.equal(
      [inner.when.map(textOf), inner.runOnce, inner.throttle, inner.ignoreErrors && constantValue(inner.ignoreErrors)],
      [["version == '4.22'"], true, 2, false],
    );
  },
  'ids are the positions down to a step, handlers apart': () => {
    const text =
      '- hosts: all\n  tasks:\n    - debug:\n    - block: [{ debug: }]\n      always: [{ debug: }]\n  handlers:\n    - { name: h, debug: }\n';
    const read = play(text);
    assert.equal(
      tasksOf([...read.tasks, ...read.handlers]).map((task) => task.id),
      ['0.0', '0.1.0', '0.1.1', '0.h.0'],
    );
  },
  ...Object.fromEntries(
    Object.entries(waves).map(([written, want]) => [
      `serial ${written} is ${JSON.stringify(want)}`,
      () =>
        assert.equal(
          play(`- hosts: all\n  serial: ${written}\n  tasks: []\n`, {}, ['{ sizes: [1, "50%"] }']).serial,
          want,
        ),
    ]),
  ),
  ...Object.fromEntries(
    Object.entries(budgets).map(([written, want]) => [
      `max_fail_percentage ${written} is ${want}`,
      () => assert.is(play(`- hosts: all\n  max_fail_percentage: ${written}\n  tasks: []\n`).maxFailPercentage, want),
    ]),
  ),
  ...Object.fromEntries(
    Object.entries(shorthands).map(([title, [text, want]]) => [
      title,
      () => {
        const [task] = tasksOf(inPlay(text).tasks);
        const args = [...(task?.args ?? [])].map(([name, value]) => [name, constantValue(value)]);
        assert.equal(Object.fromEntries(args), want);
      },
    ]),
  ),
  'an import stands for the tasks of its file, which inherit from it': () => {
    const tasks = tasksOf(
      play(importing, {
        'more.yml': '- { name: x, debug: , when: y }\n- import_tasks: less.yml\n',
        'less.yml': '- { name: z, debug: }\n',
      }).tasks,
    );
    assert.equal(
      tasks.map((task) => [task.id, textOf(task.name), task.when.map(textOf).join(' and '), task.tags.join(' ')]),
      [
        ['0.0', 'before', '', ''],
        ['0.1', 'x', 'go and y', 'imported'],
        ['0.2', 'z', 'go', 'imported'],
        ['0.3', 'after', '', ''],
      ],
    );
  },
  '-e decides what is imported before the variables of the play do': () => {
    const files = { 'other.yml': '- { name: other, debug: }\n' };
    assert.is(
      tasksOf(play(importing, files, ['where=other']).tasks)
        .map((task) => textOf(task.name))
        .join(' '),
      'before other after',
    );
  },
  'an imported playbook brings its plays, counted on': () => {
    const text =
      '- import_playbook: first.yml\n  tags: early\n  when: go\n- { name: second, hosts: all, tasks: [{ debug: }] }\n';
    const { plays } = playbookOf(text, { 'first.yml': '- { name: first, hosts: all, tasks: [{ debug: }] }\n' });
    assert.equal(
      plays.map((each) => [each.id, textOf(each.name), each.tags.join(' '), tasksOf(each.tasks)[0]?.when.map(textOf)]),
      [
        ['0', 'first', 'early', ['go']],
        ['1', 'second', '', []],
      ],
    );
  },
  'files of variables win over the variables of the play': () => {
    const { vars } = play('- hosts: all\n  vars: { x: 1 }\n  vars_files: [a.yml, b.yml]\n  tasks: []\n', {
      'a.yml': 'x: 2\n',
      'b.yml': '# none\n',
    });
    assert.equal(
      vars.map((layer) => [...layer.vars.values()].map(constantValue)),
      [[1], [2]],
    );
  },
  'a handler may be a play, and its name a template': () => {
    const { handlers } = play(
      '- hosts: clouds\n  vars: { what: servers }\n  tasks: [{ command: x, notify: restart servers }]\n  handlers:\n    - name: restart {{ what }}\n      hosts: management_servers\n      tasks: [{ debug: }]\n',
    );
    assert.equal(
      handlers.map((each) => [each.kind, each.name && constantValue(each.name)]),
      [['play', 'restart servers']],
    );
  },
  'a list of patterns is one pattern': () =>
    assert.equal(
      play('- hosts: [web, "!w2"]\n  tasks: []\n').hosts.terms.map(({ operator, text }) => [operator, text]),
      [
        ['or', 'web'],
        ['not', 'w2'],
      ],
    ),
  'five thousand tasks are read': () => {
    const tasks = Array.from(
      { length: 5_000 },
      (_, n) =>
        `- name: task ${n}\n  debug: { msg: "{{ inventory_hostname }} ${n}" }\n  when: inventory_hostname != 'h${n}'\n`,
    );
    assert.is(tasksOf(inPlay(tasks.join('')).tasks).length, 5_000);
  },
  'the editor schema accepts the example of every task and refuses a misspelt keyword': () => {
    const schema = playbookSchema(modules);
    for (const module of modules.values()) {
      const tasks = tasksOf(inPlay(module.example).tasks);
      assert.ok(tasks.length > 0, module.name);
    }
    const good = [
      {
        hosts: 'clouds',
        serial: [1, '25%'],
        tasks: [
          { debug: { msg: 'x' }, when: true },
          { debug: null },
          { command: 'uptime' },
          { hosts: 'zones', tasks: [{ pause: { seconds: '{{ n }}' } }] },
        ],
      },
    ];
    assert.equal(mismatches(schema, good), []);
    assert.is(
      mismatches(schema, [{ hosts: 'clouds', tasks: [{ debug: { msg: 'x' }, whne: true }] }])[0]?.params[
        'additionalProperty'
      ],
      'whne',
    );
    assert.is(
      mismatches(schema, [{ hosts: 'clouds', tasks: [{ pause: { seconds: 'soon' } }] }])[0]?.instancePath,
      '/0/tasks/0/pause/seconds',
    );
  },
});
