// A TLS handshake that is looked at and then dropped: how far it came, and what the server presented.

import type { Socket } from 'node:net';
import { isIP } from 'node:net';
import { Duplex } from 'node:stream';
import { connect, createSecureContext, type SecureContext, type SecureVersion, type TLSSocket } from 'node:tls';
import type { Handshake, TlsTarget } from '../../connection.ts';
import { endpointText, type Route } from '../route.ts';
import { NoConnection, openSocket } from '../socket.ts';
import { presentedCertificates } from './records.ts';

const DEFAULT_SECONDS = 10;
/** A handshake is a few kilobytes; a server that sends more before it is done is no TLS server. */
const KEPT_BYTES = 256 * 1024;

/** A socket that keeps what comes in, for reading the Certificate message off the wire. */
class Tapped extends Duplex {
  readonly #socket: Socket;
  readonly #kept: Buffer[] = [];
  #bytes = 0;

  constructor(socket: Socket) {
    super();
    this.#socket = socket;
    socket.on('data', (chunk: Buffer) => {
      if (this.#bytes < KEPT_BYTES) this.#kept.push(chunk);
      this.#bytes += chunk.length;
      if (!this.push(chunk)) socket.pause();
    });
    socket.on('end', () => this.push(null));
    socket.on('error', (error) => this.destroy(error));
  }

  get received(): Buffer {
    return Buffer.concat(this.#kept);
  }

  override _read(): void {
    this.#socket.resume();
  }

  override _write(chunk: Buffer, encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    this.#socket.write(chunk, encoding, done);
  }

  override _final(done: () => void): void {
    this.#socket.end(done);
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#socket.destroy();
    done(error);
  }
}

interface Outcome {
  /** Undefined: the handshake was completed. */
  readonly error: Error | undefined;
  readonly chain: readonly Buffer[];
  readonly protocol: string;
}

const contexts = new Map<string, SecureContext>();

/** One context a version for all handshakes: each holds the roots, and making one costs as much as a handshake. */
function contextFor(version: SecureVersion): SecureContext {
  let context = contexts.get(version);
  if (context === undefined) {
    const minVersion = version === 'TLSv1.3' ? version : 'TLSv1';
    contexts.set(version, (context = createSecureContext({ minVersion, maxVersion: version })));
  }
  return context;
}

/** Node's own view: from the leaf along the issuers it found. Used where the message is encrypted. */
function chainByIssuer(socket: TLSSocket): Buffer[] {
  const chain: Buffer[] = [];
  const seen = new Set<string>();
  let certificate = socket.getPeerCertificate(true);
  while (certificate?.raw && !seen.has(certificate.fingerprint256)) {
    seen.add(certificate.fingerprint256);
    chain.push(certificate.raw);
    certificate = certificate.issuerCertificate;
  }
  return chain;
}

/** Shakes hands on an open socket, and ends it whatever comes. */
function shake(
  raw: Socket,
  serverName: string | undefined,
  version: SecureVersion,
  { seconds, signal }: { readonly seconds: number; readonly signal: AbortSignal },
): Promise<Outcome> {
  return new Promise((resolve) => {
    const tapped = new Tapped(raw);
    const secure = connect({
      socket: tapped,
      secureContext: contextFor(version),
      // The caller judges: a chain that is not trusted is what it wants to see.
      rejectUnauthorized: false,
      ...(serverName !== undefined && isIP(serverName) === 0 ? { servername: serverName } : {}),
    });
    let settled = false;
    const settle = (error: Error | undefined) => {
      if (settled) return;
      settled = true;
      clearTimeout(timer);
      signal.removeEventListener('abort', cancelled);
      const presented = presentedCertificates(tapped.received);
      const chain = presented.length === 0 && !error ? chainByIssuer(secure) : presented;
      resolve({ error, chain, protocol: secure.getProtocol() ?? '' });
      // Not now: Node 20 crashes when a TLS socket over a Duplex is destroyed inside its own error event.
      setImmediate(() => {
        secure.destroy();
        tapped.destroy();
      });
    };
    const cancelled = () => settle(new Error('the step was stopped'));
    const timer = setTimeout(() => settle(new Error(`not done within ${seconds} s`)), seconds * 1000);
    signal.addEventListener('abort', cancelled, { once: true });
    secure.once('secureConnect', () => settle(undefined));
    secure.once('end', () => settle(new Error('the server closed the connection')));
    secure.once('close', () => settle(new Error('the server closed the connection')));
    // Permanent: a late error of a socket that is being destroyed must not end the process.
    secure.on('error', (error) => settle(error));
    tapped.on('error', () => undefined);
    raw.on('error', () => undefined);
  });
}

/** OpenSSL's reason without its library and line, or what the socket said. */
function reasonOf(error: Error): string {
  const { reason, code } = error as { reason?: unknown; code?: unknown };
  if (typeof reason === 'string') return reason;
  if (code === 'ECONNRESET') return 'the server closed the connection';
  return error.message;
}

/** A server that speaks only TLS 1.3 says so with an alert (`protocol_version`, RFC 8446 6.2). */
const wantsNewer = (error: Error): boolean =>
  /protocol.version|unsupported.protocol/i.test(`${reasonOf(error)} ${error.message}`);

/**
 * TCP, then TLS, each with that time limit. TLS 1.2 first, since only there the chain is seen as presented; where the
 * server takes nothing but 1.3, the chain is Node's, in which order and strangers are not to be seen.
 */
export async function handshake(target: TlsTarget, route: Route, signal: AbortSignal): Promise<Handshake> {
  const seconds = target.timeoutSeconds ?? DEFAULT_SECONDS;
  const meant = { host: target.address, port: target.port };
  const name = endpointText(meant);
  const attempt = async (version: SecureVersion): Promise<Outcome> => {
    const raw = await openSocket(route(meant), { timeoutSeconds: seconds, name, signal });
    return shake(raw, target.serverName, version, { seconds, signal });
  };
  try {
    const first = await attempt('TLSv1.2');
    const outcome = first.error && wantsNewer(first.error) ? await attempt('TLSv1.3') : first;
    if (!outcome.error) return { stage: 'tls', chain: outcome.chain, protocol: outcome.protocol };
    return { stage: 'handshake', message: reasonOf(outcome.error), chain: outcome.chain };
  } catch (error) {
    if (!(error instanceof NoConnection)) throw error;
    return { stage: 'tcp', reason: error.reason, message: error.message };
  }
}
