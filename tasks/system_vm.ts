import { awaited, type Goal, hintFor, missing } from '../src/cloudstack/comeback.ts';
import { whileThereIsTime } from '../src/cloudstack/deadline.ts';
import { isIdle, loadOf, loadWords, outageWords, refuseSecondOutage } from '../src/cloudstack/disruption.ts';
import { bringUp, findVm, jobOn, stopVm, type Wanted } from '../src/cloudstack/power.ts';
import { awaitQuiet, refuseLoad, type Sessions, sessionsWords } from '../src/cloudstack/quiet.ts';
import { scannerPending, seenThrough } from '../src/cloudstack/restart-by-upload.ts';
import { refuseStrangers } from '../src/cloudstack/strangers.ts';
import { label, listSystemVms, portsOf, readFacts, type SystemVm } from '../src/cloudstack/system-vm.ts';
import { awaitedUpload, eventsUpTo, refuseWithoutUpload, SEEN_FACT, type Upload } from '../src/cloudstack/upload.ts';
import { versionOf } from '../src/cloudstack/versions.ts';
import {
  type Action,
  actionFor,
  decidedOnOf,
  lookFor,
  meansOf,
  type State,
  states,
} from '../src/cloudstack/vm-action.ts';
import { bundleOf } from '../src/pki/read.ts';
import {
  defineTask,
  Failure,
  ok,
  type Reader,
  type Since,
  type TaskHost,
  type Value,
  type ValueMap,
  type Verdict,
  type Writer,
} from '../src/task.ts';

interface Detail extends Wanted {
  readonly name: string;
  readonly zoneName: string;
  readonly action: Action;
  readonly disconnected: string | undefined;
  /** False: CloudStack does not start the VM again by itself. */
  readonly zoneEnabled: boolean;
  readonly upload: Upload | undefined;
}

interface Args {
  readonly state: State;
  readonly until_served: ValueMap | undefined;
  readonly sessions: Sessions;
  readonly ports: readonly Value[] | undefined;
}

async function goalOf(args: Args, type: SystemVm['type'], host: TaskHost, read: Reader): Promise<Goal> {
  const version = await versionOf(host, read);
  const ports = args.ports?.map(Number) ?? portsOf(type, version);
  return { version, bundle: args.until_served && bundleOf(args.until_served), ports };
}

async function find(host: TaskHost, read: Reader): Promise<{ vm: SystemVm; vms: readonly SystemVm[] }> {
  if (host.kind !== 'system_vm') {
    throw new Failure(`"${host.path}" is not a system VM`, { code: 'system-vm-host', hint: 'write hosts: system_vms' });
  }
  const zoneId = host.get('zoneid');
  const vms = await listSystemVms(read.cloudstack, { zoneid: typeof zoneId === 'string' ? zoneId : undefined });
  const vm = vms.find(({ id }) => id === host.get('id'));
  if (vm) return { vm, vms };
  throw new Failure(`CloudStack no longer lists the system VM "${host.name}"`, {
    code: 'system-vm-gone',
    hint: 'somebody destroyed it, or consoleproxy.restart is false; run again to find what took its place',
  });
}

async function reasonsAfter(detail: Detail, goal: Goal, vm: SystemVm, read: Reader): Promise<string[]> {
  const reasons = await missing(vm, goal, read);
  const pending = detail.upload ? await scannerPending(detail.type, detail.upload, read) : [];
  // A plain reboot is answered with success whatever came of it: the agent must have been away.
  const unmoved = detail.action === 'reboot' && !goal.bundle && vm.disconnected === detail.disconnected;
  return [...reasons, ...pending, ...(unmoved ? ['its agent has not been away since'] : [])];
}

async function lookAfter(since: Since<Detail>, args: Args, host: TaskHost, read: Reader) {
  const { detail } = since;
  const goal = await goalOf(args, detail.type, host, read);
  const vm = await findVm(detail, read);
  if (detail.action === 'stop') return lookAfterStop(vm, detail, host, read);
  if (vm === undefined || (detail.action === 'destroy' && vm.id === detail.id)) {
    throw new Failure(
      `nothing has taken the place of ${label(detail)} in ${detail.zoneName}; awaited: ${awaited(goal)}`,
      {
        code: 'system-vm-not-back',
        hint: hintFor(undefined, detail.zoneName),
      },
    );
  }
  const reasons = await reasonsAfter(detail, goal, vm, read);
  if (reasons.length > 0) {
    throw new Failure(`${label(vm)}: ${reasons.join('; ')}; awaited: ${awaited(goal)}`, {
      code: 'system-vm-not-back',
      hint: hintFor(vm, detail.zoneName),
    });
  }
  return ok(`${vm.name} is ${awaited(goal)}`, { facts: await factsAfter(vm, goal, host, read), values: valuesOf(vm) });
}

