// A real terminal (that of script(1)): a run asks there, takes what is typed, and outlives it.

import { spawn } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { listRuns, type RunSummary } from '../../src/journal/list.ts';
import { cli, withFolder } from '../rig.ts';
import { assert, type Cases, tests } from '../tests.ts';

const SCRIPT = '/usr/bin/script';
const PROMPT = 'yes or no? ';
const PLAYBOOK = `- name: A play that waits
  hosts: localhost
  confirm: go on?
  tasks:
    - debug: { msg: it went on }
`;

interface Sat {
  readonly code: number | null;
  /** Without what moves the cursor, and without blanks at the ends of lines. */
  readonly screen: string;
}

/** Runs the playbook at a terminal, and types that once it asks. */
function sit(keys: string): Promise<Sat> {
  return withFolder(async (folder) => {
    const playbook = join(folder, 'waits.yml');
    writeFileSync(playbook, PLAYBOOK);
    const environment = { ...process.env, NO_COLOR: '1', XDG_STATE_HOME: join(folder, 'state'), CS_PLAY_INVENTORY: '' };
    const command = `stty cols 120; exec ${process.execPath} ${cli} ${playbook}`;
    const child = spawn(SCRIPT, ['-qec', command, '/dev/null'], { cwd: folder, env: environment });
    let screen = '';
    let typed = false;
    child.stdout.on('data', (part: Buffer) => {
      screen += part.toString('utf8');
      if (typed || !screen.includes(PROMPT)) return;
      typed = true;
      child.stdin.write(keys);
    });
    const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
    return { code, screen: screen.replaceAll(/\r\x1b\[2K|\x1b\[\?25[hl]/g, '').replaceAll(/[ \r]+$/gm, '') };
  });
}

const SLOW = `- hosts: localhost
  tasks:
    - debug: { msg: the terminal is closed now }
    - pause: { seconds: 1 }
    - command: touch second
`;

/** Closes the terminal while the playbook is under way; how its run ended. */
function closeTerminal(text: string): Promise<RunSummary | undefined> {
  return withFolder(async (folder) => {
    const playbook = join(folder, 'play.yml');
    const state = join(folder, 'state');
    writeFileSync(playbook, text);
    const environment = { ...process.env, NO_COLOR: '1', XDG_STATE_HOME: state, CS_PLAY_INVENTORY: '' };
    const command = `exec ${process.execPath} ${cli} ${playbook}`;
    const child = spawn(SCRIPT, ['-qec', command, '/dev/null'], { cwd: folder, env: environment });
    child.stdout.on('data', (part: Buffer) => {
      if (/closed now|yes or no/.test(part.toString('utf8'))) child.kill('SIGKILL');
    });
    await new Promise((resolve) => child.on('close', resolve));
    const run = async () => (await listRuns(join(state, 'cs-play')))[0];
    while ((await run())?.status === 'running') await new Promise((resolve) => setTimeout(resolve, 20));
    assert.not.ok(existsSync(join(folder, 'second')));
    return run();
  });
}

const ended = (run: RunSummary | undefined) => [run?.status, run?.exitCode, run?.resumable];

const atTerminal: Cases = {
  'yes lets it go on': async () => {
    const { code, screen } = await sit('yes\n');
    assert.is(code, 0, screen);
    assert.match(screen, /^CONFIRM A play that waits\n {2}go on\?\n {2}it is for localhost\n {2}waits 1 h for a yes/m);
    assert.match(screen, /^ {2}approved by \S+@\S+$/m);
    assert.match(screen, /it went on/);
  },
  'Ctrl-C interrupts it': async () => {
    const { code, screen } = await sit('\x03');
    assert.is(code, 130, screen);
    assert.match(screen, /^warning: interrupted: nothing new is started/m);
  },
  'a terminal that is closed under a run ends it in order: what is under way is awaited, and it can be resumed':
    async () => assert.equal(ended(await closeTerminal(SLOW)), ['interrupted', 130, true]),
  'so it does while a question is open there': async () =>
    assert.equal(ended(await closeTerminal(PLAYBOOK)), ['interrupted', 130, true]),
};

if (existsSync(SCRIPT)) {
  tests('a run at a real terminal', atTerminal);
} else {
  console.log(`skipped: no ${SCRIPT} here`);
  tests('a run at a real terminal, which is not here', {
    'the program is missing': () => assert.not.ok(existsSync(SCRIPT)),
  });
}
