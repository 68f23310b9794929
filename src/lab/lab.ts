// A whole lab: clouds with their servers, one DNS server, and a folder that says how to reach them.

import { randomBytes } from 'node:crypto';
import { type ApiServer, startManagementServer } from './api/server.ts';
import { type LabCertificates, makeCertificates } from './ca.ts';
import { type DnsServer, startDnsServer } from './dns/server.ts';
import type { Fault } from './faults.ts';
import { type LabCloud, LabFolder } from './folder.ts';
import { labInventory } from './inventory.ts';
import { generateSshKeys, type SshKeys } from './ssh/keys.ts';
import { type SshServers, startSshServers } from './ssh/servers.ts';
import { createDoors, type Doors, PUBLIC_PORTS } from './vm/doors.ts';
import { claimPorts, LOOPBACK, type Ports } from './vm/ports.ts';
import { createWorld } from './world/create.ts';
import type { ApiRequest, ApiWrite, Profile, World, WorldOptions } from './world/world.ts';

export interface LabOptions {
  /** Created for this user alone. Throws `InvalidInput` when a lab runs there. */
  readonly folder: string;
  readonly profile: Profile;
  /** Zones of each cloud: their names, or how many. Default 2. */
  readonly zones?: number | readonly string[] | undefined;
  /** Default 1: a cloud named `lab`. */
  readonly clouds?: number | undefined;
  /** Management servers of each cloud. Default 1. */
  readonly managementServers?: number | undefined;
  /** Seconds of ours for one second of CloudStack. Default: `DEFAULT_TIME_FACTOR`. */
  readonly timeFactor?: number | undefined;
  /** Ordered in every cloud. */
  readonly faults?: readonly Fault[] | undefined;
  /** Made before, where several labs follow each other: a set takes a second. Default: new ones. */
  readonly certificates?: LabCertificates | undefined;
  /** Anything else of a world that should differ. */
  readonly world?: Partial<
    Pick<WorldOptions, 'settings' | 'hypervisorType' | 'hypervisorsPerZone' | 'material' | 'still'>
  >;
  /** Called with what nobody waits for and no client is told: a port that could not be opened. Default: thrown. */
  readonly report?: ((error: unknown) => void) | undefined;
  /** Called with what the lab lives with: a management server's port that another process took. Default: not said. */
  readonly warn?: ((message: string) => void) | undefined;
}

export interface RunningCloud {
  readonly name: string;
  readonly apiUrl: string;
  readonly world: World;
  /** The port of 127.0.0.1 that stands for a system VM's. */
  localPort(publicIp: string, port: number): number;
  /** Resolves when every port shows what the world says at this moment. */
  settled(): Promise<void>;
}

export interface Lab {
  readonly folder: string;
  readonly clouds: readonly RunningCloud[];
  readonly certificates: LabCertificates;
  /** Path of an inventory with every cloud. */
  readonly inventory: string;
  /** How many API requests were made, in all clouds. */
  requests(): number;
  requestLog(): readonly ApiRequest[];
  writes(): readonly ApiWrite[];
  /** Ends every server, frees every port, removes every file. */
  close(): Promise<void>;
}

/** A boot of a minute takes 2.4 seconds. */
export const DEFAULT_TIME_FACTOR = 0.04;
export const CONSOLE_DOMAIN = '*.console.lab.example';
export const STORAGE_DOMAIN = '*.storage.lab.example';

const ZONE_NAMES = ['ams', 'fra', 'lhr', 'cdg', 'waw', 'mad', 'arn', 'zrh'];

