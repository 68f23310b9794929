// What an API can do to a rotation of one zone on CloudStack 4.22: its answers, and the jobs behind them.

import { type FaultCase, FOR_GOOD, passes, ROTATED, short, stops } from './fault-case.ts';
import { UPLOADED } from './lab-states.ts';

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
const FIT = 'lab, Rotate the certificate of every cloud';
const THE_CHAIN = 'lab, The chain is in CloudStack';
const CONSOLE = 'lab/ams/v-1-VM, The system VMs serve it (failed)';

export const apiFaultCases: readonly FaultCase[] = [
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
    says: [`${FIT} (failed): a look: ${DENIED}`, CHECK_KEYS],
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
      `${FIT} (unreachable): a look: Maintenance or Shutdown has been initiated on this management server. Can not accept new jobs (503)`,
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
    says: [`${FIT} (unreachable): a look: ${CUT}`, WHO_CUTS],
    writes: [],
  }),
  stops('clock-skew', 'of the management server', {
    says: [
      `${FIT} (failed): a look: ${DENIED}`,
      "the server's clock is 60 min ahead of this machine's, and signed requests expire: set both by NTP",
    ],
    writes: [],
  }),
];
