// Playbooks whose hosts are in no inventory.

import { type BadInput, clouds, run } from './case.ts';

export const hosts: readonly BadInput[] = [
  {
    name: 'an unknown group',
    files: {
      'hosts.yml': clouds,
      'play.yml': `- hosts: cloud
  tasks:
    - debug: { msg: x }
`,
    },
    args: run,
    expected: [{ at: 'play.yml:1:10', message: 'no host or group is named "cloud"', hint: 'did you mean "clouds"?' }],
  },
  {
    name: 'an unknown host in an exclusion',
    files: {
      'hosts.yml': clouds,
      'play.yml': `- hosts: clouds:!eu-2
  tasks:
    - debug: { msg: x }
`,
    },
    args: run,
    expected: [{ at: 'play.yml:1:10', message: 'no host or group is named "eu-2"', hint: 'did you mean "eu-1"?' }],
  },
  {
    name: 'a misspelt group in an inner play',
    files: {
      'hosts.yml': clouds,
      'play.yml': `- hosts: clouds
  tasks:
    - hosts: system_vm
      tasks:
        - debug: { msg: x }
`,
    },
    args: run,
    expected: [
      { at: 'play.yml:3:14', message: 'no host or group is named "system_vm"', hint: 'did you mean "system_vms"?' },
    ],
  },
  {
    name: 'a pattern that selects nothing',
    files: {
      'hosts.yml': clouds,
      'play.yml': `- hosts: clouds:&machines
  tasks:
    - debug: { msg: x }
`,
    },
    args: run,
    expected: [
      {
        at: 'play.yml:1:10',
        message: '"clouds:&machines" selects no host',
        hint: 'add hosts to the inventory, or "allow_empty: true" to the play',
      },
    ],
  },
  {
    name: 'a subscript out of range',
    files: {
      'hosts.yml': clouds,
      'play.yml': `- hosts: clouds[2]
  tasks:
    - debug: { msg: x }
`,
    },
    args: run,
    expected: [
      {
        at: 'play.yml:1:10',
        message: '"clouds[2]" means no host of the inventory',
        hint: '"clouds" has 2 hosts, counted from 0',
      },
    ],
  },
  {
    name: 'a regular expression that is none',
    files: {
      'hosts.yml': clouds,
      'play.yml': `- hosts: ~eu-(
  tasks:
    - debug: { msg: x }
`,
    },
    args: run,
    expected: [
      {
        at: 'play.yml:1:10',
        message: '"~eu-(" is not a regular expression: Invalid regular expression: /^(?:eu-()/: Unterminated group',
      },
    ],
  },
  {
    name: 'an unknown host to delegate to',
    files: {
      'hosts.yml': clouds,
      'play.yml': `- hosts: clouds
  tasks:
    - command: uptime
      delegate_to: m2
`,
    },
    args: run,
    expected: [{ at: 'play.yml:4:20', message: 'no host or group is named "m2"', hint: 'did you mean "m1"?' }],
  },
  {
    name: 'hosts that need a variable nobody gave',
    files: {
      'hosts.yml': clouds,
      'play.yml': `- hosts: "{{ target }}"
  tasks:
    - debug: { msg: x }
`,
    },
    args: run,
    expected: [
      {
        at: 'play.yml:1:14',
        message: '"target" is undefined',
        hint: '"hosts" is decided before anything runs: give the variable with -e, or in "vars" of the play',
      },
    ],
  },
];
