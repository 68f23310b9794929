// Takes files apart into blocks: PEM with anything around it, bare base64, or one DER value. What a block is, is
// decided by its content; its label only must not contradict that.

import type { Problem } from '../errors.ts';
import { BrokenDer, readDer, tags } from './der.ts';
import { type Shape, shapeOf } from './shape.ts';

/** A file as it was read. `name` is how messages call it. */
export interface NamedBytes {
  readonly name: string;
  readonly bytes: Buffer;
}

export interface Block {
  readonly shape: Shape;
  readonly der: Buffer;
  readonly file: string;
  /** Of the BEGIN line, from 1; undefined in a binary file. */
  readonly line: number | undefined;
  /** `Proc-Type` and `DEK-Info` of a key encrypted the old way (RFC 1421), else empty. */
  readonly headers: string;
  readonly label: string;
}

export interface Blocks {
  readonly blocks: readonly Block[];
  readonly problems: readonly Problem[];
}

/** Blocks that other programs put beside keys and certificates and that mean nothing here. */
const ignoredLabels = new Set(['EC PARAMETERS', 'DH PARAMETERS', 'X9.42 DH PARAMETERS', 'DSA PARAMETERS']);

const ARMOUR = /-----(BEGIN|END) ([^\r\n-]*)-----/g;
const BASE64_TEXT = /^[A-Za-z0-9+/\s]+={0,2}\s*$/;
/** Everything that is read starts with this byte. */
const SEQUENCE = tags.sequence;
const JAVA_KEYSTORE = Buffer.from('feedfeed', 'hex');
const BYTE_ORDER_MARKS = { utf16le: Buffer.from('fffe', 'hex'), utf16be: Buffer.from('feff', 'hex') } as const;

/** `"privkey.pem" line 12`, or just the file where a line says nothing. */
export function placed(block: Pick<Block, 'file' | 'line'>): string {
  return block.line === undefined || block.line === 1 ? `"${block.file}"` : `"${block.file}" line ${block.line}`;
}

/** All blocks of one file, and what is broken in it. */
export function readBlocks(file: NamedBytes): Blocks {
  if (file.bytes.length === 0)
    return refused(file, 'is empty', 'it was not written to the end, or its disk was full; write it again');
  if (file.bytes.subarray(0, 4).equals(JAVA_KEYSTORE)) return javaKeystore(file);
  const text = decode(file.bytes);
  // First, since a text may start with "0", the byte that every DER value starts with.
  if (text.includes('-----BEGIN ')) return pemBlocks(file.name, text);
  if (file.bytes[0] === SEQUENCE) return binary(file, file.bytes, undefined);
  const bare = BASE64_TEXT.test(text) ? Buffer.from(text, 'base64') : undefined;
  if (bare?.[0] === SEQUENCE) return binary(file, bare, 1);
  return refused(file, 'holds no certificate and no key', 'PEM, DER, PKCS#7 and PKCS#12 (.p12, .pfx) files are read');
}

const refused = (file: NamedBytes, what: string, hint: string): Blocks => ({
  blocks: [],
  problems: [{ message: `"${file.name}" ${what}`, hint }],
});

function javaKeystore(file: NamedBytes): Blocks {
  const hint = `convert it: keytool -importkeystore -srckeystore ${file.name} -destkeystore bundle.p12 -deststoretype PKCS12`;
  return refused(file, 'is a Java keystore (JKS), which is not read', hint);
}

function decode(bytes: Buffer): string {
  const mark = bytes.subarray(0, 2);
  if (mark.equals(BYTE_ORDER_MARKS.utf16le)) return bytes.subarray(2).toString('utf16le');
  if (mark.equals(BYTE_ORDER_MARKS.utf16be))
    return Buffer.from(bytes.subarray(2, bytes.length & ~1))
      .swap16()
      .toString('utf16le');
  return bytes.toString('utf8').replace(/^\ufeff/, '');
}

/** DER, in a file of its own or as base64 without armour. */
function binary(file: NamedBytes, der: Buffer, line: number | undefined): Blocks {
  try {
    const block = { der: readDer(der).raw, file: file.name, line, headers: '', label: '' };
    return { blocks: [{ ...block, shape: shapeOf(der) }], problems: [] };
  } catch (error) {
    if (!(error instanceof BrokenDer)) throw error;
    return refused(file, error.message, 'copy the file again in binary mode');
  }
}

interface Armour {
  readonly edge: 'BEGIN' | 'END';
  readonly label: string;
  readonly start: number;
  readonly end: number;
}

