import { type Call, callsOf } from '../src/cloudstack/chain-calls.ts';
import { afterShare, secondsUntil } from '../src/cloudstack/deadline.ts';
import { latestOf } from '../src/cloudstack/leaves.ts';
import {
  MANAGEMENT_STATE,
  putBackManagementState,
  readManagementState,
  restingState,
} from '../src/cloudstack/management-state.ts';
import { awaitQuiet, refuseLoad, type Sessions, sessionsWords } from '../src/cloudstack/quiet.ts';
import { isNew, warnOfStrangers } from '../src/cloudstack/served.ts';
import { lookAtVms, othersServed, rowsServed, runningVms, type ServedByVm } from '../src/cloudstack/served-by-vms.ts';
import {
  decidedOn,
  type Noted,
  refuseStrangers,
  type Seen,
  UploadWatch,
  visibleEvents,
} from '../src/cloudstack/strangers.ts';
import { surplusWords, tellSurplus, warnOfSurplus } from '../src/cloudstack/surplus-rows.ts';
import type { SystemVm } from '../src/cloudstack/system-vm.ts';
import { LACKING_FACT, REPLACED_FACT, UPLOAD_FACT, uploadFact, uploadIn } from '../src/cloudstack/upload.ts';
import { type KnownEvents, knownEvents } from '../src/cloudstack/upload-events.ts';
import { type Behaviour, behaviourOf, versionOf } from '../src/cloudstack/versions.ts';
import type { CloudStackWriter } from '../src/connection.ts';
import type { Bundle } from '../src/pki/bundle.ts';
import { bundleOf } from '../src/pki/read.ts';
import {
  defineTask,
  Failure,
  ok,
  type Reader,
  SafetyStop,
  type Since,
  type TaskHost,
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
  /** What a stranger's change is recognised by, and the management state to put back; that is null up to 4.21. */
  readonly noted: Noted;
}

interface Args {
  readonly bundle: ValueMap;
  readonly domain_suffix: string;
  readonly force: boolean;
  readonly sessions: Sessions;
  readonly names: readonly string[] | undefined;
  readonly overwrite: readonly string[];
}

const callsFor = (bundle: Bundle, { domain_suffix, names, overwrite }: Args): readonly Call[] =>
  callsOf(bundle, domain_suffix, { names, overwrite });

/** The VMs that the upload restarts by itself. */
const restarted = (vms: readonly SystemVm[], { uploadRestartsConsoles }: Behaviour): readonly SystemVm[] =>
  vms.filter(({ type }) => uploadRestartsConsoles || type === 'secondarystoragevm');

const vmsOf = (served: readonly ServedByVm[]): readonly SystemVm[] => served.map(({ vm }) => vm);

/** What is there to decide on. Events come first: what is uploaded during the look is a stranger's change then. */
async function look(bundle: Bundle, behaviour: Behaviour, host: TaskHost, read: Reader) {
  const events = await visibleEvents(host, read);
  const served = await lookAtVms(bundle, read);
  const state = behaviour.uploadLeavesSuspended ? await readManagementState(read.cloudstack) : null;
  const others = othersServed(served).map(({ vm, leaf }): [string, string] => [vm.name, leaf.fingerprint]);
  const presented = served.flatMap(({ vm, look: { leaf } }): [string, string][] =>
    leaf === undefined ? [] : [[vm.name, leaf.fingerprint]],
  );
  const noted: Noted = { events: events ? knownEvents(events) : null, served: Object.fromEntries(others), state };
  return { noted, served, decided: decidedOn({ ...noted, served: Object.fromEntries(presented) }, events) };
}

interface Plan {
  readonly calls: readonly Call[];
  readonly served: readonly ServedByVm[];
  readonly behaviour: Behaviour;
  readonly state: string | null;
}