/** Starts a lab. Rejects with `InvalidInput` where the machine has too few ports; nothing is left behind then. */
export async function startLab(options: LabOptions): Promise<Lab> {
  const folder = new LabFolder(options.folder);
  const closing: (() => Promise<void>)[] = [async () => folder.remove()];
  const close = async (): Promise<void> => {
    for (let end = closing.pop(); end !== undefined; end = closing.pop()) await end();
  };
  try {
    return { ...(await startParts(options, folder, closing)), close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function startParts(
  options: LabOptions,
  folder: LabFolder,
  closing: (() => Promise<void>)[],
): Promise<Omit<Lab, 'close'>> {
  const certificates = options.certificates ?? (await makeLabCertificates());
  const keys = generateSshKeys();
  const names = cloudNames(options.clouds ?? 1);
  const plans = names.map((name) => worldOptions(name, options, certificates));
  const ports = await claimPorts(plans.reduce((sum, plan) => sum + portsOf(plan), 0));
  closing.push(() => ports.close());
  const clouds: StartedCloud[] = [];
  for (const plan of plans) {
    const cloud = await startCloud(plan, ports, keys, { report: options.report ?? raise, warn: options.warn });
    closing.push(() => cloud.close());
    clouds.push(cloud);
  }
  const dns = await startDns(clouds);
  closing.push(() => dns.close());
  const inventory = announce({ folder, clouds, dns, keys, certificates, profile: options.profile });
  return {
    folder: folder.path,
    clouds,
    certificates,
    inventory,
    requests: () => clouds.reduce((sum, { world }) => sum + world.requests.length, 0),
    requestLog: () => clouds.flatMap(({ world }) => world.requests),
    writes: () => clouds.flatMap(({ world }) => world.writes),
  };
}

/** What a lab serves and hands out, for its two domains. */
export function makeLabCertificates(): Promise<LabCertificates> {
  return makeCertificates([CONSOLE_DOMAIN, STORAGE_DOMAIN], new Date());
}

/** Out of any promise, so that it ends the process: a lab that lies about its ports is worse than none. */
function raise(error: unknown): void {
  setImmediate(() => {
    throw error;
  });
}

const cloudNames = (count: number): string[] =>
  count === 1 ? ['lab'] : Array.from({ length: count }, (_, index) => `lab-${index + 1}`);

function worldOptions(name: string, options: LabOptions, certificates: LabCertificates): WorldOptions {
  const zones = zoneNames(options.zones ?? 2);
  const servers = options.managementServers ?? 1;
  return {
    profile: options.profile,
    name,
    zones,
    managementServers: Array.from({ length: servers }, (_, index) => `ms${index + 1}.${name}.example`),
    timeFactor: options.timeFactor ?? DEFAULT_TIME_FACTOR,
    apiKey: randomBytes(32).toString('base64url'),
    secretKey: randomBytes(32).toString('base64url'),
    material: certificates.served,
    realhostip: certificates.realhostip,
    snakeoil: certificates.snakeoil,
    consoleDomain: CONSOLE_DOMAIN,
    storageDomain: STORAGE_DOMAIN,
    publicIps: publicIps(zones.length),
    faults: options.faults,
    ...options.world,
  };
}

function zoneNames(zones: number | readonly string[]): readonly string[] {
  if (typeof zones !== 'number') return zones;
  return Array.from({ length: zones }, (_, index) => ZONE_NAMES[index] ?? `zone-${index + 1}`);
}

/** Two VMs a zone, and a few for those that are destroyed and made anew. From TEST-NET-3 (RFC 5737). */
function publicIps(zones: number): string[] {
  const SPARE = 4;
  return Array.from({ length: 2 * zones + SPARE }, (_, index) => `203.0.113.${index + 10}`);
}

function portsOf({ zones, managementServers, publicIps = [], hypervisorsPerZone = 1 }: WorldOptions): number {
  const ssh = zones.length * hypervisorsPerZone + managementServers.length;
  return publicIps.length * PUBLIC_PORTS.length + ssh + managementServers.length;
}

interface StartedCloud extends RunningCloud {
  readonly doors: Doors;
  readonly ssh: SshServers;
  close(): Promise<void>;
}

interface Tell extends Pick<LabOptions, 'warn'> {
  readonly report: (error: unknown) => void;
}

async function startCloud(
  plan: WorldOptions,
  ports: Ports,
  keys: SshKeys,
  { report, warn }: Tell,
): Promise<StartedCloud> {
  const world = createWorld(plan);
  const doors = createDoors(plan.publicIps ?? [], ports, report);
  showMachines(world, doors);
  const ssh = await startSshServers(world, ports, keys);
  const servers: ApiServer[] = [];
  for (const { id } of world.managementServers) {
    servers.push(await startManagementServer(world, { server: id, host: LOOPBACK, port: ports.take(), warn }));
  }
  await doors.settled();
  return {
    name: plan.name,
    apiUrl: servers[0]?.url ?? '',
    world,
    doors,
    ssh,
    localPort: doors.localPort,
    settled: doors.settled,
    close: async () => {
      world.close();
      await Promise.all([...servers.map((server) => server.close()), ssh.close(), doors.close()]);
    },
  };
}

function showMachines(world: World, doors: Doors): void {
  const addresses = new Map<string, string>();
  const show = (machine: ReturnType<World['machines']>[number]): void => {
    addresses.set(machine.id, machine.publicIp);
    doors.show(machine);
  };
  for (const machine of world.machines()) show(machine);
  world.onMachine((news) => {
    if (news.kind === 'machine') {
      show(news.machine);
      return;
    }
    const address = addresses.get(news.id);
    if (address !== undefined) doors.hide(address);
    addresses.delete(news.id);
  });
}

function startDns(clouds: readonly StartedCloud[]): Promise<DnsServer> {
  const known = new Set(clouds.flatMap(({ world }) => world.options.publicIps ?? []));
  return startDnsServer({
    domains: [CONSOLE_DOMAIN, STORAGE_DOMAIN].map((domain) => domain.replace(/^\*\./, '')),
    isPublic: (address) => known.has(address),
    fault: () => {
      if (clouds.some(({ world }) => world.strikes('dns-silent'))) return 'silent';
      return clouds.some(({ world }) => world.strikes('dns-no-name')) ? 'no name' : undefined;
    },
  });
}

interface Announced {
  readonly folder: LabFolder;
  readonly clouds: readonly StartedCloud[];
  readonly dns: DnsServer;
  readonly keys: SshKeys;
  readonly certificates: LabCertificates;
  readonly profile: Profile;
}

/** Writes the folder. Gives the inventory's path. */
function announce({ folder, clouds, dns, keys, certificates, profile }: Announced): string {
  const renewed = folder.bundle('', certificates.renewed);
  const served = folder.bundle('served-', certificates.served);
  const file = {
    pid: process.pid,
    profile,
    dns_servers: [dns.address],
    ssh_private_key_file: folder.secret('id_ed25519', keys.private),
    // The user's own configuration of SSH has no say in a lab.
    ssh_config_file: folder.open('ssh_config', 'User root\nIdentitiesOnly yes\n'),
    console_domain: CONSOLE_DOMAIN,
    storage_domain: STORAGE_DOMAIN,
    certificate_files: renewed.files,
    root_file: renewed.root,
    served_certificate_files: served.files,
    clouds: clouds.map((cloud) =>
      cloudEntry(folder, cloud, clouds.length > 1 ? `known_hosts-${cloud.name}` : 'known_hosts'),
    ),
  };
  const inventory = folder.secret('inventory.yml', labInventory(file));
  folder.announce(file);
  return inventory;
}

const SSH_PORT = 22;

function cloudEntry(folder: LabFolder, cloud: StartedCloud, knownHosts: string): LabCloud {
  const { world, doors, ssh } = cloud;
  const machines = (world.options.publicIps ?? []).flatMap((address) =>
    PUBLIC_PORTS.map((port) => `${address}:${port}:${LOOPBACK}:${doors.localPort(address, port)}`),
  );
  const hosts = ssh.hosts.map(({ address, localPort }) => `${address}:${SSH_PORT}:${LOOPBACK}:${localPort}`);
  // Both names of each: as the cloud calls it, and as who goes to the local port without `connect_to` does.
  const known = ssh.hosts.map(
    ({ address, localPort, knownKey }) => `${address},[${LOOPBACK}]:${localPort} ${knownKey}\n`,
  );
  return {
    name: cloud.name,
    api_url: cloud.apiUrl,
    api_key: world.options.apiKey,
    secret_key: world.options.secretKey,
    management_servers: world.managementServers.map(({ name }) => name),
    connect_to: [...machines, ...hosts],
    ssh_known_hosts_file: folder.open(knownHosts, known.join('')),
  };
}
