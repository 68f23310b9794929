// The little of DNS messages (RFC 1035 §4) that a server of addresses needs.

const HEADER_BYTES = 12;
/** QR and AA: an answer, from the authority for the name. */
const ANSWER_FLAGS = 0x8400;
const RECURSION_DESIRED = 0x0100;
const OPCODE_MASK = 0x7800;
const CLASS_INTERNET = 1;
/** A name in an answer that points back to the question's. */
const POINTER_TO_QUESTION = 0xc000 | HEADER_BYTES;
const TTL_SECONDS = 60;

export const TYPE_A = 1;

export type ResponseCode = 'NOERROR' | 'NXDOMAIN';
const codes: Readonly<Record<ResponseCode, number>> = { NOERROR: 0, NXDOMAIN: 3 };

export interface Query {
  readonly id: number;
  readonly flags: number;
  /** Lower case, without the final dot. */
  readonly name: string;
  readonly type: number;
  /** The question section as it came, to be repeated in the answer. */
  readonly question: Buffer;
}

/** The query in a datagram; undefined for what is none, which a server drops. */
export function readQuery(datagram: Buffer): Query | undefined {
  if (datagram.length < HEADER_BYTES) return undefined;
  const flags = datagram.readUInt16BE(2);
  const isQuestion = (flags & 0x8000) === 0 && (flags & OPCODE_MASK) === 0;
  if (!isQuestion || datagram.readUInt16BE(4) !== 1) return undefined;
  const labels: string[] = [];
  let offset = HEADER_BYTES;
  for (;;) {
    const length = datagram[offset];
    if (length === undefined || length > 63) return undefined;
    offset += 1;
    if (length === 0) break;
    labels.push(datagram.toString('latin1', offset, offset + length));
    offset += length;
  }
  if (offset + 4 > datagram.length) return undefined;
  return {
    id: datagram.readUInt16BE(0),
    flags,
    name: labels.join('.').toLowerCase(),
    type: datagram.readUInt16BE(offset),
    question: datagram.subarray(HEADER_BYTES, offset + 4),
  };
}

/** The answer to `query`: its addresses (IPv4, as text), or a response code without any. */
export function writeAnswer(query: Query, code: ResponseCode, addresses: readonly string[]): Buffer {
  const header = Buffer.alloc(HEADER_BYTES);
  header.writeUInt16BE(query.id, 0);
  header.writeUInt16BE(ANSWER_FLAGS | (query.flags & RECURSION_DESIRED) | codes[code], 2);
  header.writeUInt16BE(1, 4);
  header.writeUInt16BE(addresses.length, 6);
  return Buffer.concat([header, query.question, ...addresses.map(addressRecord)]);
}

function addressRecord(address: string): Buffer {
  const record = Buffer.alloc(16);
  record.writeUInt16BE(POINTER_TO_QUESTION, 0);
  record.writeUInt16BE(TYPE_A, 2);
  record.writeUInt16BE(CLASS_INTERNET, 4);
  record.writeUInt32BE(TTL_SECONDS, 6);
  record.writeUInt16BE(4, 10);
  Buffer.from(address.split('.').map(Number)).copy(record, 12);
  return record;
}
