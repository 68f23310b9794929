// A management server as `listManagementServers` shows it, and what its port says while it starts. Measured: from
// the stop on, connections are refused until the very second the API answers 401; a failed start answers 503 with an
// HTML page for good, and no amount of waiting helps.

import type { CloudStackReader, Item, TaskHost } from '../connection.ts';
import { Failure } from '../errors.ts';

export interface ManagementServer {
  readonly id: string;
  readonly name: string;
  readonly state: string;
  /** When it was started last, as CloudStack writes it; undefined where it does not tell. */
  readonly lastStart: string | undefined;
  readonly address: string | undefined;
}

const optionalText = (item: Item, field: string): string | undefined => {
  const value = item[field];
  return typeof value === 'string' && value !== '' ? value : undefined;
};

function serverOf(item: Item): ManagementServer {
  return {
    id: String(item['id']),
    name: String(item['name']),
    state: String(item['state']),
    lastStart: optionalText(item, 'lastserverstart'),
    address: optionalText(item, 'ipaddress') ?? optionalText(item, 'serviceip'),
  };
}

export async function listManagementServers(cloudstack: CloudStackReader): Promise<readonly ManagementServer[]> {
  return (await cloudstack.list('listManagementServers')).map(serverOf);
}

const shortName = (name: string): string => name.split('.')[0] ?? name;

/**
 * The entry of the server that a host is: by name, address or short name, or the only one that is up. CloudStack keeps
 * rows of addresses no longer used, in state Down.
 */
export function serverOfHost(servers: readonly ManagementServer[], host: TaskHost): ManagementServer | undefined {
  const address = host.get('ansible_host');
  const byName = servers.find(({ name }) => name.toLowerCase() === host.name.toLowerCase());
  const byAddress = servers.find((server) => server.address === address || server.address === host.name);
  const byShortName = servers.filter(
    ({ name }) => shortName(name).toLowerCase() === shortName(host.name).toLowerCase(),
  );
  const up = servers.filter(({ state }) => state !== 'Down');
  const onlyOne = (list: readonly ManagementServer[]) => (list.length === 1 ? list[0] : undefined);
  return byName ?? byAddress ?? onlyOne(byShortName) ?? onlyOne(up);
}

/** A server as it was before its restart. */
export interface ServerBefore {
  readonly id: string | undefined;
  /** Undefined where CloudStack does not tell. */
  readonly lastStart: string | undefined;
  /** The only server that is up: what its address answers is its own answer. */
  readonly alone: boolean;
}

/** `back`: it has started since; `as before`: it is up and has not; `away`: neither can be said yet. */
export type ServerNow = { readonly is: 'back' } | { readonly is: 'as before' | 'away'; readonly why: string };

const away = (why: string): ServerNow => ({ is: 'away', why });

/** Throws `Failure` with code `management-server-failed-start`, and `Unreachable` as any look does. */
export async function serverNow(cloudstack: CloudStackReader, before: ServerBefore): Promise<ServerNow> {
  const probe = await cloudstack.probe();
  if (probe.status === 'refused') return away('it refuses connections');
  if (probe.status === 'timeout') return away('it does not answer');
  // Behind a balancer a 503 page may be the balancer's own, for want of a server.
  if (probe.status === 503 && !probe.envelope && before.alone) throw failedStart();
  if (probe.status !== 401 || !probe.envelope) {
    return away(`it answers HTTP ${probe.status}, not yet the API's own 401`);
  }
  const servers = await listManagementServers(cloudstack);
  const server = servers.find(({ id }) => id === before.id);
  const isUp = server === undefined || server.state === 'Up';
  if (before.lastStart !== undefined && server?.lastStart === before.lastStart) {
    return { is: isUp ? 'as before' : 'away', why: `its last start is still that of ${before.lastStart}` };
  }
  return isUp ? { is: 'back' } : away(`its state is ${server.state}`);
}

export const FAILED_START = 'management-server-failed-start';

const failedStart = (): Failure =>
  new Failure('the management server failed to start: it answers 503 with an HTML page, and will go on doing so', {
    code: FAILED_START,
    final: true,
    hint: 'read /var/log/cloudstack/management/management-server.log from the last start on, mend the cause and restart it',
  });
