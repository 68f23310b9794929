// All doors of a run, put together. Nothing is opened, and no library loaded, before a step uses it.

import { setMaxListeners } from 'node:events';
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import type {
  Connections,
  MachineReader,
  MachineWriter,
  Output,
  Reader,
  StepDoor,
  TaskHost,
  Writer,
} from '../connection.ts';
import { Failure } from '../errors.ts';
import { redact } from '../secret.ts';
import { clockFor } from './clock.ts';
import { cloudStackDoors } from './cloudstack/door.ts';
import { cloudStackReader } from './cloudstack/reader.ts';
import { cloudStackWriter } from './cloudstack/writer.ts';
import { discoverCloud } from './discovery.ts';
import { resolveName } from './dns/resolve.ts';
import { fileReader } from './local/files.ts';
import { lookups } from './local/lookup.ts';
import { runProgram } from './local/program.ts';
import { absolutePath, type Surroundings } from './paths.ts';
import { quoteWords } from './quoting.ts';
import { endpointText, routeOf } from './route.ts';
import { NoConnection, openSocket } from './socket.ts';
import { sshDoors } from './ssh/door.ts';
import { handshake } from './tls/handshake.ts';
import { listVariable, textVariable } from './variables.ts';

export interface ConnectionOptions {
  /** Where relative paths start. */
  readonly playbookFolder: string;
  /** Proxies, SSH_AUTH_SOCK, PATH and what `lookup('env', …)` sees; default: this process's. */
  readonly environment?: NodeJS.ProcessEnv | undefined;
  /** Default: the user's own. */
  readonly home?: string | undefined;
}

const tell = (step: StepDoor): Reader['tell'] => ({
  waiting: (what, until) => step.waiting(what, until),
  note: (message) => step.note(message),
  warn: (message, hint) => step.warn(message, hint),
});

/** Whether programs of that host run on this machine. A cloud is no machine: what it is told to run, runs here. */
function isLocal(host: TaskHost): boolean {
  const connection = textVariable(host, 'ansible_connection');
  if (connection !== undefined && connection !== 'local' && connection !== 'ssh') {
    throw new Failure(`"ansible_connection" of host "${host.path}" is "${connection}"`, {
      code: 'variable',
      hint: 'write ssh or local',
    });
  }
  if (connection !== undefined && host.kind !== 'system_vm') return connection === 'local';
  return host.kind === 'cloud' || host.kind === 'zone' || host.name === 'localhost';
}

async function portOpen(
  host: TaskHost,
  step: StepDoor,
  address: string,
  port: number,
  seconds: number,
): Promise<boolean> {
  const meant = { host: address, port };
  const real = routeOf(listVariable(host, 'connect_to'))(meant);
  try {
    const socket = await openSocket(real, { timeoutSeconds: seconds, name: endpointText(meant), signal: step.signal });
    socket.destroy();
    return true;
  } catch (error) {
    if (error instanceof NoConnection) return false;
    throw error;
  }
}

/** `openConnections`: the only way of the engine to the world. */
export function openConnections({
  playbookFolder,
  environment = process.env,
  home = homedir(),
}: ConnectionOptions): Connections {
  const around: Surroundings = { playbookFolder, environment, home };
  const clouds = cloudStackDoors(around);
  const ssh = sshDoors(around);
  const files = fileReader(around);

  function reader(host: TaskHost, step: StepDoor): Reader {
    // A step may wait for many things at once; Node would take that for a leak.
    setMaxListeners(0, step.signal);
    const shell = ssh.reader(host, step);
    const machine: MachineReader = {
      portOpen: (...where) => portOpen(host, step, ...where),
      exists: async (path) => (isLocal(host) ? existsSync(path) : (await shell.read(['test', '-e', path])).code === 0),
    };
    return {
      cloudstack: cloudStackReader(() => clouds.client(host), step),
      ssh: shell,
      tls: { handshake: async (target) => handshake(target, routeOf(listVariable(host, 'connect_to')), step.signal) },
      dns: { resolve: async (name) => resolveName(name, listVariable(host, 'dns_servers'), step.signal) },
      files,
      machine,
      clock: clockFor(step.signal),
      tell: tell(step),
      deadline: step.deadline,
      planning: step.planning,
    };
  }

  function localMachine(host: TaskHost, step: StepDoor): MachineWriter {
    return {
      async run(words, options = {}): Promise<Output> {
        const folder = absolutePath(options.folder ?? '.', around);
        const context = { deadline: step.deadline, signal: step.signal, environment, folder };
        const ended = step.writing(redact(`run on ${host.name}: ${quoteWords(words)}`));
        try {
          const output = await runProgram(words, { ...options, folder }, context);
          ended(output.code === 0 ? 'done' : 'failed', output.code === 0 ? undefined : `exit code ${output.code}`);
          return output;
        } catch (error) {
          const notStarted = error instanceof Failure && error.code === 'no-such-program';
          ended(notStarted ? 'failed' : 'unknown', error instanceof Error ? error.message : String(error));
          throw error;
        }
      },
    };
  }

  return {
    reader,
    writer(host, step): Writer {
      const read = reader(host, step);
      const shell = ssh.writer(host, step);
      const local = localMachine(host, step);
      const run: MachineWriter['run'] = async (words, options) =>
        isLocal(host) ? local.run(words, options) : shell.run(words, options);
      return {
        ...read,
        cloudstack: cloudStackWriter(() => clouds.client(host), step),
        ssh: shell,
        machine: { ...read.machine, run },
      };
    },
    async discover(host, step) {
      if (host.kind !== 'cloud') return undefined;
      const client = clouds.client(host);
      const source = { reader: reader(host, step).cloudstack, versionInXml: () => client.versionInXml(step.signal) };
      return discoverCloud(source, host.name);
    },
    lookup: lookups(around),
    async close() {
      await Promise.all([clouds.close(), ssh.close()]);
    },
  };
}
