// What the command line prints, whole: help, lists, and a small run in a pipe, on a terminal and on a narrow one.

import { spawn } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { chdir, cwd } from 'node:process';
import { cli, type Done, withFolder } from '../rig.ts';
import { assert, tests } from '../tests.ts';
import { type Given, inProcess } from './in-process.ts';

const playbook = `- name: Say things
  hosts: machines
  tags: [talk]
  tasks:
    - name: Hello
      debug: { msg: "hello {{ inventory_hostname }}" }
      tags: [polite]
    - block:
        - debug: { msg: "a longer message that has to be broken somewhere on a narrow terminal" }
      rescue:
        - name: Never
          debug: { msg: no }
`;
const hosts = 'machines:\n  hosts:\n    m1: { ansible_connection: local }\n    m2: { ansible_connection: local }\n';

async function play(words: readonly string[], given: Given = {}): Promise<Done> {
  const home = cwd();
  return withFolder(async (folder) => {
    writeFileSync(join(folder, 'play.yml'), playbook);
    writeFileSync(join(folder, 'hosts.yml'), hosts);
    chdir(folder);
    try {
      return await inProcess(['play.yml', '-i', 'hosts.yml', ...words], given);
    } finally {
      chdir(home);
    }
  });
}

const printed = (stdout: string): Done => ({ code: 0, stdout, stderr: '' });
/** Without how long it took. */
const timeless = (done: Done): Done => ({ ...done, stdout: done.stdout.replace(/written, .*/, 'written') });
/** As the terminal looks in the end: what the live line wrote is erased again. */
const withoutLive = (text: string) =>
  text.replaceAll(/\r\x1b\[2K[^\r\n]*(?=\r\x1b\[2K)/g, '').replaceAll('\r\x1b[2K', '');

const unreadPlaybook = `- hosts: localhost
  tasks:
    - debug: { msg: nobody reads this }
    - pause: { seconds: 0.3 }
    - command: touch second
`;

/** Runs with a reader of stdout that is gone before the first word. */
function unread(folder: string, words: readonly string[]): Promise<{ code: number | null; stderr: string }> {
  const child = spawn(process.execPath, [cli, ...words], { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
  child.stdout.destroy();
  let stderr = '';
  child.stderr.on('data', (part) => (stderr += String(part)));
  return new Promise((resolve) => child.once('close', (code) => resolve({ code, stderr })));
}

tests('what the command line prints', {
  'help fits 80 columns and narrower terminals': async () => {
    const help = await inProcess(['--help']);
    assert.equal({ ...help, stdout: '' }, printed(''));
    assert.equal(
      help.stdout.split('\n').filter((line) => line.length > 80),
      [],
    );
    const narrow = await inProcess(['--help'], { columns: 60 });
    const flags = narrow.stdout.slice(narrow.stdout.indexOf('flags:'), narrow.stdout.indexOf('A playbook'));
    assert.equal(
      flags.split('\n').filter((line) => line.length > 60),
      [],
    );
  },
  'without words it says how to use it, and that nothing was asked': async () => {
    const help = await inProcess(['--help']);
    assert.equal(await inProcess([]), { code: 4, stdout: '', stderr: help.stdout });
  },
  'lists show what a playbook holds, and nothing runs': async () => {
    const outputs: Record<string, Done> = {};
    for (const flag of ['tasks', 'hosts', 'tags']) outputs[flag] = await play([`--list-${flag}`]);
    outputs['syntax'] = await play(['--syntax-check']);
    assert.equal(outputs, {
      tasks: printed(`playbook: play.yml

  play Say things (machines)  tags: talk
    Hello (debug)  tags: talk, polite
    debug  tags: talk
    rescue
      Never (debug)  tags: talk
`),
      hosts: printed(`playbook: play.yml

  play Say things (machines): 2 in the inventory
    m1
    m2
`),
      tags: printed(`playbook: play.yml

  play Say things
    tags: polite, talk
`),
      syntax: printed('playbook: play.yml: no problems\n'),
    });
  },
  'in a pipe a run fits 80 columns, without colours and without the live line': async () => {
    assert.equal(
      timeless(await play([])),
      printed(`
PLAY Say things
  m1, m2

TASK Hello
  ok          m1  hello m1
  ok          m2  hello m2

TASK debug
  ok          m1  a longer message that has to be broken somewhere on a narrow
                  terminal
  ok          m2  a longer message that has to be broken somewhere on a narrow
                  terminal

RECAP                     ok changed unreachable failed skipped rescued ignored
m1                         2       0           0      0       0       0       0
m2                         2       0           0      0       0       0       0

nothing was written
`),
    );
  },
  'on a narrow terminal lines are broken and the recap is folded': async () => {
    const { stdout } = timeless(await play([], { columns: 50 }));
    assert.is(
      withoutLive(stdout),
      `
PLAY Say things
  m1, m2

TASK Hello
  ok          m1  hello m1
  ok          m2  hello m2

TASK debug
  ok          m1  a longer message that has to be
                  broken somewhere on a narrow
                  terminal
  ok          m2  a longer message that has to be
                  broken somewhere on a narrow
                  terminal

RECAP
m1
  ok=2
m2
  ok=2

nothing was written
`,
    );
  },
  'a reader that goes away ends help without a word, and a run in order': () =>
    withFolder(async (folder) => {
      assert.equal(await unread(folder, ['--help']), { code: 0, stderr: '' });
      writeFileSync(join(folder, 'play.yml'), unreadPlaybook);
      assert.equal(await unread(folder, ['play.yml']), {
        code: 130,
        stderr: 'nobody reads the output any more: nothing new is started, what is under way is awaited\n',
      });
      assert.not.ok(existsSync(join(folder, 'second')), 'what had not begun is not begun');
    }),
});
