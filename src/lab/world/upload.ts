// What an upload sets off: rows, the management state, reboots of storage VMs. The job is done long before any of it
// has come to an effect.

import { type Install, note, type ServerRow } from './install.ts';
import type { Upload } from './keystore.ts';
import { reboot } from './vms.ts';

const STATE = 'consoleproxy.management.state';

const MESSAGE =
  'Certificate has been successfully updated, if its the server certificate we would reboot all running console proxy ' +
  'VMs and secondary storage VMs to propagate the new certificate, please give a few minutes for console access and ' +
  'storage services service to be up and working again';

/** The work of the job. Throws `Refusal`. */
export async function upload(
  install: Install,
  server: ServerRow,
  what: Upload,
): Promise<Readonly<Record<string, unknown>>> {
  const row = install.keystore.upload(what, install.rules);
  note(install, `INFO keystore row "${row}" is stored`);
  resetConsoles(install);
  if (what.key !== undefined) rebootStorage(install, server);
  return { customcertificate: { message: MESSAGE } };
}

function resetConsoles(install: Install): void {
  const state = install.settings.stored(STATE);
  if (state === 'ResetSuspending') return;
  install.settings.put(`${STATE}.last`, state);
  install.settings.put(STATE, 'ResetSuspending');
}

/** Every one that runs or starts, in all zones; what becomes of the reboots nobody looks at. */
function rebootStorage(install: Install, server: ServerRow): void {
  for (const vm of install.vms) {
    if (vm.type !== 'secondarystoragevm' || (vm.state !== 'Running' && vm.state !== 'Starting')) continue;
    void reboot(install, vm, server, false);
    const where = `zone [${vm.zone.name}], secStorageVm [${vm.name}], public IP [${vm.publicIp}], private IP [${vm.privateIp}]`;
    install.records.alert('ALERT.SERVICE.SSVM', `Secondary Storage Vm rebooted in ${where}.`);
  }
}
