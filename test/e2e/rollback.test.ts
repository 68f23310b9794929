// The way back by the user's door: what was proved is kept, gone back to, and gone forward to again.

import { X509Certificate } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { generateX25519Identity, identityToRecipient } from 'age-encryption';
import { issue } from '../../src/lab/ca.ts';
import type { Fault } from '../../src/lab/faults.ts';
import { CONSOLE_DOMAIN, STORAGE_DOMAIN } from '../../src/lab/lab.ts';
import type { Material } from '../../src/lab/world/world.ts';
import { labCertificates } from '../certificates.ts';
import { type Done, type Rig, withLab } from '../rig.ts';
import { assert, tests } from '../tests.ts';
import { UPLOADED } from './lab-states.ts';
import { servedBy } from './rotation-proof.ts';
import { sideBySide } from './side-by-side.ts';
import { changesOf, eventsOf, failuresOf, steady } from './told.ts';

const DAY = 86_400_000;

/** Another authority without an intermediate: its chain is shorter by a row. Ends in ten days. */
async function shortChain(): Promise<Material> {
  const at = (days: number): Date => new Date(Date.now() + days * DAY + 3_600_000);
  const root = await issue({ commonName: 'Old Root', authority: true, notBefore: at(-400), notAfter: at(400) });
  const names = [CONSOLE_DOMAIN, STORAGE_DOMAIN];
  const leaf = await issue({ commonName: names[0] ?? '', names, notBefore: at(-190), notAfter: at(10), issuer: root });
  return { key: leaf.key, leaf: leaf.certificate, intermediates: [], root: root.certificate };
}

const [shared, old, identity] = await Promise.all([labCertificates(), shortChain(), generateX25519Identity()]);
const recipient = await identityToRecipient(identity);
const certificates = { ...shared, served: old };
const fingerprintOf = (pem: string): string =>
  new X509Certificate(pem).fingerprint256.replaceAll(':', '').toLowerCase();
const [OLD, NEW] = [fingerprintOf(old.leaf), fingerprintOf(shared.renewed.leaf)];

/** What keeps the bundle that is served when nobody has kept anything yet. */
const KEEP = (files: string): string => `
- hosts: clouds
  tasks:
    - certificate_bundle: { files: [${files}privkey.pem, ${files}fullchain.pem, ${files}root.pem], minimum_days: 0 }
      register: bundle
    - bundle_store: { bundle: "{{ bundle }}" }
`;

interface Way extends Rig {
  /** Runs with the recipient, and the identity that opens what is kept. */
  go(words: readonly string[]): Promise<Done>;
  /** What the lab was made to do since it was asked last. */
  did(): string[];
  keepServed(): Promise<void>;
}

function withWay(faults: readonly Fault[], zones: number, body: (way: Way) => Promise<void>): Promise<void> {
  return withLab({ profile: '4.22', zones, timeFactor: 0.01, certificates, faults }, async (rig) => {
    const key = join(rig.folder, 'key.txt');
    writeFileSync(key, `${identity}\n`, { mode: 0o600 });
    const vars = JSON.stringify({ bundle_recipients: [recipient], bundle_identity_file: key });
    const go = (words: readonly string[]) => rig.playHere([...words, '-e', vars]);
    let seen = 0;
    const did = (): string[] => {
      const all = rig.lab.writes().filter(({ command }) => command !== 'startSystemVm');
      const news = all.slice(seen).map((write) => write.did);
      seen = all.length;
      return news;
    };
    const keepServed = async () => {
      const playbook = join(rig.folder, 'keep.yml');
      writeFileSync(playbook, KEEP(join(rig.lab.folder, 'served-')));
      const kept = await go([playbook, '--output', 'json']);
      assert.is(kept.code, 0, kept.stdout);
    };
    await body({ ...rig, go, did, keepServed });
  });
}

/** Every port of every VM presents this one. */
async function assertServed(rig: Rig, fingerprint: string): Promise<void> {
  assert.equal([...new Set((await servedBy(rig)).values())], [fingerprint]);
}

const planOf = ({ stdout }: Done): string => steady(stdout).replaceAll(/\b[0-9a-f]{12}\b/g, 'KEPT');
const ROTATE = ['rotate-certs.yml', '--output', 'json'];
const ROTATED = [...UPLOADED, 'stop v-1-VM'];
const BACK = [
  'upload of chain certificate root',
  'upload of chain certificate intermediate1',
  'upload of the server certificate',
  'consoleproxy.management.state = Auto',
  'stop v-1-VM',
];

const KEPT_ONE = 'lab, The kept certificate is fit for this cloud (failed):';
const OF_OLD = 'the kept bundle OLD (*.console.lab.example until DAY)';
const LISTED = '  hint: kept are OLD (*.console.lab.example until DAY)';
const GIVE = '  hint: set "bundle_identity_file" to the file of the identity, or "bundle_passphrase"';
const ANOTHER = '  hint: choose another, or go forward with a new certificate: rotate-certs.yml';
const NONE_KEPT =
  'no bundle of "lab" is kept on this machine\n  hint: one is kept when a rotation has been proved and "bundle_recipients" or "bundle_passphrase" is set: rotate-certs.yml';
