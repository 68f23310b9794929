// The locks of one run, over a made-up answer to which cloud it is.

import { RunLocks } from '../../src/cli/locks.ts';
import type { CloudIdentity } from '../../src/connection.ts';
import { readLocks } from '../../src/lock/read.ts';
import type { EventBody } from '../../src/model.ts';
import { failureText, hostOf, stepOf } from '../connections/steps.ts';
import { CLOUD, holderOf, plant, reusedPid } from '../lock/planted.ts';
import { withFolder } from '../rig.ts';
import { assert, tests } from '../tests.ts';

const RUN = '20261125-034100-9f3c';

interface Trial {
  readonly state: string;
  readonly locks: RunLocks;
  readonly told: EventBody[];
  take(cloud: string): Promise<void>;
}

/** `identity`: what a cloud of that name answers. */
function withLocks(
  identity: (cloud: string) => Promise<CloudIdentity | undefined>,
  body: (trial: Trial) => Promise<void>,
): Promise<void> {
  return withFolder((state) => {
    const told: EventBody[] = [];
    const connections = { identity: async ({ path }: { readonly path: string }) => identity(path) };
    const locks = new RunLocks({ state, run: RUN, connections, emit: (event) => told.push(event) });
    const take = (cloud: string) => locks.take(hostOf({}, 'cloud', cloud), stepOf());
    return body({ state, locks, told, take });
  });
}

tests('locks of one run', {
  'a cloud that the inventory calls by two names is locked once, and given up at the end': () =>
    withLocks(
      async (cloud) => ({ identity: CLOUD, cloud }),
      async ({ state, locks, take, told }) => {
        await Promise.all([take('eu-1'), take('production'), take('eu-1')]);
        assert.equal(
          readLocks(state).map(({ run, held }) => [run, held]),
          [[RUN, true]],
        );
        await locks.release();
        assert.equal([readLocks(state), told], [[], []]);
      },
    ),
  'a machine that lies in no cloud needs none': () =>
    withLocks(
      async () => undefined,
      async ({ state, take }) => {
        await take('web1');
        assert.equal(readLocks(state), []);
      },
    ),
  'a run that goes on takes over from itself, and has nothing to tell': () =>
    withLocks(
      async (cloud) => ({ identity: CLOUD, cloud }),
      async ({ state, locks, take, told }) => {
        plant(state, holderOf({ run: RUN, process: reusedPid() }));
        await take('eu-1');
        await locks.release();
        assert.equal([readLocks(state), told], [[], []]);
      },
    ),
  'a lock that is refused is asked for again by the next step': () =>
    withLocks(
      async (cloud) => ({ identity: CLOUD, cloud }),
      async ({ state, locks, take }) => {
        plant(state, holderOf());
        for (let times = 0; times < 2; times += 1)
          assert.match(await failureText(take('eu-1')), /^SafetyStop locked: /);
        await locks.release();
        assert.is(readLocks(state).length, 1);
      },
    ),
  'a cloud that says who it is after the end of the run is not locked any more': () => {
    let answer: (identity: CloudIdentity) => void = () => {};
    const asked = new Promise<CloudIdentity>((resolve) => {
      answer = resolve;
    });
    return withLocks(
      () => asked,
      async ({ state, locks, take }) => {
        const late = failureText(take('eu-1'));
        await locks.release();
        answer({ identity: CLOUD, cloud: 'eu-1' });
        assert.match(await late, /^SafetyStop lock: the run has ended/);
        assert.equal(readLocks(state), []);
      },
    );
  },
});
