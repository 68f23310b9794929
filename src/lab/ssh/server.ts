// An SSH server of the lab: one key is let in, as root, and commands run on a machine of the lab.

import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { AuthContext, Connection, ServerChannel, Session } from 'ssh2';
import { ConnectionLost } from './faulty.ts';
import type { SshKeys } from './keys.ts';
import { runShell } from './shell.ts';
import type { System } from './system.ts';

export interface SshServerOptions {
  readonly hostKey: SshKeys;
  readonly authorized: SshKeys;
  readonly system: System;
  /** What a client reaches by forwarding through this machine; undefined: connection refused. */
  readonly forward?: ((address: string, port: number) => Promise<SshServer | undefined>) | undefined;
}

export interface SshServer {
  /** Serves one client over a stream: a socket, or a connection that was forwarded. */
  serve(stream: Duplex): void;
  close(): Promise<void>;
}

/** Makes a server; it listens nowhere itself. */
export async function createSshServer(options: SshServerOptions): Promise<SshServer> {
  const { default: ssh2 } = await import('ssh2');
  const authorized = ssh2.utils.parseKey(options.authorized.public);
  if (authorized instanceof Error) throw authorized;
  const clients = new Set<Connection>();
  const server = new ssh2.Server({ hostKeys: [options.hostKey.private], ident: 'OpenSSH_9.2p1 lab' }, (client) => {
    clients.add(client);
    client.once('close', () => clients.delete(client));
    // A client that hangs up or speaks nonsense is no event for the machine.
    client.on('error', () => client.end());
    client.on('authentication', (context) => authenticate(context, authorized));
    client.on('session', (accept) => serveSession(accept(), options.system, () => client.end()));
    client.on('tcpip', async (accept, reject, { destIP, destPort }) => {
      const target = await options.forward?.(destIP, destPort);
      if (target === undefined) reject();
      else target.serve(accept());
    });
  });
  return {
    // ssh2 asks for a Socket and uses what any Duplex has.
    serve: (stream) => server.injectSocket(stream as Socket),
    close: () =>
      new Promise((resolve) => {
        for (const client of clients) client.end();
        server.close(() => resolve());
      }),
  };
}

interface PublicKey {
  getPublicSSH(): Buffer;
  verify(data: Buffer, signature: Buffer, algorithm?: string): boolean | Error;
}

function authenticate(context: AuthContext, key: PublicKey): void {
  const isKnown =
    context.method === 'publickey' && context.username === 'root' && context.key.data.equals(key.getPublicSSH());
  if (!isKnown) {
    context.reject(['publickey']);
    return;
  }
  // A first question, without a signature, asks whether this key would do.
  const isProved =
    context.signature === undefined ||
    (context.blob !== undefined && key.verify(context.blob, context.signature, context.hashAlgo) === true);
  if (isProved) context.accept();
  else context.reject(['publickey']);
}

function serveSession(session: Session, system: System, hangUp: () => void): void {
  session.on('exec', (accept, _reject, { command }) => {
    const channel = accept();
    // The client may leave before the answer is out.
    channel.on('error', () => channel.close());
    void answer(channel, command, system, hangUp);
  });
  session.on('pty', (accept) => accept?.());
}

const COMMAND_CRASHED = 70;

async function answer(channel: ServerChannel, command: string, system: System, hangUp: () => void): Promise<void> {
  const stdin = once(() => readAll(channel));
  try {
    const output = await runShell(command, stdin, system);
    channel.stderr.write(output.stderr);
    channel.write(output.stdout);
    channel.exit(output.code);
  } catch (error) {
    if (error instanceof ConnectionLost) {
      hangUp();
      return;
    }
    channel.stderr.write(`lab: ${error instanceof Error ? error.stack : String(error)}\n`);
    channel.exit(COMMAND_CRASHED);
  }
  channel.end();
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}

function readAll(channel: ServerChannel): Promise<string> {
  const parts: Buffer[] = [];
  return new Promise((resolve) => {
    channel.on('data', (part: Buffer) => parts.push(part));
    channel.once('end', () => resolve(Buffer.concat(parts).toString('utf8')));
  });
}
