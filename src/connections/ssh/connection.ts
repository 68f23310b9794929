// One SSH connection in use: programs, a few at once, and forwarded connections.

import type { NodeSSH } from 'node-ssh';
import type { Channel } from 'ssh2';
import type { Output } from '../../connection.ts';
import { Failure, Unreachable } from '../../errors.ts';
import { pause, stopped } from '../clock.ts';
import { exitCodeOf, LARGEST_OUTPUT, outputTooLong } from '../output.ts';
import { type Endpoint, endpointText, type Route } from '../route.ts';
import { openSocket } from '../socket.ts';
import { logIn, type Opened } from './login.ts';
import type { SshTarget } from './target.ts';

const CONNECT_SECONDS = 10;
const CHANNEL_TRIES = 6;
/** OpenSSH's MaxSessions is 10; a few are left to others who share a ControlMaster. */
const CHANNELS_AT_ONCE = 8;

export interface ExecRequest {
  readonly line: string;
  readonly stdin: string | undefined;
  readonly timeoutSeconds: number;
  readonly signal: AbortSignal;
}

export interface SshConnection {
  readonly target: SshTarget;
  /** True until the connection is closed, by whomever. */
  readonly open: boolean;
  exec(request: ExecRequest): Promise<Output>;
  forward(endpoint: Endpoint): Promise<Channel>;
  close(): void;
}

/** A program under way: its channel once there is one, and its output as far as it is kept. */
class Execution {
  readonly #name: string;
  readonly #request: ExecRequest;
  readonly #stdout: Buffer[] = [];
  readonly #stderr: Buffer[] = [];
  #channel: Channel | undefined;
  #bytes = 0;

  constructor(name: string, request: ExecRequest) {
    this.#name = name;
    this.#request = request;
  }

