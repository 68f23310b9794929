// The doors to the world as a task sees them. Looking and changing are two types: a `Reader` has no method that
// changes anything, and the connections behind it refuse as well.

import type { Value, ValueMap } from './model.ts';
import type { Secret } from './secret.ts';

/** Parameters of a CloudStack command. A `Secret` is sent in the POST body and shown nowhere. */
export type Parameters = Readonly<Record<string, string | number | boolean | Secret | undefined>>;

/** One object of a CloudStack answer, with CloudStack's own field names. */
export type Item = ValueMap;

export interface CloudStackReader {
  /** The object inside the `<command>response` envelope. Throws `Failure` for a command that is not a read. */
  read(command: string, parameters?: Parameters): Promise<Item>;
  /** All items of a list command, every page, whatever the name of the array. */
  list(command: string, parameters?: Parameters): Promise<readonly Item[]>;
  /** Without a signature, one attempt: what the server answers to a stranger. Used to see a server come up. */
  probe(): Promise<{
    readonly status: number | 'refused' | 'timeout';
    readonly envelope: boolean;
    readonly text: string;
  }>;
  /** Seconds the server's clock is ahead of ours (its `Date` header); undefined before the first answer. */
  clockSkewSeconds(): number | undefined;
}

export interface CloudStackWriter extends CloudStackReader {
  /** A synchronous command that changes something. */
  call(command: string, parameters?: Parameters): Promise<Item>;
  /** An asynchronous command: submitted with a `customjobid`, awaited to the deadline; the job's `jobresult`. */
  job(command: string, parameters?: Parameters, options?: JobOptions): Promise<Item>;
  /**
   * Work that must not be left half done. The door that it is given goes on for up to 20 s after the step was stopped
   * (deadline, Ctrl-C), and the end of the run waits for the work.
   */
  lasting<T>(work: (cloudstack: CloudStackWriter) => Promise<T>): Promise<T>;
}

export interface JobOptions {
  /** How long the job is awaited; by default until shortly before the deadline. */
  readonly timeoutSeconds?: number | undefined;
  /**
   * Awaited before each submission leaves: once, and once more for each time that the answer was lost and the server
   * has no such job. Not called where nothing is submitted since the outcome is known from before. What it throws is
   * thrown by `job`, and nothing is sent. `failedBefore`: how often an earlier part of the run sent it, and it failed.
   */
  readonly sending?: ((failedBefore: number) => Promise<void>) | undefined;
}

