// Playbooks with keywords and modules that cannot stand where they do.

import { type BadInput, clouds, run } from './case.ts';

export const keywords: readonly BadInput[] = [
  {
    name: 'a misspelt keyword of a task',
    files: {
      'hosts.yml': clouds,
      'play.yml': `- hosts: clouds
  tasks:
    - debug: { msg: hello }
      whne: true
`,
    },
    args: run,
    expected: [{ at: 'play.yml:4:7', message: 'a task has no keyword "whne"', hint: 'did you mean "when"?' }],
  },
  {
    name: 'a misspelt keyword of a play',
    files: {
      'hosts.yml': clouds,
      'play.yml': `- hosts: clouds
  serail: 1
  tasks: []
`,
    },
    args: run,
    expected: [{ at: 'play.yml:2:3', message: 'a play has no keyword "serail"', hint: 'did you mean "serial"?' }],
  },
  {
    name: 'a misspelt task module',
    files: {
      'hosts.yml': clouds,
      'play.yml': `- hosts: clouds
  tasks:
    - global_settings: { name: a, value: b }
`,
    },
    args: run,
    expected: [
      {
        at: 'play.yml:3:7',
        message: 'there is no task module "global_settings"',
        hint: 'did you mean "global_setting"?',
      },
    ],
  },
  {
    name: 'a misspelt task module whose result others use',
    files: {
      'hosts.yml': clouds,
      'play.yml': `- hosts: clouds
  tasks:
    - comand: uptime
      register: r
    - debug: { msg: "{{ r }}" }
`,
    },
    args: run,
    expected: [{ at: 'play.yml:3:7', message: 'there is no task module "comand"', hint: 'did you mean "command"?' }],
  },
  {
    name: 'an unknown task module',
    files: {
      'hosts.yml': clouds,
      'play.yml': `- hosts: clouds
  tasks:
    - lineinfile: { path: /etc/hosts }
`,
    },
    args: run,
    expected: [{ at: 'play.yml:3:7', message: 'there is no task module "lineinfile"', hint: 'cs-play doc lists them' }],
  },
  {
    name: 'a module of another collection',
    files: {
      'hosts.yml': clouds,
      'play.yml': `- hosts: clouds
  tasks:
    - ansible.builtin.debug: { msg: hello }
`,
    },
    args: run,
    expected: [
      { at: 'play.yml:3:7', message: 'there is no task module "ansible.builtin.debug"', hint: 'write "debug"' },
    ],
  },
  {
    name: 'a shell',
    files: {
      'hosts.yml': clouds,
      'play.yml': `- hosts: clouds
  tasks:
    - shell: uptime | wc
`,
    },
    args: run,
    expected: [
      {
        at: 'play.yml:3:7',
        message: 'there is no task module "shell"',
        hint: 'use "command": it runs a program without a shell',
      },
    ],
  },
  {
    name: 'keywords that are not there yet',
    files: {
      'hosts.yml': clouds,
      'play.yml': `- hosts: clouds
  roles: [web]
  become: true
  tasks:
    - include_tasks: more.yml
    - debug: { msg: "{{ item }}" }
      with_items: [1]
    - local_action: debug msg=x
`,
    },
    args: run,
    expected: [
      {
        at: 'play.yml:2:3',
        message: '"roles" is not there yet',
        hint: 'move the tasks into a file and use "import_tasks"',
      },
      {
        at: 'play.yml:3:3',
        message: '"become" is not there yet',
        hint: 'connect as the user that may do it: the variable ansible_user',
      },
      {
        at: 'play.yml:5:7',
        message: '"include_tasks" is not there yet',
        hint: 'write "import_tasks", which is checked before anything runs',
      },
      { at: 'play.yml:7:7', message: '"with_items" is not there yet', hint: 'write "loop" with a list' },
      {
        at: 'play.yml:8:7',
        message: '"local_action" is not there yet',
        hint: 'write the name of the task module as the key, and "delegate_to: localhost"',
      },
    ],
  },
  {
    name: 'keywords in the wrong place',
    files: {
      'hosts.yml': clouds,
      'play.yml': `- hosts: clouds
  register: x
  tasks:
    - debug: { msg: x }
      serial: 1
`,
    },
    args: run,
    expected: [
      {
        at: 'play.yml:2:3',
        message: 'a play cannot have "register"',
        hint: 'it belongs to a task, a play among tasks',
      },
      { at: 'play.yml:5:7', message: 'a task cannot have "serial"', hint: 'it belongs to a play, a play among tasks' },
    ],
  },
  {
    name: 'sizes of waves that are none',
    files: {
      'hosts.yml': clouds,
      'play.yml': `- hosts: clouds
  serial: [1, half]
  max_fail_percentage: 101
  order: random
  tasks:
    - debug: { msg: x }
`,
    },
    args: run,
    expected: [
      {
        at: 'play.yml:2:15',
        message: '"serial" has to be a number of hosts or a percentage, not the text "half"',
        hint: 'write 1, "25%", or a list such as [1, "25%", "100%"]',
      },
      { at: 'play.yml:3:24', message: '"max_fail_percentage" has to be from 0 to 100, not the number 101' },
      {
        at: 'play.yml:4:10',
        message: 'there is no order "random"',
        hint: 'inventory, reverse_inventory, sorted, reverse_sorted, shuffle',
      },
    ],
  },
  {
    name: 'a meta that does not exist',
    files: {
      'hosts.yml': clouds,
      'play.yml': `- hosts: clouds
  tasks:
    - meta: flush_handler
    - meta: refresh_inventory
`,
    },
    args: run,
    expected: [
      { at: 'play.yml:3:13', message: 'there is no "meta: flush_handler"', hint: 'did you mean "flush_handlers"?' },
      {
        at: 'play.yml:4:13',
        message: '"meta: refresh_inventory" is not there yet',
        hint: 'flush_handlers, end_play, end_batch, end_host, clear_host_errors, noop',
      },
    ],
  },
  {
    name: 'facts to gather',
    files: {
      'hosts.yml': clouds,
      'play.yml': `- hosts: clouds
  gather_facts: true
  tasks:
    - debug: { msg: x }
`,
    },
    args: run,
    expected: [
      {
        at: 'play.yml:2:17',
        message: 'there are no facts to gather',
        hint: 'remove it; what CloudStack says of a host is there as variables',
      },
    ],
  },
];
