// All doors of a run, put together. Nothing is opened, and no library loaded, before a step uses it.

import { setMaxListeners } from 'node:events';
import { homedir } from 'node:os';
import type { Connections, Reader, StepDoor, TaskHost, TlsReader, Writer } from '../connection.ts';
import { stateFolder } from '../state.ts';
import { type BundlePlace, bundleReader, bundleWriter } from './bundles/door.ts';
import { clockFor } from './clock.ts';
import { cloudStackDoors } from './cloudstack/door.ts';
import { cloudStackReader } from './cloudstack/reader.ts';
import { cloudStackWriter } from './cloudstack/writer.ts';
import { discoverCloud } from './discovery.ts';
import { resolveName } from './dns/resolve.ts';
import { Identities } from './identity.ts';
import { LastingWorks } from './lasting.ts';
import { fileReader } from './local/files.ts';
import { lookups } from './local/lookup.ts';
import { Looks } from './looks.ts';
import { machineReader, machineWriter } from './machine.ts';
import type { Surroundings } from './paths.ts';
import { routeOf } from './route.ts';
import { sshDoors } from './ssh/door.ts';
import { handshake } from './tls/handshake.ts';
import { listVariable } from './variables.ts';

export interface ConnectionOptions {
  /** Where relative paths start. */
  readonly playbookFolder: string;
  /** Proxies, SSH_AUTH_SOCK, PATH and what `lookup('env', …)` sees; default: this process's. */
  readonly environment?: NodeJS.ProcessEnv | undefined;
  /** Default: the user's own. */
  readonly home?: string | undefined;
  /** For tests alone: a pass phrase for kept bundles is made expensive, and tests use it often. */
  readonly bundleWorkFactor?: number | undefined;
}

const tell = (step: StepDoor): Reader['tell'] => ({
  waiting: (what, until) => step.waiting(what, until),
  note: (message) => step.note(message),
  warn: (message, hint) => step.warn(message, hint),
});

/**
 * The step, with a signal that many may listen to: it may wait for a lot at once, which Node would take for a leak.
 * The signal itself is asked for only when something listens: most steps never do.
 */
function waitingForMany(step: StepDoor): StepDoor {
  const signal = () => {
    setMaxListeners(0, step.signal);
    return step.signal;
  };
  return Object.create(step, { signal: { get: signal } });
}

/** The only way of the engine to the world. */
export function openConnections({
  playbookFolder,
  environment = process.env,
  home = homedir(),
  bundleWorkFactor,
}: ConnectionOptions): Connections {
  const around: Surroundings = { playbookFolder, environment, home };
  const clouds = cloudStackDoors(around);
  const ssh = sshDoors(around);
  const files = fileReader(around);
  const looks = new Looks();
  const works = new LastingWorks();
  const identities = new Identities();

  function bundlePlace(host: TaskHost, step: StepDoor): BundlePlace {
    return {
      around,
      state: stateFolder(environment, home),
      cloud: () =>
        identities.of(
          host,
          cloudStackReader(() => clouds.client(host), step),
        ),
      workFactor: bundleWorkFactor,
    };
  }

  function reader(host: TaskHost, given: StepDoor): Reader {
    const step = waitingForMany(given);
    const shell = ssh.reader(host, step);
    const cloud = host.path.split('/', 1)[0] ?? host.path;
    const cloudstack = cloudStackReader(() => clouds.client(host), step);
    const tls: TlsReader = {
      handshake: async (target) => handshake(target, routeOf(listVariable(host, 'connect_to')), step.signal),
    };
    return {
      cloudstack: step.planning ? looks.cloudStack(cloud, cloudstack, step) : cloudstack,
      ssh: shell,
      tls: step.planning ? looks.tls(cloud, tls, step) : tls,
      dns: { resolve: async (name) => resolveName(name, listVariable(host, 'dns_servers'), step.signal) },
      files,
      bundles: bundleReader(host, bundlePlace(host, step)),
      machine: machineReader(host, step, shell),
      clock: clockFor(step),
      tell: tell(step),
      deadline: step.deadline,
      planning: step.planning,
    };
  }

  return {
    reader,
    writer(host, given): Writer {
      const step = waitingForMany(given);
      const read = reader(host, step);
      const shell = ssh.writer(host, step);
      return {
        ...read,
        cloudstack: cloudStackWriter(() => clouds.client(host), step, works),
        ssh: shell,
        bundles: bundleWriter(host, step, bundlePlace(host, step)),
        machine: machineWriter(host, step, shell, around),
      };
    },
    async discover(host, step) {
      if (host.kind !== 'cloud') return undefined;
      const client = clouds.client(host);
      const { cloudstack, tell } = reader(host, step);
      const source = { reader: cloudstack, warn: tell.warn, versionInXml: () => client.versionInXml(step.signal) };
      return discoverCloud(source, host.name);
    },
    identity: async (host, step) => identities.of(host, reader(host, step).cloudstack),
    lookup: lookups(around),
    async close() {
      await works.ended();
      await Promise.all([clouds.close(), ssh.close()]);
    },
  };
}
