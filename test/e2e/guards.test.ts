// Windows, confirmations and soaks by the user's door: runs that wait, are stopped, and go on.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runFolder, runIds } from '../../src/journal/folder.ts';
import { answerTo, questionsOf } from '../../src/journal/questions.ts';
import { stateFolder } from '../../src/state.ts';
import { dayNames } from '../../src/window/window.ts';
import { labCertificates } from '../certificates.ts';
import { inProcess } from '../cli/in-process.ts';
import { csPlay, type Done, type Rig, withLab } from '../rig.ts';
import { assert, tests } from '../tests.ts';
import { sideBySide } from './side-by-side.ts';
import { strangerCalls } from './stranger.ts';
import { eventsOf, failuresOf } from './told.ts';

const certificates = await labCertificates();
const LAB = { profile: '4.22', zones: 1, timeFactor: 0.01, certificates } as const;

/** A day on which this test does not run. */
const dayAfterTomorrow = dayNames[(new Date().getUTCDay() + 1) % 7] ?? '';

function playbook({ folder }: Rig, text: string): string {
  const path = join(folder, 'guarded.yml');
  writeFileSync(path, text);
  return path;
}

const sessions = (keywords: string): string => `- name: Sixty sessions
  hosts: clouds
${keywords}
  tasks:
    - global_setting: { name: consoleproxy.session.max, value: "60" }
`;

const did = ({ lab }: Rig): string[] => lab.writes().map((write) => write.did);
const SET = 'consoleproxy.session.max = 60';

