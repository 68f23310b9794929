// The main job by the user's door, on every release that the lab imitates.

import { type Profile, profiles } from '../../src/lab/world/world.ts';
import { withLab } from '../rig.ts';
import { tests } from '../tests.ts';
import { certificates, planThenRunTwice } from './rotation-proof.ts';
import { sideBySide } from './side-by-side.ts';

const rotates = (profile: Profile) => () =>
  withLab({ profile, zones: 2, timeFactor: 0.01, certificates }, async (rig) => {
    await planThenRunTwice(rig, 6);
  });

tests(
  'rotation',
  sideBySide(
    Object.fromEntries(
      profiles.map((profile) => [
        `on ${profile}: the plan writes nothing, the run does what it said, a second run does nothing`,
        rotates(profile),
      ]),
    ),
  ),
);
