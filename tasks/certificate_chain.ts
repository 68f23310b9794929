import { afterShare, secondsUntil } from '../src/cloudstack/deadline.ts';
import {
  MANAGEMENT_STATE,
  putBackManagementState,
  readManagementState,
  restingState,
} from '../src/cloudstack/management-state.ts';
import { awaitQuiet, refuseLoad, type Sessions, sessionsWords } from '../src/cloudstack/quiet.ts';
import { isNew, lookAtPorts, type PortLook, warnOfStrangers } from '../src/cloudstack/served.ts';
import { listSystemVms, type SystemVm } from '../src/cloudstack/system-vm.ts';
import { LACKING_FACT, uploadFact } from '../src/cloudstack/upload.ts';
import { type Behaviour, behaviourOf, versionOf } from '../src/cloudstack/versions.ts';
import type { CloudStackWriter, Parameters } from '../src/connection.ts';
import type { Bundle } from '../src/pki/bundle.ts';
import { bundleOf } from '../src/pki/read.ts';
import { uploadOrder } from '../src/pki/upload.ts';
import {
  defineTask,
  Failure,
  ok,
  type Reader,
  type Since,
  Unreachable,
  type ValueMap,
  type Verdict,
  type Writer,
} from '../src/task.ts';

interface Detail {
  /** False where only the management state is to be put back. */
  readonly upload: boolean;
  /** The chain was served before. */
  readonly again: boolean;
  /** `consoleproxy.management.state` before; undefined where the upload does not leave anything behind. */
  readonly stateBefore: string | undefined;
}

interface Call {
  /** For words: `root`, `intermediate1`, `server certificate`. */
  readonly what: string;
  readonly parameters: Parameters;
}

/** CloudStack's column is that wide, and the job fails with a database error beyond it. */
const LONGEST_NAME = 64;
/** The row of the server certificate; the look-up ignores case, and a chain row of that name would overwrite it. */
const SERVER_ROW = 'cpvmcertificate';

function checkNames(names: readonly string[], count: number): void {
  const fail = (message: string, hint?: string) => new Failure(message, { code: 'chain-names', hint });
  if (names.length !== count) {
    throw fail(
      `"names" has ${names.length} names for ${count} certificates`,
      'one for the root, then one for each intermediate from the root downwards',
    );
  }
  if (new Set(names.map((name) => name.toLowerCase())).size !== count) throw fail('"names" names a row twice');
  for (const name of names) {
    if (name.toLowerCase() === SERVER_ROW)
      throw fail(`a chain row named "${name}" would overwrite the server certificate`);
    if (name === '' || name.length > LONGEST_NAME)
      throw fail(`"${name}" is not a name of 1 to ${LONGEST_NAME} characters`);
  }
}

/** The calls in order: root, intermediates downwards, and last the server certificate, whose key sets it all off. */
function callsOf(bundle: Bundle, domainsuffix: string, names: readonly string[] | undefined): readonly Call[] {
  const rows = uploadOrder(bundle);
  if (names) checkNames(names, rows.length);
  const chain = rows.map((row, index): Call => {
    const name = names?.[index] ?? row.name;
    return { what: name, parameters: { name, id: row.id, certificate: row.certificate.pem, domainsuffix } };
  });
  const server = { certificate: bundle.leaf.pem, privatekey: bundle.key, domainsuffix };
  return [...chain, { what: 'server certificate', parameters: server }];
}

interface Served {
  readonly vms: readonly SystemVm[];
  readonly looks: readonly PortLook[];
  readonly count: number;
}

const runningVms = async (read: Reader): Promise<readonly SystemVm[]> =>
  (await listSystemVms(read.cloudstack)).filter((vm) => vm.state === 'Running' && vm.publicIp !== undefined);

/** What every running system VM presents on 443. */
async function lookAtVms(bundle: Bundle, read: Reader): Promise<Served> {
  const vms = await runningVms(read);
  const looks = (await Promise.all(vms.map((vm) => lookAtPorts(read, vm.publicIp ?? '', [443], bundle)))).flat();
  vms.forEach((vm, index) => {
    const look = looks[index];
    if (look && isNew(look)) warnOfStrangers(read.tell, vm.name, [look]);
  });
  return { vms, looks, count: looks.filter(isNew).length };
}