/** The id of the one run, once it waits for an answer. */
async function waiting({ state }: Rig): Promise<string> {
  const folder = stateFolder({ XDG_STATE_HOME: state });
  for (;;) {
    const open = (run: string) => questionsOf(run).some((question) => answerTo(run, question) === undefined);
    const id = runIds(folder).find((each) => open(runFolder(folder, each)));
    if (id !== undefined) return id;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** The message and the exit code at the end of a run that was told as JSON. */
function ended(run: Done): readonly [code: number | null, message: string | undefined] {
  const end = eventsOf(run).at(-1);
  return [run.code, end?.type === 'run-ended' ? end.message : undefined];
}

const asked = (keywords: string) => ({
  run: async (rig: Rig, answer: (id: string) => Promise<Done>): Promise<readonly [Done, Done]> => {
    const run = rig.playHere([playbook(rig, sessions(keywords)), '--output', 'json']);
    const answered = await answer(await waiting(rig));
    return [await run, answered];
  },
});

tests(
  'guards',
  sideBySide({
    'outside its window nothing is written, whoever says which it is: a play or -e': () =>
      withLab(LAB, async (rig) => {
        const path = playbook(rig, sessions('  window: "{{ hours }}"'));
        const run = await rig.playHere([path, '-e', `hours=${dayAfterTomorrow}`, '--output', 'json']);
        const [code, message] = ended(run);
        assert.is(code, 5, run.stdout);
        assert.match(
          message ?? '',
          new RegExp(
            `^stopped by a safety rule: lab: outside its window: ${dayAfterTomorrow} 00:00-24:00 UTC; it opens on`,
          ),
        );
        assert.equal(did(rig), []);
        const all = await rig.playHere(['rotate-certs.yml', '-e', `window=${dayAfterTomorrow}`]);
        assert.is(all.code, 5, all.stdout);
        assert.match(all.stdout, /^nothing was written, /m);
        assert.equal(did(rig), []);
      }),

    'a run without a terminal is approved by another process': () =>
      withLab(LAB, async (rig) => {
        const environment = { XDG_STATE_HOME: rig.state };
        const approve = (id: string) => csPlay(['approve', id.slice(0, 16)], { environment });
        const [run, answered] = await asked('  confirm: "go on with {{ inventory_hostname }}?"').run(rig, approve);
        assert.match(
          answered.stdout,
          /^approved: "Sixty sessions" of run \S+\n {2}go on with lab\?\n {2}it is for lab\n$/,
        );
        assert.equal([answered.code, run.code, did(rig)], [0, 0, [SET]]);
        const events = eventsOf(run);
        const given = events.find((event) => event.type === 'confirmation-given');
        assert.is(given?.type === 'confirmation-given' && given.answer, 'approved');
      }),

    'a run that is rejected writes nothing, and asks again when it is resumed': () =>
      withLab(LAB, async (rig) => {
        const reject = (id: string) => rig.here(['approve', id, '--reject', '--reason', 'an incident']);
        const [run, answered] = await asked('  confirm: go on?').run(rig, reject);
        assert.is(answered.code, 0, answered.stderr);
        const [code, message] = ended(run);
        assert.equal([code, did(rig)], [5, []]);
        assert.match(
          message ?? '',
          /^stopped by a safety rule: "Sixty sessions" was rejected by \S+@\S+: an incident$/,
        );
        const resuming = rig.here(['resume']);
        const id = await waiting(rig);
        assert.is((await rig.here(['approve', id])).code, 0);
        const resumed = await resuming;
        assert.equal([resumed.code, did(rig)], [0, [SET]]);
        assert.ok(resumed.stdout.includes(`waits 1 h for a yes: cs-play approve ${id}`), resumed.stdout);
      }),

    'a run that nobody answers stops at its timeout, and has said how to answer': () =>
      withLab(LAB, async (rig) => {
        const run = await rig.playHere([playbook(rig, sessions('  confirm: { message: go on?, timeout: 0.2s }'))]);
        assert.is(run.code, 5, run.stdout);
        assert.match(
          run.stdout,
          /^CONFIRM Sixty sessions\n {2}go on\?\n {2}it is for lab\n {2}waits 0 s for a yes: cs-play approve \S+, or with --reject\n {2}timed out\n/m,
        );
        assert.match(run.stdout, /^stopped by a safety rule: nobody confirmed "Sixty sessions" within 0 s$/m);
        assert.equal(did(rig), []);
      }),

    'a fault that begins while a wave soaks stops the run before the next wave': () =>
      withLab({ ...LAB, clouds: 2 }, async (rig) => {
        const path = playbook(rig, soaking('{ time: 60s, every: 0.1s }'));
        let stopped: Promise<void> | undefined;
        const told = (part: string) => {
          const [cloud] = rig.lab.clouds;
          if (!part.includes('"module":"soak"') || stopped || !cloud) return;
          const proxy = cloud.world.machines().find(({ type }) => type === 'consoleproxy');
          stopped = strangerCalls(cloud, 'stopSystemVm', { id: proxy?.id ?? '' });
        };
        const environment = { ...process.env, XDG_STATE_HOME: rig.state };
        const words = [path, '-i', rig.lab.inventory, '--output', 'json'];
        const run = await inProcess(words, { environment, told });
        await stopped;
        assert.is(run.code, 2, run.stdout);
        assert.match(
          failuresOf(eventsOf(run)),
          /^\S+, soak for 1 min \(failed\): "Every port" on \S+\/ams\/v-1-VM does not hold any more, in 2 looks in a row: .*TCP: /,
        );
        const broken = eventsOf(run).find((event) => event.type === 'budget-broken');
        assert.equal(broken?.type === 'budget-broken' && broken.notReached.length, 1);
      }),

    'a wave that soaks well is followed by the next': () =>
      withLab({ ...LAB, clouds: 2 }, async (rig) => {
        const run = await rig.playHere([playbook(rig, soaking('{ time: 0.3s, every: 0.1s }')), '--output', 'json']);
        assert.is(run.code, 0, run.stdout);
        const soaked = eventsOf(run).flatMap((event) =>
          event.type === 'step-ended' && event.module === 'soak' ? [event.result.message] : [],
        );
        assert.equal(soaked, ['2 proofs held for 0 s']);
      }),
  }),
);

function soaking(soak: string): string {
  return `- name: Proofs
  hosts: clouds
  serial: 1
  max_fail_percentage: 0
  soak: ${soak}
  tasks:
    - hosts: system_vms
      tasks:
        - name: Every port
          tls_endpoint: {}
`;
}
