// One run a cloud at a time, whatever the inventories call it: processes, a lab, and what it was made to do.

import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { readLocks } from '../../src/lock/read.ts';
import { inProcess } from '../cli/in-process.ts';
import { holderOf, plant, reusedPid } from '../lock/planted.ts';
import { csPlay, type Done, type Rig, withLab } from '../rig.ts';
import { assert, tests } from '../tests.ts';

/** Writes whose inventory it was; then waits, with the lock, until nobody listens at the port. */
const playbook = (port: number): string => `
- name: Say who was here
  hosts: clouds
  tasks:
    - name: Who
      global_setting: { name: consoleproxy.url.domain, value: "{{ inventory_hostname }}.example" }
    - name: The other is done
      wait_for: { host: 127.0.0.1, port: ${port}, state: stopped, sleep: 0.05, timeout: 50 }
`;

const NAMES = ['lab', 'production'] as const;

interface Lists {
  readonly playbook: string;
  readonly inventories: readonly [string, string];
  readonly environment: NodeJS.ProcessEnv;
}

/** The lab's inventory, and the same where the cloud has another name. */
function furnish({ lab, folder, state }: Rig, port: number): Lists {
  const path = join(folder, 'who.yml');
  writeFileSync(path, playbook(port));
  const other = join(folder, 'other.yml');
  writeFileSync(other, readFileSync(lab.inventory, 'utf8').replace(/^ {4}lab:$/m, '    production:'), { mode: 0o600 });
  return { playbook: path, inventories: [lab.inventory, other], environment: { XDG_STATE_HOME: state } };
}

/** Listens until it is closed. */
async function gate(): Promise<{ readonly port: number; open(): void }> {
  const server = createServer((socket) => socket.destroy()).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return { port: address.port, open: () => server.close() };
}

/** Without what is another each time, and in one line: where the lines break depends on it. */
const steady = (text: string): string =>
  text
    .replaceAll(/\s+/g, ' ')
    .replaceAll(/\d{8}-\d{6}-[0-9a-f]{4}/g, 'RUN')
    .replaceAll(/of \S+ \(pid \d+\)/g, 'of WHO (pid N)')
    .replaceAll(/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC/g, 'TIME')
    .replaceAll(/\d+ s\b/g, 'N s')
    .trim();

/** Two processes that begin at once: which of the inventories was refused, and what it was told. */
async function together({ playbook, inventories, environment }: Lists, open: () => void) {
  const runs = inventories.map((inventory) => csPlay([playbook, '-i', inventory], { environment }));
  const first = await Promise.race(runs.map(async (run, index) => ({ index, done: await run })));
  open();
  const done = await Promise.all(runs);
  const loser = first.index;
  return { loser, refused: first.done, won: done[1 - loser] as Done };
}

/** All that a run says which finds another with the lock of its only cloud. */
function refusal(cloud: string, called: string): string {
  const why = `cloud "${cloud}" is locked by run RUN of WHO (pid N), since TIME, which calls it "${called}"`;
  const hint = 'hint: wait for its end; where it stands: cs-play runs show RUN';
  return [
    `PLAY Say who was here ${cloud} TASK Who failed ${cloud} ${why} ${hint}`,
    `STOPPED a safety rule stopped the run: ${why}`,
    `FAILED ${cloud} Who ${why} ${hint}`,
    `RECAP ok changed unreachable failed skipped rescued ignored ${cloud} 0 0 0 1 0 0 0`,
    `stopped by a safety rule: ${cloud}: ${why} nothing was written, N s to go on from here: cs-play resume RUN`,
  ].join(' ');
}

const exactlyOneWrites = () =>
  withLab({ profile: '4.22', zones: 1, timeFactor: 0.01 }, async (rig) => {
    const { port, open } = await gate();
    const { loser, refused, won } = await together(furnish(rig, port), open);
    const [winner = '', other = ''] = [NAMES[1 - loser], NAMES[loser]];
    assert.equal([won.code, won.stderr, refused.code, refused.stderr], [0, '', 5, '']);
    assert.equal(
      rig.lab.writes().map(({ did }) => did),
      [`consoleproxy.url.domain = ${winner}.example`],
    );
    assert.is(steady(refused.stdout), refusal(other, winner));
    assert.equal(readLocks(join(rig.state, 'cs-play')), []);
  });

const SHORT = `
- hosts: clouds
  tasks:
    - name: Who
      global_setting: { name: consoleproxy.url.domain, value: "*.console.lab.example" }
`;

const leftByOthers = () =>
  withLab({ profile: '4.22', zones: 1, timeFactor: 0.01 }, async ({ lab, folder, state, playHere }) => {
    const path = join(folder, 'short.yml');
    writeFileSync(path, SHORT);
    const locks = join(state, 'cs-play/locks');
    assert.is((await playHere([path, '--check'])).code, 0);
    assert.is(existsSync(locks), false, 'a plan locks nothing');
    assert.is((await playHere([path])).code, 0);
    const [identity = ''] = readdirSync(locks);

    plant(join(state, 'cs-play'), holderOf({ identity, cloud: 'lab', process: reusedPid() }));
    const tookOver = await playHere([path]);
    assert.is(tookOver.code, 0);
    assert.is(
      steady(tookOver.stdout),
      [
        'PLAY clouds lab',
        'warning: the lock of cloud "lab" is taken over from run RUN of WHO (pid N), since TIME: its process is dead',
        'hint: it ended in the middle; to go on with it instead: Ctrl-C, and cs-play resume RUN',
        'TASK Who ok lab is *.console.lab.example',
        'RECAP ok changed unreachable failed skipped rescued ignored lab 1 0 0 0 0 0 0 nothing was written, N s',
      ].join(' '),
    );

    plant(join(state, 'cs-play'), holderOf({ identity, cloud: 'lab', machine: 'other' }));
    const refused = await playHere([path]);
    assert.equal([refused.code, refused.stderr], [5, '']);
    assert.match(
      steady(refused.stdout),
      /seen on adm1; if it does not: cs-play unlock lab --run RUN [\s\S]* nothing was written, N s to go on from here: cs-play resume RUN$/,
    );
    assert.is((await playHere([path, '--check'])).code, 0);
    const unlock = ['unlock', 'lab', '--run', '20261124-101500-0001'];
    assert.is((await inProcess(unlock, { environment: { XDG_STATE_HOME: state } })).code, 0);
    assert.is((await playHere([path])).code, 0);
    assert.equal(lab.writes(), []);
  });

tests('a lock of a cloud', {
  'of two processes at once that call it differently, exactly one writes': exactlyOneWrites,
  'of a dead run is taken over and told, of another machine stands until it is unlocked': leftByOthers,
});
