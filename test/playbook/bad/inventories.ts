// Inventories that cannot be used.

import { type BadInput, clouds, run } from './case.ts';

export const inventories: readonly BadInput[] = [
  {
    name: 'an inventory whose host is misspelt as a keyword',
    files: {
      'hosts.yml': `clouds:
  host:
    eu-1:
`,
      'play.yml': `- hosts: clouds
  tasks:
    - debug: { msg: x }
`,
    },
    args: run,
    expected: [{ at: 'hosts.yml:2:3', message: 'group "clouds" has no "host"', hint: 'did you mean "hosts"?' }],
  },
  {
    name: 'an inventory whose hosts are a list',
    files: {
      'hosts.yml': `clouds:
  hosts:
    - eu-1
`,
      'play.yml': `- hosts: clouds
  tasks:
    - debug: { msg: x }
`,
    },
    args: run,
    expected: [
      {
        at: 'hosts.yml:3:5',
        message: '"hosts" of group "clouds" has to be a map, not a list',
        hint: 'write each host as a key: "eu-1:"',
      },
    ],
  },
  {
    name: 'an inventory whose hosts are on top',
    files: {
      'hosts.yml': `hosts:
  eu-1:
`,
      'play.yml': `- hosts: clouds
  tasks:
    - debug: { msg: x }
`,
    },
    args: run,
    expected: [{ at: 'hosts.yml:1:1', message: '"hosts" has to be inside a group', hint: 'put it under "all:"' }],
  },
  {
    name: 'a cloud without what leads to it',
    files: {
      'hosts.yml': `clouds:
  hosts:
    eu-1:
      api_url: https://eu.example.com/client/api
      secert_key: x
`,
      'play.yml': `- hosts: clouds
  tasks:
    - debug: { msg: x }
`,
    },
    args: run,
    expected: [
      {
        at: 'hosts.yml:3:5',
        message: 'cloud "eu-1" has no "api_key"',
        hint: `add api_key: "{{ lookup('env', 'API_KEY') }}"`,
      },
      {
        at: 'hosts.yml:3:5',
        message: 'cloud "eu-1" has no "secret_key"',
        hint: 'did you mean "secret_key" where it says "secert_key"?',
      },
    ],
  },
  {
    name: 'connection variables that cannot be',
    files: {
      'hosts.yml': `clouds:
  hosts:
    eu-1:
      api_url: eu.example.com
      api_key: k
      secret_key: s
      management_servers: ms1
      connect_to: [":8443"]
      ansible_become: true
      system_vm_ssh: direct
`,
      'play.yml': `- hosts: clouds
  tasks:
    - debug: { msg: x }
`,
    },
    args: run,
    expected: [
      { at: 'hosts.yml:4:16', message: '"api_url" has to be an http or https URL without user, query or #' },
      { at: 'hosts.yml:7:27', message: '"management_servers" has to be a list' },
      { at: 'hosts.yml:8:19', message: '"connect_to" has to be HOST:PORT:HOST2:PORT2' },
      {
        at: 'hosts.yml:9:7',
        message: '"ansible_become" is not there yet',
        hint: 'connect as the user that may do it: ansible_user',
      },
      { at: 'hosts.yml:10:22', message: '"system_vm_ssh" has to be hypervisor or jump' },
    ],
  },
  {
    name: 'an INI inventory that is named as YAML',
    files: {
      'hosts.yml': `[clouds]
eu-1 api_url=https://eu.example.com/client/api
`,
      'play.yml': `- hosts: clouds
  tasks:
    - debug: { msg: x }
`,
    },
    args: run,
    expected: [
      {
        at: 'hosts.yml:1:1',
        message: 'an INI inventory is named ".yml"',
        hint: 'give it a name that ends in .ini, or write it as YAML',
      },
    ],
  },
  {
    name: 'a missing inventory',
    files: {
      'hosts.yml': clouds,
      'play.yml': `- hosts: clouds
  tasks:
    - debug: { msg: x }
`,
    },
    args: ['play.yml', '-i', 'gone.yml'],
    expected: [{ message: 'there is no inventory "gone.yml"' }],
  },
  {
    name: 'a list of hosts as the inventory',
    files: {
      'hosts.yml': clouds,
      'play.yml': `- hosts: clouds
  tasks:
    - debug: { msg: x }
`,
    },
    args: ['play.yml', '-i', 'eu-1,us-1'],
    expected: [
      {
        message: 'a list of hosts as the inventory is not there yet: "eu-1,us-1"',
        hint: 'write them into a YAML inventory: "all: { hosts: { NAME: } }"',
      },
    ],
  },
  {
    name: 'an inventory without hosts',
    files: {
      'hosts.yml': `clouds:
`,
      'play.yml': `- hosts: clouds
  tasks:
    - debug: { msg: x }
`,
    },
    args: run,
    expected: [
      {
        message: 'the inventory has no hosts: hosts.yml',
        hint: 'add a cloud: "clouds: { hosts: { eu-1: { api_url: … } } }"',
      },
    ],
  },
  {
    name: 'host names that cannot be',
    files: {
      'hosts.yml': `all:
  hosts:
    eu-1/ams:
    web[3:1]:
`,
      'play.yml': `- hosts: clouds
  tasks:
    - debug: { msg: x }
`,
    },
    args: run,
    expected: [
      {
        at: 'hosts.yml:3:5',
        message: '"eu-1/ams" cannot be the name of a host',
        hint: 'a name has no spaces and none of / , ! & ~ * ?',
      },
      {
        at: 'hosts.yml:4:5',
        message: '"[3:1]" in a host name is not a range',
        hint: 'a range is [01:10], [a:f] or [0:10:2], both ends included',
      },
    ],
  },
  {
    name: 'groups that contain each other',
    files: {
      'hosts.yml': `a:
  children:
    b:
      children:
        a:
  hosts:
    m1:
`,
      'play.yml': `- hosts: clouds
  tasks:
    - debug: { msg: x }
`,
    },
    args: run,
    expected: [{ at: 'hosts.yml:1:1', message: 'group "a" is a child of itself' }],
  },
  {
    name: 'a program and an encrypted file, which Ansible would run and open',
    files: {
      hosts: '#!/usr/bin/env python3\nprint("{}")\n',
      'hosts.yml': 'all:\n  hosts:\n    m1:\n',
      'secrets.yml': '$ANSIBLE_VAULT;1.1;AES256\n3061\n',
      'play.yml': '- hosts: m1\n  vars_files: secrets.yml\n  tasks:\n    - debug: { msg: x }\n',
    },
    args: ['play.yml', '-i', 'hosts.yml', '-i', 'hosts'],
    expected: [
      {
        at: 'secrets.yml:1:1',
        message: 'files encrypted with ansible-vault are not there yet',
        hint: `keep secrets outside: "{{ lookup('env', 'NAME') }}", or lookup('pipe', 'ansible-vault view FILE')`,
      },
      {
        message: '"hosts" is a program; inventory programs are not there yet',
        hint: 'write what it says into a file: ansible-inventory -i hosts --list --yaml',
      },
    ],
  },
];