const lineAt = (text: string, offset: number): number => text.slice(0, offset).split('\n').length;

function pemBlocks(file: string, text: string): Blocks {
  const armours = [...text.matchAll(ARMOUR)].map(
    (match): Armour => ({
      edge: match[1] === 'BEGIN' ? 'BEGIN' : 'END',
      label: match[2] ?? '',
      start: match.index,
      end: match.index + match[0].length,
    }),
  );
  const blocks: Block[] = [];
  const problems: Problem[] = [];
  armours.forEach((begin, index) => {
    const next = armours[index + 1];
    const line = lineAt(text, begin.start);
    if (begin.edge === 'END') {
      if (armours[index - 1]?.edge !== 'BEGIN')
        problems.push(broken({ file, line }, `an END line for "${begin.label}" without a BEGIN line`));
    } else if (next === undefined || next.edge === 'BEGIN') {
      problems.push(broken({ file, line }, `the block "${begin.label}" has no END line`));
    } else if (next.label !== begin.label) {
      problems.push(broken({ file, line }, `the block "${begin.label}" ends as "${next.label}"`));
    } else {
      const read = pemBlock(file, line, begin.label, text.slice(begin.end, next.start));
      if ('message' in read) problems.push(read);
      else if (!ignoredLabels.has(read.label)) blocks.push(read);
    }
  });
  return { blocks, problems };
}

const broken = (where: Pick<Block, 'file' | 'line'>, what: string): Problem => ({
  message: `${placed(where)}: ${what}`,
  hint: 'the file is damaged or only a part of it was copied; copy it again',
});

function pemBlock(file: string, line: number, label: string, inside: string): Block | Problem {
  const where = { file, line };
  const { headers, body } = splitHeaders(inside);
  const bad = /[^A-Za-z0-9+/=\s]/.exec(body);
  if (bad) {
    const at = line + lineAt(inside, inside.length - body.length + bad.index) - 1;
    return broken({ file, line: at }, `the block "${label}" holds a character that is not base64`);
  }
  const der = Buffer.from(body, 'base64');
  if (headers !== '') return { ...where, label, headers, der, shape: 'encrypted private key' };
  try {
    const shape = ignoredLabels.has(label) ? 'unknown' : shapeOf(der);
    // OpenSSL appends its trust settings to the certificate in a TRUSTED CERTIFICATE: only the first value is wanted.
    const first = ignoredLabels.has(label) ? der : readDer(der).raw;
    return contradiction(where, label, shape) ?? { ...where, label, headers, der: first, shape };
  } catch (error) {
    if (!(error instanceof BrokenDer)) throw error;
    if (label === 'OPENSSH PRIVATE KEY') return opensshKey(where);
    return broken(where, `the block "${label}" ${error.message}`);
  }
}

/** RFC 1421 headers stand before a blank line. */
function splitHeaders(inside: string): { headers: string; body: string } {
  const match = /^\s*((?:[A-Za-z-]+:[^\r\n]*\r?\n[ \t]*)+)\r?\n/.exec(inside);
  if (match === null) return { headers: '', body: inside };
  const headers = (match[1] ?? '').split(/\r?\n/).map((header) => header.trim());
  return { headers: headers.filter((header) => header !== '').join('\n'), body: inside.slice(match[0].length) };
}

const opensshKey = (where: Pick<Block, 'file' | 'line'>): Problem => ({
  message: `${placed(where)}: the key is in OpenSSH's own format`,
  hint: `that is a key for SSH; give the key that the certificate was requested with, or convert a copy: ssh-keygen -p -m PKCS8 -f ${where.file}`,
});

const certificateLabels = new Set(['CERTIFICATE', 'X509 CERTIFICATE', 'TRUSTED CERTIFICATE']);

/** What a label promises; labels that are not known promise nothing. */
function promised(label: string): readonly Shape[] | undefined {
  if (certificateLabels.has(label)) return ['certificate', 'PKCS#7'];
  if (label.endsWith('PRIVATE KEY')) return ['private key', 'encrypted private key'];
  return undefined;
}

function contradiction(where: Pick<Block, 'file' | 'line'>, label: string, shape: Shape): Problem | undefined {
  if (label === 'OPENSSH PRIVATE KEY') return opensshKey(where);
  if (promised(label)?.includes(shape) ?? true) return undefined;
  const found = shape === 'unknown' ? 'something else' : `a ${shape}`;
  return {
    message: `${placed(where)}: the block is labelled "${label}" but holds ${found}`,
    hint: 'something rewrote the BEGIN and END lines; export the file again',
  };
}
