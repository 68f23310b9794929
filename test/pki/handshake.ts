// OpenSSL's own verdict on a chain: a TLS handshake in memory, no network.

import { duplexPair } from 'node:stream';
import { connect, createSecureContext, TLSSocket } from 'node:tls';

export interface Server {
  readonly key: string;
  /** PEM as presented: the server certificate first. */
  readonly chain: readonly string[];
}

/** `accepted`, or OpenSSL's or Node's code of the refusal, for a client that trusts `roots` and asks for `name`. */
export function handshake({ key, chain }: Server, roots: readonly string[], name: string): Promise<string> {
  const [serverEnd, clientEnd] = duplexPair();
  // The server must present whatever it is told to; the client judges by its defaults.
  const secureContext = createSecureContext({ key, cert: chain.join(''), ciphers: 'DEFAULT@SECLEVEL=0' });
  const server = new TLSSocket(serverEnd, { isServer: true, secureContext });
  server.on('error', () => {
    // The client tells why; the server only sees it hang up.
  });
  return new Promise((resolve) => {
    const client = connect({ socket: clientEnd, ca: [...roots], servername: name });
    const end = (verdict: string) => {
      client.destroy();
      server.destroy();
      resolve(verdict);
    };
    client.once('secureConnect', () => end('accepted'));
    client.once('error', (error: NodeJS.ErrnoException) => end(error.code ?? error.message));
  });
}
