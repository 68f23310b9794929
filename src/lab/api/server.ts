// A management server's port: listens while the world says that it answers, refuses connections while it is down, and
// shows a page of HTML for good when its start failed.

import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { seconds } from '../world/clock.ts';
import { installOf } from '../world/create.ts';
import type { Install, ServerRow } from '../world/install.ts';
import type { ApiRequest, FaultSubject, World } from '../world/world.ts';
import { type Answer, failure } from './answer.ts';
import { Api, envelopeOf } from './dispatch.ts';
import { refusals } from './faults.ts';
import { serverTime } from './gate.ts';
import { badMessage, formTooLarge, methodNotAllowed, options, siteAnswer, unavailable } from './pages.ts';
import { type ApiCall, parameter, readCall } from './request.ts';

export interface ApiServerOptions {
  /** Id or name of the management server; the first one where undefined. */
  readonly server?: string | undefined;
  /** 0: any free port, the same one after every restart. */
  readonly port: number;
  readonly host: '127.0.0.1';
  readonly tls?: { readonly cert: string; readonly key: string } | undefined;
  /** Told when the port is somebody else's after a restart; the server then refuses its clients and goes on trying. */
  readonly warn?: ((message: string) => void) | undefined;
}

export interface ApiServer {
  readonly port: number;
  /** `http://127.0.0.1:8080/client/api`. */
  readonly url: string;
  close(): Promise<void>;
}

/** Jetty's limit for the request line, and for it with all headers. */
const LARGEST_HEAD = 8192;

/** Listens; resolves when the port answers. Rejects where the port is taken. Throws RangeError for an unknown server. */
export async function startManagementServer(world: World, wanted: ApiServerOptions): Promise<ApiServer> {
  const install = installOf(world);
  const server = install.servers.find(({ id, name }) => !wanted.server || [id, name].includes(wanted.server));
  if (server === undefined) throw new RangeError(`no management server "${wanted.server}"`);
  const port = new Port(install, server, wanted);
  await port.open();
  const end = world.onManagementServer(({ id }) => {
    if (id === server.id) void port.follow();
  });
  return {
    port: port.number,
    url: `${port.origin}/client/api`,
    close: async () => {
      end();
      await port.shut();
    },
  };
}

class Port {
  readonly #install: Install;
  readonly #server: ServerRow;
  readonly #wanted: ApiServerOptions;
  readonly #api: Api;
  readonly #sockets = new Set<Socket>();
  #http: Server | undefined;
  number: number;

  constructor(install: Install, server: ServerRow, wanted: ApiServerOptions) {
    this.#install = install;
    this.#server = server;
    this.#wanted = wanted;
    this.#api = new Api(install, server);
    this.number = wanted.port;
  }

  get origin(): string {
    return `${this.#wanted.tls ? 'https' : 'http'}://${this.#wanted.host}:${this.number}`;
  }

  /** Opens or shuts the port as the server's state says. */
  async follow(): Promise<void> {
    if (this.#server.api === 'refuses') {
      this.#api.sessions.clear();
      await this.shut();
    } else if (this.#http === undefined) {
      await this.#openAgain();
    }
  }

