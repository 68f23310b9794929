// One listening port of a system VM: what it presents is what the machine says, also where that is wrong.

import { createPrivateKey, X509Certificate } from 'node:crypto';
import { createServer as createHttpServer, type RequestListener } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { createServer as createTcpServer, type Server, type Socket } from 'node:net';
import type { PortState } from '../machine.ts';
import { LOOPBACK } from './ports.ts';
import { answerWithForeignSignature } from './wrong-key.ts';

type OpenState = Exclude<PortState, { kind: 'closed' }>;

export interface Listener {
  /** Ends it and every connection; the port refuses from then on. */
  close(): Promise<void>;
}

/**
 * Listens on 127.0.0.1:`localPort` as `port` of a system VM does: 443 speaks TLS 1.2 alone (the JDK's HttpsServer with
 * a TLSv1.2 context, Apache with `SSLProtocol TLSv1.2`), the console's websocket on 8443 speaks 1.3 as well.
 */
export async function listen(localPort: number, port: number, state: OpenState): Promise<Listener> {
  const server = serverFor(port, state);
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    // A client that leaves in the middle of a handshake is no event in a system VM either.
    socket.on('error', () => socket.destroy());
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

function serverFor(port: number, state: OpenState): Server {
  if (state.kind === 'plain') return createHttpServer(nothingHere);
  const [leaf] = state.certificates;
  if (leaf === undefined) return createTcpServer((socket) => socket.destroy());
  if (!isPair(leaf, state.key)) {
    return createTcpServer((socket) => answerWithForeignSignature(socket, state.certificates, state.key));
  }
  const server = createHttpsServer(
    {
      key: state.key,
      cert: state.certificates.join('\n'),
      // Without it OpenSSL would complete a lone leaf from the certificates that Node ships.
      ca: [],
      minVersion: 'TLSv1.2',
      maxVersion: port === 443 ? 'TLSv1.2' : 'TLSv1.3',
    },
    nothingHere,
  );
  server.on('tlsClientError', (_error, socket) => socket.destroy());
  return server;
}

/**
 * Whether OpenSSL would take both. A key of another kind than the certificate's (RSA-PSS, EC) is taken as well and then
 * fails in the handshake, as it does in a system VM.
 */
function isPair(leaf: string, key: string): boolean {
  const privateKey = createPrivateKey(key);
  const certificate = new X509Certificate(leaf);
  if (privateKey.asymmetricKeyType !== certificate.publicKey.asymmetricKeyType) return true;
  return certificate.checkPrivateKey(privateKey);
}

const nothingHere: RequestListener = (_request, response) => {
  response.writeHead(404, { 'content-type': 'text/html' });
  response.end('<h1>404 Not Found</h1>No context found for request');
};
