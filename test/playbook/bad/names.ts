// Playbooks with names that nothing defines.

import { type BadInput, clouds, run } from './case.ts';

export const names: readonly BadInput[] = [
  {
    name: 'a play with wrong hosts whose result others use',
    files: {
      'hosts.yml': clouds,
      'play.yml': `- hosts: clouds
  tasks:
    - hosts: []
      register: r
      tasks:
        - debug: { mgs: x }
    - debug: { msg: "{{ r }}" }
`,
    },
    args: run,
    expected: [
      { at: 'play.yml:3:14', message: '"hosts" is an empty list', hint: 'write "all" for every host' },
      { at: 'play.yml:6:20', message: '"debug" has no argument "mgs"', hint: 'did you mean "msg"?' },
    ],
  },
  {
    name: 'an undefined variable',
    files: {
      'hosts.yml': clouds,
      'play.yml': `- hosts: clouds
  tasks:
    - debug: { msg: "{{ console_domian }}" }
    - debug: { msg: "{{ nothing_like_it }}" }
`,
    },
    args: run,
    expected: [
      { at: 'play.yml:3:25', message: '"console_domian" is not defined', hint: 'did you mean "console_domain"?' },
      {
        at: 'play.yml:4:25',
        message: '"nothing_like_it" is not defined',
        hint: 'define it in "vars" or the inventory, or give it with -e',
      },
    ],
  },
  {
    name: 'a variable before it is registered',
    files: {
      'hosts.yml': clouds,
      'play.yml': `- hosts: clouds
  tasks:
    - debug: { msg: "{{ bundle }}" }
    - command: uptime
      register: bundle
`,
    },
    args: run,
    expected: [
      {
        at: 'play.yml:3:25',
        message: '"bundle" is used before it is set',
        hint: 'it is set at play.yml:4:7; move that before, or write default(…)',
      },
    ],
  },
  {
    name: 'item outside a loop',
    files: {
      'hosts.yml': clouds,
      'play.yml': `- hosts: clouds
  tasks:
    - debug: { msg: "{{ item }}" }
`,
    },
    args: run,
    expected: [
      {
        at: 'play.yml:3:25',
        message: '"item" is not defined',
        hint: 'define it in "vars" or the inventory, or give it with -e',
      },
    ],
  },
  {
    name: 'a variable of another play',
    files: {
      'hosts.yml': clouds,
      'play.yml': `- hosts: clouds
  vars: { wanted: 1 }
  tasks:
    - debug: { msg: "{{ wanted }}" }
- hosts: clouds
  tasks:
    - debug: { msg: "{{ wanted }}" }
`,
    },
    args: run,
    expected: [
      {
        at: 'play.yml:7:25',
        message: '"wanted" is not defined',
        hint: 'define it in "vars" or the inventory, or give it with -e',
      },
    ],
  },
  {
    name: 'a bad name for a variable',
    files: {
      'hosts.yml': clouds,
      'play.yml': `- hosts: clouds
  vars: { my-var: 1, omit: 1 }
  tasks:
    - command: uptime
      register: hostvars
    - set_fact: { 2nd: x, true: y }
`,
    },
    args: run,
    expected: [
      { at: 'play.yml:2:11', message: '"my-var" cannot be the name of a variable', hint: 'write "my_var"' },
      { at: 'play.yml:2:22', message: '"omit" is set by cs-play itself', hint: 'choose another name' },
      { at: 'play.yml:5:17', message: '"hostvars" is set by cs-play itself', hint: 'choose another name' },
      {
        at: 'play.yml:6:19',
        message: '"2nd" cannot be the name of a variable',
        hint: 'letters, digits and _, not starting with a digit',
      },
      { at: 'play.yml:6:27', message: 'a variable cannot be named "true": it means something in expressions' },
    ],
  },
  {
    name: 'an unknown handler',
    files: {
      'hosts.yml': clouds,
      'play.yml': `- hosts: clouds
  tasks:
    - command: uptime
      notify: restart management server
  handlers:
    - name: restart management servers
      debug: { msg: x }
`,
    },
    args: run,
    expected: [
      {
        at: 'play.yml:4:15',
        message: 'no handler is named "restart management server"',
        hint: 'did you mean "restart management servers"?',
      },
    ],
  },
  {
    name: 'a handler of an inner play notified from outside',
    files: {
      'hosts.yml': clouds,
      'play.yml': `- hosts: clouds
  tasks:
    - command: uptime
      notify: inner
    - hosts: zones
      tasks: []
      handlers:
        - name: inner
          debug: { msg: x }
`,
    },
    args: run,
    expected: [
      { at: 'play.yml:4:15', message: 'no handler is named "inner"', hint: 'add it under "handlers:" of the play' },
    ],
  },
  {
    name: 'handlers that share a name, and one without',
    files: {
      'hosts.yml': clouds,
      'play.yml': `- hosts: clouds
  tasks:
    - debug: { msg: x }
  handlers:
    - name: again
      debug: { msg: x }
    - name: again
      debug: { msg: y }
    - debug: { msg: z }
`,
    },
    args: run,
    expected: [
      {
        at: 'play.yml:7:13',
        message: 'two handlers are named "again"',
        hint: 'rename one, or let both "listen" to a topic',
      },
      {
        at: 'play.yml:9:7',
        message: 'nothing can notify a handler without a name',
        hint: 'give it a "name", or topics to "listen" to',
      },
    ],
  },
  {
    name: 'a file of variables that is encrypted',
    files: {
      'hosts.yml': clouds,
      'play.yml': `- hosts: clouds
  vars_files: secret.yml
  tasks:
    - debug: { msg: x }
`,
      'secret.yml': `password: !vault |
  $ANSIBLE_VAULT;1.1;AES256
  6162
`,
    },
    args: run,
    expected: [
      {
        at: 'secret.yml:1:18',
        message: '"!vault" is not there yet',
        hint: `keep the value outside: "{{ lookup('env', 'NAME') }}", or lookup('pipe', 'ansible-vault view FILE')`,
      },
    ],
  },
  {
    name: 'a problem that only the inventory explains',
    files: {
      'hosts.yml': `clouds:
  hosts:
    eu-1:
      api_url: https://cloud-eu.example.com/client/api
      api_key: "{{ lookup('env', 'EU1_API_KEY') }}"
      secret_key: "{{ lookup('env', 'EU1_SECRET_KEY') }}"
      management_servers: [ms1.example.com]
    us-1:
      api_url: https://cloud-us.example.com/client/api
      api_key: "{{ lookup('env', 'US1_API_KEY') }}"
      secret_key: "{{ lookup('env', 'US1_SECRET_KEY') }}"
  vars:
    console_domain: "*.console.example.com"
machines:
  hosts:
    m1: { ansible_connection: local, rack: r1 }
`,
      'play.yml': `- hosts: clouds
  tasks:
    - debug: { msg: "{{ rack }}" }
`,
    },
    args: run,
    expected: [
      {
        at: 'play.yml:3:25',
        message: '"rack" is not defined',
        hint: 'define it in "vars" or the inventory, or give it with -e',
      },
    ],
  },
  {
    name: 'a variable of the inventory that uses an undefined one',
    files: {
      'hosts.yml': `clouds:
  hosts:
    eu-1:
      api_url: https://cloud-eu.example.com/client/api
      api_key: "{{ lookup('env', 'EU1_API_KEY') }}"
      secret_key: "{{ lookup('env', 'EU1_SECRET_KEY') }}"
      management_servers: [ms1.example.com]
    us-1:
      api_url: https://cloud-us.example.com/client/api
      api_key: "{{ lookup('env', 'US1_API_KEY') }}"
      secret_key: "{{ lookup('env', 'US1_SECRET_KEY') }}"
  vars:
    console_domain: "*.{{ zone_domain }}"
machines:
  hosts:
    m1: { ansible_connection: local }
`,
      'play.yml': `- hosts: clouds
  tasks:
    - debug: { msg: "{{ console_domain }}" }
`,
    },
    args: run,
    expected: [
      {
        at: 'hosts.yml:13:27',
        message: '"zone_domain" is not defined',
        hint: 'define it in "vars" or the inventory, or give it with -e',
      },
    ],
  },
];