async function lookAfterStop(vm: SystemVm | undefined, detail: Detail, host: TaskHost, read: Reader) {
  if (vm?.state !== 'Stopped') {
    throw new Failure(`${label(detail)} is ${vm?.state ?? 'gone'}; awaited: Stopped`, {
      code: 'system-vm-not-stopped',
      hint: 'CloudStack starts a stopped system VM again within 30 s; disable the zone to keep it down',
    });
  }
  return ok('is Stopped', { facts: await readFacts(read.cloudstack, vm, host), values: valuesOf(vm) });
}

const factsAfter = async (vm: SystemVm, goal: Goal, host: TaskHost, read: Reader): Promise<ValueMap> => ({
  ...(await readFacts(read.cloudstack, vm, host)),
  ...(goal.bundle && { [SEEN_FACT]: goal.bundle.leaf.fingerprint }),
});

const valuesOf = (vm: SystemVm): ValueMap => ({ id: vm.id, name: vm.name, state: vm.state });

async function impactOf(detail: Detail, args: Args, vm: SystemVm, vms: readonly SystemVm[], read: Reader) {
  const load = await loadOf(vm, read);
  const fate = args.sessions === 'wait' && detail.action !== 'await the upload' ? 'waited for' : 'cut';
  const parts = [
    meansOf(detail.action, vm),
    vm.state === 'Running' ? outageWords(vm, vms) : undefined,
    isIdle(load) ? undefined : `${loadWords(load)} ${fate}`,
    detail.zoneEnabled ? undefined : `${vm.zoneName} is disabled, so that this run starts it and not CloudStack`,
  ];
  return parts.filter((part) => part !== undefined).join('; ');
}

/** Before a VM that works is taken down: nobody else's outage, and its users as the argument says. */
async function guard(action: Action, args: Args, vm: SystemVm, goal: Goal, read: Reader): Promise<void> {
  if (action === 'start' || action === 'await the upload') return;
  await refuseSecondOutage(vm, goal.version, read);
  if (args.sessions === 'refuse') await refuseLoad([vm], read);
}

/** Before a VM that runs is restarted for this run's upload: whether that is still what it would be given. */
async function refuseOthersUpload(vm: SystemVm, goal: Goal, host: TaskHost, read: Reader): Promise<void> {
  if (goal.bundle === undefined || vm.state !== 'Running') return;
  const consequence = `${label(vm)} is left as it is, since a restart would give it that one`;
  await refuseStrangers(eventsUpTo(host, goal.bundle.leaf.fingerprint), consequence, host, read);
}

async function restart(detail: Detail, write: Writer): Promise<void> {
  await stopVm(detail, write);
  await bringUp(detail, write, whileThereIsTime(write));
}

async function awaitUpload(detail: Detail, args: Args, goal: Goal, host: TaskHost, write: Writer): Promise<void> {
  if (detail.upload && (await seenThrough(detail, detail.upload, goal, write))) return;
  const vm = await findVm(detail, write);
  write.tell.note(`${detail.name} is ${vm?.state ?? 'gone'} and not back by itself: it is started from here`);
  if (vm?.state === 'Running') {
    await guard('restart', args, vm, goal, write);
    await refuseOthersUpload(vm, goal, host, write);
    await restart(detail, write);
  } else {
    await bringUp(detail, write, whileThereIsTime(write));
  }
}

async function act(detail: Detail, args: Args, goal: Goal, host: TaskHost, write: Writer): Promise<void> {
  switch (detail.action) {
    case 'await the upload':
      return awaitUpload(detail, args, goal, host, write);
    case 'start':
      return bringUp(detail, write, whileThereIsTime(write));
    case 'stop':
      return stopVm(detail, write);
    case 'restart':
      return restart(detail, write);
    case 'reboot':
      return jobOn(detail, 'rebootSystemVm', write);
    case 'destroy':
      return jobOn(detail, 'destroySystemVm', write);
  }
}