  /** While the lab's server was down, another process may have taken its port. */
  async #openAgain(): Promise<void> {
    try {
      await this.open();
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
      this.#wanted.warn?.(`port ${this.number} of "${this.#server.name}" is taken by another process; trying again`);
      this.#install.clock.after(seconds.portRetry, () => void this.follow());
    }
  }

  open(): Promise<void> {
    const handle = (request: IncomingMessage, response: ServerResponse) => {
      // A client that goes away in the middle of its body has nothing to be answered.
      readBody(request, this.#install.rules.largestForm).then(
        (body) => this.#handle(request, response, body),
        () => request.socket.destroy(),
      );
    };
    const limits = { maxHeaderSize: LARGEST_HEAD };
    const http = this.#wanted.tls
      ? createTlsServer({ ...limits, ...this.#wanted.tls }, handle)
      : createServer(limits, handle);
    this.#http = http;
    http.on('connection', (socket) => {
      this.#sockets.add(socket);
      socket.on('close', () => this.#sockets.delete(socket));
    });
    http.on('clientError', refuseBadMessage);
    return new Promise((resolve, reject) => {
      http.once('error', (error) => {
        if (this.#http === http) this.#http = undefined;
        reject(error);
      });
      http.listen(this.number, this.#wanted.host, () => {
        this.number = (http.address() as AddressInfo).port;
        resolve();
      });
    });
  }

  shut(): Promise<void> {
    const http = this.#http;
    this.#http = undefined;
    for (const socket of this.#sockets) socket.destroy();
    return new Promise((resolve) => {
      if (http === undefined) resolve();
      else http.close(() => resolve());
    });
  }

  #handle(request: IncomingMessage, response: ServerResponse, body: string | undefined): void {
    const [path = '', query = ''] = (request.url ?? '').split(/\?(.*)/s);
    const isApi = path === '/client/api' || path === '/client/api/';
    response.setHeader('Date', new Date(serverTime(this.#install)).toUTCString());
    const { method = '' } = request;
    if (this.#server.api === 'failed-start') send(response, unavailable());
    else if (body === undefined) send(response, formTooLarge());
    else if (!isApi) send(response, siteAnswer(path, this.origin));
    else if (method === 'OPTIONS') send(response, options());
    else if (!['GET', 'HEAD', 'POST'].includes(method)) send(response, methodNotAllowed());
    else this.#answer(readCall(method, query, body, request.headers), request, response);
  }

  #answer(call: ApiCall, request: IncomingMessage, response: ServerResponse): void {
    const { orders } = this.#install;
    const command = parameter(call, 'command') ?? '';
    const subject = { command, parameters: Object.fromEntries(call.parameters) };
    if (orders.strikes('connection-reset', subject)) {
      this.#note(call, 0);
      request.socket.destroy();
      return;
    }
    const answer = this.#refused(call, subject) ?? this.#api.answer(call);
    this.#note(call, answer.status);
    const writes = this.#api.find(call)?.kind !== 'read';
    if (writes && answer.status === 200 && orders.strikes('answer-lost', subject)) request.socket.destroy();
    else send(response, answer);
  }

  /** What an ordered fault answers in the command's place. */
  #refused(call: ApiCall, subject: ApiSubject): Answer | undefined {
    const fault = refusals.find(({ name }) => this.#install.orders.strikes(name, subject));
    const format = parameter(call, 'response') === 'json' ? 'json' : 'xml';
    return fault && failure(envelopeOf(subject.command, this.#api.find(call)), fault.refusal(), format);
  }

  #note(call: ApiCall, status: number): void {
    const secret = /^(privatekey|signature|password|sessionkey|apikey)$/i;
    const parameters = Object.fromEntries(
      [...call.parameters].map(([name, value]) => [name, secret.test(name) ? '***' : value]),
    );
    const request: ApiRequest = {
      at: new Date().toISOString(),
      server: this.#server.name,
      method: call.method,
      command: parameter(call, 'command') ?? '',
      parameters,
      status,
    };
    this.#install.requests.push(request);
    for (const listener of this.#install.requestListeners) listener(request);
  }
}

type ApiSubject = Required<Pick<FaultSubject, 'command' | 'parameters'>> & { readonly command: string };

/** Undefined where it is larger than a form may be. */
async function readBody(request: IncomingMessage, largest: number): Promise<string | undefined> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    size += part.length;
    if (size <= largest) parts.push(part);
  }
  return size > largest ? undefined : Buffer.concat(parts).toString('utf8');
}

function send(response: ServerResponse, answer: Answer): void {
  for (const [name, value] of Object.entries(answer.headers)) response.setHeader(name, value);
  // The reason of codes that HTTP does not know is the number itself.
  const reason = { 531: '531', 530: '530', 431: 'Request Header Fields Too Large' }[answer.status];
  response.setHeader('Content-Length', Buffer.byteLength(answer.body));
  if (reason === undefined) response.writeHead(answer.status);
  else response.writeHead(answer.status, reason);
  response.end(answer.body);
}

/** Node's parser gave up: the head is too large, which Jetty tells apart by what is too large. */
function refuseBadMessage(error: Error & { code?: string; rawPacket?: Buffer }, socket: NodeJS.WritableStream): void {
  if (error.code !== 'HPE_HEADER_OVERFLOW') {
    (socket as Socket).destroy();
    return;
  }
  const line = error.rawPacket?.toString('latin1').split('\r\n', 1)[0] ?? '';
  socket.end(badMessage(line.length >= LARGEST_HEAD ? 414 : 431));
}
