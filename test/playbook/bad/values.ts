// Playbooks with values that cannot be.

import { type BadInput, clouds, run } from './case.ts';

export const values: readonly BadInput[] = [
  {
    name: 'a misspelt argument, and one that is missing',
    files: {
      'hosts.yml': clouds,
      'play.yml': `- hosts: clouds
  tasks:
    - global_setting: { name: a, vaule: b }
    - global_setting: { name: a }
`,
    },
    args: run,
    expected: [
      { at: 'play.yml:3:34', message: '"global_setting" has no argument "vaule"', hint: 'did you mean "value"?' },
      {
        at: 'play.yml:4:7',
        message: '"global_setting" needs the argument "value"',
        hint: 'text, a number, true or false; "" for blank',
      },
    ],
  },
  {
    name: 'an argument of the wrong type',
    files: {
      'hosts.yml': clouds,
      'play.yml': `- hosts: clouds
  tasks:
    - pause: { seconds: soon }
    - assert: { that: true, quiet: yes }
`,
    },
    args: run,
    expected: [
      { at: 'play.yml:3:25', message: 'argument "seconds" of "pause" has to be a number, not "soon"' },
      {
        at: 'play.yml:4:36',
        message: 'argument "quiet" of "assert" has to be true or false, not "yes"',
        hint: 'write true',
      },
    ],
  },
  {
    name: 'an argument that is not one of its choices',
    files: {
      'hosts.yml': clouds,
      'play.yml': `- hosts: clouds
  tasks:
    - management_server: { state: restared }
`,
    },
    args: run,
    expected: [
      {
        at: 'play.yml:3:35',
        message: 'argument "state" of "management_server" has to be "restarted", not "restared"',
        hint: 'did you mean "restarted"?',
      },
    ],
  },
  {
    name: 'a misspelt argument in key=value words',
    files: {
      'hosts.yml': clouds,
      'play.yml': `- hosts: clouds
  tasks:
    - debug: msgs="hello world"
`,
    },
    args: run,
    expected: [
      {
        at: 'play.yml:3:14',
        message: '"debug" has no argument "msgs"',
        hint: 'did you mean "msg"?',
      },
    ],
  },
  {
    name: 'arguments as a text where there is no shorthand',
    files: {
      'hosts.yml': clouds,
      'play.yml': `- hosts: clouds
  tasks:
    - global_setting: consoleproxy.url.domain
`,
    },
    args: run,
    expected: [
      {
        at: 'play.yml:3:23',
        message: '"global_setting" takes a map of arguments, not the text "consoleproxy.url.domain"',
        hint: 'write global_setting: { name: … }',
      },
    ],
  },
  {
    name: 'a template without quotes',
    files: {
      'hosts.yml': clouds,
      'play.yml': `- hosts: clouds
  tasks:
    - debug:
        msg: {{ console_domain }}
`,
    },
    args: run,
    expected: [
      {
        at: 'play.yml:4:14',
        message: 'a value that starts with a template needs quotes',
        hint: 'write "{{ console_domain }}"',
      },
    ],
  },
  {
    name: 'a tab',
    files: {
      'hosts.yml': clouds,
      'play.yml': `- hosts: clouds
	tasks: []
`,
    },
    args: run,
    expected: [{ at: 'play.yml:2:1', message: 'a tab is not allowed as indentation', hint: 'indent with spaces' }],
  },
  {
    name: 'a duplicate key',
    files: {
      'hosts.yml': clouds,
      'play.yml': `- hosts: clouds
  tasks:
    - debug: { msg: a }
      tags: [x]
      tags: [y]
`,
    },
    args: run,
    expected: [{ at: 'play.yml:5:7', message: '"tags" is there twice', hint: 'keep one of the two' }],
  },
  {
    name: 'yes where true is meant',
    files: {
      'hosts.yml': clouds,
      'play.yml': `- hosts: clouds
  any_errors_fatal: yes
  tasks:
    - debug: { msg: a }
      when: no
      ignore_errors: on
`,
    },
    args: run,
    expected: [
      {
        at: 'play.yml:2:21',
        message: '"any_errors_fatal" has to be true or false, not the text "yes"',
        hint: 'write true',
      },
      { at: 'play.yml:5:13', message: '"when" has to be true or false, not the text "no"', hint: 'write false' },
      {
        at: 'play.yml:6:22',
        message: '"ignore_errors" has to be true or false, not the text "on"',
        hint: 'write true',
      },
    ],
  },
  {
    name: 'a condition that is empty',
    files: {
      'hosts.yml': clouds,
      'play.yml': `- hosts: clouds
  tasks:
    - debug: { msg: a }
      when:
`,
    },
    args: run,
    expected: [{ at: 'play.yml:4:12', message: '"when" has to be a condition, not empty', hint: 'remove it' }],
  },
  {
    name: 'a condition that is a number',
    files: {
      'hosts.yml': clouds,
      'play.yml': `- hosts: clouds
  tasks:
    - debug: { msg: a }
      when: 5
`,
    },
    args: run,
    expected: [
      {
        at: 'play.yml:4:13',
        message: '"when" has to be true or false, not the number 5',
        hint: 'write a comparison, or a variable that is true or false',
      },
    ],
  },
  {
    name: 'a loop over a text',
    files: {
      'hosts.yml': clouds,
      'play.yml': `- hosts: clouds
  tasks:
    - debug: { msg: "{{ item }}" }
      loop: one
`,
    },
    args: run,
    expected: [{ at: 'play.yml:4:13', message: '"loop" has to be a list, not the text "one"' }],
  },
  {
    name: 'a loop_control that does not exist',
    files: {
      'hosts.yml': clouds,
      'play.yml': `- hosts: clouds
  tasks:
    - debug: { msg: "{{ item }}" }
      loop: [1]
      loop_control: { lable: x }
`,
    },
    args: run,
    expected: [{ at: 'play.yml:5:23', message: '"loop_control" has no "lable"', hint: 'did you mean "label"?' }],
  },
  {
    name: 'templates that cannot be parsed',
    files: {
      'hosts.yml': clouds,
      'play.yml': `- hosts: clouds
  tasks:
    - debug: { msg: "{{ console_domain | dfault(1) }}" }
    - debug: { msg: "{{ console_domain" }
    - debug: { msg: x }
      when: "console_domain ="
`,
    },
    args: run,
    expected: [
      { at: 'play.yml:3:42', message: 'there is no filter "dfault"', hint: 'did you mean "default"?' },
      { at: 'play.yml:4:22', message: '"{{" is not closed', hint: 'end it with "}}"' },
      {
        at: 'play.yml:6:29',
        message: 'expected the end of the expression but found "="',
        hint: 'write "==" to compare',
      },
    ],
  },
  {
    name: 'a condition in braces',
    files: {
      'hosts.yml': clouds,
      'play.yml': `- hosts: clouds
  tasks:
    - debug: { msg: x }
      when: "{{ console_domain }}"
    - assert: { that: [5] }
`,
    },
    args: run,
    expected: [
      { at: 'play.yml:4:14', message: 'conditions are expressions already', hint: 'leave out the "{{" and "}}"' },
      {
        at: 'play.yml:5:24',
        message: 'a condition has to be true or false, not the number 5',
        hint: 'write a comparison, or a variable that is true or false',
      },
    ],
  },
  {
    name: 'an expression that can never be evaluated',
    files: {
      'hosts.yml': clouds,
      'play.yml': `- hosts: clouds
  tasks:
    - debug: { msg: "{{ 1 / 0 }}" }
      retries: "{{ 1 // 0 }}"
`,
    },
    args: run,
    expected: [
      { at: 'play.yml:3:25', message: 'division by zero' },
      { at: 'play.yml:4:20', message: 'division by zero' },
    ],
  },
  {
    name: 'a number that loses what is written',
    files: {
      'hosts.yml': clouds,
      'play.yml': `- hosts: clouds
  tasks:
    - global_setting: { name: a, value: 0640 }
    - assert: { that: "version is version(wanted)" }
      vars: { wanted: 4.20 }
`,
    },
    args: run,
    expected: [
      {
        at: 'play.yml:3:41',
        message: '"0640" would be read as the number 640',
        hint: 'put it in quotes: "0640", or write 0o… for octal',
      },
      { at: 'play.yml:5:23', message: '"4.20" would be read as the number 4.2', hint: 'put it in quotes: "4.20"' },
    ],
  },
  {
    name: 'several mistakes in several files at once',
    files: {
      'hosts.yml': `clouds:
  hostss:
`,
      'play.yml': `- hosts: clouds
  tasks:
    - import_tasks: more.yml
    - debug: { mgs: x }
`,
      'more.yml': `- debugg: { msg: x }
`,
    },
    args: run,
    expected: [
      { at: 'hosts.yml:2:3', message: 'group "clouds" has no "hostss"', hint: 'did you mean "hosts"?' },
      { at: 'more.yml:1:3', message: 'there is no task module "debugg"', hint: 'did you mean "debug"?' },
      { at: 'play.yml:4:16', message: '"debug" has no argument "mgs"', hint: 'did you mean "msg"?' },
    ],
  },
];
