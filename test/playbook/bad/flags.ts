// Flags that do not fit what they are given for.

import { type BadInput, clouds, run } from './case.ts';

export const flags: readonly BadInput[] = [
  {
    name: 'a limit that is no host',
    files: {
      'hosts.yml': clouds,
      'play.yml': `- hosts: clouds
  tasks:
    - debug: { msg: x }
`,
    },
    args: [...run, '--limit', 'eu-2'],
    expected: [{ at: '--limit:1:1', message: 'no host or group is named "eu-2"', hint: 'did you mean "eu-1"?' }],
  },
  {
    name: 'a limit that is below no cloud',
    files: {
      'hosts.yml': clouds,
      'play.yml': `- hosts: clouds
  tasks:
    - debug: { msg: x }
`,
    },
    args: [...run, '--limit', 'asia-1/ams'],
    expected: [
      {
        at: '--limit:1:1',
        message: '"asia-1/ams" is below no host of the inventory',
        hint: 'the clouds are eu-1, us-1',
      },
    ],
  },
  {
    name: 'an empty limit',
    files: {
      'hosts.yml': clouds,
      'play.yml': `- hosts: clouds
  tasks:
    - debug: { msg: x }
`,
    },
    args: [...run, '--limit', ','],
    expected: [{ at: '--limit:1:1', message: 'a host pattern must not be empty', hint: 'write "all" for every host' }],
  },
  {
    name: 'a limit that leaves no play a host',
    files: {
      'hosts.yml': clouds,
      'play.yml': `- hosts: clouds
  tasks:
    - debug: { msg: x }
`,
    },
    args: [...run, '--limit', 'machines'],
    expected: [{ at: '--limit:1:1', message: '"machines" leaves no play a host', hint: 'the plays are for "clouds"' }],
  },
  {
    name: 'a limit that takes back what it gives',
    files: {
      'hosts.yml': clouds,
      'play.yml': `- hosts: clouds
  tasks:
    - debug: { msg: x }
`,
    },
    args: [...run, '--limit', 'eu-1:!clouds'],
    expected: [
      { at: '--limit:1:1', message: '"eu-1:!clouds" leaves no play a host', hint: 'the plays are for "clouds"' },
    ],
  },
  {
    name: 'an unknown tag',
    files: {
      'hosts.yml': clouds,
      'play.yml': `- hosts: clouds
  tasks:
    - debug: { msg: x }
      tags: [upload, proof]
`,
    },
    args: [...run, '--tags', 'uplaod', '--skip-tags', 'x9'],
    expected: [
      { message: '--tags: no task has the tag "uplaod"', hint: 'did you mean "upload"?' },
      { message: '--skip-tags: no task has the tag "x9"', hint: 'the playbook has upload, proof' },
    ],
  },
  {
    name: 'a task to start at that is not there',
    files: {
      'hosts.yml': clouds,
      'play.yml': `- hosts: clouds
  tasks:
    - name: The first
      debug: { msg: x }
`,
    },
    args: [...run, '--start-at-task', 'The frist'],
    expected: [{ message: '--start-at-task: no task is named "The frist"', hint: 'did you mean "The first"?' }],
  },
  {
    name: 'extra variables that are none',
    files: {
      'hosts.yml': clouds,
      'play.yml': `- hosts: clouds
  tasks:
    - debug: { msg: x }
`,
    },
    args: [...run, '-e', 'nothing', '-e', '[1]', '-e', '@gone.yml'],
    expected: [
      {
        at: '-e:1:1',
        message: '"nothing" is not name=value',
        hint: 'write name=value, a map such as {"name": "value"}, or @FILE',
      },
      { at: '-e:1:1', message: '-e has to be a map, not a list' },
      { message: 'there is no file "gone.yml"' },
    ],
  },
];
