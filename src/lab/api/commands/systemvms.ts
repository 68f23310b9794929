// System VMs: listed, started, stopped, rebooted, destroyed, patched.

import { createHash } from 'node:crypto';
import { restartAgent } from '../../world/agents.ts';
import type { Install, VmRow } from '../../world/install.ts';
import { invalid, Refusal, uncaught } from '../../world/refusal.ts';
import { destroy, reboot, start, stop } from '../../world/vms.ts';
import { type Content, dateText } from '../answer.ts';
import type { AsyncCommand, AsyncWork, Command, CommandCall, Parameter } from '../command.ts';
import { vmOf } from '../entities.ts';
import { contains, like, listOf, same } from '../lists.ts';

export function systemVmItem(install: Install, vm: VmRow): Content {
  const { zone, host, agent } = vm;
  const console = vm.type === 'consoleproxy';
  const job = install.jobs.pending().find(({ instance }) => instance?.id === vm.id);
  return {
    id: vm.id,
    systemvmtype: vm.type,
    zoneid: zone.id,
    zonename: zone.name,
    dns1: '192.0.2.1',
    gateway: '192.0.2.1',
    name: vm.name,
    podid: zone.podId,
    podname: `POD${zone.dbId - 1}`,
    ...(host ? { hostid: host.id, hostname: host.name, hostcontrolstate: 'Enabled' } : {}),
    hypervisor: install.options.hypervisorType ?? 'KVM',
    ...(host ? addresses(vm) : {}),
    publicip: vm.publicIp,
    publicmacaddress: macOf(vm, 'public'),
    publicnetmask: '255.255.255.0',
    templateid: install.identity.domainId,
    templatename: `systemvm-${(install.options.hypervisorType ?? 'KVM').toLowerCase()}`,
    created: dateText(vm.created),
    state: vm.state,
    ...(agent ? { agentstate: agent.state, version: install.rules.version } : {}),
    ...(agent?.disconnected ? { disconnected: dateText(agent.disconnected) } : {}),
    ...(console ? { activeviewersessions: vm.sessions } : {}),
    isdynamicallyscalable: false,
    serviceofferingid: install.identity.accountId,
    serviceofferingname: `System Offering For ${console ? 'Console Proxy' : 'Secondary Storage VM'}`,
    arch: 'x86_64',
    hasannotations: false,
    ...(job ? { jobid: job.id, jobstatus: 0 } : {}),
  };
}

const addresses = (vm: VmRow) => ({
  privateip: vm.privateIp,
  privatemacaddress: macOf(vm, 'private'),
  privatenetmask: '255.255.255.0',
  linklocalip: vm.linkLocalIp,
  linklocalmacaddress: macOf(vm, 'link-local'),
  linklocalnetmask: '255.255.0.0',
});

const macOf = (vm: VmRow, network: string): string =>
  `1e:00:${createHash('sha256').update(`${vm.id} ${network}`).digest('hex').slice(0, 8).match(/../g)?.join(':')}`;

/** `name` is LIKE without wildcards of its own; an unknown state or type just matches nothing. */
function listSystemVms(call: CommandCall): Content {
  const { install } = call;
  const wanted = (name: string) => call.filter(name);
  const is = (name: string, value: string | undefined) => {
    const filter = wanted(name);
    return filter === undefined || same(value ?? '', filter);
  };
  const vms = install.vms.filter((vm) => {
    const [id, name, keyword] = [wanted('id'), wanted('name'), wanted('keyword')];
    return (
      (id === undefined || vmOf(install, id) === vm) &&
      (name === undefined || like(vm.name, name)) &&
      (keyword === undefined || contains(vm.name, keyword)) &&
      is('systemvmtype', vm.type) &&
      is('state', vm.state) &&
      is('zoneid', vm.zone.id) &&
      is('podid', vm.zone.podId) &&
      is('hostid', vm.host?.id) &&
      is('arch', 'x86_64')
    );
  });
  return listOf(
    call,
    'systemvm',
    vms.map((vm) => systemVmItem(install, vm)),
  );
}

