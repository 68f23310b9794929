// A hypervisor as the programs on it see it: from here, and only from here, its system VMs' link-local addresses answer.

import type { Machine } from '../machine.ts';
import type { Reached } from './programs/ssh.ts';
import { sshThrough } from './programs/ssh.ts';
import { everywhere } from './programs.ts';
import type { System } from './system.ts';
import { SYSTEM_VM_SSH_PORT } from './system-vm.ts';

/** Where CloudStack's agent keeps the key of the system VMs (KVM, XenServer). */
const HYPERVISOR_KEY = '/root/.ssh/id_rsa.cloud';

export interface HypervisorOptions {
  readonly name: string;
  /** The system VMs that run here now. */
  machines(): readonly Machine[];
  systemOf(machine: Machine): System;
}

export function hypervisor(options: HypervisorOptions): System {
  const files = new Map([
    ['/etc/hostname', Buffer.from(`${options.name}\n`)],
    [HYPERVISOR_KEY, Buffer.from('the key of the system VMs stays with CloudStack\n')],
  ]);
  const units = new Set(['cloudstack-agent', 'libvirtd', 'ssh']);
  const reach = (address: string, port: number) => reachMachine(options, address, port);
  return {
    hostname: options.name,
    read: (path) => files.get(path),
    paths: () => [...files.keys()],
    unit: (name) => (units.has(name) ? 'active' : undefined),
    control: () => 'the lab runs it for good',
    listening: () => [{ address: '0.0.0.0', port: 22 }],
    processes: () => ['/usr/sbin/libvirtd', 'java com.cloud.agent.AgentShell', 'sshd: /usr/sbin/sshd -D'],
    programs: new Map([...everywhere, ['ssh', sshThrough({ reach, keys: [HYPERVISOR_KEY] })]]),
  };
}

function reachMachine(options: HypervisorOptions, address: string, port: number): Reached {
  const machine = options.machines().find((each) => each.linkLocalIp === address);
  if (machine === undefined || machine.power === 'off') return 'unroutable';
  if (machine.power === 'booting' || port !== SYSTEM_VM_SSH_PORT) return 'refused';
  return { system: options.systemOf(machine) };
}
