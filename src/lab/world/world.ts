// One CloudStack install of the lab as the rest of the lab sees it: its parts, its clock, what was asked of it and
// what it did. The rules are in the files beside this one; `createWorld` (create.ts) puts them together.

import type { Fault, FaultName } from '../faults.ts';
import type { Machine } from '../machine.ts';

/** The CloudStack release line that an install behaves as. */
export const profiles = ['4.18', '4.21', '4.22', '4.23'] as const;
export type Profile = (typeof profiles)[number];

/** What a cloud serves: PEM texts as they were uploaded. `intermediates` from the leaf's issuer upwards. */
export interface Material {
  readonly key: string;
  readonly leaf: string;
  readonly intermediates: readonly string[];
  readonly root: string;
}

/** A certificate with its key, PEM, that comes with the system VM's template. */
export interface StockPair {
  readonly certificate: string;
  readonly key: string;
}

export interface WorldOptions {
  readonly profile: Profile;
  /** The name of the cloud, for messages and host names: `lab`. */
  readonly name: string;
  readonly zones: readonly string[];
  /** Host names of the management servers, at least one. */
  readonly managementServers: readonly string[];
  /** Seconds of ours for one second of CloudStack: 1 is real time (a boot takes 60 s), 0.01 is for tests. */
  readonly timeFactor: number;
  readonly apiKey: string;
  readonly secretKey: string;
  /** Password of the user `admin`, for session logins. */
  readonly adminPassword?: string | undefined;
  /** What was uploaded before, and is served when the world begins; undefined: an install without TLS. */
  readonly material?: Material | undefined;
  /** `consoleproxy.url.domain` and `secstorage.ssl.cert.domain`: `*.console.lab.example`. Empty: not set. */
  readonly consoleDomain: string;
  readonly storageDomain: string;
  /** What the uploads before were made with; the console domain where undefined. */
  readonly domainSuffix?: string | undefined;
  /** Settings that differ from their defaults, by name; they win over what the fields above imply. */
  readonly settings?: Readonly<Record<string, string>> | undefined;
  readonly hypervisorsPerZone?: number | undefined;
  readonly hypervisorType?: 'KVM' | 'XenServer' | 'VMware' | 'Simulator' | undefined;
  /** Public addresses to hand out, in order; as many as VMs are ever made at once. Default: 192.0.2.0/24. */
  readonly publicIps?: readonly string[] | undefined;
  readonly faults?: readonly Fault[] | undefined;
  /** The expired pair that a storage VM serves without a certificate of ours. Without it port 443 stays closed. */
  readonly realhostip?: StockPair | undefined;
  /** What Apache serves from a boot until the agent has connected. Without it port 443 stays closed that long. */
  readonly snakeoil?: StockPair | undefined;
  /** No scanner runs: nothing happens by itself. */
  readonly still?: boolean | undefined;
  /** The last part of system VM names; `VM` gives `v-1-VM`. */
  readonly instanceName?: string | undefined;
}

export interface Zone {
  readonly id: string;
  readonly name: string;
  readonly enabled: boolean;
}

export interface Hypervisor {
  readonly id: string;
  readonly name: string;
  readonly zone: string;
  readonly type: string;
  /** As `listHosts` shows it. */
  readonly ipAddress: string;
}

/** CloudStack's states of a management server, as far as the lab reaches them. */
export type ManagementState =
  | 'Up'
  | 'Down'
  | 'PreparingForMaintenance'
  | 'Maintenance'
  | 'PreparingForShutDown'
  | 'ReadyToShutDown'
  | 'ShuttingDown';

/** What a connection to the server's port meets. */
export type ApiState = 'answers' | 'refuses' | 'failed-start';

export interface ManagementServer {
  readonly id: string;
  readonly name: string;
  readonly state: ManagementState;
  readonly api: ApiState;
}

/** One request to the API. Values of secrets (keys, signatures, passwords) are replaced by `***`. */
export interface ApiRequest {
  readonly at: string;
  readonly server: string;
  readonly method: string;
  readonly command: string;
  readonly parameters: Readonly<Record<string, string>>;
  readonly status: number;
}

/** One order that changed state, or tried to. */
export interface ApiWrite {
  readonly at: string;
  readonly command: string;
  readonly parameters: Readonly<Record<string, string>>;
  /** What it did, in words: `stopped v-1-VM`, `stored row root`. */
  readonly did: string;
}

/** What a listener is told: a machine that is new or changed, or one that is gone for good. */
export type MachineNews =
  | { readonly kind: 'machine'; readonly machine: Machine }
  | { readonly kind: 'gone'; readonly id: string };

export interface World {
  readonly options: WorldOptions;
  readonly zones: readonly Zone[];
  readonly hypervisors: readonly Hypervisor[];
  readonly managementServers: readonly ManagementServer[];
  /** System VMs as they are now, one `Machine` each, oldest first. */
  machines(): readonly Machine[];
  /** Told of every change of a machine, at once. Gives the function that ends it. */
  onMachine(listener: (news: MachineNews) => void): () => void;
  /** Told when a server's port is to answer, to refuse or to fail. Gives the function that ends it. */
  onManagementServer(listener: (server: ManagementServer) => void): () => void;
  /** Told of every request to the API right after it was worked on and before its answer leaves. */
  onRequest(listener: (request: ApiRequest) => void): () => void;
  /**
   * What `systemctl restart cloudstack-management` does on that server. Returns at once, as systemd does for a unit
   * of type simple; `onManagementServer` tells of the rest. Throws RangeError for an unknown id or name.
   */
  restartManagementServer(idOrName: string): void;
  /** `systemctl stop`, and `systemctl start` of a stopped one. */
  stopManagementServer(idOrName: string): void;
  startManagementServer(idOrName: string): void;
  /** A restart of one service (`apache2`, `cloud`) inside a system VM, with what CloudStack makes of it. */
  restartService(machineId: string, service: string): void;
  /** Puts that many console sessions on a console proxy, by id or name; a restart ends them. */
  openSessions(machineId: string, count: number): void;
  /** Orders a fault; `withdraw` takes all of that name back, and what hung because of it goes on. */
  order(fault: Fault): void;
  withdraw(name: FaultName): void;
  /** Whether a fault of that name strikes that target or command now; counts the strike. */
  strikes(name: FaultName, subject?: FaultSubject): boolean;
  readonly requests: readonly ApiRequest[];
  readonly writes: readonly ApiWrite[];
  /** The lines of management-server.log, without keys: the lab keeps its users' secrets out. */
  readonly log: readonly string[];
  /** Ends every timer. */
  close(): void;
}

/** What a fault may be aimed at. */
export interface FaultSubject {
  readonly command?: string | undefined;
  readonly parameters?: Readonly<Record<string, string>> | undefined;
  readonly machine?: { readonly name: string; readonly type: string; readonly zone: string } | undefined;
}