function vmAsked(call: CommandCall): VmRow {
  const id = call.text('id') ?? '';
  const vm = vmOf(call.install, id);
  if (vm) return vm;
  const number = call.install.destroyed.get(id);
  if (number !== undefined) throw invalid(`Unable to find UUID for id [${number}] of type [VirtualMachine]`);
  throw new Refusal(431, 'Unable to find a system vm of specified instanceId', {
    exception: 'InvalidParameterValue',
    uuidList: [{ uuid: id, description: 'instanceId' }],
  });
}

type Operation = (call: CommandCall, vm: VmRow) => Promise<void>;

/** An operation on one VM: its job names the VM and answers with what has become of it. */
function operation(name: string, javaClass: string, verb: string, run: Operation, forced: boolean): AsyncCommand {
  const id: Parameter = { name: 'id', type: 'uuid', required: true, entity: 'systemvm' };
  return {
    name,
    kind: 'async',
    class: `admin.systemvm.${javaClass}`,
    parameters: forced ? [id, { name: 'forced', type: 'boolean' }] : [id],
    run: (call): AsyncWork => {
      const vm = vmAsked(call);
      return {
        instance: { type: 'SystemVm', id: vm.id },
        did: `${verb} ${vm.name}`,
        work: async () => {
          event(call, vm, verb);
          // A destroyed VM is shown as it last was.
          const before = systemVmItem(call.install, vm);
          await run(call, vm);
          return { systemvm: vm.state === 'Destroyed' ? before : systemVmItem(call.install, vm) };
        },
      };
    },
  };
}

function event({ install }: CommandCall, vm: VmRow, verb: string): void {
  const [kind, who] = vm.type === 'consoleproxy' ? ['PROXY', 'console proxy Vm'] : ['SSVM', 'secondary storage Vm'];
  install.records.event(`${kind}.${verb.toUpperCase()}`, `${verb} of ${who} ${vm.name}`);
}

const patchSystemVm: AsyncCommand = {
  name: 'patchSystemVm',
  kind: 'async',
  class: 'admin.systemvm.PatchSystemVMCmd',
  parameters: [
    { name: 'id', type: 'uuid', entity: 'systemvm' },
    { name: 'forced', type: 'boolean' },
  ],
  run: (call) => ({
    did: `patch ${call.text('id') ?? 'nothing'}`,
    work: async () => patch(call.install, vmOf(call.install, call.text('id') ?? '')),
  }),
};

/** A live patch puts the template's files back, the truststore among them, and restarts the agent. */
function patch(install: Install, vm: VmRow | undefined): Content {
  if (vm === undefined) throw invalid('Please provide a valid ID of a system VM to be patched');
  if (vm.state !== 'Running') {
    const what = JSON.stringify({
      id: vm.dbId,
      instanceName: vm.name,
      state: vm.state,
      type: vm.type === 'consoleproxy' ? 'ConsoleProxy' : 'SecondaryStorageVm',
      uuid: vm.id,
    });
    throw uncaught(
      `Unable to patch SystemVM: VM instance ${what} as it is not in Running state. Please destroy and recreate the SystemVM.`,
    );
  }
  vm.trustedRoot = undefined;
  restartAgent(install, vm);
  return { success: true };
}

export const systemVmCommands: readonly Command[] = [
  {
    name: 'listSystemVms',
    kind: 'read',
    parameters: [
      { name: 'id', type: 'uuid', entity: 'systemvm' },
      { name: 'name', type: 'string' },
      { name: 'systemvmtype', type: 'string' },
      { name: 'state', type: 'string' },
      { name: 'zoneid', type: 'uuid', entity: 'zone' },
      { name: 'podid', type: 'uuid', entity: 'pod' },
      { name: 'hostid', type: 'uuid', entity: 'host' },
      { name: 'arch', type: 'string' },
    ],
    run: listSystemVms,
  },
  operation('startSystemVm', 'StartSystemVMCmd', 'start', (call, vm) => start(call.install, vm, call.server), false),
  operation('stopSystemVm', 'StopSystemVmCmd', 'stop', (call, vm) => stop(call.install, vm), true),
  operation(
    'rebootSystemVm',
    'RebootSystemVmCmd',
    'reboot',
    (call, vm) => reboot(call.install, vm, call.server, call.flag('forced')),
    true,
  ),
  operation('destroySystemVm', 'DestroySystemVmCmd', 'destroy', (call, vm) => destroy(call.install, vm), false),
  patchSystemVm,
];
