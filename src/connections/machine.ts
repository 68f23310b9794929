// The machine of a host, whatever leads to it: this one, or SSH.

import { existsSync } from 'node:fs';
import type { MachineReader, MachineWriter, SshReader, SshWriter, StepDoor, TaskHost } from '../connection.ts';
import { Failure } from '../errors.ts';
import { runProgram } from './local/program.ts';
import { absolutePath, type Surroundings } from './paths.ts';
import { quoteWords } from './quoting.ts';
import { endpointText, routeOf } from './route.ts';
import { NoConnection, openSocket } from './socket.ts';
import { exitCodeFailure, told, unseenOutput } from './told.ts';
import { listVariable, textVariable } from './variables.ts';

/** Whether programs of that host run on this machine. A cloud is no machine: what it is told to run, runs here. */
function isLocal(host: TaskHost): boolean {
  const connection = textVariable(host, 'ansible_connection');
  if (connection !== undefined && connection !== 'local' && connection !== 'ssh') {
    throw new Failure(`"ansible_connection" of host "${host.path}" is "${connection}"`, {
      code: 'variable',
      hint: 'write ssh or local',
    });
  }
  // System VMs inherit the variable from their cloud, where it speaks of other machines.
  if (connection !== undefined && host.kind !== 'system_vm') return connection === 'local';
  return host.kind === 'cloud' || host.kind === 'zone' || host.name === 'localhost';
}

async function portOpen(
  host: TaskHost,
  step: StepDoor,
  meant: { readonly host: string; readonly port: number },
  timeoutSeconds: number,
): Promise<boolean> {
  const real = routeOf(listVariable(host, 'connect_to'))(meant);
  try {
    const socket = await openSocket(real, { timeoutSeconds, name: endpointText(meant), signal: step.signal });
    socket.destroy();
    return true;
  } catch (error) {
    if (error instanceof NoConnection) return false;
    throw error;
  }
}

export function machineReader(host: TaskHost, step: StepDoor, ssh: SshReader): MachineReader {
  return {
    portOpen: (address, port, seconds) => portOpen(host, step, { host: address, port }, seconds),
    exists: async (path) => (isLocal(host) ? existsSync(path) : (await ssh.read(['test', '-e', path])).code === 0),
  };
}

export function machineWriter(
  host: TaskHost,
  step: StepDoor,
  ssh: SshWriter,
  around: Surroundings,
): MachineWriter & MachineReader {
  const runHere: MachineWriter['run'] = (words, options = {}) => {
    const { deadline, signal } = step;
    const context = {
      deadline,
      signal,
      environment: around.environment,
      folder: absolutePath(options.folder ?? '.', around),
    };
    const what = `run on ${host.name}: ${quoteWords(words)}`;
    const write = { what, wasDone: options.wasDone, before: options.sending, unseen: unseenOutput };
    return told(step, write, () => runProgram(words, options, context), exitCodeFailure);
  };
  return {
    ...machineReader(host, step, ssh),
    run: async (words, options) => (isLocal(host) ? runHere(words, options) : ssh.run(words, options)),
  };
}
