// Windows, confirmations and soaks as the playbook's text has them.

import type { Play, Step } from '../../src/model.ts';
import { windowWords } from '../../src/window/window.ts';
import { assert, type Cases, tests } from '../tests.ts';
import { playbookOf } from './playbook-of.ts';

const TASKS = '  tasks:\n    - debug:\n';

function playWith(keywords: string, extraVars: readonly string[] = []): Play {
  const [play] = playbookOf(`- hosts: all\n${keywords}\n${TASKS}`, {}, extraVars).plays;
  if (!play) throw new Error('no play');
  return play;
}

const times: readonly (readonly [string, number])[] = [
  ['90', 90],
  ['"90"', 90],
  ['30s', 30],
  ['0.2s', 0.2],
  ['10m', 600],
  ['1h30m', 5400],
  ['1h 30m', 5400],
  ['1d', 86_400],
  ['"{{ minutes }}m"', 300],
];

const soaks: Cases = Object.fromEntries(
  times.map(([text, seconds]) => [
    `${text} is ${seconds} s`,
    () => {
      const { soak } = playWith(`  serial: 1\n  soak: ${text}`, ['minutes=5']);
      assert.equal(soak, { seconds, everySeconds: 30, last: false });
    },
  ]),
);

/** The windows of every play in it, by the text of its hosts. */
function windowsIn(step: Step): string[] {
  if (step.kind !== 'play') return [];
  const own = `${step.hosts.text}: ${step.window ? windowWords(step.window) : 'always'}`;
  return [own, ...step.tasks.flatMap(windowsIn)];
}

tests('a time of a soak', soaks);
tests('guards of a play', {
  'are none where it says none': () => {
    const { window, confirm, soak } = playWith('  serial: 1');
    assert.equal([window, confirm, soak], [undefined, undefined, undefined]);
  },
  'a soak says all there is': () => {
    const { soak } = playWith('  serial: [1, "50%"]\n  soak: { time: 10m, every: 5s, last: true }');
    assert.equal(soak, { seconds: 600, everySeconds: 5, last: true });
  },
  'a confirm is a message or says all there is': () => {
    const short = playWith('  confirm: go on?').confirm;
    assert.equal([short?.message.text, short?.timeoutSeconds, short?.each], ['go on?', 3600, 'play']);
    const long = playWith('  serial: 1\n  confirm: { message: go on?, timeout: 4h, each: wave }').confirm;
    assert.equal([long?.message.text, long?.timeoutSeconds, long?.each], ['go on?', 14_400, 'wave']);
  },
  'a window holds for the plays inside, and the nearest counts': () => {
    const playbook = playbookOf(
      `- hosts: clouds
  window: "{{ hours }}"
  tasks:
    - hosts: zones
      tasks:
        - hosts: system_vms
          window: [mon 01:00-02:00, { days: tue }]
          tasks:
            - debug:
- hosts: machines
  tasks:
    - debug:
`,
      {},
      ['{"hours": "sat 01:00-02:00 Europe/Berlin"}'],
    );
    assert.equal(playbook.plays.flatMap(windowsIn), [
      'clouds: sat 01:00-02:00 Europe/Berlin',
      'zones: sat 01:00-02:00 Europe/Berlin',
      'system_vms: mon 01:00-02:00 UTC or tue 00:00-24:00 UTC',
      'machines: always',
    ]);
  },
});