const NO_WAY =
  'lab, The way back is open (failed): no way back: what is served now is not kept, *.console.lab.example (SHA)\n  hint: keep it from its files first, with bundle_store, or leave "on_failure" at stop; none is kept yet';
const DENIED =
  'the upload of root failed: uploadCustomCertificate: unable to verify user credentials and/or request signature (401)';
const AGAIN = '  hint: mend that, and rotate again';
const REFUSED = [
  `lab, The chain is in CloudStack (failed): ${DENIED}`,
  '  hint: check "api_key" and "secret_key" (a blank or line end too many?), whether the user is enabled and may use API keys ("api.key.access"), and that this version knows the command',
  `lab, The rotation has failed (failed): nothing was rolled back; what failed is "The chain is in CloudStack": ${DENIED}`,
  AGAIN,
].join('\n');
const ROLLED_BACK = [
  `lab, The rotation has failed (failed): rolled back to ${OLD.slice(0, 12)}, which is served and proved again; what failed is "Zone after zone": lab/ams failed; not reached: lab/fra`,
  AGAIN,
  'lab/ams/v-1-VM, The system VMs serve it (failed): stopSystemVm: its job failed: Command failed due to Internal Server Error (530)',
  '  hint: the reason is in /var/log/cloudstack/management/management-server.log: grep ID',
].join('\n');

const PLAN = `
lab   CloudStack 4.22.0.1, 1 zone, 2 system VMs
  back    *.console.lab.example until DAY (10 days), sha256 SHA,
          chain of 2 to Old Root
  served  *.console.lab.example until DAY (200 days), sha256 SHA, on
          2 of 2 system VMs
`;

tests(
  'the way back',
  sideBySide({
    'what was served is gone back to, a surplus row is overwritten, and the way forward is open again': () =>
      withWay([], 1, async (way) => {
        await way.keepServed();
        const rotated = await way.go(ROTATE);
        assert.is(rotated.code, 0, rotated.stdout.slice(-3000));
        assert.equal(way.did(), ROTATED);

        const plan = await way.go(['rollback', 'lab', '--check']);
        assert.is(plan.code, 0, plan.stdout);
        assert.ok(planOf(plan).startsWith(PLAN), plan.stdout);
        assert.equal(way.did(), [], 'a plan writes nothing');

        const back = await way.go(['rollback', 'lab', '--output', 'json']);
        assert.is(back.code, 0, back.stdout.slice(-3000));
        assert.equal(way.did(), BACK);
        await assertServed(way, OLD);

        const again = await way.go(['rollback', 'lab', '--to', OLD.slice(0, 8), '--check', '--output', 'json']);
        assert.is(again.code, 0, again.stdout.slice(-3000));
        assert.equal(changesOf(eventsOf(again)), []);

        const forward = await way.go(['rollback', 'lab', '--output', 'json']);
        assert.is(forward.code, 0, forward.stdout.slice(-3000));
        await assertServed(way, NEW);
      }),

    'a rotation that fails goes back where told to, and never begins without a way back': () =>
      withWay(
        [
          { name: 'http-401', command: 'uploadCustomCertificate' },
          { name: 'job-fails', command: 'stopSystemVm' },
        ],
        2,
        async (way) => {
          const rotate = async () => {
            const run = await way.go([...ROTATE, '-e', 'on_failure=rollback']);
            return { code: run.code, says: failuresOf(eventsOf(run)), did: way.did() };
          };
          assert.equal(await rotate(), { code: 2, says: NO_WAY, did: [] });
          await way.keepServed();
          assert.equal(await rotate(), { code: 2, says: REFUSED, did: [] });
          assert.equal(await rotate(), { code: 2, says: ROLLED_BACK, did: [...ROTATED, ...BACK.slice(0, -1)] });
          await assertServed(way, OLD);
        },
      ),

    'what cannot be gone back to is refused, each with its reason': () =>
      withWay([], 1, async (way) => {
        const refused = async (words: readonly string[], run = way.go) => {
          const done = await run(['rollback', 'lab', '--check', '--output', 'json', ...words]);
          assert.is(done.code, 2);
          return failuresOf(eventsOf(done)).replaceAll(recipient, 'AGE1').replaceAll(OLD.slice(0, 12), 'OLD');
        };
        assert.is(await refused([]), `${KEPT_ONE} ${NONE_KEPT}`);
        await way.keepServed();
        assert.is(
          await refused([]),
          `${KEPT_ONE} there is nothing to go back to: no other bundle is kept than what is served\n${LISTED}; to go forward instead: rotate-certs.yml with a new certificate`,
        );
        assert.is(await refused(['--to', 'beef']), `${KEPT_ONE} no kept bundle has the fingerprint "beef"\n${LISTED}`);
        const held = `its key is not held: no identity and no pass phrase is given, and it is encrypted to AGE1\n${GIVE}`;
        assert.is(await refused(['--to', OLD], way.playHere), `${KEPT_ONE} ${OF_OLD} cannot be decrypted: ${held}`);
        const names = ['--to', OLD, '-e', 'console_domain=*.other.example'];
        assert.is(await refused(names), `${KEPT_ONE} ${OF_OLD} does not cover "*.other.example"\n${ANOTHER}`);
        assert.equal(way.did(), []);
      }),
  }),
);
