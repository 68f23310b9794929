// The life of a system VM: started, stopped, rebooted, destroyed, one operation after another. Texts and waits as
// measured on 4.21, 4.22 and 4.23 with the simulator; durations as usual on KVM.

import { randomInt, randomUUID } from 'node:crypto';
import { connectLater, disconnect } from './agents.ts';
import { seconds } from './clock.ts';
import { subjectOf } from './delivery.ts';
import { type Install, note, type ServerRow, type VmRow, type VmType, type ZoneRow } from './install.ts';
import { SERVER_ROW } from './keystore.ts';
import { changed } from './machines.ts';
import { Refusal, uncaught } from './refusal.ts';
import { consoleTls } from './views.ts';

export function createVm(install: Install, type: VmType, zone: ZoneRow): VmRow {
  install.lastVm += 1;
  const dbId = install.lastVm;
  const vm: VmRow = {
    dbId,
    id: randomUUID(),
    type,
    name: `${type === 'consoleproxy' ? 'v' : 's'}-${dbId}-${install.options.instanceName ?? 'VM'}`,
    zone,
    publicIp: freePublicIp(install),
    created: install.clock.now(),
    host: undefined,
    privateIp: '',
    linkLocalIp: '',
    state: 'Stopped',
    power: 'off',
    agent: undefined,
    premium: false,
    vncPort: 8080,
    console: undefined,
    vhost: 'snakeoil',
    apache: 'inactive',
    apacheFiles: undefined,
    chainFile: undefined,
    trustedRoot: undefined,
    epoch: 0,
    operation: undefined,
    sessions: 0,
  };
  install.vms.push(vm);
  return vm;
}

function freePublicIp(install: Install): string {
  const pool = install.options.publicIps ?? Array.from({ length: 250 }, (_, index) => `192.0.2.${index + 2}`);
  const taken = new Set(install.vms.map((vm) => vm.publicIp));
  const free = pool.find((ip) => !taken.has(ip));
  if (free === undefined) throw new Refusal(533, 'Unable to get a public IP address', { exception: 'ServerApi' });
  return free;
}

/** Private and link-local addresses are new at each start, the public one stays. */
function takeAddresses(install: Install, vm: VmRow): void {
  const hosts = install.hosts.filter((host) => host.zone === vm.zone);
  vm.host = hosts[randomInt(hosts.length)];
  const others = new Set(install.vms.map((other) => other.privateIp));
  do vm.privateIp = `172.16.${vm.zone.dbId}.${randomInt(20, 250)}`;
  while (others.has(vm.privateIp));
  vm.linkLocalIp = `169.254.${randomInt(1, 254)}.${randomInt(1, 254)}`;
}

/** Runs an operation as the VM's only one; an operation that is under way ends first. */
async function alone(vm: VmRow, work: () => Promise<void>): Promise<void> {
  while (vm.operation) await vm.operation;
  const run = work();
  const settled = run.then(
    () => undefined,
    () => undefined,
  );
  vm.operation = settled;
  try {
    await run;
  } finally {
    if (vm.operation === settled) vm.operation = undefined;
  }
}

/** `startSystemVm`, and what the scanner does. Throws `Refusal`: another start is under way, or it does not come up. */
export async function start(install: Install, vm: VmRow, server: ServerRow): Promise<void> {
  if (vm.state === 'Running') return;
  if (vm.state === 'Starting') throw uncaught('Fail to start system vm');
  await alone(vm, () => boot(install, vm, server));
}

async function boot(install: Install, vm: VmRow, server: ServerRow): Promise<void> {
  if (vm.state !== 'Stopped') return;
  vm.state = 'Starting';
  vm.power = 'booting';
  takeAddresses(install, vm);
  setBootArguments(install, vm, server);
  const epoch = newBoot(install, vm);
  const lost = install.orders.strikes('vm-does-not-come-back', { machine: subjectOf(vm) });
  await install.clock.sleep(lost ? seconds.boot * 2 : seconds.boot);
  if (vm.epoch !== epoch) return;
  if (lost) {
    end(install, vm);
    alertOf(install, vm, false);
    throw uncaught('Command failed due to Internal Server Error');
  }
  vm.state = 'Running';
  comeUp(install, vm);
  alertOf(install, vm, true);
}

