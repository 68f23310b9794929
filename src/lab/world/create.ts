// Puts an install together: its tables, its VMs as they run when the lab begins, its servers and their scanners.

import { createHash, randomUUID } from 'node:crypto';
import { reconnectAll, restartAgent } from './agents.ts';
import { CaFramework } from './ca-framework.ts';
import { Clock } from './clock.ts';
import { deliver, startApache } from './delivery.ts';
import type { HostRow, Install, ServerRow, VmRow, VmType, ZoneRow } from './install.ts';
import { Jobs } from './jobs.ts';
import { Keystore } from './keystore.ts';
import { changed, machineOf } from './machines.ts';
import { Orders } from './orders.ts';
import { Records } from './records.ts';
import { rulesOf } from './rules.ts';
import { startScanners } from './scanner.ts';
import { restartServer, serverView, startServer, stopServer } from './servers.ts';
import { Settings } from './settings.ts';
import { consoleTls } from './views.ts';
import { createVm } from './vms.ts';
import type { FaultSubject, World, WorldOptions } from './world.ts';

/** An install whose clock runs from now on. Close it when done. */
export function createWorld(options: WorldOptions): World {
  return worldOf(createInstall(options));
}

/** The parts behind a `World`, for the API. */
const installs = new WeakMap<World, Install>();

/** Throws TypeError for a world that `createWorld` did not make. */
export function installOf(world: World): Install {
  const install = installs.get(world);
  if (install === undefined) throw new TypeError('not a world of createWorld');
  return install;
}

function createInstall(options: WorldOptions): Install {
  const clock = new Clock(options.timeFactor);
  const orders = new Orders();
  for (const fault of options.faults ?? []) orders.add(fault);
  const zones = options.zones.map((name, index) => zoneRow(name, index));
  const settings = new Settings(options.profile);
  for (const [name, value] of Object.entries(impliedSettings(options))) settings.put(name, value);
  const install: Install = {
    options,
    rules: rulesOf[options.profile],
    clock,
    orders,
    settings,
    keystore: new Keystore(),
    jobs: new Jobs(clock, orders),
    records: new Records(),
    ca: new CaFramework(),
    zones,
    hosts: zones.flatMap((zone) => hostRows(zone, options)),
    servers: options.managementServers.map((name, index) => serverRow(name, index, settings)),
    vms: [],
    destroyed: new Map(),
    identity: { userId: randomUUID(), accountId: randomUUID(), domainId: randomUUID() },
    lastVm: 0,
    requests: [],
    writes: [],
    log: [],
    requestListeners: new Set(),
    machineListeners: new Set(),
    serverListeners: new Set(),
  };
  storeMaterial(install);
  for (const zone of zones) for (const type of types) beginVm(install, type, zone);
  for (const server of install.servers) startScanners(install, server);
  return install;
}

const types: readonly VmType[] = ['consoleproxy', 'secondarystoragevm'];

function zoneRow(name: string, index: number): ZoneRow {
  return {
    dbId: index + 1,
    id: randomUUID(),
    name,
    podId: randomUUID(),
    clusterId: randomUUID(),
    storeId: randomUUID(),
    enabled: true,
  };
}

function hostRows(zone: ZoneRow, options: WorldOptions): HostRow[] {
  return Array.from({ length: options.hypervisorsPerZone ?? 1 }, (_, index) => ({
    id: randomUUID(),
    name: `${hostPrefix(options)}${index + 1}.${zone.name.toLowerCase()}.${options.name}.example`,
    zone,
    ipAddress: `172.16.${zone.dbId}.${index + 2}`,
    created: new Date(),
  }));
}

const hostPrefix = (options: WorldOptions): string => (options.hypervisorType ?? 'KVM').toLowerCase();

function serverRow(name: string, index: number, settings: Settings): ServerRow {
  const started = new Date();
  return {
    id: randomUUID(),
    name,
    ipAddress: `172.16.0.${index + 2}`,
    booted: started,
    state: 'Up',
    api: 'answers',
    started,
    shownStart: started,
    stopped: undefined,
    memo: settings.snapshot(),
    epoch: 0,
  };
}

/** The settings of an install whose TLS works, where there is something to serve. */
function impliedSettings(options: WorldOptions): Record<string, string> {
  const tls = options.material !== undefined;
  return {
    'consoleproxy.url.domain': options.consoleDomain,
    'consoleproxy.sslEnabled': String(tls && options.consoleDomain !== ''),
    'secstorage.ssl.cert.domain': options.storageDomain,
    'secstorage.encrypt.copy': String(tls && options.storageDomain !== ''),
    host: options.managementServers.map((_, index) => `172.16.0.${index + 2}`).join(','),
    ...options.settings,
  };
}

