// The parts of one install, and what its rules pass around. Plain data with a few stores; the rules are functions in the
// files beside this one.

import type { Machine } from '../machine.ts';
import type { CaFramework } from './ca-framework.ts';
import type { Clock } from './clock.ts';
import type { Jobs } from './jobs.ts';
import type { Keystore } from './keystore.ts';
import type { Orders } from './orders.ts';
import type { Records } from './records.ts';
import type { Rules } from './rules.ts';
import type { Settings } from './settings.ts';
import type {
  ApiRequest,
  ApiState,
  ApiWrite,
  MachineNews,
  ManagementServer,
  ManagementState,
  WorldOptions,
} from './world.ts';

export interface ZoneRow {
  readonly dbId: number;
  readonly id: string;
  readonly name: string;
  readonly podId: string;
  readonly clusterId: string;
  readonly storeId: string;
  enabled: boolean;
}

export interface HostRow {
  readonly id: string;
  readonly name: string;
  readonly zone: ZoneRow;
  readonly ipAddress: string;
  readonly created: Date;
}

export type VmState = 'Stopped' | 'Starting' | 'Running' | 'Stopping' | 'Destroyed';
export type VmType = 'consoleproxy' | 'secondarystoragevm';

/** The agent inside a system VM as the management servers know it; absent until it has connected once. */
export interface Agent {
  readonly id: string;
  readonly created: Date;
  state: 'Connecting' | 'Up' | 'Disconnected';
  disconnected: Date | undefined;
  server: string;
}

/** What a console proxy's JVM was given when it began; nothing replaces it but a new JVM. */
export type ConsoleContent =
  | { readonly kind: 'plain' }
  | { readonly kind: 'tls'; readonly certificates: readonly string[]; readonly key: string }
  /** The server could not build a keystore, or had no certificate: nothing listens. */
  | { readonly kind: 'nothing' };

/** What lies on a storage VM's disk: written by its agent, and kept over a reboot. */
export interface ApacheFiles {
  readonly key: string;
  readonly certificate: string;
}

export interface VmRow {
  readonly dbId: number;
  readonly id: string;
  readonly type: VmType;
  readonly name: string;
  readonly zone: ZoneRow;
  readonly publicIp: string;
  readonly created: Date;
  host: HostRow | undefined;
  privateIp: string;
  linkLocalIp: string;
  state: VmState;
  power: Machine['power'];
  agent: Agent | undefined;
  /** Boot arguments, fixed at start. */
  premium: boolean;
  vncPort: 8080 | 8443;
  console: ConsoleContent | undefined;
  /** Which pair the vhost names. */
  vhost: 'snakeoil' | 'cert_apache';
  apache: 'active' | 'inactive' | 'failed';
  apacheFiles: ApacheFiles | undefined;
  chainFile: string | undefined;
  /** The root that the truststore has under the alias cpvmcertificate. */
  trustedRoot: string | undefined;
  /** Counts boots and ends of life: a timer of an earlier one does nothing. */
  epoch: number;
  /** The operation under way, if any; the next one waits for it. */
  operation: Promise<void> | undefined;
  sessions: number;
}

export interface ServerRow {
  readonly id: string;
  readonly name: string;
  readonly ipAddress: string;
  /** When its machine was booted. */
  readonly booted: Date;
  state: ManagementState;
  api: ApiState;
  /** When it last started, as it knows; and as the others have heard from it. */
  started: Date;
  shownStart: Date;
  stopped: Date | undefined;
  /** What it read of the settings when it started. */
  memo: ReadonlyMap<string, string | null>;
  /** Counts starts and stops: a timer of an earlier one does nothing. */
  epoch: number;
}

/** The one account of the lab and its user. */
export interface Identity {
  readonly userId: string;
  readonly accountId: string;
  readonly domainId: string;
}

export interface Install {
  readonly options: WorldOptions;
  readonly rules: Rules;
  readonly clock: Clock;
  readonly orders: Orders;
  readonly settings: Settings;
  readonly keystore: Keystore;
  readonly jobs: Jobs;
  readonly records: Records;
  readonly ca: CaFramework;
  readonly zones: readonly ZoneRow[];
  readonly hosts: readonly HostRow[];
  readonly servers: readonly ServerRow[];
  readonly vms: VmRow[];
  /** Numbers of VMs that are gone, by UUID: the API still knows those. */
  readonly destroyed: Map<string, number>;
  readonly identity: Identity;
  /** Numbers given to system VMs so far, zone by zone and type by type. */
  lastVm: number;
  readonly requests: ApiRequest[];
  readonly writes: ApiWrite[];
  readonly log: string[];
  readonly requestListeners: Set<(request: ApiRequest) => void>;
  readonly machineListeners: Set<(news: MachineNews) => void>;
  readonly serverListeners: Set<(server: ManagementServer) => void>;
}

/** A line of management-server.log. */
export function note(install: Install, line: string): void {
  install.log.push(`${install.clock.now().toISOString()} ${line}`);
}