function setBootArguments(install: Install, vm: VmRow, server: ServerRow): void {
  vm.premium = consoleTls(install, server, vm.zone);
  vm.vncPort = vm.premium && install.keystore.find(SERVER_ROW) ? 8443 : 8080;
}

/** The agent's connection ends, and no timer of this boot does anything more. */
function goDown(install: Install, vm: VmRow): void {
  vm.epoch += 1;
  disconnect(install, vm);
}

/** A new boot: nothing that was in memory is left, and no agent is connected. */
function newBoot(install: Install, vm: VmRow): number {
  goDown(install, vm);
  vm.console = undefined;
  vm.vhost = 'snakeoil';
  vm.apache = 'inactive';
  vm.sessions = 0;
  changed(install, vm);
  return vm.epoch;
}

/** The system is up; the agent inside follows. */
function comeUp(install: Install, vm: VmRow): void {
  vm.power = 'on';
  if (vm.type === 'secondarystoragevm') vm.apache = 'active';
  changed(install, vm);
  connectLater(install, vm, seconds.agent);
}

function end(install: Install, vm: VmRow): void {
  vm.state = 'Stopped';
  vm.power = 'off';
  vm.host = undefined;
  newBoot(install, vm);
}

function alertOf(install: Install, vm: VmRow, up: boolean): void {
  const console = vm.type === 'consoleproxy';
  const name = console ? 'ALERT.SERVICE.CONSOLEPROXY' : 'ALERT.SERVICE.SSVM';
  const who = console ? 'Console proxy' : 'Secondary Storage Vm';
  const fate = console ? 'up' : 'is up';
  install.records.alert(
    name,
    up
      ? `${who} ${fate} in zone [${vm.zone.name}], ${console ? 'proxy' : 'secStorageVm'} [${vm.name}], public IP [${vm.publicIp}], private IP [${vm.privateIp}].`
      : `${who} creation failure. Zone [${vm.zone.name}]. Error details: null`,
  );
  note(install, `${up ? 'INFO' : 'WARN'} ${vm.name} ${up ? 'is running' : 'did not start'}`);
}

/** `stopSystemVm`. A start that is under way ends first; what is stopped already stays so. */
export async function stop(install: Install, vm: VmRow): Promise<void> {
  await alone(vm, async () => {
    if (vm.state !== 'Running') return;
    vm.state = 'Stopping';
    goDown(install, vm);
    await install.clock.sleep(seconds.stop);
    end(install, vm);
    note(install, `INFO ${vm.name} is stopped`);
  });
}

/**
 * `rebootSystemVm`. Unforced it orders a reboot and is done, whatever comes of it; in the middle of a start it does
 * nothing at all; a stopped VM is started. Forced it is a stop and a start.
 */
export async function reboot(install: Install, vm: VmRow, server: ServerRow, forced: boolean): Promise<void> {
  if (vm.state === 'Starting') return;
  if (forced) {
    await stop(install, vm);
    await start(install, vm, server);
  } else if (vm.state === 'Running') {
    void rebootInside(install, vm);
  } else {
    await start(install, vm, server);
  }
}

/** The machine goes down and up under a VM that stays `Running`; its boot arguments stay as well. */
async function rebootInside(install: Install, vm: VmRow): Promise<void> {
  vm.power = 'booting';
  const epoch = newBoot(install, vm);
  if (install.orders.strikes('vm-does-not-come-back', { machine: subjectOf(vm) })) {
    vm.power = 'off';
    changed(install, vm);
    return;
  }
  await install.clock.sleep(seconds.boot);
  if (vm.epoch === epoch) comeUp(install, vm);
}

/** `destroySystemVm`: gone at the end of it; the scanner makes a new one. */
export async function destroy(install: Install, vm: VmRow): Promise<void> {
  await stop(install, vm);
  await alone(vm, async () => {
    vm.state = 'Destroyed';
    install.destroyed.set(vm.id, vm.dbId);
    install.vms.splice(install.vms.indexOf(vm), 1);
    for (const listener of install.machineListeners) listener({ kind: 'gone', id: vm.id });
    note(install, `INFO ${vm.name} is destroyed`);
  });
}
