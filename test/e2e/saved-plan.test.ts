// A plan that is saved, shown and applied by the user's door: what was approved is what is done, once.

import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Done, type Rig, withLab } from '../rig.ts';
import { assert, tests } from '../tests.ts';
import { assertServed, certificates } from './rotation-proof.ts';
import { sideBySide } from './side-by-side.ts';
import { changesOf, eventsOf, failuresOf } from './told.ts';

const LAB = { profile: '4.22', zones: 1, timeFactor: 0.005, certificates } as const;
const PLAY = 'rotate-certs.yml';

async function planned(rig: Rig, ...words: readonly string[]): Promise<{ file: string; done: Done }> {
  const file = join(rig.folder, 'rotation.plan');
  const done = await rig.playHere(['plan', PLAY, '-o', file, ...words]);
  assert.is(done.code, 0, done.stdout + done.stderr);
  return { file, done };
}

/** Times and ids of this moment. */
const steady = (text: string, rig: Rig) =>
  text
    .replaceAll(rig.folder, 'FOLDER')
    .replaceAll(/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC/g, 'TIME')
    .replaceAll(/\d{8}-\d{6}-[0-9a-f]{4}/g, 'RUN');

tests(
  'a saved plan',
  sideBySide({
    'is shown as it was made, applied as it was shown, and applied once, even by two at the same time': () =>
      withLab(LAB, async (rig) => {
        const check = await rig.playHere([PLAY, '--check']);
        const { file, done } = await planned(rig);
        assert.is(
          steady(done.stdout, rig),
          `${check.stdout}
Saved as FOLDER/rotation.plan, to be applied until TIME:
  cs-play show FOLDER/rotation.plan
  cs-play apply FOLDER/rotation.plan
`,
        );
        assert.is(statSync(file).mode & 0o777, 0o600);

        const shown = await rig.here(['show', file]);
        const [head, ...report] = shown.stdout.split('\n\n');
        assert.is(`\n${report.join('\n\n')}`, check.stdout, 'byte for byte');
        assert.ok(head?.endsWith('\n  applied      no'), head);
        const events = eventsOf(await rig.here(['show', file, '--output', 'json']));

        // Sessions come and go by themselves.
        rig.lab.clouds[0]?.world.openSessions('v-1-VM', 2);
        const apply = () => rig.here(['apply', file, '--output', 'json']);
        const both = (await Promise.all([apply(), apply()])).sort((a, b) => Number(a.code) - Number(b.code));
        const texts = both.map(({ stdout, stderr }) => stdout.slice(-3000) + stderr);
        assert.equal(
          both.map(({ code }) => code),
          [0, 5],
          texts.join('\n'),
        );
        assert.equal(
          both.slice(0, 1).flatMap((done) => changesOf(eventsOf(done))),
          changesOf(events),
        );
        const uploads = rig.lab.writes().filter(({ did }) => did === 'upload of the server certificate');
        assert.is(uploads.length, 1);
        await assertServed(rig, 3);

        const writes = rig.lab.writes().length;
        const again = await rig.here(['apply', file]);
        assert.is(again.code, 5);
        assert.match(
          steady(again.stderr, rig),
          `error: FOLDER/rotation.plan is not applied, nothing was touched: the plan has been applied already, by run RUN
hint: a plan is applied once: cs-play runs show RUN tells of it
hint: plan again: cs-play plan`,
        );
        const ends = eventsOf(await apply()).map((event) => (event.type === 'run-ended' ? event.exitCode : event.type));
        assert.equal(ends, ['run-started', 5]);
        assert.is(rig.lab.writes().length, writes);
        assert.match((await rig.here(['show', file])).stdout, /applied {6}by run \d/);
      }),
    'keeps no secret that was given with -e, and asks for it again': () =>
      withLab({ ...LAB, world: { material: certificates.renewed } }, async (rig) => {
        const { file } = await planned(rig, '-e', 'certificate_passphrase=canary-of-the-passphrase sessions=wait');
        const text = readFileSync(file, 'utf8');
        assert.is(text.includes('canary'), false);
        assert.match(text, '"sessions=wait"');
        const without = await rig.here(['apply', file]);
        assert.is(
          steady(without.stderr, rig),
          `error: "certificate_passphrase" carries a secret, which is not kept: it has to be given again
hint: cs-play apply FOLDER/rotation.plan -e certificate_passphrase=…
`,
        );
        assert.is(without.code, 4);
        const again = await rig.here(['apply', file, '-e', 'certificate_passphrase=canary-of-the-passphrase']);
        assert.is(again.code, 0, again.stdout + again.stderr);
      }),
    'stops before a change that it does not list, and keeps to that when it is resumed': () =>
      withLab({ ...LAB, world: { material: certificates.renewed } }, async (rig) => {
        const name = 'consoleproxy.session.max';
        const playbook = join(rig.folder, 'undone.yml');
        writeFileSync(
          playbook,
          `- hosts: clouds
  tasks:
    - api: { command: updateConfiguration, parameters: { name: ${name}, value: "7" } }
    - global_setting: { name: ${name}, value: 50 }
`,
        );
        const file = join(rig.folder, 'undone.plan');
        assert.is((await rig.playHere(['plan', playbook, '-o', file])).code, 0);
        for (const words of [['apply', file], ['resume']]) {
          const { code, stdout, stderr } = await rig.here([...words, '--output', 'json']);
          assert.is(code, 5, stdout + stderr);
          const failures = failuresOf(eventsOf({ code, stdout, stderr }));
          assert.match(failures, `lab, global_setting (failed): the plan does not list this change: set ${name} to 50`);
          assert.equal(
            rig.lab.writes().map(({ did }) => did),
            [`${name} = 7`],
          );
        }
      }),
    'is not applied where it cannot be looked at again: that is no drift': () =>
      withLab(LAB, async (rig) => {
        const { file } = await planned(rig);
        rig.lab.clouds[0]?.world.stopManagementServer('ms1.lab.example');
        const { code, stdout, stderr } = await rig.here(['apply', file]);
        assert.is(code, 3);
        assert.match(stdout, 'UNREACHABLE lab');
        assert.is(
          steady(stderr, rig),
          'error: FOLDER/rotation.plan is not applied, nothing was touched: it could not be looked at again\n',
        );
        assert.equal(rig.lab.writes(), []);
        assert.match((await rig.here(['show', file])).stdout, 'applied      no');
      }),
    'of a plan that failed nothing is saved; where nothing is to be done --exit-code says 0, else 6': () =>
      withLab({ ...LAB, world: { material: certificates.renewed } }, async (rig) => {
        const { code } = await rig.playHere(['plan', PLAY, '--exit-code']);
        assert.is(code, 0);
        const changing = join(rig.folder, 'set.yml');
        const task = (value: string) => `global_setting: { name: secstorage.encrypt.copy, value: ${value} }`;
        writeFileSync(changing, `[{ hosts: clouds, tasks: [{ ${task('false')} }] }]\n`);
        assert.is((await rig.playHere(['plan', changing, '--exit-code'])).code, 6);
        writeFileSync(changing, `[{ hosts: clouds, tasks: [{ ${task('perhaps')} }] }]\n`);
        const failed = await rig.playHere(['plan', changing, '--exit-code', '-o', join(rig.folder, 'failed.plan')]);
        assert.is(failed.code, 2);
        assert.ok(failed.stdout.endsWith('\nThe plan is not saved: it did not end well.\n'), failed.stdout);
        assert.throws(() => readFileSync(join(rig.folder, 'failed.plan')), 'ENOENT');
      }),
  }),
);
