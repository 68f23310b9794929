// Management servers, their maintenance and shutdown.

import type { Install, ServerRow } from '../../world/install.ts';
import { invalid } from '../../world/refusal.ts';
import {
  cancelMaintenance,
  cancelShutdown,
  prepareForMaintenance,
  prepareForShutdown,
  triggerShutdown,
} from '../../world/servers.ts';
import { type Content, dateText } from '../answer.ts';
import type { Command, CommandCall, Parameter } from '../command.ts';
import { listOf, same } from '../lists.ts';

function serverItem(install: Install, server: ServerRow): Content {
  const counted = install.rules.maintenance;
  return {
    id: server.id,
    name: server.name,
    state: server.state,
    version: install.rules.version,
    javadistribution: 'Debian',
    javaversion: '17.0.15+6-Debian-1deb12u1',
    osdistribution: 'Debian GNU/Linux 12 (bookworm)',
    lastserverstart: dateText(server.shownStart),
    ...(server.stopped ? { lastserverstop: dateText(server.stopped) } : {}),
    lastboottime: dateText(server.booted),
    serviceip: server.ipAddress,
    ...(counted ? { ipaddress: server.ipAddress, lastagents: [], ...load(install, server) } : {}),
  };
}

/** Hypervisors are at the first server that is up, agents of system VMs where they connected. */
function agentsOf(install: Install, server: ServerRow): string[] {
  const first = install.servers.find((one) => one.state === 'Up') === server;
  const connected = install.vms.flatMap(({ agent }) =>
    agent?.state === 'Up' && agent.server === server.id ? [agent.id] : [],
  );
  return [...(first ? install.hosts.map((host) => host.id) : []), ...connected];
}

function load(install: Install, server: ServerRow): Content {
  const agents = agentsOf(install, server);
  return { agents, agentscount: agents.length, pendingjobscount: install.jobs.pending(server.id).length };
}

function listManagementServers(call: CommandCall): Content {
  const { install } = call;
  const [id, name, version] = [call.filter('id'), call.filter('name'), call.filter('version')];
  const servers = install.servers.filter(
    (server) =>
      (id === undefined || server.id === id) &&
      (name === undefined || same(server.name, name)) &&
      (version === undefined || install.options.profile !== '4.23' || version === install.rules.version),
  );
  return listOf(
    call,
    'managementserver',
    servers.map((server) => serverItem(install, server)),
  );
}

function serverAsked(call: CommandCall): ServerRow {
  const id = call.text('managementserverid');
  const server = call.install.servers.find((one) => one.id === id);
  if (server === undefined) throw invalid(`Unable to find management server with id ${id}`);
  return server;
}

function stateOf(install: Install, server: ServerRow): Content {
  const { agents, agentscount, pendingjobscount } = load(install, server);
  return {
    managementserverid: server.id,
    state: server.state,
    maintenanceinitiated: /Maintenance/.test(server.state),
    shutdowntriggered: /ShutDown|ShuttingDown/.test(server.state),
    readyforshutdown: pendingjobscount === 0,
    pendingjobscount,
    agentscount,
    agents,
  };
}

const id: Parameter = { name: 'managementserverid', type: 'uuid', required: true, entity: 'managementserver' };

type Change = (call: CommandCall, server: ServerRow) => void;

const change = (name: string, run: Change, more: readonly Parameter[] = []): Command => ({
  name,
  kind: 'write',
  parameters: [id, ...more],
  run: (call) => {
    const server = serverAsked(call);
    run(call, server);
    return {
      did: `${name} of ${server.name}`,
      content: { [name.toLowerCase()]: stateOf(call.install, server) },
    };
  },
});

export const serverCommands: readonly Command[] = [
  {
    name: 'listManagementServers',
    kind: 'read',
    parameters: [
      { name: 'id', type: 'uuid', entity: 'managementserver' },
      { name: 'name', type: 'string' },
      { name: 'version', type: 'string' },
      { name: 'peers', type: 'boolean' },
    ],
    run: listManagementServers,
  },
];

/** Since 4.19 and 4.21; the older profiles do not know them. */
export const maintenanceCommands: readonly Command[] = [
  {
    name: 'readyForShutdown',
    kind: 'read',
    parameters: [id],
    run: (call) => ({ readyforshutdown: stateOf(call.install, serverAsked(call)) }),
  },
  change(
    'prepareForMaintenance',
    (call, server) => prepareForMaintenance(call.install, server, call.filter('algorithm')),
    [
      { name: 'algorithm', type: 'string' },
      { name: 'forced', type: 'boolean' },
    ],
  ),
  change('cancelMaintenance', (_, server) => cancelMaintenance(server), [{ name: 'rebalance', type: 'boolean' }]),
  change('prepareForShutdown', (call, server) => prepareForShutdown(call.install, server)),
  change('cancelShutdown', (_, server) => cancelShutdown(server)),
  change('triggerShutdown', (call, server) => triggerShutdown(call.install, server)),
];
