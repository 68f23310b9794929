// A CloudStack API for tests: checks form and signature with its own reading of the rules, and answers by a script.

import { createHmac } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { TlsOptions } from 'node:tls';

export const apiKey = 'test-api-key_1';
export const secretKey = 'test-secret/key+2';

export interface Call {
  readonly command: string;
  readonly parameters: Readonly<Record<string, string>>;
  readonly method: string;
  readonly contentType: string;
  readonly signed: boolean;
}

export interface Reply {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: string;
}

/** `cut`: the connection is reset before an answer. `silent`: there is never one. */
export type Script = (call: Call, index: number) => Reply | 'cut' | 'silent';

/** The object in the envelope of a command. */
export const enveloped = (command: string, content: unknown): Reply => ({
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({ [`${command.toLowerCase()}response`]: content }),
});

export const refusal = (command: string, status: number, errortext: string): Reply => ({
  ...enveloped(command, { uuidList: [], errorcode: status, cserrorcode: 4350, errortext }),
  status,
});

export interface Cloud {
  readonly url: string;
  readonly port: number;
  readonly calls: Call[];
  /** TCP connections accepted. */
  connections(): number;
  close(): Promise<void>;
}

/** Java's reading of a form and of what was signed: done by hand, so that a mistake is not made twice. */
function isSigned(body: string): boolean {
  const pairs = body.split('&').map((pair) => pair.split('=') as [string, string]);
  const given = decodeURIComponent(pairs.find(([name]) => name === 'signature')?.[1] ?? '');
  const text = pairs
    .filter(([name]) => name !== 'signature')
    .map(([name, value]) => [name, javaEncoded(decodeURIComponent(value))])
    .sort(([one = ''], [other = '']) => (one < other ? -1 : 1))
    .map(([name, value]) => `${name}=${value}`)
    .join('&')
    .toLowerCase();
  return given === createHmac('sha1', secretKey).update(text).digest('base64');
}

function javaEncoded(value: string): string {
  return [...Buffer.from(value, 'utf8')]
    .map((byte) => {
      const character = String.fromCharCode(byte);
      return /[A-Za-z0-9.*_-]/.test(character) ? character : `%${byte.toString(16).padStart(2, '0')}`;
    })
    .join('');
}

function callOf(request: IncomingMessage, body: string): Call {
  const form = new URLSearchParams(body);
  const { command = '', ...parameters } = Object.fromEntries(form);
  return {
    command,
    parameters,
    method: request.method ?? '',
    contentType: request.headers['content-type'] ?? '',
    signed: isSigned(body),
  };
}

function answer(reply: Reply | 'cut' | 'silent', response: ServerResponse): void {
  if (reply === 'silent') return;
  if (reply === 'cut') {
    response.socket?.destroy();
    return;
  }
  response.writeHead(reply.status ?? 200, { ...reply.headers });
  response.end(reply.body);
}

/** Listens on a free port of loopback; with `tls` it speaks HTTPS. */
export async function startCloud(script: Script, tls?: TlsOptions): Promise<Cloud> {
  const calls: Call[] = [];
  let connections = 0;
  const handler = (request: IncomingMessage, response: ServerResponse) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      const call = callOf(request, Buffer.concat(parts).toString('utf8'));
      calls.push(call);
      answer(script(call, calls.length - 1), response);
    });
  };
  const server: Server = tls ? createTlsServer(tls, handler) : createServer(handler);
  server.on(tls ? 'secureConnection' : 'connection', () => connections++);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `${tls ? 'https' : 'http'}://127.0.0.1:${port}/client/api`,
    port,
    calls,
    connections: () => connections,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