/** As the UI's dialog stores it: root 1, intermediates from the root down, the server certificate last. */
function storeMaterial({ options, keystore, rules }: Install): void {
  const { material } = options;
  if (material === undefined) return;
  const domainSuffix = options.domainSuffix ?? options.consoleDomain;
  const chain = [material.root, ...material.intermediates.toReversed()];
  for (const [index, certificate] of chain.entries()) {
    const name = index === 0 ? 'root' : `intermediate${index}`;
    keystore.upload({ certificate, domainSuffix, key: undefined, name, seq: index + 1 }, rules);
  }
  keystore.upload(
    { certificate: material.leaf, domainSuffix, key: material.key, name: undefined, seq: undefined },
    rules,
  );
}

/** A VM that has been running for long when the lab begins. */
function beginVm(install: Install, type: VmType, zone: ZoneRow): void {
  const vm = createVm(install, type, zone);
  const [server] = install.servers;
  if (server === undefined) throw new RangeError('an install needs a management server');
  const [number] = createHash('sha256').update(vm.name).digest();
  vm.host = install.hosts.findLast((host) => host.zone === zone);
  vm.privateIp = `172.16.${zone.dbId}.${10 + vm.dbId}`;
  vm.linkLocalIp = `169.254.${zone.dbId}.${number}`;
  vm.state = 'Running';
  vm.power = 'on';
  vm.premium = consoleTls(install, server, zone);
  vm.vncPort = vm.premium && install.keystore.rows.length > 0 ? 8443 : 8080;
  beginAgent(install, vm, server);
}

function beginAgent(install: Install, vm: VmRow, server: ServerRow): void {
  if (install.options.hypervisorType !== 'Simulator' || vm.type === 'secondarystoragevm') {
    vm.agent = {
      id: randomUUID(),
      created: install.clock.now(),
      state: 'Up',
      disconnected: undefined,
      server: server.id,
    };
  }
  deliver(install, vm, server);
}

function worldOf(install: Install): World {
  const world: World = {
    options: install.options,
    get zones() {
      return install.zones.map(({ id, name, enabled }) => ({ id, name, enabled }));
    },
    hypervisors: install.hosts.map((host) => ({
      id: host.id,
      name: host.name,
      zone: host.zone.name,
      type: install.options.hypervisorType ?? 'KVM',
      ipAddress: host.ipAddress,
    })),
    get managementServers() {
      return install.servers.map(serverView);
    },
    machines: () => install.vms.map((vm) => machineOf(install, vm)),
    onMachine: (listener) => listen(install.machineListeners, listener),
    onManagementServer: (listener) => listen(install.serverListeners, listener),
    onRequest: (listener) => listen(install.requestListeners, listener),
    restartManagementServer: (id) => restartServer(install, serverOf(install, id)),
    stopManagementServer: (id) => stopServer(install, serverOf(install, id)),
    startManagementServer: (id) => startServer(install, serverOf(install, id)),
    restartService: (id, service) => restartService(install, id, service),
    order: (fault) => {
      install.orders.add(fault);
      for (const vm of install.vms) changed(install, vm);
    },
    withdraw: (name) => {
      install.orders.withdraw(name);
      if (name === 'job-never-ends') install.jobs.goOn();
      if (name === 'agent-never-up') reconnectAll(install);
      for (const vm of install.vms) changed(install, vm);
    },
    strikes: (name, subject?: FaultSubject) => install.orders.strikes(name, subject),
    openSessions: (id, count) => {
      vmOf(install, id).sessions = count;
    },
    requests: install.requests,
    writes: install.writes,
    log: install.log,
    close: () => install.clock.close(),
  };
  installs.set(world, install);
  return world;
}

function listen<T>(listeners: Set<T>, listener: T): () => void {
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
  };
}

function serverOf(install: Install, idOrName: string): ServerRow {
  const server = install.servers.find(({ id, name }) => id === idOrName || name === idOrName);
  if (server === undefined) throw new RangeError(`no management server "${idOrName}"`);
  return server;
}

function vmOf(install: Install, idOrName: string): VmRow {
  const vm = install.vms.find(({ id, name }) => id === idOrName || name === idOrName);
  if (vm === undefined) throw new RangeError(`no system VM "${idOrName}"`);
  return vm;
}

function restartService(install: Install, machineId: string, service: string): void {
  const vm = vmOf(install, machineId);
  if (vm.power !== 'on') return;
  if (service === 'cloud') restartAgent(install, vm);
  else if (service === 'apache2' && vm.type === 'secondarystoragevm') {
    startApache(install, vm);
    changed(install, vm);
  }
}
