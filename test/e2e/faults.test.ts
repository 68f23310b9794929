// Every fault of the lab at the places where it can strike a rotation: what the operator reads, and what was done.

import { faultNames } from '../../src/lab/faults.ts';
import { makeLabCertificates } from '../../src/lab/lab.ts';
import { type Rig, withLab } from '../rig.ts';
import { assert, tests } from '../tests.ts';
import { type FaultCase, faultCases } from './fault-cases.ts';
import { sideBySide } from './side-by-side.ts';
import { eventsOf, failuresOf } from './told.ts';

const [certificates, otherCertificates] = await Promise.all([makeLabCertificates(), makeLabCertificates()]);

/** What was done to the cloud; starts apart, since CloudStack's scanner may be first. */
function done(rig: Rig): string[] {
  return rig.lab
    .writes()
    .filter(({ command }) => command !== 'startSystemVm')
    .map(({ did }) => did);
}

function strikes({ faults, world, otherAuthority, words, ends, says, orSays, writes }: FaultCase): () => Promise<void> {
  const given = otherAuthority ? { ...certificates, renewed: otherCertificates.renewed } : certificates;
  return () =>
    withLab(
      { profile: '4.22', zones: 1, timeFactor: 0.01, certificates: given, faults, world: world ?? {} },
      async (rig) => {
        const run = await rig.play(['rotate-certs.yml', '--output', 'json', ...words]);
        const said = failuresOf(eventsOf(run));
        assert.is(said, said === orSays ? orSays : says, run.stderr);
        assert.is(run.code, ends);
        assert.equal(done(rig), writes);
      },
    );
}

tests('faults', {
  'every fault of the lab has a case': () => {
    const struck = new Set(faultCases.flatMap(({ faults }) => faults.map(({ name }) => name)));
    assert.equal([...struck].sort(), [...faultNames].sort());
  },
  ...sideBySide(Object.fromEntries(faultCases.map((each) => [each.title, strikes(each)]))),
});
