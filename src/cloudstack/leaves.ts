// Which server certificates the system VMs of a host present now, whatever bundle they belong to.

import type { Reader, TaskHost } from '../connection.ts';
import type { Certificate } from '../pki/bundle.ts';
import { readableCertificate } from '../pki/certificate.ts';
import { listSystemVms } from './system-vm.ts';

export interface Leaves {
  /** One for each VM that presents one. Self-signed ones (a storage VM's own, right after its boot) do not count. */
  readonly served: readonly Certificate[];
  /** How many system VMs run, those included that present nothing. */
  readonly running: number;
}

/** What the running system VMs of a cloud or zone present on 443; undefined for any other host. */
export async function leavesOf(host: TaskHost, read: Reader): Promise<Leaves | undefined> {
  if (host.kind !== 'cloud' && host.kind !== 'zone') return undefined;
  const zoneId = host.kind === 'zone' ? host.get('zoneid') : undefined;
  const vms = await listSystemVms(read.cloudstack, typeof zoneId === 'string' ? { zoneid: zoneId } : {});
  const running = vms.filter(({ state, publicIp }) => state === 'Running' && publicIp !== undefined);
  const leaves = await Promise.all(running.map(({ publicIp }) => leafServed(publicIp ?? '', read)));
  const served = leaves.filter((leaf) => leaf !== undefined).filter(({ selfSigned }) => !selfSigned);
  return { served, running: running.length };
}

async function leafServed(address: string, read: Reader): Promise<Certificate | undefined> {
  const handshake = await read.tls.handshake({ address, port: 443, serverName: undefined });
  const first = handshake.stage === 'tls' ? handshake.chain[0] : undefined;
  return first && readableCertificate(first);
}

/** The one that ends last. */
export const latestOf = (leaves: readonly Certificate[]): Certificate | undefined =>
  leaves.toSorted((a, b) => b.notAfter.getTime() - a.notAfter.getTime())[0];

/** On how many VMs the same certificate is. */
export const countOf = ({ served }: Leaves, { fingerprint }: Pick<Certificate, 'fingerprint'>): number =>
  served.filter((leaf) => leaf.fingerprint === fingerprint).length;
