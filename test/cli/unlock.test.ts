// What `cs-play unlock` says and does, on locks that other runs left.

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readLocks } from '../../src/lock/read.ts';
import { CLOUD, holderOf, plant, reusedPid } from '../lock/planted.ts';
import { type Done, withFolder } from '../rig.ts';
import { assert, tests } from '../tests.ts';
import { inProcess } from './in-process.ts';

const OTHER = '0b0b0b0b-1111-4222-8333-444455556666';
const THIRD = '5f0e0000-1111-4222-8333-444455556666';

/** A run on another machine, a dead one here, one that goes on here, and a file that nobody can read. */
function furnish(state: string): void {
  const elsewhere = { machine: 'other', process: { ...holderOf().process, pid: 4711 } };
  plant(state, holderOf({ ...elsewhere }));
  plant(state, holderOf({ cloud: 'us-1', identity: OTHER, run: '20261124-101500-0002', process: reusedPid() }));
  plant(state, holderOf({ cloud: 'eu 2', identity: THIRD, run: '20261124-101500-0003' }));
  const broken = join(state, 'locks/dead-beef');
  mkdirSync(broken, { mode: 0o700 });
  writeFileSync(join(broken, '20261124-101500-0004.00ff.json'), '{"lock":');
}

const held = (state: string): string[] =>
  readLocks(state)
    .map(({ run }) => run.slice(-4))
    .sort();

/** What the words lead to, and whose locks are left; with what differs each time replaced. */
async function unlock(words: readonly string[]): Promise<Done & { readonly left: string }> {
  return withFolder(async (folder) => {
    const state = join(folder, 'cs-play');
    furnish(state);
    const { code, ...streams } = await inProcess(['unlock', ...words], { environment: { XDG_STATE_HOME: folder } });
    const steady = (text: string) => text.replaceAll(folder, 'STATE').replaceAll(String(process.pid), 'PID');
    return { code, stdout: steady(streams.stdout), stderr: steady(streams.stderr), left: held(state).join(' ') };
  });
}

const ALL = '0001 0002 0003 0004';
const done = (stdout: string, left: string) => ({ code: 0, stdout, stderr: '', left });
const refused = (stderr: string, code = 4) => ({ code, stdout: '', stderr, left: ALL });

const first = 'run 20261124-101500-0001 of anna@adm1 (pid 4711), since 2026-11-24 10:15:00 UTC';
const unlocked = done(`unlocked: cloud "eu-1", which was held by ${first}\n`, '0002 0003 0004');

const cases: readonly (readonly [
  title: string,
  words: readonly string[],
  outcome: Awaited<ReturnType<typeof unlock>>,
])[] = [
  ['of another machine, by the name of the cloud', ['eu-1', '--run', '20261124-101500-0001'], unlocked],
  ['by the beginning of the identity and of the run', [CLOUD.slice(0, 6), '--run', '20261124-101500'], unlocked],
  [
    'that cannot be read, by the identity of the cloud',
    ['dead-beef', '--run', '20261124-101500-0004'],
    done('unlocked: cloud dead-beef, which was held by run 20261124-101500-0004\n', '0001 0002 0003'),
  ],
  [
    'without saying whose',
    ['eu-1'],
    refused(`error: whose lock is to be taken away? "eu-1" is locked by ${first}
hint: cs-play unlock eu-1 --run 20261124-101500-0001
`),
  ],
  [
    'of another run than it is',
    ['eu-1', '--run', '20261124-101500-0002'],
    refused(`error: "eu-1" is not locked by run "20261124-101500-0002", but by ${first}
hint: cs-play unlock eu-1 --run 20261124-101500-0001
`),
  ],
  [
    'of a run with an empty name',
    ['eu-1', '--run', ''],
    refused(`error: "eu-1" is not locked by run "", but by ${first}
hint: cs-play unlock eu-1 --run 20261124-101500-0001
`),
  ],
  [
    'of a run that goes on here',
    ['eu 2', '--run', '20261124-101500-0003'],
    refused(
      `error: cloud "eu 2" stays locked: run 20261124-101500-0003 of anna@adm1 (pid PID), since 2026-11-24 10:15:00 UTC goes on here
hint: wait for its end, or end it in order: kill -INT PID
`,
      5,
    ),
  ],
  [
    'of a cloud that is not locked',
    ['eu-3', '--run', 'x'],
    refused(`error: no cloud "eu-3" is locked
hint: did you mean "eu-1"?
`),
  ],
  [
    'of a beginning that two identities have',
    ['5f0e', '--run', 'x'],
    refused(`error: 2 locked clouds are called "5f0e" or have an identity that begins so
hint: say which by its identity: ${THIRD}, ${CLOUD}
`),
  ],
  [
    'of two clouds at once',
    ['eu-1', 'us-1'],
    refused(`error: one cloud at a time, not 2
hint: cs-play unlock CLOUD --run ID
`),
  ],
  [
    'of no cloud',
    ['--run', 'x'],
    refused(`error: no cloud is named
hint: cs-play unlock CLOUD --run ID; cs-play unlock lists them
`),
  ],
  [
    'with a flag that there is not',
    ['eu-1', '--force'],
    refused(`error: unknown flag "--force"
hint: cs-play unlock --help lists them
`),
  ],
];

tests('cs-play unlock', {
  'lists what is locked, by whom, and what that means': async () => {
    const list = `cloud "us-1"
    locked by run 20261124-101500-0002 of anna@adm1 (pid PID), since 2026-11-24 10:15:00 UTC
    its process is dead: the next run takes the lock over
    identity ${OTHER}
cloud "eu 2"
    locked by run 20261124-101500-0003 of anna@adm1 (pid PID), since 2026-11-24 10:15:00 UTC
    it goes on here
    identity ${THIRD}
cloud "eu-1"
    locked by ${first}
    whether it goes on can only be seen on adm1
    identity ${CLOUD}
cloud dead-beef
    locked by run 20261124-101500-0004
    the lock cannot be read: STATE/cs-play/locks/dead-beef/20261124-101500-0004.00ff.json
    identity dead-beef
`;
    assert.equal(await unlock([]), done(list, ALL));
  },
  'says so where nothing is locked, and makes nothing': () =>
    withFolder(async (folder) => {
      const environment = { XDG_STATE_HOME: join(folder, 'state') };
      const nothing = { code: 0, stdout: 'no cloud is locked\n', stderr: '' };
      assert.equal(await inProcess(['unlock'], { environment }), nothing);
      assert.equal(await inProcess(['unlock', 'eu-1'], { environment }), {
        code: 4,
        stdout: '',
        stderr: 'error: no cloud "eu-1" is locked\nhint: nothing is to be done: no cloud is locked at all\n',
      });
    }),
  ...Object.fromEntries(
    cases.map(([title, words, outcome]) => [
      `takes away the lock ${title}${outcome.code === 0 ? '' : ': refused'}`,
      async () => assert.equal(await unlock(words), outcome),
    ]),
  ),
});
