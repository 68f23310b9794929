// A TLS 1.2 server whose private key belongs to another certificate. OpenSSL refuses to be one; the JDK in a console
// proxy does not: it presents the chain and signs the key exchange with the key it has, and the client finds a bad
// signature. So the server's first flight is made by hand (RFC 5246 §7.3, RFC 8422 §5.4), up to where it must fail.

import { generateKeyPairSync, randomBytes, sign, X509Certificate } from 'node:crypto';
import type { Socket } from 'node:net';

const HANDSHAKE = 22;
const CLIENT_HELLO = 1;
const SERVER_HELLO = 2;
const CERTIFICATE = 11;
const SERVER_KEY_EXCHANGE = 12;
const SERVER_HELLO_DONE = 14;
const TLS_1_2 = Buffer.from([3, 3]);
const ECDHE_RSA_WITH_AES_256_GCM_SHA384 = Buffer.from([0xc0, 0x30]);
/** named_curve, x25519, 32 bytes of public key follow. */
const X25519_PARAMETERS = Buffer.from([3, 0x00, 0x1d, 32]);
const RSA_PKCS1_SHA256 = Buffer.from([0x04, 0x01]);
/** renegotiation_info, empty: clients of OpenSSL 3 want to see it (RFC 5746). */
const EXTENSIONS = Buffer.from([0x00, 0x05, 0xff, 0x01, 0x00, 0x01, 0x00]);
const RECORD_HEADER = 5;
const LARGEST_RECORD = 16_384;

/** Answers the client's hello with `certificates` (PEM) and a key exchange signed by `key`; the client hangs up. */
export function answerWithForeignSignature(socket: Socket, certificates: readonly string[], key: string): void {
  let received = Buffer.alloc(0);
  const onData = (part: Buffer) => {
    received = Buffer.concat([received, part]);
    if (received.length < RECORD_HEADER) return;
    if (received[0] !== HANDSHAKE || received[RECORD_HEADER] !== CLIENT_HELLO) {
      socket.destroy();
      return;
    }
    if (received.length < RECORD_HEADER + received.readUInt16BE(3)) return;
    socket.off('data', onData);
    // Whatever comes next is an alert, or a key exchange that a broken client sends in spite of the signature.
    socket.once('data', () => socket.destroy());
    socket.write(firstFlight(clientRandom(received), certificates, key));
  };
  socket.on('data', onData);
}

/** Behind the record header (5), the handshake header (4) and the version (2). */
function clientRandom(hello: Buffer): Buffer {
  return hello.subarray(11, 43);
}

function firstFlight(client: Buffer, certificates: readonly string[], key: string): Buffer {
  const random = randomBytes(32);
  const hello = Buffer.concat([
    TLS_1_2,
    random,
    Buffer.from([0]),
    ECDHE_RSA_WITH_AES_256_GCM_SHA384,
    Buffer.from([0]),
    EXTENSIONS,
  ]);
  const chain = certificates.map((pem) => vector(new X509Certificate(pem).raw, 3));
  return records(
    Buffer.concat([
      message(SERVER_HELLO, hello),
      message(CERTIFICATE, vector(Buffer.concat(chain), 3)),
      message(SERVER_KEY_EXCHANGE, keyExchange(client, random, key)),
      message(SERVER_HELLO_DONE, Buffer.alloc(0)),
    ]),
  );
}

function keyExchange(client: Buffer, server: Buffer, key: string): Buffer {
  const { publicKey } = generateKeyPairSync('x25519');
  const raw = publicKey.export({ type: 'spki', format: 'der' }).subarray(-32);
  const parameters = Buffer.concat([X25519_PARAMETERS, raw]);
  const signature = sign('sha256', Buffer.concat([client, server, parameters]), key);
  return Buffer.concat([parameters, RSA_PKCS1_SHA256, vector(signature, 2)]);
}

function message(type: number, body: Buffer): Buffer {
  return Buffer.concat([Buffer.from([type]), vector(body, 3)]);
}

/** `body` behind its length in `bytes` bytes. */
function vector(body: Buffer, bytes: number): Buffer {
  const length = Buffer.alloc(bytes);
  length.writeUIntBE(body.length, 0, bytes);
  return Buffer.concat([length, body]);
}

function records(payload: Buffer): Buffer {
  const parts: Buffer[] = [];
  for (let start = 0; start < payload.length; start += LARGEST_RECORD) {
    const part = payload.subarray(start, start + LARGEST_RECORD);
    parts.push(Buffer.from([HANDSHAKE]), TLS_1_2, vector(part, 2));
  }
  return Buffer.concat(parts);
}
