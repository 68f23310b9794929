// The two scanners of a management server: every 30 seconds, the first time 60 seconds after its start, they see to it
// that every enabled zone has a console proxy and a storage VM. The one of the console proxies also acts on the
// management state; from 4.22 on, on the state as it was when the server started. Measured on all three lines.

import { seconds } from './clock.ts';
import { type Install, note, type ServerRow, type VmRow, type VmType, type ZoneRow } from './install.ts';
import { Refusal } from './refusal.ts';
import { managementState, restartsVms } from './views.ts';
import { createVm, destroy, start, stop } from './vms.ts';

const STATE = 'consoleproxy.management.state';

/** Starts both scanners for this start of the server; they end with it. */
export function startScanners(install: Install, server: ServerRow): void {
  if (install.options.still) return;
  const { epoch } = server;
  const alive = () => server.epoch === epoch && !install.clock.closed;
  for (const scan of [scanConsoles, scanStorage]) {
    install.clock.after(seconds.firstScan, () => void repeat(install, alive, () => scan(install, server, alive)));
  }
}

/** The interval is counted from start to start; a scan that takes longer delays the next. */
async function repeat(install: Install, alive: Alive, scan: () => Promise<void>): Promise<void> {
  while (alive()) {
    const interval = install.clock.sleep(seconds.scan);
    await scan();
    await interval;
  }
}

type Alive = () => boolean;

async function scanConsoles(install: Install, server: ServerRow, alive: Alive): Promise<void> {
  const reset = managementState(install, server) === 'ResetSuspending';
  if (reset && !(await resetConsoles(install, alive))) return;
  // From 4.22 the server writes Auto but goes on believing what it read at its start: nothing is started any more.
  if (managementState(install, server) !== 'Auto') return;
  await scanZones(install, server, 'consoleproxy', alive);
}

async function scanStorage(install: Install, server: ServerRow, alive: Alive): Promise<void> {
  await scanZones(install, server, 'secondarystoragevm', alive);
}

/** Stops every running console proxy of every zone, then puts the state back. False: one could not be stopped. */
async function resetConsoles(install: Install, alive: Alive): Promise<boolean> {
  for (const vm of vmsOf(install, 'consoleproxy')) {
    if (vm.state === 'Running' && alive()) await stop(install, vm);
  }
  if (vmsOf(install, 'consoleproxy').some((vm) => vm.state !== 'Stopped')) return false;
  if (install.settings.stored(STATE) === 'ResetSuspending') {
    install.settings.put(STATE, install.settings.stored(`${STATE}.last`));
  }
  return true;
}

const vmsOf = (install: Install, type: VmType, zone?: ZoneRow): VmRow[] =>
  install.vms.filter((vm) => vm.type === type && (zone === undefined || vm.zone === zone));

async function scanZones(install: Install, server: ServerRow, type: VmType, alive: Alive): Promise<void> {
  const moving = vmsOf(install, type).some((vm) => vm.state === 'Starting' || vm.state === 'Stopping');
  // One console proxy on its way blocks all zones: the server does not count them by zone.
  if (type === 'consoleproxy' && moving) return;
  for (const zone of install.zones) {
    if (!alive()) return;
    if (zone.enabled) await fill(install, server, type, zone);
  }
}

async function fill(install: Install, server: ServerRow, type: VmType, zone: ZoneRow): Promise<void> {
  const present = vmsOf(install, type, zone);
  if (!restartsVms(install)) {
    if (type === 'consoleproxy') await recycle(install, present, zone);
    return;
  }
  if (present.some((vm) => vm.state !== 'Stopped')) return;
  try {
    await start(install, present[0] ?? createVm(install, type, zone), server);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    note(install, `WARN no ${type} could be started in ${zone.name}: ${error.message}`);
  }
}

/** With `consoleproxy.restart=false` a stopped console proxy is destroyed, and one is made that nobody starts. */
async function recycle(install: Install, present: readonly VmRow[], zone: ZoneRow): Promise<void> {
  if (present.length === 0) createVm(install, 'consoleproxy', zone);
  for (const vm of present) if (vm.state === 'Stopped') await destroy(install, vm);
}
