// The faults of the lab, each at the places where it can strike a rotation of one zone on CloudStack 4.22.

import type { Fault, FaultName } from '../../src/lab/faults.ts';
import type { LabOptions } from '../../src/lab/lab.ts';
import { SWITCHED_ON, UPLOADED, WITHOUT_TLS } from './lab-states.ts';

export interface FaultCase {
  readonly title: string;
  readonly faults: readonly Fault[];
  readonly world?: LabOptions['world'];
  /** The new certificate comes from another authority than the one that is served. */
  readonly otherAuthority?: boolean;
  /** Besides the playbook: the time that what will never come is given. */
  readonly words: readonly string[];
  readonly ends: number;
  /** The failures, message and hint; empty where the run succeeds. */
  readonly says: string;
  /** What it says instead where CloudStack's scanner, not this run, made the last start. */
  readonly orSays?: string;
  /** What the lab was made to do, the starts of VMs apart. */
  readonly writes: readonly string[];
}

const ROTATED = [...UPLOADED, 'stop v-1-VM'];

/** What a fault that ends the run comes to. */
interface Stop {
  readonly order?: Omit<Fault, 'name'>;
  readonly words?: readonly string[];
  readonly world?: LabOptions['world'];
  readonly otherAuthority?: boolean;
  /** Default: 2, failed. */
  readonly ends?: number;
  readonly says: readonly [failure: string, hint: string];
  readonly orSays?: string;
  readonly writes: readonly string[];
}

const FOR_GOOD = 10_000;

/** So many seconds for what will never come. */
const short = (seconds: number, name: 'upload' | 'system_vm' | 'management'): readonly string[] => [
  '-e',
  `${name}_timeout=${seconds}`,
];

/** Faults that the run gets over: all is done, and done once. Each strikes in turn in one run. */
function passes(name: FaultName, places: string, orders: readonly Omit<Fault, 'name'>[], first = false): FaultCase {
  return {
    title: `${name} ${places}: the run gets over it, and nothing is done twice`,
    faults: orders.map((order) => ({ name, ...order })),
    world: first ? WITHOUT_TLS : {},
    words: [],
    ends: 0,
    says: '',
    writes: first ? [...SWITCHED_ON, ...ROTATED] : ROTATED,
  };
}

function stops(name: FaultName, place: string, stop: Stop): FaultCase {
  const { order, says, orSays, ...rest } = stop;
  const [, hint] = says;
  return {
    title: `${name} ${place}: the run says so`,
    faults: [{ name, ...order }],
    words: [],
    ends: 2,
    ...rest,
    says: says.join('\n  hint: '),
    ...(orSays && { orSays: `${orSays}\n  hint: ${hint}` }),
  };
}

const JOB_FAILED = 'its job failed: Command failed due to Internal Server Error (530)';
const IN_THE_LOG = 'the reason is in /var/log/cloudstack/management/management-server.log: grep ID';
const UNKNOWN = 'job ID has not ended after N s; its outcome is unknown';
const MAY_END = 'it may still end: queryAsyncJobResult jobid=ID; a longer "timeout:" waits longer';
const DENIED = 'unable to verify user credentials and/or request signature (401)';
const CHECK_KEYS =
  'check "api_key" and "secret_key" (a blank or line end too many?), whether the user is enabled and may use API keys ("api.key.access"), and that this version knows the command';
const CUT = 'API closed the connection without an answer';
const WHO_CUTS =
  'the management server is going down (see its management-server.log), or a load balancer, proxy or firewall on the way cuts connections';
const FIT = 'lab, The new certificate is fit for this cloud';
const THE_CHAIN = 'lab, The chain is in CloudStack';
const CONSOLE = 'lab/ams/v-1-VM, The system VMs serve it (failed)';
const STORAGE = 'lab/ams/s-2-VM, The system VMs serve it (failed)';
const SERVER = 'lab/ms1.lab.example, The new settings count (failed)';
const CREATE_NEW = 'destroySystemVm id=ID makes CloudStack create a new one';
const LATE = 'applied but not in effect after N s';
const CHANGED_KEY = 'has changed: ssh-ed25519 SHA256, known is ssh-ed25519 SHA256 (FOLDER/lab/known_hosts:';

