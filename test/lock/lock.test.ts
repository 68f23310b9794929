import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { LockHolder } from '../../src/lock/holder.ts';
import { takeLock } from '../../src/lock/lock.ts';
import { readLocks, removeLock } from '../../src/lock/read.ts';
import { failureText } from '../connections/steps.ts';
import { withFolder } from '../rig.ts';
import { assert, tests } from '../tests.ts';
import { CLOUD, deadProcess, holderOf, plant, reusedPid } from './planted.ts';

const asking = { identity: CLOUD, cloud: 'production', run: '20261125-034100-9f3c' };
const files = (state: string): string[] => readdirSync(join(state, 'locks', CLOUD)).sort();

/** The failure's text with what differs each time replaced. */
const told = async (promise: Promise<unknown>): Promise<string> =>
  (await failureText(promise)).replace(/pid \d+/, 'pid N').replace(/\/\S*\/locks\//, 'STATE/locks/');

/** What is taken over from such a holder, and what lies there afterwards. */
async function takenFrom(holder: LockHolder, held = true) {
  return withFolder(async (state) => {
    plant(state, holder, held);
    const { lock, tookOverFrom } = await takeLock(state, asking);
    const left = files(state).map((file) => file.replace(/\.[0-9a-f]{16}\./, '.'));
    await lock.release();
    return { from: tookOverFrom?.run, left, after: files(state) };
  });
}

const own = [`${asking.run}.held`, `${asking.run}.json`];

tests('a lock', {
  'says who holds it, for this user alone, and leaves nothing when it is given up': () =>
    withFolder(async (state) => {
      const { lock, tookOverFrom } = await takeLock(state, asking);
      const folder = join(state, 'locks', CLOUD);
      const name = files(state).find((file) => file.endsWith('.json')) ?? '';
      assert.equal(JSON.parse(readFileSync(join(folder, name), 'utf8')), { lock: 1, ...lock.holder });
      assert.equal(
        [lock.holder.run, lock.holder.cloud, lock.holder.process.pid],
        [asking.run, 'production', process.pid],
      );
      assert.equal([statSync(folder).mode & 0o777, statSync(join(folder, name)).mode & 0o777], [0o700, 0o600]);
      assert.is(tookOverFrom, undefined);
      await lock.release();
      await lock.release();
      assert.equal(files(state), []);
    }),
  'is refused while another run has it, whatever that one calls the cloud': () =>
    withFolder(async (state) => {
      plant(state, holderOf());
      const before = files(state);
      assert.is(
        await told(takeLock(state, asking)),
        [
          'SafetyStop locked: cloud "production" is locked by run 20261124-101500-0001 of anna@adm1 (pid N), since 2026-11-24 10:15:00 UTC, which calls it "eu-1"',
          'hint: wait for its end; where it stands: cs-play runs show 20261124-101500-0001',
        ].join('\n'),
      );
      assert.equal(files(state), before);
    }),
  'is another one for another cloud': () =>
    withFolder(async (state) => {
      const first = await takeLock(state, asking);
      const second = await takeLock(state, { ...asking, identity: '0b0b0b0b-1111-4222-8333-444455556666' });
      await Promise.all([first.lock.release(), second.lock.release()]);
    }),
  'of a dead process is taken over, and it is told whose it was': async () => {
    const taken = await takenFrom(holderOf({ process: await deadProcess() }));
    assert.equal(taken, { from: '20261124-101500-0001', left: own, after: [] });
  },
  'of a pid that another process has now is taken over': async () => {
    assert.equal(await takenFrom(holderOf({ process: reusedPid() })), {
      from: '20261124-101500-0001',
      left: own,
      after: [],
    });
  },
  'of before the last boot is taken over': async () => {
    const process = { ...holderOf().process, boot: 'c0ffee' };
    assert.is((await takenFrom(holderOf({ process }))).from, '20261124-101500-0001');
  },
  "that a dead process only asked for was nobody's": async () => {
    assert.equal(await takenFrom(holderOf({ process: reusedPid() }), false), { from: undefined, left: own, after: [] });
  },
  'of another machine stands, however old, dead as its pid may look from here': () =>
    withFolder(async (state) => {
      plant(state, holderOf({ machine: 'other', since: '1999-01-01T00:00:00Z', process: reusedPid() }));
      const before = files(state);
      assert.is(
        await told(takeLock(state, { ...asking, cloud: 'eu-1' })),
        [
          'SafetyStop locked: cloud "eu-1" is locked by run 20261124-101500-0001 of anna@adm1 (pid N), since 1999-01-01 00:00:00 UTC',
          'hint: wait for its end; whether it goes on can only be seen on adm1; if it does not: cs-play unlock eu-1 --run 20261124-101500-0001',
        ].join('\n'),
      );
      assert.equal(files(state), before);
    }),
  'that cannot be read stands': () =>
    withFolder(async (state) => {
      const folder = join(state, 'locks', CLOUD);
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      for (const text of ['', '{"lock":2}', '{"lock":1,"run":"x"}', 'null']) {
        writeFileSync(join(folder, '20261124-101500-0001.00ff.json'), text);
        assert.is(
          await told(takeLock(state, asking)),
          [
            `SafetyStop lock-unreadable: cloud "production" is locked, and the lock cannot be read: STATE/locks/${CLOUD}/20261124-101500-0001.00ff.json`,
            `hint: see that no run goes on (cs-play runs), then: cs-play unlock ${CLOUD} --run 20261124-101500-0001`,
          ].join('\n'),
        );
        assert.equal(files(state), ['20261124-101500-0001.00ff.json']);
      }
    }),
  'that cannot be written is not held': () =>
    withFolder(async (state) => {
      writeFileSync(join(state, 'locks'), '');
      assert.match(await failureText(takeLock(state, asking)), /^SafetyStop [\s\S]*no folder[\s\S]*\nhint: /);
    }),
  'is listed with all that are there, and only that one is taken away': () =>
    withFolder(async (state) => {
      assert.equal(readLocks(state), []);
      plant(state, holderOf());
      plant(state, holderOf({ identity: 'other-cloud', cloud: 'us-1', run: '20261124-101500-0002' }), false);
      const found = readLocks(state);
      assert.equal(
        found.map(({ identity, run, held, holder }) => [identity, run, held, holder?.cloud]),
        [
          [CLOUD, '20261124-101500-0001', true, 'eu-1'],
          ['other-cloud', '20261124-101500-0002', false, 'us-1'],
        ],
      );
      const [first] = found;
      if (first) removeLock(state, first);
      assert.equal(
        readLocks(state).map(({ run }) => run),
        ['20261124-101500-0002'],
      );
    }),
});
