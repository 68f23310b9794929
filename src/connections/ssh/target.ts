// Which way SSH takes to a host: straight to it, or, to a system VM, as operators go by hand: on the hypervisor that
// runs it (KVM, XenServer) or on a management server (VMware), with the key that lies there.

import type { TaskHost } from '../../connection.ts';
import { Failure } from '../../errors.ts';
import { absolutePath, type Surroundings } from '../paths.ts';
import { type Endpoint, endpointText } from '../route.ts';
import { listVariable, portVariable, requiredText, textVariable } from '../variables.ts';
import type { SshConfigs } from './config.ts';
import { knownHostName } from './known-hosts.ts';

/** One SSH connection: to whom, as whom, with what, and how its key is verified. */
export interface SshTarget {
  /** `root@ms1.example.com:22`; also the identity by which connections are shared. */
  readonly name: string;
  readonly endpoint: Endpoint;
  readonly user: string;
  readonly keyFiles: readonly string[];
  /** The key was named: it alone is used, and it has to be there. */
  readonly keyNamed: boolean;
  readonly agent: string | undefined;
  /** Where the host key is looked up; undefined: a system VM, whose key changes whenever it is made anew. */
  readonly knownHosts: { readonly name: string; readonly files: readonly string[] } | undefined;
  readonly via: SshTarget | undefined;
}

/** `inside`: the program runs in a system VM, started by an `ssh` on the first of these machines that answers. */
export type Way =
  | { readonly kind: 'direct'; readonly target: SshTarget }
  | {
      readonly kind: 'inside';
      readonly machines: readonly SshTarget[];
      readonly vm: { readonly name: string; readonly address: string };
      /** Paths of the key on that machine, the first readable one is used. */
      readonly keys: readonly string[];
    };

/** What ways depend on besides the host. */
export interface Terrain extends Surroundings {
  readonly configs: SshConfigs;
}

const SYSTEM_VM_PORT = 3922;
const HYPERVISOR_KEY = '/root/.ssh/id_rsa.cloud';
/** Packages for RPM and for deb, and the copy that both carry. */
const MANAGEMENT_KEYS = [
  '/var/cloudstack/management/.ssh/id_rsa',
  '/var/lib/cloudstack/management/.ssh/id_rsa',
  '/usr/share/cloudstack-common/scripts/vm/systemvm/id_rsa.cloud',
];
/** On these the link-local address is not used; sshd of the VM listens on its private one. */
const REACHED_FROM_MANAGEMENT: ReadonlySet<string> = new Set(['vmware', 'hyperv']);

interface Address {
  readonly name: string;
  readonly user: string | undefined;
  readonly port: number | undefined;
}

function pathVariable(host: TaskHost, name: string, around: Surroundings): string | undefined {
  const path = textVariable(host, name);
  return path === undefined ? undefined : absolutePath(path, around);
}

/** The target for an address, by the host's variables, then by OpenSSH's configuration, then by its defaults. */
async function targetFor(host: TaskHost, address: Address, around: Terrain, hops = 0): Promise<SshTarget> {
  const configFile = pathVariable(host, 'ssh_config_file', around);
  const config = await around.configs({ ...address, configFile, home: around.home, environment: around.environment });
  const key = pathVariable(host, 'ansible_ssh_private_key_file', around);
  const knownHostsFile = pathVariable(host, 'ssh_known_hosts_file', around);
  const endpoint = { host: config.host, port: config.port };
  return {
    name: `${config.user}@${endpointText(endpoint)}`,
    endpoint,
    user: config.user,
    keyFiles: key === undefined ? config.identityFiles : [key],
    keyNamed: key !== undefined,
    agent: key === undefined && !config.identitiesOnly ? config.agent : undefined,
    knownHosts: {
      name: config.hostKeyAlias ?? knownHostName(endpoint),
      files: knownHostsFile === undefined ? config.knownHostsFiles : [knownHostsFile],
    },
    via: await throughJumps(host, config.jumps, around, hops),
  };
}

const JUMP = /^(?:ssh:\/\/)?(?:(?<user>[^@]+)@)?(?<name>\[[^\]]+\]|[^:]+)(?::(?<port>\d+))?$/;

/** The last hop of a ProxyJump, with the hops before it behind it. */
async function throughJumps(
  host: TaskHost,
  jumps: readonly string[],
  around: Terrain,
  hops: number,
): Promise<SshTarget | undefined> {
  const last = jumps.at(-1);
  if (last === undefined) return undefined;
  const { user, name = '', port } = JUMP.exec(last)?.groups ?? {};
  if (name === '' || hops > 8) {
    throw new Failure(`the ProxyJump "${jumps.join(',')}" cannot be followed`, { code: 'ssh-config' });
  }
  const address = { name: name.replace(/^\[(.*)\]$/, '$1'), user, port: port === undefined ? undefined : Number(port) };
  const target = await targetFor(host, address, around, hops + 1);
  return { ...target, via: (await throughJumps(host, jumps.slice(0, -1), around, hops + 1)) ?? target.via };
}