export const faultCases: readonly FaultCase[] = [
  passes('job-fails', 'in a start of a VM', [{ command: 'startSystemVm', times: FOR_GOOD }]),
  stops('job-fails', 'in the upload', {
    order: { command: 'uploadCustomCertificate' },
    says: [`${THE_CHAIN} (failed): the upload of root failed: uploadCustomCertificate: ${JOB_FAILED}`, IN_THE_LOG],
    writes: ['upload of chain certificate root'],
  }),
  stops('job-fails', 'in a stop of a VM', {
    order: { command: 'stopSystemVm' },
    says: [`${CONSOLE}: stopSystemVm: ${JOB_FAILED}`, IN_THE_LOG],
    writes: ROTATED,
  }),
  stops('job-never-ends', 'in the upload', {
    order: { command: 'uploadCustomCertificate' },
    words: short(3, 'upload'),
    says: [`${THE_CHAIN} (failed): the upload of root failed: uploadCustomCertificate: ${UNKNOWN}`, MAY_END],
    writes: ['upload of chain certificate root'],
  }),
  stops('job-never-ends', 'in a stop of a VM', {
    order: { command: 'stopSystemVm' },
    words: short(3, 'system_vm'),
    says: [`${CONSOLE}: stopSystemVm: ${UNKNOWN}`, MAY_END],
    writes: ROTATED,
  }),
  passes(
    'answer-lost',
    'after settings, the upload, the management state, a stop and a start of a VM',
    ['updateConfiguration', 'uploadCustomCertificate', 'stopSystemVm', 'startSystemVm'].map((command) => ({
      command,
      times: 10,
    })),
    true,
  ),
  stops('http-401', 'at the first call', {
    says: [`${FIT} (failed): listSystemVms: ${DENIED}`, CHECK_KEYS],
    writes: [],
  }),
  stops('http-401', 'at the upload', {
    order: { command: 'uploadCustomCertificate' },
    says: [`${THE_CHAIN} (failed): the upload of root failed: uploadCustomCertificate: ${DENIED}`, CHECK_KEYS],
    writes: [],
  }),
  stops('http-401', 'at a stop of a VM', {
    order: { command: 'stopSystemVm' },
    says: [`${CONSOLE}: stopSystemVm: ${DENIED}`, CHECK_KEYS],
    writes: UPLOADED,
  }),
  passes('http-429', 'at the first call and at the upload', [{}, { command: 'uploadCustomCertificate' }]),
  stops('http-429', 'at the upload for good', {
    order: { command: 'uploadCustomCertificate', times: FOR_GOOD },
    ends: 3,
    says: [
      `${THE_CHAIN} (unreachable): the upload of root failed: uploadCustomCertificate: The given user has reached his/her account api limit, please retry after [1000] ms. (429)`,
      'the account is over its API limit ("api.throttling.max"); root admins are exempt; lower "-f"',
    ],
    writes: [],
  }),
  passes('http-503', 'at discovery, at a stop of a VM and while a job is awaited', [
    { command: 'listZones' },
    { command: 'stopSystemVm' },
    { command: 'queryAsyncJobResult', times: 2 },
  ]),
  stops('http-503', 'for good', {
    order: { times: FOR_GOOD },
    ends: 3,
    says: [
      `${FIT} (unreachable): listSystemVms: Maintenance or Shutdown has been initiated on this management server. Can not accept new jobs (503)`,
      'this management server is in maintenance or shutting down: use another one ("api_url"), or cancelMaintenance / cancelShutdown',
    ],
    writes: [],
  }),
  passes('connection-reset', 'at a read, at the upload and while a job is awaited', [
    { command: 'listSystemVms' },
    { command: 'uploadCustomCertificate' },
    { command: 'queryAsyncJobResult', times: 2 },
  ]),
  stops('connection-reset', 'at the upload for good', {
    order: { command: 'uploadCustomCertificate', times: FOR_GOOD },
    ends: 3,
    says: [`${THE_CHAIN} (unreachable): the upload of root failed: uploadCustomCertificate: ${CUT}`, WHO_CUTS],
    writes: [],
  }),
  stops('connection-reset', 'for good', {
    order: { times: FOR_GOOD },
    ends: 3,
    says: [`${FIT} (unreachable): listSystemVms: ${CUT}`, WHO_CUTS],
    writes: [],
  }),
  stops('vm-does-not-come-back', 'to a console proxy', {
    order: { target: 'consoleproxy' },
    words: short(4, 'system_vm'),
    says: [
      `${CONSOLE}: v-1-VM (console proxy) did not start within N s; awaited: Running; the last attempt: startSystemVm: ${JOB_FAILED}`,
      `see listEvents and its host; ${CREATE_NEW}`,
    ],
    orSays: `${CONSOLE}: ${LATE}: v-1-VM (console proxy): is not Running; awaited: Running, agent Up and the new chain on 443 and 8443`,
    writes: ROTATED,
  }),
  stops('vm-does-not-come-back', 'to a storage VM', {
    order: { target: 'secondarystoragevm' },
    words: short(4, 'system_vm'),
    says: [
      `${STORAGE}: s-2-VM (storage) did not start within N s; awaited: Running; the last attempt: startSystemVm: ${JOB_FAILED}`,
      `see listEvents and its host; ${CREATE_NEW}`,
    ],
    orSays: `${STORAGE}: ${LATE}: s-2-VM (storage): is not Running; awaited: Running, agent Up and the new chain on 443`,
    writes: [...ROTATED, 'stop s-2-VM'],
  }),
  stops('agent-never-up', 'in a console proxy', {
    order: { target: 'consoleproxy' },
    words: short(4, 'system_vm'),
    says: [
      `${CONSOLE}: ${LATE}: v-1-VM (console proxy): its agent is Disconnected; 443: refuses connections; 8443: refuses connections; awaited: Running, agent Up and the new chain on 443 and 8443`,
      `look at /var/log/cloud.log in it; ${CREATE_NEW}`,
    ],
    writes: ROTATED,
  }),
  stops('agent-never-up', 'in a storage VM', {
    order: { target: 'secondarystoragevm' },
    words: short(4, 'system_vm'),
    says: [
      `${STORAGE}: ${LATE}: s-2-VM (storage): its agent is Disconnected; 443: presents systemvm (SHA) until DAY, not SHA until DAY; awaited: Running, agent Up and the new chain on 443`,
      `look at /var/log/cloud.log in it and at systemctl status apache2; ${CREATE_NEW}`,
    ],
    writes: [...ROTATED, 'stop s-2-VM'],
  }),
  stops('no-listener-8443', 'in a console proxy', {
    words: short(4, 'system_vm'),
    says: [
      `${CONSOLE}: ${LATE}: v-1-VM (console proxy): 8443: refuses connections; awaited: Running, agent Up and the new chain on 443 and 8443`,
      `look at /var/log/cloud.log in it; ${CREATE_NEW}`,
    ],
    writes: ROTATED,
  }),
  stops('apache-keeps-old-chain', 'in a storage VM, with a new authority', {
    otherAuthority: true,
    words: short(4, 'system_vm'),
    says: [
      `${STORAGE}: ${LATE}: s-2-VM (storage): 443: presents the new certificate, but without Lab Intermediate (SHA), Lab Root (SHA) and with certificates that do not belong to it: Lab Intermediate (SHA), Lab Root (SHA); awaited: Running, agent Up and the new chain on 443`,
      `look at /var/log/cloud.log in it and at systemctl status apache2; ${CREATE_NEW}`,
    ],
    writes: [...ROTATED, 'stop s-2-VM'],
  }),
  stops('host-key-changed', 'of a hypervisor', {
    says: [
      `lab/ams/s-2-VM, The storage VMs trust it (failed): the host key of root@172.16.1.2:22 ${CHANGED_KEY}1)`,
      "was the machine made anew? compare the fingerprint on its console, then: ssh-keygen -R 172.16.1.2 -f FOLDER/lab/known_hosts && echo '172.16.1.2 ssh-ed25519 KEY' >> FOLDER/lab/known_hosts",
    ],
    writes: ROTATED,
  }),
  stops('host-key-changed', 'of a management server', {
    order: { target: 'ms1.lab.example' },
    world: WITHOUT_TLS,
    says: [
      `lab/ms1.lab.example, The new settings count (failed): the host key of root@ms1.lab.example:22 ${CHANGED_KEY}2)`,
      "was the machine made anew? compare the fingerprint on its console, then: ssh-keygen -R ms1.lab.example -f FOLDER/lab/known_hosts && echo 'ms1.lab.example ssh-ed25519 KEY' >> FOLDER/lab/known_hosts",
    ],
    writes: SWITCHED_ON,
  }),
  passes('slow-restart', 'of a management server', [{}], true),
  stops('slow-restart', 'of a management server beyond the time for it', {
    world: WITHOUT_TLS,
    words: short(1, 'management'),
    says: [
      `${SERVER}: ${LATE}: "ms1.lab.example" is not back: it refuses connections`,
      'look at systemctl status cloudstack-management and /var/log/cloudstack/management/management-server.log on it; a slow start needs a longer "timeout:"',
    ],
    writes: SWITCHED_ON,
  }),
  stops('failed-start', 'of a management server', {
    world: WITHOUT_TLS,
    says: [
      `${SERVER}: the management server failed to start: it answers 503 with an HTML page, and will go on doing so`,
      'read /var/log/cloudstack/management/management-server.log from the last start on, mend the cause and restart it',
    ],
    writes: SWITCHED_ON,
  }),
  stops('clock-skew', 'of the management server', {
    says: [
      `${FIT} (failed): listSystemVms: ${DENIED}`,
      "the server's clock is 60 min ahead of this machine's, and signed requests expire: set both by NTP",
    ],
    writes: [],
  }),
];
