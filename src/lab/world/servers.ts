// Management servers: started, stopped, restarted, and taken out of service.

import { disconnect, reconnectAll } from './agents.ts';
import { seconds } from './clock.ts';
import { type Install, note, type ServerRow } from './install.ts';
import { broken } from './refusal.ts';
import { startScanners } from './scanner.ts';
import type { ManagementServer } from './world.ts';

export const serverView = ({ id, name, state, api }: ServerRow): ManagementServer => ({ id, name, state, api });

function tell(install: Install, server: ServerRow): void {
  for (const listener of install.serverListeners) listener(serverView(server));
}

/** `systemctl stop`: the port refuses at once, pending jobs are cut, agents lose their server. */
export function stopServer(install: Install, server: ServerRow): void {
  if (server.api === 'refuses' && server.state === 'Down') return;
  server.epoch += 1;
  server.api = 'refuses';
  server.state = 'Down';
  server.stopped = install.clock.stamp(server.stopped);
  install.jobs.cut(server.id);
  for (const vm of install.vms) if (vm.agent?.server === server.id) disconnect(install, vm);
  note(install, `INFO ${server.name} is going down`);
  tell(install, server);
  reconnectAll(install);
}

/** `systemctl start`: nothing answers until the API does, in the same second. */
export function startServer(install: Install, server: ServerRow): void {
  if (server.state !== 'Down' || install.clock.closed) return;
  server.epoch += 1;
  const { epoch } = server;
  const failed = install.orders.strikes('failed-start');
  const slow = install.orders.strikes('slow-restart');
  const takes = slow ? seconds.slowServerStart : seconds.serverStart;
  install.clock.after(takes, () => {
    if (server.epoch !== epoch) return;
    if (failed) failStart(install, server);
    else comeUp(install, server);
  });
}

/** The JVM lives and its port is open, with a page of HTML for everyone and for good. */
function failStart(install: Install, server: ServerRow): void {
  server.api = 'failed-start';
  note(install, `ERROR ${server.name} failed to start its web application`);
  tell(install, server);
}

function comeUp(install: Install, server: ServerRow): void {
  server.api = 'answers';
  server.state = 'Up';
  server.memo = install.settings.snapshot();
  server.started = install.clock.stamp(server.started);
  const { epoch, started } = server;
  install.clock.after(seconds.serverHeartbeat, () => {
    if (server.epoch === epoch) server.shownStart = started;
  });
  install.records.alert('ALERT.MANAGEMENT', `Management server node ${server.ipAddress} is up`);
  note(install, `INFO ${server.name} is up`);
  tell(install, server);
  reconnectAll(install);
  startScanners(install, server);
}

export function restartServer(install: Install, server: ServerRow): void {
  stopServer(install, server);
  const { epoch } = server;
  install.clock.after(seconds.serverStop, () => {
    if (server.epoch === epoch) startServer(install, server);
  });
}

const isDraining = (server: ServerRow): boolean => server.state !== 'Up' && server.state !== 'Down';

/** Whether the server takes asynchronous commands. */
export const takesJobs = (server: ServerRow): boolean => server.state === 'Up';

export function prepareForMaintenance(install: Install, server: ServerRow, algorithm: string | undefined): void {
  const algorithms = ['static', 'roundrobin', 'shuffle'];
  if (algorithm !== undefined && !algorithms.includes(algorithm)) {
    throw broken(`Invalid algorithm ${algorithm}, valid values are: [${algorithms.join(', ')}]`);
  }
  if (install.servers.filter((other) => other.state === 'Up').length < 2) {
    throw broken('Prepare for maintenance not supported, there is only one active management server');
  }
  if (isDraining(server)) throw broken('Management server is not in the right state to prepare for maintenance');
  drain(install, server, 'PreparingForMaintenance', 'Maintenance');
}

export function prepareForShutdown(install: Install, server: ServerRow): void {
  if (server.state !== 'Up') throw broken('Management server is not in the right state to prepare for shutdown');
  drain(install, server, 'PreparingForShutDown', 'ReadyToShutDown');
}

/** New jobs are refused at once; when the pending ones have ended, the server is ready and its agents are elsewhere. */
function drain(
  install: Install,
  server: ServerRow,
  first: 'PreparingForMaintenance' | 'PreparingForShutDown',
  then: 'Maintenance' | 'ReadyToShutDown',
): void {
  server.state = first;
  const { epoch } = server;
  const look = () => {
    if (server.epoch !== epoch || server.state !== first) return;
    if (install.jobs.pending(server.id).length > 0) {
      install.clock.after(seconds.drain, look);
      return;
    }
    server.state = then;
    if (then === 'Maintenance') moveAgents(install, server);
  };
  install.clock.after(seconds.drain, look);
}

function moveAgents(install: Install, server: ServerRow): void {
  for (const vm of install.vms) if (vm.agent?.server === server.id) disconnect(install, vm);
  reconnectAll(install);
}

export function cancelMaintenance(server: ServerRow): void {
  if (server.state !== 'Maintenance' && server.state !== 'PreparingForMaintenance') {
    throw broken('Management server is not in the right state to cancel maintenance');
  }
  server.state = 'Up';
}

export function cancelShutdown(server: ServerRow): void {
  if (server.state !== 'PreparingForShutDown' && server.state !== 'ReadyToShutDown') {
    throw broken('Management server is not in the right state to cancel shutdown');
  }
  server.state = 'Up';
}

/** The process ends when nothing is pending; systemd does not start it again. */
export function triggerShutdown(install: Install, server: ServerRow): void {
  server.state = 'ShuttingDown';
  const { epoch } = server;
  install.clock.after(seconds.drain, () => {
    if (server.epoch === epoch && install.jobs.pending(server.id).length === 0) stopServer(install, server);
  });
}
