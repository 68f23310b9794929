// All SSH servers of one cloud: its hypervisors, its management servers, and behind the hypervisors its system VMs.

import { createServer } from 'node:net';
import type { Machine } from '../machine.ts';
import { LOOPBACK, type Ports } from '../vm/ports.ts';
import type { World } from '../world/world.ts';
import { faulty } from './faulty.ts';
import { hypervisor } from './hypervisor.ts';
import { generateSshKeys, type SshKeys } from './keys.ts';
import { managementServer } from './management-server.ts';
import { createSshServer, type SshServer } from './server.ts';
import type { System } from './system.ts';
import { SYSTEM_VM_SSH_PORT, systemVm } from './system-vm.ts';

/** One SSH server that can be reached from outside. */
export interface SshHost {
  readonly name: string;
  /** The address it has in the cloud: what `listHosts` says, or the name of the management server. */
  readonly address: string;
  /** Where it really is: a port of 127.0.0.1. */
  readonly localPort: number;
  /** The public key that its users know. While the fault `host-key-changed` holds it presents another one. */
  readonly knownKey: string;
}

export interface SshServers {
  readonly hosts: readonly SshHost[];
  close(): Promise<void>;
}

/** Starts them. The key pair `authorized` is let in everywhere, as root. */
export async function startSshServers(world: World, ports: Ports, authorized: SshKeys): Promise<SshServers> {
  const vms = new SystemVms(world, authorized);
  const doors: Door[] = [];
  const hosts: SshHost[] = [];
  const start = async (name: string, address: string, system: System, forward?: Forward): Promise<void> => {
    const known = generateSshKeys();
    const machine = { name, type: 'host', zone: '' };
    const shown = faulty(system, machine, world);
    const door = new Door(known, (hostKey) => createSshServer({ hostKey, authorized, system: shown, forward }));
    const localPort = ports.take();
    await door.listen(localPort, () => world.strikes('host-key-changed', { machine }));
    doors.push(door);
    hosts.push({ name, address, localPort, knownKey: known.public });
  };
  for (const { name, ipAddress } of world.hypervisors) {
    const machines = () => world.machines().filter((machine) => machine.hypervisor === name);
    const system = hypervisor({ name, machines, systemOf: vms.systemOf });
    await start(name, ipAddress, system, (address, port) => vms.serverAt(machines(), address, port));
  }
  for (const { name } of world.managementServers) {
    await start(name, name, managementServer({ name, world, systemOf: vms.systemOf }));
  }
  return {
    hosts,
    close: async () => {
      await Promise.all(doors.map((door) => door.close()));
      await vms.close();
    },
  };
}

/** A port with the server behind it, and a second server, made when first needed, that has another host key. */
class Door {
  readonly #known: SshKeys;
  readonly #make: (hostKey: SshKeys) => Promise<SshServer>;
  readonly #listener = createServer();
  #own: Promise<SshServer> | undefined;
  #changed: Promise<SshServer> | undefined;

  constructor(known: SshKeys, make: (hostKey: SshKeys) => Promise<SshServer>) {
    this.#known = known;
    this.#make = make;
  }

  /** Asks `isChanged` at each connection. */
  listen(port: number, isChanged: () => boolean): Promise<void> {
    this.#listener.on('connection', (socket) => {
      // A client that leaves before its server is made is no event.
      socket.on('error', () => socket.destroy());
      void this.#serverFor(isChanged()).then((server) => server.serve(socket));
    });
    return new Promise((resolve, reject) => {
      this.#listener.once('error', reject);
      this.#listener.listen(port, LOOPBACK, resolve);
    });
  }

  #serverFor(isChanged: boolean): Promise<SshServer> {
    if (isChanged) return (this.#changed ??= this.#make(generateSshKeys()));
    return (this.#own ??= this.#make(this.#known));
  }

  async close(): Promise<void> {
    const ended = new Promise((resolve) => this.#listener.close(resolve));
    await (await this.#own)?.close();
    await (await this.#changed)?.close();
    await ended;
  }
}

type Forward = (address: string, port: number) => Promise<SshServer | undefined>;

/** The system VMs' own SSH servers, for who comes through a hypervisor as a jump host. */
class SystemVms {
  readonly #world: World;
  readonly #authorized: SshKeys;
  readonly #servers = new Map<string, Promise<SshServer>>();

  constructor(world: World, authorized: SshKeys) {
    this.#world = world;
    this.#authorized = authorized;
  }

  readonly systemOf = (machine: Machine): System => faulty(this.#plainSystemOf(machine), machine, this.#world);

  readonly #plainSystemOf = (machine: Machine): System =>
    systemVm({
      machine: () => this.#world.machines().find((each) => each.id === machine.id) ?? machine,
      restartService: (service) => this.#world.restartService(machine.id, service),
      sshAddress: this.#world.options.hypervisorType === 'VMware' ? 'privateIp' : 'linkLocalIp',
    });

  /** The server at an address, when the machine with it is up; made, with a host key of its own, when first needed. */
  async serverAt(machines: readonly Machine[], address: string, port: number): Promise<SshServer | undefined> {
    const machine = machines.find((each) => each.linkLocalIp === address);
    if (machine?.power !== 'on' || port !== SYSTEM_VM_SSH_PORT) return undefined;
    const known = this.#servers.get(machine.id) ?? this.#make(machine);
    this.#servers.set(machine.id, known);
    return known;
  }

  #make(machine: Machine): Promise<SshServer> {
    const hostKey = generateSshKeys();
    return createSshServer({ hostKey, authorized: this.#authorized, system: this.systemOf(machine) });
  }

  async close(): Promise<void> {
    await Promise.all([...this.#servers.values()].map(async (server) => (await server).close()));
  }
}
