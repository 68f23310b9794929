// The world of one case: doors that answer what the case says and fail it for every question that it does not answer.

import type {
  BundleReader,
  CloudStackWriter,
  ExecOptions,
  Item,
  KeptBundle,
  Output,
  Parameters,
  Reader,
  Writer,
} from '../../src/connection.ts';
import { Failure, Unreachable } from '../../src/errors.ts';
import type { Value, ValueMap } from '../../src/model.ts';
import { handshakeNamed, keptInside, nameOfParameter } from './bundle.ts';
import type { Answers, Case } from './case.ts';

/** A question that the case does not answer, or an order where nothing may be written. */
export class Unanswered extends Error {}

const unseenOutput: Output = { code: 0, stdout: '', stderr: '' };
const START = Date.parse('2026-12-01T00:00:00Z');

function question(command: string, parameters: Parameters = {}): string {
  const given = Object.entries(parameters).filter(([, value]) => value !== undefined);
  const words = given.map(([name, value]) => `${name}=${nameOfParameter(value)}`).sort();
  return [command, ...words].join(' ');
}

const isMap = (value: Value | undefined): value is ValueMap =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** An answer that is an error: `{ fails: "text", hint: … }`, `{ unreachable: "text", code: … }`. */
function failing(answer: Value): Failure | undefined {
  if (!isMap(answer)) return undefined;
  const code = typeof answer['code'] === 'string' ? answer['code'] : undefined;
  if (typeof answer['fails'] === 'string') {
    const hint = typeof answer['hint'] === 'string' ? answer['hint'] : undefined;
    return new Failure(answer['fails'], { hint, code });
  }
  return typeof answer['unreachable'] === 'string' ? new Unreachable(answer['unreachable'], { code }) : undefined;
}

export class Doors {
  readonly calls: string[] = [];
  readonly warns: string[] = [];
  readonly notes: string[] = [];
  #seconds = 0;
  #current: Answers;
  readonly #case: Case;
  readonly #stages: readonly Answers[];
  readonly #deadline: Date;

  constructor(content: Case, timeoutSeconds: number) {
    this.#case = content;
    this.#current = content.given ?? {};
    const { after } = content;
    const last = after === undefined ? [] : [after as Answers];
    this.#stages = Array.isArray(after) ? after : [...(content.calls ?? []).slice(1).map(() => ({})), ...last];
    this.#deadline = new Date(START + timeoutSeconds * 1000);
  }

  get expired(): boolean {
    return this.now() >= this.#deadline;
  }