/** The VMs that the upload restarts by itself. */
const restarted = ({ vms }: Pick<Served, 'vms'>, { uploadRestartsConsoles }: Behaviour): readonly SystemVm[] =>
  vms.filter(({ type }) => uploadRestartsConsoles || type === 'secondarystoragevm');

const servedWords = (served: Served): string => `on ${served.count} of ${served.vms.length} system VMs`;

interface Plan {
  readonly calls: readonly Call[];
  readonly served: Served;
  readonly behaviour: Behaviour;
  readonly sessions: Sessions;
  readonly stateBefore: string | undefined;
}

function impactOf({ calls, served, behaviour, sessions, stateBefore }: Plan): string {
  const open = served.vms.reduce((sum, vm) => sum + vm.sessions, 0);
  const fate = sessions === 'wait' ? 'waited for' : 'cut';
  const cut = open === 0 ? '' : `, ${open} ${open === 1 ? 'session' : 'sessions'} ${fate}`;
  const parts = [
    `${calls.length} calls: ${calls.map(({ what }) => what).join(', ')}`,
    'reboots the storage VMs of all zones',
    behaviour.uploadRestartsConsoles
      ? `stops and starts the console proxies of all zones within about 30 s${cut}`
      : `${MANAGEMENT_STATE} back to ${restingState(stateBefore ?? '')} after it`,
  ];
  return parts.join('; ');
}

function warnOfLog(read: Reader): void {
  read.tell.warn(
    'CloudStack writes the private key in clear to management-server.log when it is uploaded, at its shipped log level',
    'set the logger org.apache.cloudstack.framework.jobs.impl to INFO in log4j-cloud.xml before, or purge the log after',
  );
}

/** A chain row takes a second; the server certificate reboots every storage VM one after another. */
const LONGEST_JOB_SECONDS = 240;

async function send(call: Call, before: readonly Call[], write: Writer): Promise<void> {
  try {
    // Each its share, so that the state can be put back whatever becomes of one.
    const timeoutSeconds = Math.min(LONGEST_JOB_SECONDS, secondsUntil(afterShare(write, 0.3), write));
    await write.cloudstack.job('uploadCustomCertificate', call.parameters, { timeoutSeconds });
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    const { hint, at, code, values } = error;
    const Kind = error instanceof Unreachable ? Unreachable : Failure;
    const stored = before.length === 0 ? '' : ` with ${before.map(({ what }) => what).join(' and ')} stored`;
    throw new Kind(`the upload of ${call.what} failed${stored}: ${error.message}`, { hint, at, code, values });
  }
}

async function putBackWhereMoved(state: string, cloudstack: CloudStackWriter): Promise<void> {
  if ((await readManagementState(cloudstack)) !== state) await putBackManagementState(cloudstack, state);
}

/**
 * Puts the state back whatever became of the upload, its interruption included; an error of the upload is the one to
 * be told.
 */
function thenPutBack(state: string, write: Writer, upload: () => Promise<void>): Promise<void> {
  return write.cloudstack.lasting(async (cloudstack) => {
    try {
      await upload();
    } catch (error) {
      try {
        await putBackWhereMoved(state, cloudstack);
      } catch (second) {
        if (!(second instanceof Failure)) throw second;
        write.tell.warn(`"${MANAGEMENT_STATE}" could not be put back to ${state}: ${second.message}`, second.hint);
      }
      throw error;
    }
    await putBackManagementState(cloudstack, state);
  });
}

/** Right before the upload: users' work on the VMs that it restarts, as the argument says. */
async function settleSessions(sessions: Sessions, behaviour: Behaviour, write: Writer): Promise<void> {
  const look = async () => restarted({ vms: await runningVms(write) }, behaviour);
  if (sessions === 'wait') await awaitQuiet(look, write);
  if (sessions === 'refuse') await refuseLoad(await look(), write);
}

async function lookAfter(detail: Detail, read: Reader) {
  if (detail.stateBefore === undefined) return ok('uploaded');
  const wanted = restingState(detail.stateBefore);
  const state = await readManagementState(read.cloudstack);
  if (state === wanted) return ok(detail.upload ? 'uploaded' : `is ${state}`);
  throw new Failure(`"${MANAGEMENT_STATE}" is ${state}, not ${wanted}`, {
    code: 'management-state',
    hint: 'set it back before any management server restarts; is another upload going on?',
  });
}