export interface Output {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface SshReader {
  /** Runs a program that only looks. Refuses any that is not on the short list of reading programs. */
  read(words: readonly string[], options?: ExecOptions): Promise<Output>;
}
export interface SshWriter extends SshReader {
  run(words: readonly string[], options?: ExecOptions): Promise<Output>;
}
export interface ExecOptions {
  readonly stdin?: string | Secret | undefined;
  readonly timeoutSeconds?: number | undefined;
  readonly environment?: Readonly<Record<string, string>> | undefined;
  readonly folder?: string | undefined;
  /**
   * Asked in a resumed run where nobody knows whether this program was run before: a look that tells. Without it a person
   * is asked. For programs that write.
   */
  readonly wasDone?: (() => Promise<boolean>) | undefined;
  /** As that of a job: awaited before the program is run, and not called where it is known to have been run before. */
  readonly sending?: (() => Promise<void>) | undefined;
}

/** Where to shake hands. `address` may be a name or an IP; `serverName` is what SNI says and what is verified. */
export interface TlsTarget {
  readonly address: string;
  readonly port: number;
  readonly serverName: string | undefined;
  readonly timeoutSeconds?: number | undefined;
}

/** How far a handshake came, told apart: TCP, then TLS. Name and chain are judged by the caller. */
export type Handshake =
  | {
      readonly stage: 'tls' /** As presented, DER, in the order of the Certificate message, strangers included. */;
      readonly chain: readonly Buffer[];
      readonly protocol: string;
    }
  | { readonly stage: 'tcp'; readonly reason: 'refused' | 'timeout' | 'unroutable'; readonly message: string }
  | { readonly stage: 'handshake'; readonly message: string; readonly chain: readonly Buffer[] };

export interface TlsReader {
  handshake(target: TlsTarget): Promise<Handshake>;
}

export interface DnsReader {
  /** A and AAAA records; empty where the name does not exist. Throws `Unreachable` when no server answers. */
  resolve(name: string): Promise<readonly string[]>;
}

/** Files of the machine that cs-play runs on. */
export interface FileReader {
  /** Throws `Failure` (missing, not readable, larger than `maxBytes`, default 1 MiB). `~` is the home folder; a relative path starts at the playbook's folder. */
  read(path: string, options?: { readonly maxBytes?: number }): Promise<Buffer>;
  /** Names in a folder, sorted; undefined where the path is not a folder. */
  list(path: string): Promise<readonly string[] | undefined>;
}

/** What is told in clear of a bundle that is kept for a way back. */
export interface KeptBundle {
  /** SHA-256 of the server certificate, lower-case hex. */
  readonly fingerprint: string;
  readonly subject: string;
  /** DNS names of the server certificate. */
  readonly names: readonly string[];
  /** ISO time at which it ends. */
  readonly notAfter: string;
  /** Names of CloudStack's chain rows that it was uploaded to. */
  readonly rows: readonly string[];
  /** Fingerprint of what was served before it. */
  readonly replaced?: string | undefined;
  /** ISO time at which it was last proved and kept. */
  readonly keptAt: string;
  /** The id of the run that kept it. */
  readonly run?: string | undefined;
  /** Recipients of age (`age1…`), or `pass phrase`. */
  readonly encryptedTo: readonly string[];
}
/** What a task says of a bundle that it gives to keep. */
export type NewlyKept = Omit<KeptBundle, 'keptAt' | 'run' | 'encryptedTo'>;

/** What is encrypted of a kept bundle. */
export interface BundleContent {
  /** Server certificate, intermediates and root, PEM. */
  readonly certificates: string;
  /** Unencrypted PKCS#8 in PEM. */
  readonly key: Secret;
}

/** Bundles of the host's cloud that are kept on this machine, encrypted. */
export interface BundleReader {
  /** The newest first. */
  list(): Promise<readonly KeptBundle[]>;
  /** What the variables say a bundle is encrypted to, as `KeptBundle` has it; empty where nothing is kept. */
  encryptedTo(): Promise<readonly string[]>;
  /** Throws `Failure` whose message follows "the kept bundle …:": no key that is given opens it, or it is damaged. */
  open(kept: KeptBundle): Promise<BundleContent>;
}
export interface BundleWriter extends BundleReader {
  /** Keeps it as the newest; gives those that were removed since more than `bundles_kept` were there. */
  keep(bundle: NewlyKept, content: BundleContent): Promise<readonly KeptBundle[]>;
}

/** The machine of a host, whatever leads to it: this machine itself or SSH. Used by `command`. */
export interface MachineWriter {
  run(words: readonly string[], options?: ExecOptions): Promise<Output>;
}
export interface MachineReader {
  /** `true` when TCP answers at the port from the runner. */
  portOpen(address: string, port: number, timeoutSeconds: number): Promise<boolean>;
  /** Whether a file or folder of that absolute path exists on the host's machine (`command: { creates: … }`). */
  exists(path: string): Promise<boolean>;
}

export interface Clock {
  now(): Date;
  /** Resolves after that time, or rejects when the step is cancelled (deadline, Ctrl-C). */
  sleep(seconds: number): Promise<void>;
}

/** What a task may tell while it works. */
export interface Tell {
  /** For the live line: what is awaited, and until when at the latest. */
  waiting(what: string, until: Date): void;
  /** One line worth keeping, printed under the task. */
  note(message: string): void;
  /** Once a run for the same text. */
  warn(message: string, hint?: string): void;
}

/** All that `check` gets: it can look, and nothing else. */
export interface Reader {
  readonly cloudstack: CloudStackReader;
  readonly ssh: SshReader;
  readonly tls: TlsReader;
  readonly dns: DnsReader;
  readonly files: FileReader;
  readonly bundles: BundleReader;
  readonly machine: MachineReader;
  readonly clock: Clock;
  readonly tell: Tell;
  /** When the step must be over. */
  readonly deadline: Date;
  /** Whether this is a plan: for words only (`would restart`), never to decide what to do. */
  readonly planning: boolean;
}

/** All that `apply` gets. */
export interface Writer extends Reader {
  readonly cloudstack: CloudStackWriter;
  readonly ssh: SshWriter;
  readonly bundles: BundleWriter;
  readonly machine: MachineWriter & MachineReader;
}

/** A host as a task sees it. */
export interface TaskHost {
  readonly path: string;
  readonly name: string;
  readonly kind: 'cloud' | 'zone' | 'system_vm' | 'management_server' | 'host';
  /** A variable or fact, own or inherited; undefined where there is none. */
  get(name: string): Value | undefined;
}

/** What a step gives the connections that work for it. */
export interface StepDoor {
  /** The id under which the run is kept; absent where it is not. */
  readonly run?: string | undefined;
  readonly deadline: Date;
  /** Aborted at the deadline and when the run is interrupted. */
  readonly signal: AbortSignal;
  readonly planning: boolean;
  waiting(what: string, until: Date): void;
  note(message: string): void;
  warn(message: string, hint?: string): void;
  /** The write of those words that an earlier part of this run made or may have made; each is given once. */
  earlier(what: string): EarlierWrite | undefined;
  /**
   * Called before a write leaves; it may leave once this resolves. The function it gives is called with what became of
   * it. Both resolve when that is kept, and reject with `SafetyStop` where it cannot be.
   */
  writing(what: string, job?: string): Promise<WriteEnded>;
}

export type WriteOutcome = 'done' | 'failed' | 'unknown';

/** `answer`: what it was answered, plain data. */
export type WriteEnded = (outcome: WriteOutcome, message?: string, answer?: Value) => Promise<void>;

/** A write of a run that was cut off, as its journal has it. */
export interface EarlierWrite {
  /** Its number in the run. */
  readonly write: number;
  /** `done`: it is not made again. */
  readonly outcome: WriteOutcome;
  /** What it was answered; undefined where nobody saw it, or it held a secret. */
  readonly answer: Value | undefined;
  /** The async job that it was sent as: the server knows what became of it. */
  readonly job: string | undefined;
  /** What a person said of it: that it was done, that it was not. */
  readonly assumed: boolean | undefined;
  /** Tells what became of it after all. */
  readonly ended: WriteEnded;
}

/** A host that was found, not written: a zone, a system VM. Its facts carry CloudStack's own field names. */
export interface DiscoveredHost {
  readonly name: string;
  readonly kind: TaskHost['kind'];
  /** `zones`, `system_vms`, `console_proxies`, `secondary_storage_vms`. */
  readonly groups: readonly string[];
  readonly facts: ValueMap;
  readonly children: readonly DiscoveredHost[];
}

export interface Discovery {
  readonly facts: ValueMap;
  readonly children: readonly DiscoveredHost[];
}

/** Which cloud it is, whatever an inventory calls it. */
export interface CloudIdentity {
  /** The UUID of its ROOT domain: made when CloudStack was installed, and never changed. */
  readonly identity: string;
  /** The cloud as the inventory calls it. */
  readonly cloud: string;
}

/** All doors of a run. The engine knows no other way to the world. */
export interface Connections {
  /** The doors for one step on one host. Nothing is opened before it is used. */
  reader(host: TaskHost, step: StepDoor): Reader;
  writer(host: TaskHost, step: StepDoor): Writer;
  /** What lies below a cloud; undefined for a host that has nothing to discover. Throws `Unreachable` or `Failure`. */
  discover(host: TaskHost, step: StepDoor): Promise<Discovery | undefined>;
  /**
   * Which cloud a host lies in; undefined for a host that lies in none. Asked once a cloud. Throws `Unreachable`, or
   * `Failure` where this API key does not see the ROOT domain.
   */
  identity(host: TaskHost, step: StepDoor): Promise<CloudIdentity | undefined>;
  /** `lookup('env' | 'file' | 'pipe', …)` of templates; answers are remembered for the run. */
  lookup(kind: string, terms: readonly Value[]): Value;
  close(): Promise<void>;
}
