// One SSH connection, opened and used. The only file that knows node-ssh.

import { readFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import type { NodeSSH } from 'node-ssh';
import type { AnyAuthMethod, Channel } from 'ssh2';
import type { Output } from '../../connection.ts';
import { Failure, Unreachable } from '../../errors.ts';
import { pause, stopped } from '../clock.ts';
import { exitCodeOf, LARGEST_OUTPUT, outputTooLong } from '../output.ts';
import type { Endpoint, Route } from '../route.ts';
import { NoConnection, openSocket } from '../socket.ts';
import { readKeyFile } from './keys.ts';
import { judgeKey, type KnownHost, keyAlgorithms, readKnownHosts, type Verdict } from './known-hosts.ts';
import type { SshTarget } from './target.ts';
import { hostKeyRefused, loginRefused, noKeys, type Offered } from './trouble.ts';

const CONNECT_SECONDS = 10;
const READY_SECONDS = 20;
const KEEPALIVE_SECONDS = 10;
const KEEPALIVES_MISSED = 3;
const CONNECT_TRIES = 4;
const CHANNEL_TRIES = 6;
/** OpenSSH's MaxAuthTries is 6, and every key offered counts. */
const MOST_KEYS = 5;
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

function knownHostsOf(target: SshTarget): KnownHost[] {
  return (target.knownHosts?.files ?? []).flatMap((file) => {
    try {
      return readKnownHosts(readFileSync(file, 'utf8'), file);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
      throw new Failure(`"${file}" cannot be read: ${(error as NodeJS.ErrnoException).code}`, {
        code: 'ssh-known-hosts',
      });
    }
  });
}

/** What to log in with: the named key alone, or the agent and then the default keys that are there. */
function authentication(target: SshTarget): { readonly methods: AnyAuthMethod[]; readonly offered: Offered } {
  const files = target.keyFiles.map(readKeyFile);
  const keys = files.flatMap((file) => (file.kind === 'key' ? [file] : [])).slice(0, MOST_KEYS);
  const offered: Offered = {
    keys: keys.map(({ file }) => file),
    encrypted: files.flatMap(({ kind, file }) => (kind === 'encrypted' ? [file] : [])),
    missing: target.keyNamed ? files.flatMap(({ kind, file }) => (kind === 'missing' ? [file] : [])) : [],
    agent: target.agent !== undefined,
  };
  const username = target.user;
  const agent: AnyAuthMethod[] = target.agent === undefined ? [] : [{ type: 'agent', username, agent: target.agent }];
  const own = keys.map(({ text }): AnyAuthMethod => ({ type: 'publickey', username, key: text }));
  const methods = [...agent, ...own];
  if (methods.length === 0) throw noKeys(target, offered);
  return { methods, offered };
}

interface Opened {
  readonly ssh: NodeSSH;
  readonly sock: Socket | Channel;
}

/** What is loaded before anything is dialled: a socket that is closed meanwhile would close unheard. */
interface Preparation {
  readonly library: typeof import('node-ssh');
  readonly entries: readonly KnownHost[];
  readonly methods: AnyAuthMethod[];
  readonly offered: Offered;
}

async function shake(
  target: SshTarget,
  { library, entries, methods, offered }: Preparation,
  { sock, real }: Dialled,
): Promise<Opened> {
  const name = target.knownHosts?.name ?? '';
  let refusal: { readonly verdict: Verdict; readonly key: Buffer } | undefined;
  const verify = (key: Buffer): boolean => {
    if (target.knownHosts === undefined) return true;
    const verdict = judgeKey(entries, name, key);
    if (verdict.verdict !== 'known') refusal = { verdict, key };
    return verdict.verdict === 'known';
  };
  const ssh = new library.NodeSSH();
  try {
    await ssh.connect({
      username: target.user,
      sock: sock as Socket,
      authHandler: methods,
      hostVerifier: verify,
      algorithms: { serverHostKey: keyAlgorithms(entries, name) as never },
      readyTimeout: READY_SECONDS * 1000,
      keepaliveInterval: KEEPALIVE_SECONDS * 1000,
      keepaliveCountMax: KEEPALIVES_MISSED,
    });
  } catch (error) {
    sock.destroy();
    if (refusal) throw hostKeyRefused(target, real, refusal.verdict, refusal.key);
    if ((error as { level?: unknown }).level === 'client-authentication') throw loginRefused(target, offered);
    throw error;
  }
  return { ssh, sock };
}

/** sshd drops connections at random while too many log in at once (MaxStartups): then it is worth another try. */
function isDropped(error: unknown): boolean {
  return error instanceof Error && /before handshake|ECONNRESET|No response from server/.test(error.message);
}

interface Dialled {
  readonly sock: Socket | Channel;
  /** Where the connection went. */
  readonly real: Endpoint;
}

async function shakeAgain(target: SshTarget, dial: () => Promise<Dialled>, signal: AbortSignal): Promise<Opened> {
  const prepared = { entries: knownHostsOf(target), ...authentication(target), library: await import('node-ssh') };
  for (let tries = 1; ; tries++) {
    try {
      return await shake(target, prepared, await dial());
    } catch (error) {
      if (error instanceof Failure) throw error;
      if (error instanceof NoConnection) throw new Unreachable(error.message, { code: `ssh-${error.reason}` });
      if (!isDropped(error) || tries === CONNECT_TRIES) {
        throw new Unreachable(`${target.name}: no SSH connection: ${(error as Error).message}`, {
          code: 'ssh-connect',
        });
      }
      await pause(tries * (0.2 + Math.random() * 0.4), signal);
    }
  }
}

/** Two streams of output, together no longer than is kept. */
class Capture {
  readonly #parts: { readonly stdout: Buffer[]; readonly stderr: Buffer[] } = { stdout: [], stderr: [] };
  #bytes = 0;

  /** False once there is too much. */
  take(stream: 'stdout' | 'stderr', chunk: Buffer): boolean {
    this.#bytes += chunk.length;
    if (this.#bytes > LARGEST_OUTPUT) return false;
    this.#parts[stream].push(chunk);
    return true;
  }

  text(stream: 'stdout' | 'stderr'): string {
    return Buffer.concat(this.#parts[stream]).toString('utf8');
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
        reject(new Unreachable(`${target.name}: the SSH connection was lost: ${reason}`, { code: 'ssh-lost' }));
      };
      // Permanent: an error without a listener would end the process.
      ssh.connection?.on('error', (error: Error) => end(error.message));
      ssh.connection?.on('close', () => end('closed by the other side'));
      sock.on('error', (error: Error) => end(error.message));
    });
    // Nobody may be waiting when it is lost.
    this.#lost.catch(() => undefined);
  }

  async exec(request: ExecRequest): Promise<Output> {
    await this.#enter();
    try {
      for (let tries = 1; ; tries++) {
        try {
          return await this.#execOnce(request);
        } catch (error) {
          if (error instanceof Failure || !channelRefused(error)) throw this.#translate(error);
          if (tries === CHANNEL_TRIES) {
            throw new Unreachable(`${this.target.name} opens no more sessions: ${(error as Error).message}`, {
              code: 'ssh-sessions',
              hint: 'raise MaxSessions in its sshd_config',
            });
          }
          await pause(tries * (0.1 + Math.random() * 0.2), request.signal);
        }
      }
    } finally {
      this.#busy--;
      this.#waiting.shift()?.();
    }
  }

  async #enter(): Promise<void> {
    if (this.#busy >= CHANNELS_AT_ONCE) await new Promise<void>((go) => this.#waiting.push(go));
    this.#busy++;
  }

  #translate(error: unknown): unknown {
    if (error instanceof Failure || this.open) return error;
    return new Unreachable(`${this.target.name}: the SSH connection was lost: ${String(error)}`, { code: 'ssh-lost' });
  }

  async #execOnce({ line, stdin, timeoutSeconds, signal }: ExecRequest): Promise<Output> {
    const capture = new Capture();
    let channel: Channel | undefined;
    let timer: NodeJS.Timeout | undefined;
    let cancelled: (() => void) | undefined;
    const limit = new Promise<never>((_, reject) => {
      const fail = (error: Error) => {
        channel?.close();
        reject(error);
      };
      timer = setTimeout(() => {
        const message = `${this.target.name}: no end within ${Math.round(timeoutSeconds)} s: ${line}`;
        fail(new Unreachable(message, { code: 'ssh-timeout' }));
      }, timeoutSeconds * 1000);
      cancelled = () => fail(stopped(signal));
      signal.addEventListener('abort', cancelled, { once: true });
    });
    limit.catch(() => undefined);
    let tooMuch = false;
    const take = (stream: 'stdout' | 'stderr') => (chunk: Buffer) => {
      if (tooMuch || capture.take(stream, chunk)) return;
      tooMuch = true;
      channel?.close();
    };
    try {
      const running = this.#ssh.execCommand(line, {
        noTrim: true,
        ...(stdin === undefined ? {} : { stdin }),
        onChannel: (opened) => {
          channel = opened;
        },
        onStdout: take('stdout'),
        onStderr: take('stderr'),
      });
      running.catch(() => undefined);
      const { code, signal: killed } = await Promise.race([running, this.#lost, limit]);
      if (tooMuch) throw outputTooLong(this.target.name, line);
      const exit = exitCodeOf(code, killed);
      if (exit === undefined) return await this.#noExit();
      return { code: exit, stdout: capture.text('stdout'), stderr: capture.text('stderr') };
    } finally {
      clearTimeout(timer);
      if (cancelled) signal.removeEventListener('abort', cancelled);
    }
  }

  /** node-ssh resolves with no code when the connection breaks under a program. */
  #noExit(): Promise<never> {
    throw new Unreachable(`${this.target.name}: the SSH connection was lost while the program ran`, {
      code: 'ssh-lost',
    });
  }

  async forward({ host, port }: Endpoint): Promise<Channel> {
    try {
      return await Promise.race([this.#ssh.forwardOut('127.0.0.1', 0, host, port), this.#lost]);
    } catch (error) {
      if (error instanceof Failure) throw error;
      throw new Unreachable(
        `${host}:${port} cannot be reached through ${this.target.name}: ${(error as Error).message}`,
        {
          code: 'ssh-jump',
        },
      );
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
  return new Connection(target, await shakeAgain(target, dial, signal));
}
