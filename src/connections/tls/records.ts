// The certificates of a TLS 1.2 handshake, read from the bytes that came in. Node shows a chain that it has built
// itself: order and strangers, the traces of a stale row in CloudStack's table, are gone in it. Up to TLS 1.2 the
// Certificate message is in clear (RFC 5246, 6.2.1, 7.4 and 7.4.2).

const HANDSHAKE_RECORD = 22;
const CHANGE_CIPHER_SPEC_RECORD = 20;
const RECORD_HEADER = 5;
const CERTIFICATE_MESSAGE = 11;
const MESSAGE_HEADER = 4;
const LENGTH_BYTES = 3;

/** The payloads of the handshake records before encryption starts, joined: messages may be spread over records. */
function handshakeBytes(stream: Buffer): Buffer {
  const payloads: Buffer[] = [];
  for (let at = 0; at + RECORD_HEADER <= stream.length; ) {
    const type = stream.readUInt8(at);
    const end = at + RECORD_HEADER + stream.readUInt16BE(at + 3);
    if (type === CHANGE_CIPHER_SPEC_RECORD || end > stream.length) break;
    if (type === HANDSHAKE_RECORD) payloads.push(stream.subarray(at + RECORD_HEADER, end));
    at = end;
  }
  return Buffer.concat(payloads);
}

/** The DER values in the body of a Certificate message; a list that is cut short gives what is whole. */
function certificatesIn(body: Buffer): Buffer[] {
  const found: Buffer[] = [];
  for (let at = LENGTH_BYTES; at + LENGTH_BYTES <= body.length; ) {
    const end = at + LENGTH_BYTES + body.readUIntBE(at, LENGTH_BYTES);
    if (end > body.length) break;
    found.push(Buffer.from(body.subarray(at + LENGTH_BYTES, end)));
    at = end;
  }
  return found;
}

/**
 * Every certificate that the server presented, DER, in its order; empty where the bytes hold no whole Certificate
 * message (not TLS, broken off before, or TLS 1.3, which encrypts it).
 */
export function presentedCertificates(stream: Buffer): readonly Buffer[] {
  const bytes = handshakeBytes(stream);
  for (let at = 0; at + MESSAGE_HEADER <= bytes.length; ) {
    const end = at + MESSAGE_HEADER + bytes.readUIntBE(at + 1, LENGTH_BYTES);
    if (end > bytes.length) return [];
    if (bytes.readUInt8(at) === CERTIFICATE_MESSAGE) return certificatesIn(bytes.subarray(at + MESSAGE_HEADER, end));
    at = end;
  }
  return [];
}
