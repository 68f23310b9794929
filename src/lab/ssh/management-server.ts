// A management server as the programs on it see it.

import type { Machine } from '../machine.ts';
import type { ManagementServer, World } from '../world/world.ts';
import { sshThrough } from './programs/ssh.ts';
import { everywhere } from './programs.ts';
import type { System, UnitState } from './system.ts';
import { SYSTEM_VM_SSH_PORT } from './system-vm.ts';

const SERVICE = 'cloudstack-management';
const LOG = '/var/log/cloudstack/management/management-server.log';
/** Where packages for Debian keep the key of the system VMs. */
const SYSTEM_VM_KEY = '/var/lib/cloudstack/management/.ssh/id_rsa';

const PROPERTIES = `http.enable=true
http.port=8080
https.enable=false
https.port=8443
https.keystore=/etc/cloudstack/management/cloud.jks
bind.interface=::
context.path=/client
session.timeout=30
`;

export interface ManagementServerOptions {
  readonly name: string;
  readonly world: World;
  systemOf(machine: Machine): System;
}

export function managementServer({ name, world, systemOf }: ManagementServerOptions): System {
  const files = new Map<string, () => string>([
    ['/etc/hostname', () => `${name}\n`],
    ['/etc/cloudstack/management/server.properties', () => PROPERTIES],
    [LOG, () => world.log.map((line) => `${line}\n`).join('')],
    [SYSTEM_VM_KEY, () => 'the key of the system VMs stays with CloudStack\n'],
  ]);
  // Only on VMware are system VMs reached from here, by their private address.
  const ssh = sshThrough({
    keys: [SYSTEM_VM_KEY],
    reach: (address, port) => {
      const machine = world.options.hypervisorType === 'VMware' ? atPrivate(world, address) : undefined;
      if (machine === undefined || machine.power === 'off') return 'unroutable';
      if (machine.power === 'booting' || port !== SYSTEM_VM_SSH_PORT) return 'refused';
      return { system: systemOf(machine) };
    },
  });
  const state = (): UnitState => unitState(world.managementServers.find((server) => server.name === name));
  return {
    hostname: name,
    read: (path) => {
      const content = files.get(path)?.();
      return content === undefined ? undefined : Buffer.from(content);
    },
    paths: () => [...files.keys()],
    unit: (unit) => (unit === SERVICE ? state() : unit === 'ssh' ? 'active' : undefined),
    control: (unit, verb) => {
      if (unit !== SERVICE) return 'the lab runs it for good';
      if (verb === 'restart') world.restartManagementServer(name);
      else if (verb === 'stop') world.stopManagementServer(name);
      else world.startManagementServer(name);
      return undefined;
    },
    listening: () => [
      { address: '0.0.0.0', port: 22 },
      ...(state() === 'active' ? [8080, 8250, 9090].map((port) => ({ address: '*', port })) : []),
    ],
    processes: () => [
      'sshd: /usr/sbin/sshd -D',
      ...(state() === 'active'
        ? ['java -cp /usr/share/cloudstack-management/lib/* org.apache.cloudstack.ServerDaemon']
        : []),
    ],
    programs: new Map([...everywhere, ['ssh', ssh]]),
  };
}

function atPrivate(world: World, address: string): Machine | undefined {
  return world.machines().find((machine) => machine.privateIp === address);
}

/** A server whose web application failed to start lives on: to systemd it is active. */
function unitState(server: ManagementServer | undefined): UnitState {
  return server === undefined || server.api === 'refuses' ? 'inactive' : 'active';
}
