// The agents inside system VMs: they connect to a management server some time after a boot, and again after a restart
// of it. Each connection is a delivery.

import { randomUUID } from 'node:crypto';
import { seconds } from './clock.ts';
import { deliver, subjectOf } from './delivery.ts';
import type { Install, ServerRow, VmRow } from './install.ts';
import { changed } from './machines.ts';

/** A server that takes agents; undefined while all are down. */
export function serverForAgents(install: Install): ServerRow | undefined {
  return install.servers.find((server) => server.api === 'answers' && server.state === 'Up');
}

/** The agent of this boot connects after that many seconds; where no server is up then, `reconnectAll` sees to it. */
export function connectLater(install: Install, vm: VmRow, after: number): void {
  const { epoch } = vm;
  install.clock.after(after, () => {
    if (vm.epoch === epoch && vm.power === 'on') connect(install, vm);
  });
}

/** Connects the agents that have no server, after a server came up. */
export function reconnectAll(install: Install): void {
  for (const vm of install.vms) {
    const waiting = vm.agent === undefined || vm.agent.state === 'Disconnected';
    if (vm.power === 'on' && waiting) connectLater(install, vm, seconds.agentReconnect);
  }
}

function connect(install: Install, vm: VmRow): void {
  const server = serverForAgents(install);
  const fault = install.orders.strikes('agent-never-up', { machine: subjectOf(vm) });
  if (fault || isSimulatedConsole(install, vm)) return;
  if (server === undefined) return;
  const agent = (vm.agent ??= {
    id: randomUUID(),
    created: install.clock.now(),
    state: 'Disconnected',
    disconnected: undefined,
    server: server.id,
  });
  if (agent.state !== 'Disconnected') return;
  agent.state = 'Connecting';
  agent.server = server.id;
  const { epoch } = vm;
  install.clock.after(seconds.connecting, () => {
    if (vm.epoch !== epoch || agent.state !== 'Connecting') return;
    agent.state = 'Up';
    deliver(install, vm, server);
    changed(install, vm);
  });
}

/** CloudStack's simulator never has an agent in a console proxy. */
const isSimulatedConsole = (install: Install, vm: VmRow): boolean =>
  install.options.hypervisorType === 'Simulator' && vm.type === 'consoleproxy';

/** The connection is gone: the VM goes down, or its server does. */
export function disconnect(install: Install, vm: VmRow): void {
  const { agent } = vm;
  if (agent === undefined || agent.state === 'Disconnected') return;
  agent.state = 'Disconnected';
  agent.disconnected = install.clock.stamp(agent.disconnected);
}

/** A restart of the agent's service: a new JVM, so that a console proxy takes what it is given. */
export function restartAgent(install: Install, vm: VmRow): void {
  vm.epoch += 1;
  disconnect(install, vm);
  vm.console = undefined;
  changed(install, vm);
  connectLater(install, vm, seconds.agentRestart);
}
