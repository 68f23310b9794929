// An SSH server for tests: logs in whom it knows by key, runs each command line with a real shell, forwards.

import { type ChildProcess, spawn } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { type AddressInfo, connect } from 'node:net';
import ssh2, { type Connection, type ServerChannel } from 'ssh2';

export interface KeyPair {
  /** PEM. */
  readonly private: string;
  /** Wire form. */
  readonly public: Buffer;
  /** As a line of known_hosts or authorized_keys has it: type and Base64. */
  readonly line: string;
}

/** A new key, quickly made. `pkcs8` and `sec1` are the two PEM forms of an EC key. */
export function newKey(form: 'pkcs8' | 'sec1' = 'sec1'): KeyPair {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const sec1 = privateKey.export({ type: 'sec1', format: 'pem' }).toString();
  return keyPair(sec1, form === 'sec1' ? sec1 : privateKey.export({ type: 'pkcs8', format: 'pem' }).toString());
}

function keyPair(readable: string, shown: string): KeyPair {
  const parsed = ssh2.utils.parseKey(readable);
  if (parsed instanceof Error) throw parsed;
  const wire = (Array.isArray(parsed) ? parsed[0] : parsed).getPublicSSH();
  return { private: shown, public: wire, line: `${parsed.type} ${wire.toString('base64')}` };
}

export interface ServerOptions {
  readonly hostKey: KeyPair;
  readonly users: readonly KeyPair[];
  /** Environment of the commands. */
  readonly environment?: NodeJS.ProcessEnv;
  /** Sessions at once in one connection; more are refused as sshd does at MaxSessions. */
  readonly maxSessions?: number;
  /** As many connections are dropped before the handshake, as sshd does at MaxStartups. */
  readonly dropFirst?: number;
  /** Forwarding goes to this port of loopback, whatever is asked for. */
  readonly forwardTo?: number;
}

export interface TestServer {
  readonly port: number;
  readonly lines: string[];
  readonly logins: string[];
  readonly forwards: string[];
  connections(): number;
  /** Ends every connection at once. */
  drop(): void;
  close(): Promise<void>;
}

/** Ends a shell and what it has started: they are a process group of their own. */
function end({ pid }: ChildProcess): void {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

function serveExec(channel: ServerChannel, line: string, environment: NodeJS.ProcessEnv): ChildProcess {
  const env = { PATH: process.env['PATH'], ...environment };
  const child = spawn('/bin/sh', ['-c', line], { env, detached: true });
  child.stdout.pipe(channel, { end: false });
  child.stderr.pipe(channel.stderr, { end: false });
  channel.pipe(child.stdin);
  child.stdin.on('error', () => undefined);
  channel.on('close', () => end(child));
  child.on('close', (code, signal) => {
    if (signal === null) channel.exit(code ?? 0);
    else channel.exit(signal.slice(3), false, '');
    channel.end();
  });
  return child;
}

/** Listens on a free port of loopback. */
export async function startServer(options: ServerOptions): Promise<TestServer> {
  const { hostKey, users, environment = {}, maxSessions = 10, dropFirst = 0, forwardTo } = options;
  const lines: string[] = [];
  const logins: string[] = [];
  const forwards: string[] = [];
  const open = new Set<Connection>();
  const children = new Set<ChildProcess>();
  let count = 0;
  const server = new ssh2.Server({ hostKeys: [hostKey.private] }, (client) => {
    count++;
    open.add(client);
    client.on('error', () => undefined);
    client.on('close', () => open.delete(client));
    client.on('authentication', (auth) => {
      const known = auth.method === 'publickey' && users.some((user) => user.public.equals(auth.key.data));
      if (!known) return auth.reject(['publickey']);
      if (auth.method === 'publickey' && auth.signature) logins.push(auth.username);
      auth.accept();
    });
    let sessions = 0;
    client.on('session', (accept, reject) => {
      if (sessions >= maxSessions) return reject?.();
      sessions++;
      const session = accept();
      session.on('close', () => sessions--);
      session.on('exec', (acceptExec, _, info) => {
        lines.push(info.command);
        const child = serveExec(acceptExec(), info.command, environment);
        children.add(child);
        child.on('close', () => children.delete(child));
      });
    });
    client.on('tcpip', (accept, reject, { destIP, destPort }) => {
      forwards.push(`${destIP}:${destPort}`);
      if (forwardTo === undefined) return reject?.();
      const channel = accept();
      const socket = connect(forwardTo, '127.0.0.1');
      socket.on('error', () => channel.end());
      channel.on('error', () => socket.destroy());
      socket.pipe(channel).pipe(socket);
    });
  });
  // Before the handshake there is no client to refuse: the socket itself is closed.
  let dropped = 0;
  const raw = (server as unknown as { _srv: import('node:net').Server })._srv;
  raw.prependListener('connection', (socket) => {
    if (dropped++ < dropFirst) socket.destroy();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const drop = () => {
    for (const client of open) client.end();
    for (const child of children) end(child);
  };
  return {
    port: (server.address() as AddressInfo).port,
    lines,
    logins,
    forwards,
    connections: () => count,
    drop,
    close: () =>
      new Promise((resolve) => {
        drop();
        server.close(() => resolve());
      }),
  };
}
