// What a TLS 1.2 server puts on the wire: Node's own view drops strangers and puts a chain in order.

import { createHash } from 'node:crypto';
import { connect, type Socket } from 'node:net';
import { Duplex } from 'node:stream';
import { connect as tlsConnect } from 'node:tls';

export interface Presented {
  /** SHA-256 of each certificate, in the order sent. */
  readonly chain: readonly string[];
  /** `connected`, or the code of what went wrong. */
  readonly outcome: string;
}

/** Shakes hands with 127.0.0.1:`port` and tells what was presented. */
export function presentedAt(port: number): Promise<Presented> {
  const received: Buffer[] = [];
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    const tls = tlsConnect({
      socket: recording(socket, received),
      maxVersion: 'TLSv1.2',
      rejectUnauthorized: false,
      servername: 'any.example',
    });
    const finish = (outcome: string) => {
      socket.destroy();
      tls.destroy();
      resolve({ outcome, chain: chainIn(Buffer.concat(received)) });
    };
    tls.once('secureConnect', () => finish('connected'));
    tls.once('error', (error: NodeJS.ErrnoException) => finish(error.code ?? error.message));
    socket.once('error', (error: NodeJS.ErrnoException) => finish(error.code ?? error.message));
  });
}

function recording(socket: Socket, received: Buffer[]): Duplex {
  const duplex = new Duplex({
    read: () => socket.resume(),
    write: (chunk, _encoding, done) => void socket.write(chunk, done),
    final: (done) => void socket.end(done),
    destroy: (error, done) => {
      socket.destroy();
      done(error);
    },
  });
  socket.on('data', (chunk: Buffer) => {
    received.push(chunk);
    if (!duplex.push(chunk)) socket.pause();
  });
  socket.on('end', () => duplex.push(null));
  return duplex;
}

function chainIn(bytes: Buffer): string[] {
  const payloads: Buffer[] = [];
  for (let at = 0; at + 5 <= bytes.length; at += 5 + bytes.readUInt16BE(at + 3)) {
    if (bytes[at] === 22) payloads.push(bytes.subarray(at + 5, at + 5 + bytes.readUInt16BE(at + 3)));
  }
  const messages = Buffer.concat(payloads);
  for (let at = 0; at + 4 <= messages.length; at += 4 + messages.readUIntBE(at + 1, 3)) {
    if (messages[at] === 11) return certificatesIn(messages.subarray(at + 7, at + 4 + messages.readUIntBE(at + 1, 3)));
  }
  return [];
}

function certificatesIn(list: Buffer): string[] {
  const found: string[] = [];
  for (let at = 0; at + 3 <= list.length; at += 3 + list.readUIntBE(at, 3)) {
    const der = list.subarray(at + 3, at + 3 + list.readUIntBE(at, 3));
    found.push(createHash('sha256').update(der).digest('hex'));
  }
  return found;
}