export const certificateChain = defineTask({
  name: 'certificate_chain',
  summary: 'keeps a certificate with its key and chain in CloudStack',
  description:
    'One certificate a call: root, intermediates from the root downwards, and last the server certificate with its key, each job awaited, all with the same domain suffix. CloudStack cannot tell what it holds, so that what is served decides: where a system VM presents exactly the new chain, nothing is uploaded (`force` uploads all the same). Every upload reboots every storage VM of the cloud and, up to CloudStack 4.21, stops and starts every console proxy. From 4.22 on it leaves `consoleproxy.management.state` at ResetSuspending, which keeps all console proxies down after the next start of a management server: the task puts it back, also where an earlier run could not. Sources: ManagementServerImpl, apache/cloudstack#12642, and measurements on 4.21 to 4.23.',
  args: {
    bundle: { type: 'bundle', description: 'what certificate_bundle registered', required: true },
    domain_suffix: {
      type: 'string',
      description: 'only stored and compared; the storage VMs take the chain rows of the same suffix',
      required: true,
    },
    force: { type: 'boolean', description: 'upload although it is served already', default: false },
    sessions: {
      type: 'string',
      description:
        'open consoles and running downloads on the VMs that the upload restarts: `cut` them, `wait` for half of the time, or `refuse`',
      enum: sessionsWords,
      default: 'cut',
    },
    names: {
      type: 'strings',
      description: 'names of the chain rows, root first; by default root, intermediate1, intermediate2, … as in the UI',
    },
  },
  returns: { fingerprint: 'SHA-256 of the server certificate', uploaded: 'whether it was uploaded' },
  example:
    '- name: The chain is in CloudStack\n  certificate_chain: { bundle: "{{ bundle }}", domain_suffix: "{{ console_domain }}" }\n',
  timeoutSeconds: 900,
  async check(args, host, read, since?: Since<Detail>): Promise<Verdict<Detail>> {
    if (since) return lookAfter(since.detail, read);
    const bundle = bundleOf(args.bundle);
    const behaviour = behaviourOf(await versionOf(host, read));
    const calls = callsOf(bundle, args.domain_suffix, args.names);
    const served = await lookAtVms(bundle, read);
    const stateBefore = behaviour.uploadLeavesSuspended ? await readManagementState(read.cloudstack) : undefined;
    const upload = args.force || served.count === 0;
    const values: ValueMap = { fingerprint: bundle.leaf.fingerprint, uploaded: upload };
    const detail: Detail = { upload, again: served.count > 0, stateBefore };
    if (upload) {
      if (args.sessions === 'refuse') await refuseLoad(restarted(served, behaviour), read);
      warnOfLog(read);
      const facts = uploadFact(bundle.leaf.fingerprint, null, behaviour, detail.again);
      const impact = impactOf({ calls, served, behaviour, sessions: args.sessions, stateBefore });
      const factsLeftAlone = detail.again ? undefined : { [LACKING_FACT]: bundle.leaf.fingerprint };
      return { verdict: 'change', summary: 'upload the chain', impact, detail, values, facts, factsLeftAlone };
    }
    if (stateBefore !== 'ResetSuspending') return ok(`the new chain is served ${servedWords(served)}`, { values });
    return {
      verdict: 'change',
      summary: `put ${MANAGEMENT_STATE} back to Auto`,
      impact:
        'an earlier upload left ResetSuspending; a management server that starts with it keeps all console proxies down',
      detail,
      values,
    };
  },
  async apply(change, host, write, args) {
    const { upload, again, stateBefore } = change.detail;
    const bundle = bundleOf(args.bundle);
    const calls = upload ? callsOf(bundle, args.domain_suffix, args.names) : [];
    const behaviour = behaviourOf(await versionOf(host, write));
    if (upload) await settleSessions(args.sessions, behaviour, write);
    const at = write.clock.now().toISOString();
    const uploadAll = async () => {
      for (const [index, call] of calls.entries()) await send(call, calls.slice(0, index), write);
    };
    if (stateBefore === undefined) await uploadAll();
    else await thenPutBack(restingState(stateBefore), write, uploadAll);
    if (!upload) return { values: change.values };
    const facts = uploadFact(bundle.leaf.fingerprint, at, behaviour, again);
    return { message: `uploaded in ${calls.length} calls`, values: change.values, facts };
  },
});