function machine(host: TaskHost, around: Terrain): Promise<SshTarget> {
  const address = {
    name: textVariable(host, 'ansible_host') ?? host.name,
    user: textVariable(host, 'ansible_user'),
    port: portVariable(host, 'ansible_port'),
  };
  return targetFor(host, address, around);
}

function hypervisor(host: TaskHost, around: Terrain): Promise<SshTarget> {
  const hint = 'a VM that does not run has no hypervisor; is it running, and does listHosts show its host?';
  const address = {
    name: requiredText(host, 'hypervisor_address', hint),
    user: textVariable(host, 'hypervisor_user') ?? 'root',
    port: portVariable(host, 'hypervisor_port'),
  };
  return targetFor(host, address, around);
}

/** An entry of `management_servers`: a name, or a map with `name` and the connection's variables. */
function managementAddress(host: TaskHost, entry: unknown): Address {
  const map = typeof entry === 'object' && entry !== null ? (entry as Record<string, unknown>) : { name: entry };
  const name = map['ansible_host'] ?? map['name'];
  if (typeof name !== 'string') {
    throw new Failure(`"management_servers" of host "${host.path}" holds something that is no name`, {
      code: 'variable',
    });
  }
  const { ansible_port: port, ansible_user: user } = map;
  return {
    name,
    user: typeof user === 'string' ? user : textVariable(host, 'ansible_user'),
    port: port === undefined ? portVariable(host, 'ansible_port') : Number(port),
  };
}

async function managementServers(host: TaskHost, around: Terrain): Promise<SshTarget[]> {
  const entries = host.get('management_servers');
  if (!Array.isArray(entries) || entries.length === 0) {
    throw new Failure(`host "${host.path}" can only be reached from a management server, and none is known`, {
      code: 'variable',
      hint: 'list them in "management_servers" of the cloud',
    });
  }
  return Promise.all(entries.map((entry) => targetFor(host, managementAddress(host, entry), around)));
}

const NOT_RUNNING = 'a VM that does not run has no such address; is it running?';

async function systemVm(host: TaskHost, around: Terrain): Promise<Way> {
  const kind = textVariable(host, 'hypervisor') ?? '';
  const ownKey = textVariable(host, 'system_vm_ssh_key');
  if (REACHED_FROM_MANAGEMENT.has(kind.toLowerCase())) {
    const address = requiredText(host, 'privateip', NOT_RUNNING);
    const machines = await managementServers(host, around);
    return { kind: 'inside', machines, vm: { name: host.name, address }, keys: ownKey ? [ownKey] : MANAGEMENT_KEYS };
  }
  const address = requiredText(host, 'linklocalip', NOT_RUNNING);
  const through = await hypervisor(host, around);
  const mode = textVariable(host, 'system_vm_ssh') ?? 'hypervisor';
  if (mode === 'hypervisor') {
    return { kind: 'inside', machines: [through], vm: { name: host.name, address }, keys: [ownKey ?? HYPERVISOR_KEY] };
  }
  if (mode !== 'jump') {
    throw new Failure(`"system_vm_ssh" of host "${host.path}" is "${mode}"`, {
      code: 'variable',
      hint: 'write hypervisor (the key that lies there) or jump (a key of this machine)',
    });
  }
  const endpoint = { host: address, port: SYSTEM_VM_PORT };
  const name = `root@${endpointText(endpoint)} by ${through.name}`;
  return { kind: 'direct', target: { ...through, name, endpoint, user: 'root', knownHosts: undefined, via: through } };
}

/** The way to a host. Throws `Failure` for one that is no machine, or of which too little is known. */
export async function wayTo(host: TaskHost, around: Terrain): Promise<Way> {
  if (host.kind === 'cloud' || host.kind === 'zone') {
    throw new Failure(`host "${host.path}" is a ${host.kind}, not a machine: there is no SSH to it`, {
      code: 'ssh-no-machine',
      hint: 'let the play run on management_servers or system_vms, or use "delegate_to"',
    });
  }
  if (host.kind === 'system_vm') return systemVm(host, around);
  return { kind: 'direct', target: await machine(host, around) };
}

/** The line's words that an operator would type on that machine to run `command` in the VM. */
export function wordsInside(vm: { readonly address: string }, key: string, command: string): string[] {
  const options = [
    'StrictHostKeyChecking=no',
    // Link-local addresses are used again by VMs with other keys.
    'UserKnownHostsFile=/dev/null',
    'BatchMode=yes',
    'ConnectTimeout=10',
    'LogLevel=ERROR',
  ];
  const set = options.flatMap((option) => ['-o', option]);
  return ['ssh', '-i', key, '-p', String(SYSTEM_VM_PORT), ...set, `root@${vm.address}`, '--', command];
}

/** `connect_to` of a host, as rules. */
export const routesOf = (host: TaskHost): readonly string[] => listVariable(host, 'connect_to');