const takesDown = (action: Action): boolean => action !== 'start' && action !== 'await the upload';

export const systemVm = defineTask({
  name: 'system_vm',
  summary: 'restarts, starts, stops or destroys a system VM, and waits until it serves a certificate',
  description:
    'With `until_served` it does nothing to a VM that already presents exactly that chain on every port. `restarted` is stop and start: boot arguments, such as whether TLS is on, are made at a start; a plain `rebooted` keeps them. `destroyed` waits for the VM that CloudStack makes in its place. Where this run’s upload restarts the VM by itself, that is waited for, and only a VM that is not back after half of the time is stopped and started. CloudStack’s scanner starts stopped system VMs of both kinds within 30 s; losing that race is no failure. A VM that works is not taken down while another zone has none of its type working. Addresses and hypervisor are read anew afterwards, since they change at a start.',
  args: {
    state: { type: 'string', description: 'what is to happen', enum: states, required: true },
    until_served: {
      type: 'bundle',
      description: 'the bundle that every port must present; only done where one does not',
    },
    sessions: {
      type: 'string',
      description:
        'open consoles and running downloads: `cut` them, `wait` for half of the time, or `refuse`; what an upload restarts by itself is held back by `sessions` of certificate_chain',
      enum: sessionsWords,
      default: 'cut',
    },
    ports: { type: 'list', description: 'the ports; by default 443, and 8443 on console proxies from CloudStack 4.18' },
  },
  returns: { id: 'its id', name: 'its name', state: 'its state' },
  example:
    '- name: The system VMs serve it\n  system_vm: { state: restarted, until_served: "{{ bundle }}" }\n  timeout: 600\n',
  timeoutSeconds: 600,
  provesByDetail: true,
  async check(args, host, read, since?: Since<Detail>): Promise<Verdict<Detail>> {
    if (since) return lookAfter(since, args, host, read);
    const { vm, vms } = await find(host, read);
    const goal = await goalOf(args, vm.type, host, read);
    const upload = goal.bundle && awaitedUpload(host, vm.type, goal.bundle.leaf.fingerprint);
    const aim = { state: args.state, goal, upload };
    const look = await lookFor(aim, vm, read);
    const action = actionFor(aim, vm, look);
    const decidedOn = decidedOnOf(vm, look);
    if (action === undefined) {
      const message = args.state === 'stopped' ? 'is Stopped' : `is ${awaited(goal)}`;
      const facts = await readFacts(read.cloudstack, vm, host);
      return ok(message, { values: valuesOf(vm), facts, decidedOn });
    }
    if (goal.bundle) refuseWithoutUpload(host, label(vm), goal.bundle.leaf.fingerprint);
    await guard(action, args, vm, goal, read);
    const detail: Detail = {
      id: vm.id,
      name: vm.name,
      type: vm.type,
      zoneId: vm.zoneId,
      zoneName: vm.zoneName,
      known: vms.filter(({ type }) => type === vm.type).map(({ id }) => id),
      action,
      disconnected: vm.disconnected,
      zoneEnabled: host.get('allocationstate') !== 'Disabled',
      upload,
    };
    return {
      verdict: 'change',
      summary: `${action === 'await the upload' ? 'restart' : action} ${label(vm)}`,
      impact: await impactOf(detail, args, vm, vms, read),
      detail,
      values: valuesOf(vm),
      facts: goal.bundle && { [SEEN_FACT]: goal.bundle.leaf.fingerprint },
      decidedOn,
    };
  },
  async apply(change, host, write, args) {
    const { detail } = change;
    const goal = await goalOf(args, detail.type, host, write);
    if (takesDown(detail.action)) {
      const look = () => findVm(detail, write);
      if (args.sessions === 'wait')
        await awaitQuiet(async () => [await look()].filter((vm) => vm !== undefined), write);
      const vm = await look();
      if (vm) await guard(detail.action, args, vm, goal, write);
      if (vm) await refuseOthersUpload(vm, goal, host, write);
    }
    await act(detail, args, goal, host, write);
    return undefined;
  },
});
