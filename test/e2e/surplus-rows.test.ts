import { connect } from 'node:tls';
import type { LabOptions } from '../../src/lab/lab.ts';
import { labCertificates } from '../certificates.ts';
import { type Rig, withLab } from '../rig.ts';
import { assert, tests } from '../tests.ts';
import { CHAIN } from './lab-states.ts';
import { changesOf, eventsOf } from './told.ts';

const certificates = await labCertificates();
const { served, snakeoil, renewed } = certificates;

/** The chain that is served has an intermediate more than the new one: the row intermediate2. */
const LONGER: LabOptions['world'] = {
  material: { ...served, intermediates: [snakeoil.certificate, ...served.intermediates] },
};

const withLongerChain = (body: (rig: Rig) => Promise<void>) => () =>
  withLab({ profile: '4.22', zones: 1, timeFactor: 0.01, certificates, world: LONGER }, body);

const warningsOf = (events: ReturnType<typeof eventsOf>) =>
  events.flatMap((event) =>
    event.type === 'warning' && /old chain|earlier uploads/.test(event.message) ? [event] : [],
  );

const bare = (pem: string): string => pem.replace(/\s/g, '');
const names = new Map(
  Object.entries({
    leaf: renewed.leaf,
    intermediate: renewed.intermediates[0] ?? '',
    root: renewed.root,
    surplus: snakeoil.certificate,
  }).map(([name, pem]) => [bare(pem), name]),
);

/** What each machine is made to present on 443, by names, and whether a client that verifies is content with it. */
async function presentedBy({ lab: { clouds } }: Rig): Promise<string[]> {
  const [cloud] = clouds;
  await cloud?.settled();
  return Promise.all(
    (cloud?.world.machines() ?? []).map(async ({ name, ports, publicIp }) => {
      const state = ports[443];
      const chain = state?.kind === 'tls' ? state.certificates.map((pem) => names.get(bare(pem)) ?? 'other') : [];
      return `${name}: ${chain.join(' ')}, ${await verified(cloud?.localPort(publicIp, 443) ?? 0)}`;
    }),
  );
}

function verified(port: number): Promise<string> {
  const servername = '203-0-113-10.console.lab.example';
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port, servername, ca: renewed.root }, () => {
      resolve(socket.authorized ? 'verified' : String(socket.authorizationError));
      socket.destroy();
    });
    socket.on('error', (error) => resolve(error.message));
  });
}

tests('rows that a longer chain left behind', {
  'a plan names the row that stays, and what is done about it': withLongerChain(async ({ playHere }) => {
    const plan = await playHere(['rotate-certs.yml', '--check', '--output', 'json']);
    const [warning, ...others] = warningsOf(eventsOf(plan));
    assert.equal(others, []);
    assert.equal(
      [warning?.message, warning?.hint],
      [
        "the chain that is served now has 3 certificates above the server's, and this upload writes 2: intermediate2 of the old chain stays in CloudStack and is presented with the new one",
        'no call deletes a row: overwrite: [intermediate2] makes each a second copy of a certificate of the new chain',
      ],
    );
  }),
  'the row is overwritten where told to, and clients verify what is presented then': withLongerChain(async (rig) => {
    const words = ['rotate-certs.yml', '--output', 'json', '-e', 'surplus_rows=intermediate2'];
    const run = await rig.playHere(words);
    assert.is(run.code, 0, run.stdout.slice(-2000));
    assert.equal(warningsOf(eventsOf(run)), []);
    const [root, intermediate, server] = CHAIN;
    const writes = rig.lab.writes().map(({ did }) => did);
    assert.equal(writes.slice(0, 4), [root, intermediate, 'upload of chain certificate intermediate2', server]);
    assert.equal(await presentedBy(rig), [
      'v-1-VM: leaf intermediate intermediate root, verified',
      's-2-VM: leaf intermediate intermediate root, verified',
    ]);
    const again = await rig.playHere(words);
    assert.equal([again.code, changesOf(eventsOf(again))], [0, []]);
  }),
});
