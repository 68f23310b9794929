// Zones apart: what stops in one never reaches the next, and what is not selected is never touched.

import { labCertificates } from '../certificates.ts';
import { type Rig, withLab } from '../rig.ts';
import { assert, tests } from '../tests.ts';
import { UPLOADED } from './lab-states.ts';
import { sideBySide } from './side-by-side.ts';
import { changesOf, eventsOf, failuresOf, stepsOf } from './told.ts';

const certificates = await labCertificates();
const PLAY = ['rotate-certs.yml', '--output', 'json'];
const TWO_ZONES = { profile: '4.22', zones: ['ams', 'fra'], timeFactor: 0.01, certificates } as const;

const did = ({ lab }: Rig): string[] => lab.writes().map((write) => write.did);

const lacking = (vm: string) =>
  `lab/ams/${vm.split(' ')[0]}, The system VMs serve it (failed): ${vm} is not restarted: the new chain is not in CloudStack, and its upload was left alone since "lab" is not selected\n` +
  '  hint: select the cloud once (--limit lab), or leave --limit out';

tests(
  'zones apart',
  sideBySide({
    'a VM that does not come back stops the run before the next zone, and nothing is done there until it is back': () =>
      withLab(
        { ...TWO_ZONES, faults: [{ name: 'vm-does-not-come-back', target: 'ams/consoleproxy' }] },
        async (rig) => {
          const run = await rig.playHere([...PLAY, '-e', 'system_vm_timeout=6']);
          const said = failuresOf(eventsOf(run));
          for (const part of [
            'v-1-VM (console proxy)',
            'awaited: Running',
            ' N s',
            'destroySystemVm id=ID makes CloudStack',
          ]) {
            assert.ok(said.includes(part), `${part}: ${said}`);
          }
          assert.is(run.code, 2);
          const stopped = did(rig).filter((write) => !write.startsWith('start'));
          assert.equal(stopped, [...UPLOADED, 'stop v-1-VM'], 'nothing in fra');

          const refused = await rig.playHere([...PLAY, '--limit', 'lab/fra']);
          assert.is(
            failuresOf(eventsOf(refused)),
            'lab/fra/v-3-VM, The system VMs serve it (failed): v-3-VM (console proxy) of fra is not taken down while ams has no console proxy working\n' +
              '  hint: bring that of ams back first: system_vm: { state: started }, or destroySystemVm, after which CloudStack makes a new one',
          );
          assert.is(refused.code, 5);
        },
      ),

    'what --limit selects is all that is touched': () =>
      withLab({ ...TWO_ZONES, faults: [{ name: 'job-fails', command: 'stopSystemVm' }] }, async (rig) => {
        const run = await rig.playHere(PLAY);
        assert.is(run.code, 2, run.stdout.slice(-3000));
        const before = did(rig).length;
        const rest = await rig.playHere([...PLAY, '--limit', 'lab/fra']);
        assert.is(rest.code, 0, rest.stdout.slice(-3000));
        assert.equal(changesOf(eventsOf(rest)), ['lab/fra/v-3-VM: The system VMs serve it']);
        const outside = did(rig)
          .slice(before)
          .filter((write) => !write.endsWith(' v-3-VM'));
        assert.equal(outside, []);
      }),

    'a change on the way to the selected zone is left alone, and no VM goes down for a chain that is not there': () =>
      withLab(TWO_ZONES, async (rig) => {
        for (const mode of [['--check'], []]) {
          const run = await rig.playHere([...PLAY, ...mode, '--limit', 'lab/ams']);
          const events = eventsOf(run);
          const alone = stepsOf(events).filter(({ result }) => result.leftAlone);
          assert.equal(
            alone.map(({ host, name }) => `${host}: ${name}`),
            ['lab: The chain is in CloudStack'],
          );
          assert.is(failuresOf(events), `${lacking('s-2-VM (storage)')}\n${lacking('v-1-VM (console proxy)')}`);
          assert.is(run.code, 2);
        }
        assert.equal(did(rig), []);
      }),
  }),
);
