import type { ApiRequest, ApiWrite, Profile } from '../../src/lab/world/world.ts';
import { labCertificates } from '../certificates.ts';
import { type Done, withLab } from '../rig.ts';
import { assert, tests } from '../tests.ts';
import { CHAIN, UPLOADED } from './lab-states.ts';
import { sideBySide } from './side-by-side.ts';
import { STRANGERS_UPLOAD, uploadsAfter, uploadsNow } from './stranger.ts';
import { eventsOf, failuresOf } from './told.ts';

const certificates = await labCertificates();

interface StrangerCase {
  readonly profile: Profile;
  /** When the stranger uploads: after which request, given what was done so far. */
  readonly moment: (request: ApiRequest, writes: readonly ApiWrite[]) => boolean;
  readonly says: string;
  readonly writes: readonly string[];
}

const THE_CHAIN = 'lab, The chain is in CloudStack (failed)';
const LOOK = 'find out who it is (listEvents type=UPLOAD.CUSTOM.CERTIFICATE, listall=true)';
const [ROOT = '', INTERMEDIATE = ''] = CHAIN;

const uploaded = (name: string) => (request: ApiRequest) =>
  request.command === 'uploadCustomCertificate' && request.parameters['name'] === name;

const cases: Readonly<Record<string, StrangerCase>> = {
  'between the look and the first call: nothing is written': {
    profile: '4.18',
    moment: ({ command }) => command === 'listEvents',
    says: `${THE_CHAIN}: somebody else uploaded a certificate to lab at DAY TIME UTC (user admin): this run stops before it writes
  hint: ${LOOK}, then resume or run the playbook again: either looks anew`,
    writes: [STRANGERS_UPLOAD],
  },
  'between two calls: no further call is made, and the state is put back': {
    profile: '4.22',
    moment: uploaded('root'),
    says: `${THE_CHAIN}: somebody else uploads certificates to lab as well: 2 uploads since this was decided, the last at DAY TIME UTC (user admin), and this run made 1 of them (root); it stops
  hint: rows of two chains may be mixed now: ${LOOK}, then run the playbook again, which uploads every row anew; a resumed run stops here again`,
    writes: [ROOT, STRANGERS_UPLOAD, 'consoleproxy.management.state = Auto'],
  },
  'between the last two calls on 4.21: the server certificate is not uploaded': {
    profile: '4.21',
    moment: uploaded('intermediate1'),
    says: `${THE_CHAIN}: somebody else uploads certificates to lab as well: 3 uploads since this was decided, the last at DAY TIME UTC (user admin), and this run made 2 of them (root, intermediate1); it stops
  hint: rows of two chains may be mixed now: ${LOOK}, then run the playbook again, which uploads every row anew; a resumed run stops here again`,
    writes: [ROOT, INTERMEDIATE, STRANGERS_UPLOAD],
  },
  'after the upload: no VM is taken down': {
    profile: '4.23',
    moment: ({ command, parameters }, writes) =>
      writes.at(-1)?.command === 'updateConfiguration' && command === 'listSystemVms' && 'zoneid' in parameters,
    says: `lab/ams/v-1-VM, The system VMs serve it (failed): somebody else uploaded a certificate to lab at DAY TIME UTC (user admin), after this run's own upload: v-1-VM (console proxy) is left as it is, since a restart would give it that one
  hint: ${LOOK}, then run the playbook again: it uploads its chain anew where that is not what is served`,
    writes: [...UPLOADED, STRANGERS_UPLOAD],
  },
};

const saidBy = (run: Done): string => failuresOf(eventsOf(run)).replaceAll(/\d\d:\d\d:\d\d UTC/g, 'TIME UTC');

const stopped =
  ({ profile, moment, says, writes }: StrangerCase) =>
  () =>
    withLab({ profile, zones: 1, timeFactor: 0.01, certificates }, async ({ lab, playHere }) => {
      const [cloud] = lab.clouds;
      if (cloud === undefined) throw new RangeError('a lab has a cloud');
      const came = uploadsAfter(cloud, (request) => moment(request, lab.writes()));
      const run = await playHere(['rotate-certs.yml', '--output', 'json']);
      await came();
      const said = failuresOf(eventsOf(run)).replaceAll(/\d\d:\d\d:\d\d UTC/g, 'TIME UTC');
      assert.is(said, says, run.stderr);
      assert.equal(
        lab.writes().map(({ did }) => did),
        writes,
      );
      assert.is(run.code, 5);
    });

/** A run that is killed right after its first upload was taken up, and what its resume says, ends with and did. */
const resumed = (strangerCame: boolean, ends: number, says: string, writes: readonly string[]) => () =>
  withLab({ profile: '4.22', zones: 1, timeFactor: 0.01, certificates }, async ({ lab, play, here }) => {
    const [cloud] = lab.clouds;
    if (cloud === undefined) throw new RangeError('a lab has a cloud');
    let pid = 0;
    const leave = cloud.world.onRequest((request) => {
      if (uploaded('root')(request)) process.kill(pid, 'SIGKILL');
    });
    await play(['rotate-certs.yml'], {
      started: (started) => {
        pid = started;
      },
    });
    leave();
    if (strangerCame) await uploadsNow(cloud);
    const run = await here(['resume', '--output', 'json']);
    assert.is(saidBy(run), says, run.stderr);
    assert.equal(
      lab
        .writes()
        .filter(({ command }) => !command.endsWith('SystemVm'))
        .map(({ did }) => did),
      writes,
    );
    assert.is(run.code, ends);
  });

tests(
  'a stranger uploads',
  sideBySide({
    ...Object.fromEntries(Object.entries(cases).map(([title, one]) => [title, stopped(one)])),
    'nobody, while a killed run is down: its own event is no alarm when it is resumed': resumed(false, 0, '', UPLOADED),
    'while a killed run is down: the resumed one makes no further call': resumed(
      true,
      5,
      `${THE_CHAIN}: somebody else uploads certificates to lab as well: 2 uploads since this was decided, the last at DAY TIME UTC (user admin), and this run made 1 of them (root); it stops
  hint: rows of two chains may be mixed now: ${LOOK}, then run the playbook again, which uploads every row anew; a resumed run stops here again`,
      [ROOT, STRANGERS_UPLOAD, 'consoleproxy.management.state = Auto'],
    ),
  }),
);
