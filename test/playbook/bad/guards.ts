// Windows, confirmations and soaks that cannot be.

import { type BadInput, clouds, run } from './case.ts';

const play = (keywords: string): BadInput['files'] => ({
  'hosts.yml': clouds,
  'play.yml': `- hosts: clouds
${keywords.replaceAll(/^/gm, '  ')}
  tasks:
    - debug:
`,
});

export const guards: readonly BadInput[] = [
  {
    name: 'windows with an unknown day, hours that are none, and an unknown zone',
    files: play(`window:
  - satt 01:00-05:00
  - { days: [sat, sum], hours: 1-5 }
  - { days: sat, hours: "01:00-05:00", timezone: UTC }
  - sat 01:00-05:00 Europe/Amstredam`),
    args: run,
    expected: [
      { at: 'play.yml:3:7', message: 'there is no day "satt"', hint: 'did you mean "sat"?' },
      { at: 'play.yml:4:21', message: 'there is no day "sum"', hint: 'did you mean "sun"?' },
      {
        at: 'play.yml:4:34',
        message: 'hours have to be two times of the day, not "1-5"',
        hint: 'write "01:00-05:00", or "22:00-04:00" past midnight',
      },
      { at: 'play.yml:5:42', message: 'a window has no "timezone"', hint: 'did you mean "time_zone"?' },
      {
        at: 'play.yml:6:7',
        message: 'there is no time zone "Europe/Amstredam"',
        hint: 'did you mean "Europe/Amsterdam"?',
      },
    ],
  },
  {
    name: 'a window in the inventory that is none',
    files: {
      'hosts.yml': `machines:
  hosts:
    m1: { ansible_connection: local, window: { days: mon-fri, hours: "22:00-22:00" } }
  vars:
    window: weekend
`,
      'play.yml': '- hosts: machines\n  tasks:\n    - debug:\n',
    },
    args: run,
    expected: [
      {
        at: 'hosts.yml:3:46',
        message: 'hours that end when they begin: "22:00-22:00"',
        hint: 'leave the hours out to mean the whole day',
      },
      {
        at: 'hosts.yml:5:13',
        message: 'there is no day "weekend"',
        hint: 'days are mon, tue, wed, thu, fri, sat, sun',
      },
    ],
  },
  {
    name: 'a window on a task',
    files: {
      'hosts.yml': clouds,
      'play.yml': '- hosts: clouds\n  tasks:\n    - debug:\n      window: sat\n',
    },
    args: run,
    expected: [
      {
        at: 'play.yml:4:7',
        message: 'a task cannot have "window"',
        hint: 'it belongs to a play, a play among tasks',
      },
    ],
  },
  {
    name: 'a confirm without a message, with a key that is not there, and with a time that is none',
    files: {
      'hosts.yml': clouds,
      'play.yml': `- hosts: clouds
  confirm: { timeout: soon }
  tasks:
    - debug:
- hosts: clouds
  confirm: { message: "go on?", timout: 4h }
  tasks:
    - debug:
- hosts: clouds
  confirm: { message: "go on?", timeout: 0, each: host }
  tasks:
    - debug:
- hosts: clouds
  confirm: "go on with {{ nosuch }}?"
  tasks:
    - debug:
`,
    },
    args: run,
    expected: [
      { at: 'play.yml:2:12', message: '"confirm" needs a "message"', hint: 'write what the person is asked' },
      { at: 'play.yml:6:33', message: '"confirm" has no "timout"', hint: 'did you mean "timeout"?' },
      {
        at: 'play.yml:10:42',
        message: '"timeout" of "confirm" has to be a time above 0, not the number 0',
        hint: 'write 30s, 10m, 1h30m, or a number of seconds',
      },
      {
        at: 'play.yml:10:51',
        message: '"each" of "confirm" has to be play or wave, not the text "host"',
        hint: 'wave asks again before every wave of "serial"',
      },
      {
        at: 'play.yml:14:27',
        message: '"nosuch" is not defined',
        hint: 'define it in "vars" or the inventory, or give it with -e',
      },
    ],
  },
  {
    name: 'a soak without waves, without a time, and with times that are none',
    files: {
      'hosts.yml': clouds,
      'play.yml': `- hosts: clouds
  soak: 10m
  tasks:
    - debug:
- hosts: clouds
  serial: 1
  soak: { every: 30s }
  tasks:
    - debug:
- hosts: clouds
  serial: 1
  soak: { time: 10 minutes, every: "-1", last: maybe, first: true }
  tasks:
    - debug:
- hosts: clouds
  serial: 1
  soak: { time: 10 minutes, every: "-1", last: maybe }
  tasks:
    - debug:
`,
    },
    args: run,
    expected: [
      {
        at: 'play.yml:2:9',
        message: '"soak" without "serial": there are no waves to wait between',
        hint: 'add "serial", as in serial: [1, "25%", "100%"]',
      },
      { at: 'play.yml:7:9', message: '"soak" needs a "time"', hint: 'write soak: { time: 10m, every: 30s }' },
      { at: 'play.yml:12:55', message: '"soak" has no "first"', hint: 'it has time, every, last' },
      {
        at: 'play.yml:17:17',
        message: '"soak" has to be a time above 0, not the text "10 minutes"',
        hint: 'write 30s, 10m, 1h30m, or a number of seconds',
      },
      {
        at: 'play.yml:17:36',
        message: '"every" of "soak" has to be a time above 0, not the text "-1"',
        hint: 'write 30s, 10m, 1h30m, or a number of seconds',
      },
      {
        at: 'play.yml:17:48',
        message: '"last" of "soak" has to be true or false, not the text "maybe"',
      },
    ],
  },
];
