// Rotations that begin elsewhere: at an install without TLS, and at one that serves the new chain already.

import type { Profile } from '../../src/lab/world/world.ts';
import { withLab } from '../rig.ts';
import { assert, tests } from '../tests.ts';
import { CHAIN, UPLOADED, WITHOUT_TLS } from './lab-states.ts';
import { assertServed, certificates, PLAYBOOK, planThenRunTwice } from './rotation-proof.ts';
import { sideBySide } from './side-by-side.ts';

const FIRST_CHANGES = [
  'lab/ams/s-2-VM: The system VMs serve it',
  'lab/ams/v-1-VM: The system VMs serve it',
  'lab/ms1.lab.example: The new settings count',
  'lab: Consoles have names',
  'lab: Consoles speak TLS',
  'lab: Downloads have names',
  'lab: Downloads speak TLS',
  'lab: The chain is in CloudStack',
];

const switchesOn = (profile: Profile) => () =>
  withLab({ profile, zones: 1, timeFactor: 0.01, certificates, world: WITHOUT_TLS }, async (rig) => {
    const changes = await planThenRunTwice(rig, 3);
    assert.equal(changes, FIRST_CHANGES);
  });

const uploadsAgain = (profile: Profile, writes: readonly string[]) => () =>
  withLab(
    { profile, zones: 1, timeFactor: 0.01, certificates, world: { material: certificates.renewed } },
    async (rig) => {
      const run = await rig.playHere([PLAYBOOK, '--output', 'json', '-e', 'force_upload=true']);
      assert.is(run.code, 0, run.stdout.slice(-3000));
      assert.equal(
        rig.lab.writes().map(({ did }) => did),
        writes,
      );
      await assertServed(rig, 3);
    },
  );

tests(
  'a rotation',
  sideBySide({
    'without TLS on 4.21: settings change, the management server restarts, and the chain is served': switchesOn('4.21'),
    'without TLS on 4.22: settings change, the management server restarts, and the chain is served': switchesOn('4.22'),
    'force on 4.21: the chain that is served is uploaded again, and every VM is seen to come back': uploadsAgain(
      '4.21',
      CHAIN,
    ),
    'force on 4.22: the chain that is served is uploaded again, and the management state is put back': uploadsAgain(
      '4.22',
      UPLOADED,
    ),
  }),
);
