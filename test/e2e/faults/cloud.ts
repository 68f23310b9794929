// The lab's cloud in a rotation that is disturbed: what it was made to do, and how it stands in the end.

import { createHash, X509Certificate } from 'node:crypto';
import { installOf } from '../../../src/lab/world/create.ts';
import type { Rig } from '../../rig.ts';
import { servedBy } from '../rotation-proof.ts';

/** What the cloud was made to do, in the lab's words: writes by the API, the starts of VMs apart, and restarts. */
export class Deeds {
  readonly #rig: Rig;
  readonly #restarts: { readonly after: number; readonly did: string }[] = [];

  constructor(rig: Rig) {
    this.#rig = rig;
    for (const { world } of rig.lab.clouds) {
      world.onManagementServer(({ name, api }) => {
        if (api === 'refuses') this.#restarts.push({ after: world.writes.length, did: `restart of ${name}` });
      });
    }
  }

  all(): string[] {
    const restarts = (count: number) => this.#restarts.filter(({ after }) => after === count).map(({ did }) => did);
    const writes = this.#rig.lab.writes();
    const told = writes.flatMap(({ command, did }, index) => [
      ...(command === 'startSystemVm' ? [] : [did]),
      ...restarts(index + 1),
    ]);
    return [...restarts(0), ...told];
  }
}

const digest = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 12);

/** Settings that differ from their defaults, rows, machines with what they present, as one text to compare. */
export async function standing(rig: Rig): Promise<string> {
  const served = await servedBy(rig);
  const clouds = rig.lab.clouds.map(({ world }) => {
    const { settings, keystore } = installOf(world);
    return {
      settings: SETTINGS.map((name) => `${name} = ${settings.stored(name)}`),
      rows: keystore.rows.map(({ name, seq, certificate, domainSuffix }) => [
        name,
        seq,
        domainSuffix,
        digest(certificate),
      ]),
      servers: world.managementServers.map(({ name, state, api }) => [name, state, api]),
      machines: world.machines().map(({ name, power, ports, trustStore, services }) => ({
        name,
        power,
        services,
        ports: Object.entries(ports).map(([port, state]) => [port, digest(JSON.stringify(state))]),
        root: trustStore.entries.filter(({ alias }) => alias === 'cpvmcertificate').map(({ pem }) => digest(pem)),
      })),
    };
  });
  return JSON.stringify({ clouds, served: [...served].sort() }, null, 1);
}

const SETTINGS = [
  'consoleproxy.url.domain',
  'consoleproxy.sslEnabled',
  'secstorage.ssl.cert.domain',
  'secstorage.encrypt.copy',
  'consoleproxy.management.state',
];

/** Fingerprint of a certificate in PEM, as `servedBy` has it. */
export const fingerprintOf = (pem: string): string =>
  new X509Certificate(pem).fingerprint256.replaceAll(':', '').toLowerCase();
