// SSH as steps use it: one connection a machine for the whole run, whoever asks, and programs on hosts and in
// system VMs.

import type { ExecOptions, Output, SshReader, SshWriter, StepDoor, TaskHost } from '../../connection.ts';
import { Failure, Unreachable } from '../../errors.ts';
import { Secret } from '../../secret.ts';
import { secondsUntil } from '../clock.ts';
import type { Surroundings } from '../paths.ts';
import { commandLine, quoteWords } from '../quoting.ts';
import { routeOf } from '../route.ts';
import { exitCodeFailure, told, unseenOutput } from '../told.ts';
import { sshConfigs } from './config.ts';
import { openSsh, type SshConnection } from './connection.ts';
import { checkReading, refusePrivateKey } from './reading.ts';
import { routesOf, type SshTarget, type Terrain, type Way, wayTo, wordsInside } from './target.ts';
import { innerSshFailure } from './trouble.ts';

export interface SshDoors {
  reader(host: TaskHost, step: StepDoor): SshReader;
  writer(host: TaskHost, step: StepDoor): SshWriter;
  close(): Promise<void>;
}

/** What a connection that is shared by steps must not depend on: the step that happened to open it. */
const NEVER = new AbortController().signal;

/** The connections of a run, by target. */
class Pool {
  readonly #open = new Map<string, Promise<SshConnection>>();

  /** The connection to a target, opened once; one that was lost is opened again. */
  async get(target: SshTarget, rules: readonly string[]): Promise<SshConnection> {
    const key = JSON.stringify([target, rules]);
    const kept = this.#open.get(key);
    if (kept) {
      const connection = await kept;
      if (connection.open) return connection;
    }
    if (this.#open.get(key) === kept) this.#open.set(key, this.#dial(key, target, rules));
    return this.get(target, rules);
  }

  #dial(key: string, target: SshTarget, rules: readonly string[]): Promise<SshConnection> {
    const dial = async () => {
      const via = target.via && (await this.get(target.via, rules));
      return openSsh(target, via, routeOf(rules), NEVER);
    };
    const opening = dial();
    opening.catch(() => this.#open.delete(key));
    return opening;
  }

  async close(): Promise<void> {
    const all = await Promise.allSettled(this.#open.values());
    this.#open.clear();
    for (const one of all) if (one.status === 'fulfilled') one.value.close();
  }
}

type Inside = Extract<Way, { kind: 'inside' }>;

/** Programs on one host for one step. */
class Shell {
  readonly #pool: Pool;
  readonly #host: TaskHost;
  readonly #step: StepDoor;
  readonly #around: Terrain;

  constructor(pool: Pool, host: TaskHost, step: StepDoor, around: Terrain) {
    this.#pool = pool;
    this.#host = host;
    this.#step = step;
    this.#around = around;
  }

  async run(words: readonly string[], options: ExecOptions): Promise<Output> {
    const way = await wayTo(this.#host, this.#around);
    const line = commandLine(words, options);
    if (way.kind === 'inside') return this.#runInside(way, line, options);
    const connection = await this.#pool.get(way.target, routesOf(this.#host));
    return this.#exec(connection, line, options);
  }

  #exec(connection: SshConnection, line: string, { stdin, timeoutSeconds }: ExecOptions): Promise<Output> {
    const left = secondsUntil(this.#step.deadline);
    return connection.exec({
      line,
      stdin: stdin instanceof Secret ? stdin.reveal() : stdin,
      timeoutSeconds: Math.min(timeoutSeconds ?? left, left),
      signal: this.#step.signal,
    });
  }

  async #runInside(way: Inside, line: string, options: ExecOptions): Promise<Output> {
    const connection = await this.#firstThatAnswers(way);
    const key = await this.#keyOn(connection, way.keys);
    const output = await this.#exec(connection, quoteWords(wordsInside(way.vm, key, line)), options);
    const failure =
      output.code === 255 ? innerSshFailure({ machine: connection.target, vm: way.vm, key }, output.stderr) : undefined;
    if (failure) throw failure;
    return output;
  }

  async #firstThatAnswers({ machines, vm }: Inside): Promise<SshConnection> {
    const failures: Failure[] = [];
    for (const machine of machines) {
      try {
        return await this.#pool.get(machine, routesOf(this.#host));
      } catch (error) {
        if (!(error instanceof Failure)) throw error;
        failures.push(error);
      }
    }
    const [first] = failures;
    if (first && !(first instanceof Unreachable)) throw first;
    throw new Unreachable(`"${vm.name}" cannot be reached: ${failures.map(({ message }) => message).join('; ')}`, {
      code: 'ssh-hypervisor',
      hint: first?.hint,
    });
  }

  /** The first of the paths at which a key can be read there. With a single one, ssh itself says what is wrong with it. */
  async #keyOn(connection: SshConnection, paths: readonly string[]): Promise<string> {
    const [only = ''] = paths;
    if (paths.length === 1) return only;
    for (const path of paths) {
      const { code } = await this.#exec(connection, quoteWords(['test', '-r', path]), {});
      if (code === 0) return path;
    }
    throw new Failure(`on ${connection.target.name} none of the keys for system VMs can be read: ${paths.join(', ')}`, {
      code: 'vm-ssh-key',
      hint: `log in as a user who may read it ("ansible_user"), or set "system_vm_ssh_key"`,
    });
  }
}

/** Opens nothing before it is used. */
export function sshDoors(surroundings: Surroundings): SshDoors {
  const around = { ...surroundings, configs: sshConfigs() };
  const pool = new Pool();
  const reader = (host: TaskHost, step: StepDoor): SshReader => ({
    async read(words, options = {}) {
      checkReading(words, options);
      const output = await new Shell(pool, host, step, around).run(words, options);
      refusePrivateKey(words, output.stdout);
      return output;
    },
  });
  return {
    reader,
    writer: (host, step) => ({
      ...reader(host, step),
      run: (words, options = {}) => {
        const what = `ssh ${host.name}: ${quoteWords(words)}`;
        const write = { what, wasDone: options.wasDone, before: options.sending, unseen: unseenOutput };
        const run = () => new Shell(pool, host, step, around).run(words, options);
        return told(step, write, run, exitCodeFailure);
      },
    }),
    close: () => pool.close(),
  };
}
