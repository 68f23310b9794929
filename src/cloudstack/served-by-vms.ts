// What the running system VMs of a whole cloud present on 443, held against a bundle.

import type { Reader } from '../connection.ts';
import type { Bundle, Certificate } from '../pki/bundle.ts';
import { isNew, lookAtPorts, type PortLook } from './served.ts';
import { listSystemVms, type SystemVm } from './system-vm.ts';

/** One VM, and what it presents. */
export interface ServedByVm {
  readonly vm: SystemVm;
  readonly look: PortLook;
}

export async function runningVms(read: Reader): Promise<readonly SystemVm[]> {
  return (await listSystemVms(read.cloudstack)).filter((vm) => vm.state === 'Running' && vm.publicIp !== undefined);
}

/** One look at each running VM. */
export async function lookAtVms(bundle: Bundle, read: Reader): Promise<readonly ServedByVm[]> {
  const vms = await runningVms(read);
  const looks = await Promise.all(vms.map((vm) => lookAtPorts(read, vm.publicIp ?? '', [443], bundle)));
  return vms.flatMap((vm, index) => (looks[index] ?? []).map((look) => ({ vm, look })));
}

/**
 * What a VM serves before it is given a certificate, or where it was given none: Apache's own, or that of realhostip.com
 * which ships with the system VM template (config_ssl.sh).
 */
export const isStock = ({ selfSigned, names, subject }: Certificate): boolean =>
  selfSigned || [...names, subject].some((name) => name.endsWith('realhostip.com'));

/** The VMs that serve somebody's certificate, which is neither the new one nor one that a VM is born with. */
export function othersServed(served: readonly ServedByVm[]): readonly (ServedByVm & { readonly leaf: Certificate })[] {
  return served.flatMap(({ vm, look }) => {
    const { leaf } = look;
    return leaf === undefined || isNew(look) || isStock(leaf) ? [] : [{ vm, look, leaf }];
  });
}

/** How many rows the longest chain of these VMs was made of: every certificate but the server's is one. */
export const rowsServed = (served: readonly ServedByVm[]): number =>
  Math.max(0, ...othersServed(served).map(({ look }) => look.presented - 1));