  /** Starts it. Rejects where no channel was opened, or the output is too long; without a code the connection broke. */
  async run(ssh: NodeSSH): Promise<Output | undefined> {
    const { line, stdin } = this.#request;
    const { code, signal } = await ssh.execCommand(line, {
      noTrim: true,
      ...(stdin === undefined ? {} : { stdin }),
      onChannel: (channel) => {
        this.#channel = channel;
      },
      onStdout: (chunk) => this.#keep(this.#stdout, chunk),
      onStderr: (chunk) => this.#keep(this.#stderr, chunk),
    });
    if (this.#bytes > LARGEST_OUTPUT) throw outputTooLong(this.#name, line);
    const exit = exitCodeOf(code, signal);
    const text = (parts: readonly Buffer[]) => Buffer.concat(parts).toString('utf8');
    return exit === undefined ? undefined : { code: exit, stdout: text(this.#stdout), stderr: text(this.#stderr) };
  }

  #keep(parts: Buffer[], chunk: Buffer): void {
    this.#bytes += chunk.length;
    if (this.#bytes > LARGEST_OUTPUT) this.#channel?.close();
    else parts.push(chunk);
  }

  /** Rejects when the time is over or the step is stopped, and leaves the program to its fate. `settled` ends it. */
  limit(settled: AbortSignal): Promise<never> {
    const { line, timeoutSeconds, signal } = this.#request;
    return new Promise<never>((_, reject) => {
      const end = (error: Error) => {
        this.#channel?.close();
        reject(error);
      };
      const cancelled = () => end(stopped(signal));
      const timer = setTimeout(() => {
        const message = `${this.#name}: no end within ${Math.round(timeoutSeconds)} s: ${line}`;
        end(new Unreachable(message, { code: 'ssh-timeout' }));
      }, timeoutSeconds * 1000);
      signal.addEventListener('abort', cancelled, { once: true });
      settled.addEventListener('abort', () => {
        clearTimeout(timer);
        signal.removeEventListener('abort', cancelled);
      });
      if (signal.aborted) cancelled();
    });
  }
}

function channelRefused(error: unknown): boolean {
  return error instanceof Error && /Channel open failure/.test(error.message);
}

class Connection implements SshConnection {
  readonly target: SshTarget;
  readonly #ssh: NodeSSH;
  readonly #lost: Promise<never>;
  #busy = 0;
  readonly #waiting: (() => void)[] = [];
  open = true;

  constructor(target: SshTarget, { ssh, sock }: Opened) {
    this.target = target;
    this.#ssh = ssh;
    this.#lost = new Promise((_, reject) => {
      const end = (reason: string) => {
        this.open = false;
        reject(this.#lostBy(reason));
      };
      // Permanent: an error without a listener would end the process.
      ssh.connection?.on('error', (error: Error) => end(error.message));
      ssh.connection?.on('close', () => end('closed by the other side'));
      sock.on('error', (error: Error) => end(error.message));
    });
    // Nobody may be waiting when it is lost.
    this.#lost.catch(() => undefined);
  }

  #lostBy(reason: string): Unreachable {
    return new Unreachable(`${this.target.name}: the SSH connection was lost: ${reason}`, { code: 'ssh-lost' });
  }

  async exec(request: ExecRequest): Promise<Output> {
    if (this.#busy >= CHANNELS_AT_ONCE) await new Promise<void>((go) => this.#waiting.push(go));
    this.#busy++;
    try {
      return await this.#execPatiently(request);
    } finally {
      this.#busy--;
      this.#waiting.shift()?.();
    }
  }

  /** Others may hold sessions of the same server: one that it refuses is asked for again a little later. */
  async #execPatiently(request: ExecRequest): Promise<Output> {
    for (let tries = 1; ; tries++) {
      try {
        return await this.#execOnce(request);
      } catch (error) {
        if (error instanceof Failure) throw error;
        if (!channelRefused(error)) throw this.open ? error : this.#lostBy(String(error));
        if (tries === CHANNEL_TRIES) {
          throw new Unreachable(`${this.target.name} opens no more sessions: ${(error as Error).message}`, {
            code: 'ssh-sessions',
            hint: 'raise MaxSessions in its sshd_config',
          });
        }
        await pause(tries * (0.1 + Math.random() * 0.2), request.signal);
      }
    }
  }

  async #execOnce(request: ExecRequest): Promise<Output> {
    const execution = new Execution(this.target.name, request);
    const settled = new AbortController();
    const over = execution.limit(settled.signal);
    const running = execution.run(this.#ssh);
    // Whichever of them is left behind must not end the process.
    for (const one of [over, running]) one.catch(() => undefined);
    try {
      const output = await Promise.race([running, this.#lost, over]);
      // node-ssh resolves without a code when the connection breaks under a program.
      if (output === undefined) throw this.#lostBy('it broke while the program ran');
      return output;
    } finally {
      settled.abort();
    }
  }

  async forward(endpoint: Endpoint): Promise<Channel> {
    try {
      return await Promise.race([this.#ssh.forwardOut('127.0.0.1', 0, endpoint.host, endpoint.port), this.#lost]);
    } catch (error) {
      if (error instanceof Failure) throw error;
      const what = `${endpointText(endpoint)} cannot be reached through ${this.target.name}`;
      throw new Unreachable(`${what}: ${(error as Error).message}`, { code: 'ssh-jump' });
    }
  }

  close(): void {
    this.open = false;
    this.#ssh.dispose();
  }
}

/** Opens a connection, through `via` where the target has one. Rejects with `Unreachable` or `Failure`. */
export async function openSsh(
  target: SshTarget,
  via: SshConnection | undefined,
  route: Route,
  signal: AbortSignal,
): Promise<SshConnection> {
  const dial = async () => {
    if (via) return { sock: await via.forward(target.endpoint), real: target.endpoint };
    const real = route(target.endpoint);
    const name = `${target.endpoint.host} port ${target.endpoint.port}`;
    return { sock: await openSocket(real, { timeoutSeconds: CONNECT_SECONDS, name, signal }), real };
  };
  return new Connection(target, await logIn(target, dial, signal));
}
