// A TCP connection with a time limit, and what went wrong with it in words.

import { connect, type Socket } from 'node:net';
import type { Endpoint } from './route.ts';

export type TcpReason = 'refused' | 'timeout' | 'unroutable';

/** TCP did not come about. `message` says who did not answer and how: `192.0.2.5:443 refuses connections`. */
export class NoConnection extends Error {
  readonly reason: TcpReason;

  constructor(reason: TcpReason, message: string) {
    super(message);
    this.name = 'NoConnection';
    this.reason = reason;
  }
}

const UNROUTABLE: Readonly<Record<string, string>> = {
  EHOSTUNREACH: 'cannot be routed to',
  ENETUNREACH: 'is on a network that cannot be reached from here',
  EADDRNOTAVAIL: 'is no address that can be connected to',
  ENOTFOUND: 'is a name that does not exist',
  EAI_AGAIN: 'is a name that no name server resolves now',
  EACCES: 'may not be connected to from here',
};

/** Errors of several addresses of one name come as one AggregateError without a code of its own. */
export function errorCode(error: unknown): string {
  if (!(error instanceof Error)) return '';
  const code = (error as NodeJS.ErrnoException).code;
  if (code) return code;
  return error instanceof AggregateError ? errorCode(error.errors[0]) : '';
}

/** What an error of `net.connect` means for the endpoint of that name. */
export function noConnection(error: unknown, name: string): NoConnection {
  const code = errorCode(error);
  if (code === 'ECONNREFUSED') return new NoConnection('refused', `${name} refuses connections`);
  if (code === 'ETIMEDOUT') return new NoConnection('timeout', `${name} does not answer`);
  const words = UNROUTABLE[code];
  if (words) return new NoConnection('unroutable', `${name} ${words}`);
  return new NoConnection('unroutable', `${name} cannot be connected to: ${code || String(error)}`);
}

export interface OpenOptions {
  readonly timeoutSeconds: number;
  /** How messages call the endpoint. */
  readonly name: string;
  readonly signal?: AbortSignal | undefined;
}

/** Opens a connection without Nagle's delay. Rejects with `NoConnection`, or with the signal's reason. */
export function openSocket(endpoint: Endpoint, { timeoutSeconds, name, signal }: OpenOptions): Promise<Socket> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason);
    const socket = connect({ host: endpoint.host, port: endpoint.port, noDelay: true });
    const timer = setTimeout(
      () => end(new NoConnection('timeout', `${name} does not answer within ${timeoutSeconds} s`)),
      timeoutSeconds * 1000,
    );
    const settle = () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', cancelled);
      socket.off('error', failed);
    };
    const end = (error: unknown) => {
      settle();
      socket.on('error', () => socket.destroy());
      socket.destroy();
      reject(error);
    };
    const cancelled = () => end(signal?.reason);
    const failed = (error: Error) => end(noConnection(error, name));
    signal?.addEventListener('abort', cancelled, { once: true });
    socket.once('error', failed);
    socket.once('connect', () => {
      settle();
      resolve(socket);
    });
  });
}
