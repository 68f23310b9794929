// Playbooks whose parts do not stand where they belong.

import { type BadInput, clouds, run } from './case.ts';

export const structure: readonly BadInput[] = [
  {
    name: 'two modules in one task',
    files: {
      'hosts.yml': clouds,
      'play.yml': `- hosts: clouds
  tasks:
    - debug: { msg: a }
      fail: { msg: b }
`,
    },
    args: run,
    expected: [
      {
        at: 'play.yml:4:7',
        message: 'a task has one module, but here are "debug" and "fail"',
        hint: 'write two tasks, or check the indentation',
      },
    ],
  },
  {
    name: 'a task without a module',
    files: {
      'hosts.yml': clouds,
      'play.yml': `- hosts: clouds
  tasks:
    - name: nothing
      tags: x
`,
    },
    args: run,
    expected: [
      {
        at: 'play.yml:3:7',
        message: 'a task without a module',
        hint: 'every task has the name of a module as a key, such as "debug:"',
      },
    ],
  },
  {
    name: 'a play without hosts',
    files: {
      'hosts.yml': clouds,
      'play.yml': `- name: nothing
  tasks:
    - debug: { msg: x }
`,
    },
    args: run,
    expected: [{ at: 'play.yml:1:3', message: 'a play needs "hosts"', hint: 'write which hosts: "hosts: clouds"' }],
  },
  {
    name: 'a task on top',
    files: {
      'hosts.yml': clouds,
      'play.yml': `- debug: { msg: x }
`,
    },
    args: run,
    expected: [
      { at: 'play.yml:1:3', message: 'a task has to be inside a play', hint: 'put it under "tasks:" of a play' },
    ],
  },
  {
    name: 'a map instead of a list of plays',
    files: {
      'hosts.yml': clouds,
      'play.yml': `hosts: clouds
tasks: []
`,
    },
    args: run,
    expected: [
      {
        at: 'play.yml:1:1',
        message: 'a playbook has to be a list of plays, not a map',
        hint: 'start a play with "- hosts: …"',
      },
    ],
  },
  {
    name: 'an empty playbook',
    files: {
      'hosts.yml': clouds,
      'play.yml': `# nothing yet
`,
    },
    args: run,
    expected: [{ at: 'play.yml:1:1', message: 'the playbook is empty', hint: 'start a play with "- hosts: …"' }],
  },
  {
    name: 'a missing playbook',
    files: {
      'hosts.yml': clouds,
    },
    args: run,
    expected: [{ message: 'there is no file "play.yml"' }],
  },
  {
    name: 'tasks that are a map',
    files: {
      'hosts.yml': clouds,
      'play.yml': `- hosts: clouds
  tasks:
    debug: { msg: x }
`,
    },
    args: run,
    expected: [
      { at: 'play.yml:3:5', message: '"tasks" has to be a list, not a map', hint: 'start each task with "- "' },
    ],
  },
  {
    name: 'a rescue without a block',
    files: {
      'hosts.yml': clouds,
      'play.yml': `- hosts: clouds
  tasks:
    - rescue:
        - debug: { msg: x }
`,
    },
    args: run,
    expected: [
      { at: 'play.yml:3:7', message: '"rescue" without "block"', hint: 'put the tasks before it under "block:"' },
    ],
  },
  {
    name: 'imports that are missing, templated too late, or go in circles',
    files: {
      'hosts.yml': clouds,
      'play.yml': `- hosts: clouds
  tasks:
    - import_tasks: gone.yml
    - import_tasks: "{{ version }}.yml"
    - import_tasks: round.yml
`,
      'round.yml': `- import_tasks: round.yml
`,
    },
    args: run,
    expected: [
      { at: 'play.yml:3:21', message: 'there is no file "gone.yml"' },
      {
        at: 'play.yml:4:25',
        message: '"version" is undefined',
        hint: '"import_tasks" is decided before anything runs: give the variable with -e, or in "vars" of the play',
      },
      { at: 'round.yml:1:17', message: '"round.yml" imports itself' },
    ],
  },
  {
    name: 'a problem in an imported file',
    files: {
      'hosts.yml': clouds,
      'play.yml': `- hosts: clouds
  vars_files: [vars.yml]
  tasks:
    - import_tasks: more.yml
`,
      'more.yml': `- debug: { mgs: x }
`,
      'vars.yml': `- not
- a map
`,
    },
    args: run,
    expected: [
      { at: 'vars.yml:1:1', message: 'a file of variables has to be a map, not a list' },
      { at: 'more.yml:1:12', message: '"debug" has no argument "mgs"', hint: 'did you mean "msg"?' },
    ],
  },
  {
    name: 'a block with a loop',
    files: {
      'hosts.yml': clouds,
      'play.yml': `- hosts: clouds
  tasks:
    - block:
        - debug: { msg: x }
      loop: [1]
`,
    },
    args: run,
    expected: [{ at: 'play.yml:5:7', message: 'a block cannot have "loop"', hint: 'it belongs to a task' }],
  },
  {
    name: 'a rescue of nothing',
    files: {
      'hosts.yml': clouds,
      'play.yml': `- hosts: clouds
  tasks:
    - block: []
      rescue:
        - debug: { msg: x }
`,
    },
    args: run,
    expected: [
      {
        at: 'play.yml:3:7',
        message: '"rescue" beside an empty "block"',
        hint: 'put the tasks that it is for under "block:"',
      },
    ],
  },
  {
    name: 'a block among handlers',
    files: {
      'hosts.yml': clouds,
      'play.yml': `- hosts: clouds
  tasks:
    - debug: { msg: x }
  handlers:
    - block:
        - debug: { msg: x }
`,
    },
    args: run,
    expected: [
      {
        at: 'play.yml:5:7',
        message: 'a block among handlers is not there yet',
        hint: 'write each handler as a task, or as a play',
      },
    ],
  },
  {
    name: 'a playbook imported among tasks',
    files: {
      'hosts.yml': clouds,
      'play.yml': `- hosts: clouds
  tasks:
    - import_playbook: other.yml
`,
    },
    args: run,
    expected: [
      {
        at: 'play.yml:3:7',
        message: '"import_playbook" cannot stand among tasks',
        hint: 'put it on top of the playbook, beside the plays',
      },
    ],
  },
];
