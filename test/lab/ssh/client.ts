// A plain SSH client for tests: one command, on a host or through one.

import type { Duplex } from 'node:stream';
import { Client, type ClientChannel } from 'ssh2';

export interface SshTarget {
  readonly port: number;
  readonly privateKey: string;
  readonly username?: string;
  /** A stream to the server, instead of a port of 127.0.0.1. */
  readonly through?: Duplex;
}

export interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs `command`; rejects where the connection cannot be had. Host keys that are met go to `seen`. */
export async function sshRun(target: SshTarget, command: string, stdin = '', seen: string[] = []): Promise<Ran> {
  return withClient(target, seen, (client) => exec(client, command, stdin));
}

/** The same through a connection forwarded by `jump` to `address:port`. */
export async function sshRunBehind(jump: SshTarget, address: string, port: number, command: string): Promise<Ran> {
  return withClient(jump, [], async (client) => {
    const through = await new Promise<ClientChannel>((resolve, reject) => {
      client.forwardOut('127.0.0.1', 0, address, port, (error, channel) => (error ? reject(error) : resolve(channel)));
    });
    return sshRun({ ...jump, through }, command);
  });
}

async function withClient<T>(target: SshTarget, seen: string[], use: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client();
  try {
    await new Promise<void>((resolve, reject) => {
      client.once('ready', resolve);
      client.once('error', reject);
      client.connect({
        host: '127.0.0.1',
        port: target.port,
        ...(target.through ? { sock: target.through as never } : {}),
        username: target.username ?? 'root',
        privateKey: target.privateKey,
        hostVerifier: (key: Buffer) => {
          seen.push(key.toString('base64'));
          return true;
        },
      });
    });
    return await use(client);
  } finally {
    client.end();
  }
}

function exec(client: Client, command: string, stdin: string): Promise<Ran> {
  return new Promise((resolve, reject) => {
    client.exec(command, (error, channel) => {
      if (error) {
        reject(error);
        return;
      }
      const parts = { stdout: '', stderr: '' };
      let code: number | null = null;
      channel.on('data', (part: Buffer) => void (parts.stdout += part.toString('utf8')));
      channel.stderr.on('data', (part: Buffer) => void (parts.stderr += part.toString('utf8')));
      channel.on('exit', (status: number | null) => void (code = status));
      channel.on('close', () => resolve({ code, ...parts }));
      channel.end(stdin);
    });
  });
}