  now(): Date {
    return new Date(START + this.#seconds * 1000);
  }

  /** The doors of a check: nothing in them can write. */
  reader(): Reader {
    const { tell, clock } = this.#sides();
    return {
      cloudstack: {
        read: (command, parameters) => this.#ask(command, parameters),
        list: (command, parameters) => this.#list(command, parameters),
        probe: async () => this.#answer('probe', 'probe', this.#current.probe) as never,
        clockSkewSeconds: () => 0,
      },
      ssh: { read: async (words) => this.#output(words) },
      tls: {
        handshake: async ({ address, port }) => {
          const key = `${address}:${port}`;
          return handshakeNamed(String(this.#answer('tls', key, this.#current.tls?.[key])));
        },
      },
      dns: {
        resolve: async (name) => this.#answer('dns', name, this.#current.dns?.[name]) as unknown as string[],
      },
      files: {
        read: () => {
          throw new Unanswered('no case reads files');
        },
        list: () => {
          throw new Unanswered('no case reads files');
        },
      },
      bundles: this.#bundles(),
      machine: {
        portOpen: async (address, port) => {
          const key = `${address}:${port}`;
          return this.#answer('port', key, this.#current.ports?.[key]) === true;
        },
        exists: async (path) => this.#answer('exists', path, this.#current.exists?.[path]) === true,
      },
      clock,
      tell,
      deadline: this.#deadline,
      planning: this.#case.planning ?? false,
    };
  }

  writer(): Writer {
    const reader = this.reader();
    const cloudstack: CloudStackWriter = {
      ...reader.cloudstack,
      call: (command, parameters) => this.#write(command, parameters),
      job: async (command, parameters, options) => {
        await options?.sending?.(0);
        return this.#write(command, parameters);
      },
      lasting: (work) => work(cloudstack),
    };
    const run =
      (door: string) =>
      async (words: readonly string[], options: ExecOptions = {}) => {
        const { wasDone, sending, ...rest } = options;
        const given = Object.keys(rest).length > 0 ? ` ${JSON.stringify(rest)}` : '';
        if (this.#case.cut_off && (await this.#wasDone(wasDone))) return unseenOutput;
        await sending?.();
        this.#record(`${door} ${words.join(' ')}${given}`);
        return this.#output(words);
      };
    return {
      ...reader,
      cloudstack,
      ssh: { ...reader.ssh, run: run('ssh') },
      bundles: {
        ...reader.bundles,
        keep: async ({ fingerprint, rows, replaced = 'nothing' }, { certificates }) => {
          const count = certificates.split('BEGIN CERTIFICATE').length - 1;
          this.#record(`keep ${fingerprint} of ${rows.join(' ')} with ${count} certificates, replaced ${replaced}`);
          return [];
        },
      },
      machine: { ...reader.machine, run: run('machine') },
    };
  }

  async #wasDone(look: ExecOptions['wasDone']): Promise<boolean> {
    if (look) return look();
    throw new Unreachable('nobody knows, and a person is asked');
  }

  #bundles(): BundleReader {
    const given = () => this.#current.bundles ?? {};
    return {
      list: async () => this.#answer('bundles', 'kept', given().kept) as unknown as KeptBundle[],
      encryptedTo: async () => this.#answer('bundles', 'encrypted_to', given().encrypted_to) as string[],
      open: async ({ fingerprint }) =>
        keptInside(String(this.#answer('bundles', `inside ${fingerprint}`, given().inside?.[fingerprint]))),
    };
  }

  #sides(): Pick<Reader, 'tell' | 'clock'> {
    return {
      tell: {
        waiting: () => undefined,
        note: (message) => void this.notes.push(message),
        warn: (message) => void (this.warns.includes(message) || this.warns.push(message)),
      },
      clock: {
        now: () => this.now(),
        sleep: async (seconds) => this.#pass(seconds),
      },
    };
  }

  #pass(seconds: number): void {
    const before = this.#seconds;
    this.#seconds += seconds;
    for (const [at, answers] of Object.entries(this.#case.later ?? {})) {
      if (Number(at) > before && Number(at) <= this.#seconds) this.#turn(answers);
    }
  }

  #turn(next: Answers): void {
    const { api, tls, ssh, dns, ports, exists, probe, bundles } = this.#current;
    this.#current = {
      api: { ...api, ...next.api },
      tls: { ...tls, ...next.tls },
      ssh: { ...ssh, ...next.ssh },
      dns: { ...dns, ...next.dns },
      ports: { ...ports, ...next.ports },
      exists: { ...exists, ...next.exists },
      bundles: { ...bundles, ...next.bundles },
      ...((next.probe ?? probe) && { probe: next.probe ?? probe }),
    } as Answers;
  }

  #record(call: string): void {
    this.calls.push(call);
    this.#turn(this.#stages[this.calls.length - 1] ?? {});
  }

  /** A write answers what `api` says of it, and an empty object where the case says nothing. */
  async #write(command: string, parameters?: Parameters): Promise<Item> {
    const call = question(command, parameters);
    const answer = this.#current.api?.[call];
    this.#record(call);
    const failure = answer === undefined ? undefined : failing(answer);
    if (failure) throw failure;
    return isMap(answer) ? answer : {};
  }

  #answer(door: string, key: string, answer: unknown): Value {
    if (answer === undefined) throw new Unanswered(`the case does not answer: ${door} ${key}`);
    const failure = failing(answer as Value);
    if (failure) throw failure;
    return answer as Value;
  }

  async #ask(command: string, parameters?: Parameters): Promise<Item> {
    const key = question(command, parameters);
    return this.#answer('api', key, this.#current.api?.[key]) as Item;
  }

  async #list(command: string, parameters?: Parameters): Promise<readonly Item[]> {
    const key = question(command, parameters);
    return this.#answer('api', key, this.#current.api?.[key]) as readonly Item[];
  }

  #output(words: readonly string[]): Output {
    const key = words.join(' ');
    const answer = this.#answer('ssh', key, this.#current.ssh?.[key]) as ValueMap;
    return {
      code: Number(answer['code'] ?? 0),
      stdout: String(answer['stdout'] ?? ''),
      stderr: String(answer['stderr'] ?? ''),
    };
  }
}
