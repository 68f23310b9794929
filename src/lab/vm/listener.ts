// One listening port of a system VM: what it presents is what the machine says, also where that is wrong.

import { createServer as createHttpServer } from 'node:http';
import { createServer, type Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import type { PortState } from '../machine.ts';
import { LOOPBACK } from './ports.ts';
import { presenting } from './presenting.ts';
import { answerWithForeignSignature } from './wrong-key.ts';

type OpenState = Exclude<PortState, { kind: 'closed' }>;

export interface Listener {
  /** Ends it and every connection; the port refuses from then on. */
  close(): Promise<void>;
}

/** Listens on 127.0.0.1:`localPort` as `port` of a system VM does. */
export async function listen(localPort: number, port: number, state: OpenState): Promise<Listener> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    // A client that leaves in the middle of a handshake is no event in a system VM either.
    socket.on('error', () => socket.destroy());
    if (state.kind === 'plain') website.emit('connection', socket);
    else shakeHands(socket, port, state);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host: LOOPBACK, port: localPort, exclusive: true }, resolve);
  });
  return {
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}

/**
 * 443 speaks TLS 1.2 alone (the JDK's HttpsServer with a TLSv1.2 context, Apache with `SSLProtocol TLSv1.2`), the
 * console's websocket on 8443 speaks 1.3 as well.
 */
function shakeHands(socket: Socket, port: number, state: Extract<OpenState, { kind: 'tls' }>): void {
  const context = presenting(state.certificates, state.key, port === 443 ? 'TLSv1.2' : 'TLSv1.3');
  if (context === 'nothing') {
    socket.destroy();
    return;
  }
  if (context === 'wrong key') {
    answerWithForeignSignature(socket, state.certificates, state.key);
    return;
  }
  const secure = new TLSSocket(socket, { isServer: true, secureContext: context });
  secure.on('error', () => socket.destroy());
  secure.once('secure', () => website.emit('connection', secure));
}

/** What all of them answer, once somebody got that far. It listens nowhere itself. */
const website = createHttpServer((_request, response) => {
  response.writeHead(404, { 'content-type': 'text/html' });
  response.end('<h1>404 Not Found</h1>No context found for request');
});
