// A made-up fleet whose clouds answer at once, and a rotation of it: what is left to measure is the engine and its journal.

import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Connections, Discovery, Reader, StepDoor, TaskHost, Writer } from '../src/connection.ts';
import { told } from '../src/connections/told.ts';
import type { Value } from '../src/model.ts';
import { type Prepared, preparePlaybook } from '../src/playbook/prepare.ts';
import { Secret } from '../src/secret.ts';
import { defineTask, ok, type TaskModule, type Verdict } from '../src/task.ts';

export interface Fleet {
  readonly prepared: Prepared;
  readonly modules: ReadonlyMap<string, TaskModule>;
  readonly connections: Connections;
  readonly secrets: readonly Secret[];
}

/** In the shape of a rotation: two changes and three proofs a cloud, then zone after zone a change and four proofs. */
const PLAYBOOK = `- hosts: clouds
  serial: [1, "25%", "100%"]
  max_fail_percentage: 0
  tasks:
    - served: { names: "{{ console_domain }}" }
      register: before
    - setting: { name: domain, value: "{{ console_domain }}" }
    - setting: { name: chain, value: "{{ before.names }}" }
      register: chain
    - hosts: zones
      serial: 1
      tasks:
        - setting: { name: restarted, value: "{{ chain.before is none }}" }
        - served: { names: "{{ console_domain }}" }
        - served: { names: "{{ inventory_hostname }}" }
          when: chain is changed
        - served: { names: "a {{ before.names }}" }
        - served: { names: "b {{ before.names }}" }
    - served: { names: "{{ console_domain }}" }
    - served: { names: "all of {{ console_domain }}" }
`;

const VARIABLES = `    console_domain: "*.console.example.com"
    api_key: "{{ lookup('env', 'API_KEY') }}"
    secret_key: "{{ lookup('env', 'SECRET_KEY') }}"
`;

/** Writes the files of a fleet into a folder. */
export function writeFleet(folder: string, clouds: number): void {
  writeFileSync(join(folder, 'rotation.yml'), PLAYBOOK);
  const names = Array.from(
    { length: clouds },
    (_, index) => `    cloud-${index}: { api_url: "https://${index}.example" }`,
  );
  const text = `clouds:\n  vars:\n${VARIABLES}  hosts:\n${names.join('\n')}\n`;
  writeFileSync(join(folder, 'fleet.yml'), text);
}

/** Reads and checks it as a run does. */
export function readFleet(folder: string, zones: number): Fleet {
  const connections = answersAtOnce(zones);
  const prepared = preparePlaybook({
    playbook: join(folder, 'rotation.yml'),
    inventory: [join(folder, 'fleet.yml')],
    modules,
    lookup: connections.lookup,
  });
  // Two keys a cloud, as a real run has: each line that is kept is searched for all of them.
  const secrets = prepared.inventory.hosts.flatMap(() =>
    [0, 0].map(() => new Secret(randomBytes(64).toString('base64url'))),
  );
  return { prepared, modules, connections, secrets };
}

const setting = defineTask({
  name: 'setting',
  summary: 'keeps a value of a host',
  args: {
    name: { type: 'string', description: 'its name', required: true },
    value: { type: 'any', description: 'the value', required: true },
  },
  returns: { before: 'the old value' },
  example: '',
  timeoutSeconds: 60,
  async check({ name, value }, _host, read): Promise<Verdict<null>> {
    const before = (await read.cloudstack.read(name))['value'] ?? null;
    if (before === value) return ok(`is ${String(value)}`, { values: { before }, decidedOn: { [name]: before } });
    const summary = `set ${name} to ${String(value)}; was ${String(before)}`;
    return { verdict: 'change', summary, detail: null, values: { before }, decidedOn: { [name]: before } };
  },
  async apply({ values = {} }, _host, write, { name, value }) {
    await write.cloudstack.call(name, { value: value as string });
    return { values };
  },
});

const served = defineTask({
  name: 'served',
  summary: 'proves that something is served',
  args: { names: { type: 'string', description: 'what', required: true } },
  returns: { names: 'what is served' },
  example: '',
  timeoutSeconds: 60,
  async check({ names }) {
    return ok(`${names} until 2027-06-13 (200 days)`, { values: { names }, decidedOn: { served: names } });
  },
});

const modules: ReadonlyMap<string, TaskModule> = new Map<string, TaskModule>([
  [setting.name, setting as TaskModule],
  [served.name, served as TaskModule],
]);

/** A world of values by host and name. Its clouds have so many zones each. */
function answersAtOnce(zones: number): Connections {
  const values = new Map<string, Value>();
  const key = (host: TaskHost, name: string) => `${host.path} ${name}`;
  const reader = (host: TaskHost, _step: StepDoor) => ({
    cloudstack: { read: async (name: string) => ({ value: values.get(key(host, name)) ?? null }) },
  });
  const writer = (host: TaskHost, step: StepDoor) => ({
    cloudstack: {
      ...reader(host, step).cloudstack,
      call: (name: string, { value }: { value: Value }) =>
        told<object>(step, { what: `set ${name}`, unseen: {} }, async () => {
          values.set(key(host, name), value);
          return { success: true };
        }),
    },
  });
  // The modules above use no other door.
  return {
    reader: reader as unknown as (host: TaskHost, step: StepDoor) => Reader,
    writer: writer as unknown as (host: TaskHost, step: StepDoor) => Writer,
    discover: async ({ kind }) => (kind === 'cloud' ? zonesOf(zones) : undefined),
    identity: async (host) => ({ identity: host.path.split('/')[0] ?? '', cloud: host.path }),
    lookup: () => null,
    close: async () => {},
  };
}

const zonesOf = (count: number): Discovery => ({
  facts: { cloudstackversion: '4.22.0.0' },
  children: Array.from({ length: count }, (_, index) => ({
    name: `zone-${index}`,
    kind: 'zone' as const,
    groups: ['zones'],
    facts: { id: `00000000-0000-4000-8000-00000000000${index}`, allocationstate: 'Enabled' },
    children: [],
  })),
});
