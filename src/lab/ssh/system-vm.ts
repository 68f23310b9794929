// A system VM as the programs in it see it.

import type { Machine } from '../machine.ts';
import { keytoolOf } from './programs/keytool.ts';
import { apachectl } from './programs/services.ts';
import { everywhere } from './programs.ts';
import type { Program, System } from './system.ts';
import { keystoreBytes } from './truststore.ts';

/** sshd of a system VM listens here, on the link-local address (KVM, XenServer) or the private one (VMware). */
export const SYSTEM_VM_SSH_PORT = 3922;

export interface SystemVmOptions {
  /** The machine as it is now. */
  machine(): Machine;
  restartService(service: string): void;
  readonly sshAddress: 'linkLocalIp' | 'privateIp';
}

const PROCESSES: Readonly<Record<string, readonly string[]>> = {
  apache2: ['/usr/sbin/apache2 -k start', '/usr/sbin/apache2 -k start'],
  cloud: ['java -Djavax.net.ssl.trustStore=./certs/keystore -cp ./*:./conf com.cloud.agent.AgentShell'],
};

export function systemVm(options: SystemVmOptions): System {
  const machine = options.machine;
  const programs = new Map<string, Program>([
    ...everywhere,
    ['keytool', (call) => keytoolOf([machine().trustStore])(call)],
    ['apachectl', apachectl],
    ['apache2ctl', apachectl],
  ]);
  return {
    get hostname() {
      return machine().name;
    },
    read: (path) => {
      const { files, trustStore } = machine();
      if (path === trustStore.path) return keystoreBytes(trustStore);
      const text = Object.hasOwn(files, path) ? files[path] : undefined;
      return text === undefined ? undefined : Buffer.from(text);
    },
    paths: () => [...Object.keys(machine().files), machine().trustStore.path],
    unit: (name) => (name === 'ssh' ? 'active' : ownState(machine(), name)),
    control: (name, verb) => {
      if (verb === 'stop' || name === 'ssh') return `the lab does not ${verb} it`;
      options.restartService(name);
      return undefined;
    },
    listening: () => listening(machine(), options.sshAddress),
    processes: () => {
      const { services } = machine();
      const running = Object.keys(services).filter((name) => services[name] === 'active');
      return ['sshd: /usr/sbin/sshd -D', ...running.flatMap((name) => PROCESSES[name] ?? [`/usr/sbin/${name}`])];
    },
    programs,
  };
}

function ownState(machine: Machine, name: string): 'active' | 'inactive' | 'failed' | undefined {
  return Object.hasOwn(machine.services, name) ? machine.services[name] : undefined;
}

function listening(machine: Machine, sshAddress: 'linkLocalIp' | 'privateIp'): { address: string; port: number }[] {
  const open = Object.entries(machine.ports).filter(([, state]) => state.kind !== 'closed');
  return [
    { address: machine[sshAddress], port: SYSTEM_VM_SSH_PORT },
    ...open.map(([port]) => ({ address: machine.publicIp, port: Number(port) })),
  ];
}
