// A lab with a client of its own, for tests of its rules: no code of the tool's own client is in it.

import { setTimeout as sleep } from 'node:timers/promises';
import { startManagementServer } from '../../src/lab/api/server.ts';
import { signatureOf } from '../../src/lab/api/signature.ts';
import type { Machine, PortState } from '../../src/lab/machine.ts';
import { createWorld } from '../../src/lab/world/create.ts';
import type { Material, World, WorldOptions } from '../../src/lab/world/world.ts';
import { labCertificates } from '../certificates.ts';

export const DOMAIN = '*.console.lab.example';

/** Made once a file: keys take a while. */
export const certificates = await labCertificates();

// biome-ignore lint/suspicious/noExplicitAny: answers of an API, looked into by tests
export type Content = any;

export interface Reply {
  readonly status: number;
  /** What stands in the envelope, or the text where there is none. */
  readonly content: Content;
}

export class Lab {
  readonly world: World;
  readonly #urls: readonly string[];
  readonly #close: () => Promise<void>;

  private constructor(world: World, urls: readonly string[], close: () => Promise<void>) {
    this.world = world;
    this.#urls = urls;
    this.#close = close;
  }

  /** Two zones, TLS on, the served material, 500 times as fast as a real one. */
  static async start(options: Partial<WorldOptions> = {}): Promise<Lab> {
    const world = createWorld({
      profile: '4.22',
      name: 'lab',
      zones: ['ams', 'fra'],
      managementServers: ['ms1'],
      timeFactor: 0.002,
      apiKey: 'key',
      secretKey: 'secret',
      material: certificates.served,
      consoleDomain: DOMAIN,
      storageDomain: DOMAIN,
      realhostip: certificates.realhostip,
      snakeoil: certificates.snakeoil,
      ...options,
    });
    const servers = await Promise.all(
      world.options.managementServers.map((server) =>
        startManagementServer(world, { server, port: 0, host: '127.0.0.1' }),
      ),
    );
    const close = async () => {
      world.close();
      await Promise.all(servers.map((server) => server.close()));
    };
    return new Lab(
      world,
      servers.map((server) => server.url),
      close,
    );
  }

  close(): Promise<void> {
    return this.#close();
  }

  /** At the first server, or the one of that number. Rejects where the connection does. */
  async call(command: string, parameters: Record<string, string> = {}, server = 0): Promise<Reply> {
    const all = new Map(Object.entries({ command, response: 'json', apikey: 'key', ...parameters }));
    all.set('signature', signatureOf(all, 'secret'));
    const headers = { connection: 'close' };
    const answer = await fetch(this.#urls[server] ?? '', {
      method: 'POST',
      headers,
      body: new URLSearchParams([...all]),
    });
    const text = await answer.text();
    const content = text.startsWith('{') ? Object.values(JSON.parse(text) as Record<string, Content>)[0] : text;
    return { status: answer.status, content };
  }

  /** Submits, waits for the end, gives the job. */
  async job(command: string, parameters: Record<string, string> = {}): Promise<Content> {
    const { content } = await this.call(command, parameters);
    return this.ended(content.jobid as string);
  }

  async ended(jobid: string): Promise<Content> {
    let job: Content;
    await this.until('the end of the job', async () => {
      job = (await this.call('queryAsyncJobResult', { jobid })).content;
      return job.jobstatus !== 0;
    });
    return job;
  }

  /** The whole chain, as the user interface uploads it. */
  async upload(material: Material, domainsuffix = DOMAIN): Promise<void> {
    const chain = [material.root, ...material.intermediates.toReversed()];
    for (const [index, certificate] of chain.entries()) {
      const name = index === 0 ? 'root' : `intermediate${index}`;
      await this.job('uploadCustomCertificate', { certificate, domainsuffix, name, id: String(index + 1) });
    }
    await this.job('uploadCustomCertificate', {
      certificate: material.leaf,
      privatekey: material.key,
      domainsuffix,
    });
  }

  /** Looks every few milliseconds; fails after that many seconds of CloudStack. */
  async until(what: string, condition: () => boolean | Promise<boolean>, seconds = 400): Promise<void> {
    const end = Date.now() + seconds * this.world.options.timeFactor * 1000 + 2000;
    while (!(await condition())) {
      if (Date.now() > end) throw new Error(`${what}: not seen`);
      await sleep(4);
    }
  }

  /** Waits that many seconds of CloudStack. */
  pass(seconds: number): Promise<void> {
    return sleep(seconds * this.world.options.timeFactor * 1000);
  }

  machine(zone: string, type: Machine['type']): Machine {
    const machine = this.world.machines().find((one) => one.zone === zone && one.type === type);
    if (machine === undefined) throw new Error(`no ${type} in ${zone}`);
    return machine;
  }

  console(zone = 'ams'): Machine {
    return this.machine(zone, 'consoleproxy');
  }

  storage(zone = 'ams'): Machine {
    return this.machine(zone, 'secondarystoragevm');
  }

  async state(): Promise<string> {
    const { content } = await this.call('listConfigurations', { name: 'consoleproxy.management.state' });
    return content.configuration[0].value as string;
  }

  set(name: string, value: string): Promise<Reply> {
    return this.call('updateConfiguration', { name, value });
  }

  async vmItem(id: string): Promise<Content> {
    return (await this.call('listSystemVms', { id })).content.systemvm?.[0];
  }

  /** `systemctl restart`, until the API answers again. */
  async restart(name = 'ms1'): Promise<void> {
    this.world.restartManagementServer(name);
    const server = () => this.world.managementServers.find((one) => one.name === name);
    await this.until('the restart', () => server()?.api === 'answers');
    await this.until('the port', () =>
      this.call('listZones').then(
        () => true,
        () => false,
      ),
    );
  }
}

/** A test body with a lab that is closed whatever happens. */
export const withLab =
  (body: (lab: Lab) => Promise<void>, options: Partial<WorldOptions> = {}) =>
  async (): Promise<void> => {
    const lab = await Lab.start(options);
    try {
      await body(lab);
    } finally {
      await lab.close();
    }
  };

/** What a port presents, by the names of the material; other ports by their kind. */
export function presented(machine: Machine, port: number): string {
  const state: PortState | undefined = machine.ports[port];
  if (state?.kind !== 'tls') return state?.kind ?? 'none';
  return state.certificates.map((pem) => nameOf(pem)).join(' ');
}

const named: readonly (readonly [string, string])[] = [
  ['old', certificates.served.leaf],
  ['new', certificates.renewed.leaf],
  ['root', certificates.renewed.root],
  ...certificates.renewed.intermediates.map((pem, index) => [`int${index + 1}`, pem] as const),
  ['realhostip', certificates.realhostip.certificate],
  ['snakeoil', certificates.snakeoil.certificate],
];

const bare = (pem: string): string => pem.replace(/\s/g, '');

const nameOf = (pem: string): string => named.find(([, text]) => bare(text) === bare(pem))?.[0] ?? 'other';