function impactOf({ calls, served, behaviour, state }: Plan, { sessions, overwrite }: Args, bundle: Bundle): string {
  const open = vmsOf(served).reduce((sum, vm) => sum + vm.sessions, 0);
  const fate = sessions === 'wait' ? 'waited for' : 'cut';
  const cut = open === 0 ? '' : `, ${open} ${open === 1 ? 'session' : 'sessions'} ${fate}`;
  const parts = [
    `${calls.length} calls: ${calls.map(({ what }) => what).join(', ')}`,
    ...overwrite.map((name) => surplusWords(name, bundle)),
    'reboots the storage VMs of all zones',
    behaviour.uploadRestartsConsoles
      ? `stops and starts the console proxies of all zones within about 30 s${cut}`
      : `${MANAGEMENT_STATE} back to ${restingState(state ?? '')} after it`,
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

/** Sends one call; `before`: those that are done. */
async function send(call: Call, before: readonly Call[], watch: UploadWatch, write: Writer): Promise<void> {
  try {
    // Each its share, so that the state can be put back whatever becomes of one.
    const timeoutSeconds = Math.min(LONGEST_JOB_SECONDS, secondsUntil(afterShare(write, 0.3), write));
    const sending = (failedBefore: number) => watch.sending(failedBefore);
    await write.cloudstack.job('uploadCustomCertificate', call.parameters, { timeoutSeconds, sending });
    watch.done(call.what);
  } catch (error) {
    if (!(error instanceof Failure) || error instanceof SafetyStop) throw error;
    const { hint, at, code, values } = error;
    const Kind = error instanceof Unreachable ? Unreachable : Failure;
    const stored = before.map(({ what }) => what);
    const words = stored.length === 0 ? '' : ` with ${stored.join(' and ')} stored`;
    const details = { hint, at, code, values: { ...values, stored } };
    throw new Kind(`the upload of ${call.what} failed${words}: ${error.message}`, details);
  }
}

/** All calls, one after another. What is known of events after them. */
async function sendAll(calls: readonly Call[], watch: UploadWatch, write: Writer): Promise<KnownEvents | null> {
  for (const [index, call] of calls.entries()) await send(call, calls.slice(0, index), watch, write);
  return watch.ended();
}

async function putBackWhereMoved(state: string, cloudstack: CloudStackWriter): Promise<void> {
  if ((await readManagementState(cloudstack)) !== state) await putBackManagementState(cloudstack, state);
}

/**
 * Puts the state back whatever became of the upload, its interruption included; an error of the upload is the one to
 * be told. Where a stranger's change was seen before anything was sent, nothing is written at all.
 */
function thenPutBack<T>(state: string, watch: UploadWatch, write: Writer, upload: () => Promise<T>): Promise<T> {
  return write.cloudstack.lasting(async (cloudstack) => {
    let value: T;
    try {
      value = await upload();
    } catch (error) {
      if (error instanceof SafetyStop && !watch.begun) throw error;
      try {
        await putBackWhereMoved(state, cloudstack);
      } catch (second) {
        if (!(second instanceof Failure)) throw second;
        write.tell.warn(`"${MANAGEMENT_STATE}" could not be put back to ${state}: ${second.message}`, second.hint);
      }
      throw error;
    }
    await putBackManagementState(cloudstack, state);
    return value;
  });
}

/** Right before the upload: users' work on the VMs that it restarts, as the argument says. */
async function settleSessions(sessions: Sessions, behaviour: Behaviour, write: Writer): Promise<void> {
  const vms = async () => restarted(await runningVms(write), behaviour);
  if (sessions === 'wait') await awaitQuiet(vms, write);
  if (sessions === 'refuse') await refuseLoad(await vms(), write);
}

function watchOf(noted: Noted, bundle: Bundle, host: TaskHost, write: Writer): UploadWatch {
  return new UploadWatch(noted, host, write, async (): Promise<Seen> => {
    const served = othersServed(await lookAtVms(bundle, write));
    const state = noted.state === null ? null : await readManagementState(write.cloudstack);
    return { leaves: new Map(served.map(({ vm, leaf }) => [vm.name, leaf])), state };
  });
}

async function lookAfter({ detail, applied }: Since<Detail>, host: TaskHost, read: Reader) {
  const { upload, noted } = detail;
  if (noted.state === null) return ok('uploaded');
  const wanted = restingState(noted.state);
  const state = await readManagementState(read.cloudstack);
  if (state === wanted) return ok(upload ? 'uploaded' : `is ${state}`);
  const isNow = `"${MANAGEMENT_STATE}" is ${state}, not ${wanted}`;
  const hint = 'set it back before any management server restarts; is another upload going on?';
  await refuseStrangers(uploadIn(applied.facts?.[UPLOAD_FACT])?.events ?? null, isNow, host, read);
  throw new Failure(isNow, { code: 'management-state', hint });
}

export const certificateChain = defineTask({
  name: 'certificate_chain',
  summary: 'keeps a certificate with its key and chain in CloudStack',
  description:
    'One certificate a call: root, intermediates from the root downwards, and last the server certificate with its key, each job awaited, all with the same domain suffix. CloudStack cannot tell what it holds, so that what is served decides: where a system VM presents exactly the new chain, nothing is uploaded (`force` uploads all the same). Every upload reboots every storage VM of the cloud and, up to CloudStack 4.21, stops and starts every console proxy. From 4.22 on it leaves `consoleproxy.management.state` at ResetSuspending, which keeps all console proxies down after the next start of a management server: the task puts it back, also where an earlier run could not.\n\nBefore the first call and after each one it looks whether somebody else is at work on the same cloud: an event of an upload that is none of its own, a VM that presents a certificate which no VM presented before, another management state. It stops there, and system_vm takes no VM down after such an upload. The key must be allowed `listEvents` for that.\n\nNo call deletes a row, and every row is presented: what a longer earlier chain left behind is named by `overwrite` and becomes a second copy of the issuer of the server certificate, which no client that builds paths minds.\n\nSources: ManagementServerImpl, apache/cloudstack#12642, and measurements on 4.21 to 4.23.',
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
    overwrite: {
      type: 'strings',
      description:
        'names of rows that a longer earlier chain left behind: with the upload each becomes a second copy of the issuer of the server certificate',
      default: [],
    },
  },
  returns: {
    fingerprint: 'SHA-256 of the server certificate',
    uploaded: 'whether it was uploaded',
    stored: 'where it failed: which calls were done before',
  },
  example:
    '- name: The chain is in CloudStack\n  certificate_chain: { bundle: "{{ bundle }}", domain_suffix: "{{ console_domain }}" }\n',
  timeoutSeconds: 900,
  async check(args, host, read, since?: Since<Detail>): Promise<Verdict<Detail>> {
    if (since) return lookAfter(since, host, read);
    const bundle = bundleOf(args.bundle);
    const version = await versionOf(host, read);
    const behaviour = behaviourOf(version);
    const calls = callsFor(bundle, args);
    const { noted, served, decided } = await look(bundle, behaviour, host, read);
    const right = served.filter(({ look: one }) => isNew(one));
    for (const { vm, look: one } of right) warnOfStrangers(read.tell, vm.name, [one]);
    const upload = args.force || right.length === 0;
    const values: ValueMap = { fingerprint: bundle.leaf.fingerprint, uploaded: upload };
    const detail: Detail = { upload, again: right.length > 0, noted };
    const rows = calls.slice(0, -1).map(({ what }) => what);
    const common = { values, decidedOn: { version, rows: rows.join(', '), ...decided } };
    if (upload) {
      if (args.sessions === 'refuse') await refuseLoad(restarted(vmsOf(served), behaviour), read);
      warnOfLog(read);
      const { overwrite } = args;
      const ownNames = args.names !== undefined;
      warnOfSurplus({ served: rowsServed(served), written: rows.length, ownNames, overwrite }, read.tell);
      const replaced = latestOf(othersServed(served).map(({ leaf }) => leaf))?.fingerprint ?? null;
      const ownFact = uploadFact(bundle.leaf.fingerprint, null, behaviour, detail.again, null);
      const facts = { ...ownFact, [REPLACED_FACT]: replaced };
      const impact = impactOf({ calls, served, behaviour, state: noted.state }, args, bundle);
      const factsLeftAlone = detail.again ? undefined : { [LACKING_FACT]: bundle.leaf.fingerprint };
      return { verdict: 'change', summary: 'upload the chain', impact, detail, facts, factsLeftAlone, ...common };
    }
    if (noted.state !== 'ResetSuspending')
      return ok(`the new chain is served on ${right.length} of ${served.length} system VMs`, common);
    return {
      verdict: 'change',
      summary: `put ${MANAGEMENT_STATE} back to Auto`,
      impact:
        'an earlier upload left ResetSuspending; a management server that starts with it keeps all console proxies down',
      detail,
      ...common,
    };
  },
  async apply(change, host, write, args) {
    const { upload, again, noted } = change.detail;
    const bundle = bundleOf(args.bundle);
    const calls = upload ? callsFor(bundle, args) : [];
    const behaviour = behaviourOf(await versionOf(host, write));
    if (upload) await settleSessions(args.sessions, behaviour, write);
    const at = write.clock.now().toISOString();
    const watch = watchOf(noted, bundle, host, write);
    const uploadAll = () => (upload ? sendAll(calls, watch, write) : Promise.resolve(null));
    const events =
      noted.state === null ? await uploadAll() : await thenPutBack(restingState(noted.state), watch, write, uploadAll);
    if (!upload) return { values: change.values };
    tellSurplus(args.overwrite, bundle, write.tell);
    const facts = uploadFact(bundle.leaf.fingerprint, at, behaviour, again, events);
    return { message: `uploaded in ${calls.length} calls`, values: change.values, facts };
  },
});
