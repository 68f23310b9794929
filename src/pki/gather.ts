// Reads files into what they hold, still in no order: certificates, keys, and what cannot be used.

import { createHash } from 'node:crypto';
import type { Problem } from '../errors.ts';
import type { Secret } from '../secret.ts';
import { type Block, type NamedBytes, placed, readBlocks } from './blocks.ts';
import type { Certificate } from './bundle.ts';
import { readCertificate } from './certificate.ts';
import { openContainer } from './containers.ts';
import { type FoundKey, readKey } from './private-key.ts';
import type { Shape } from './shape.ts';

/** A certificate and where it was found first. */
export interface FoundCertificate {
  readonly certificate: Certificate;
  readonly file: string;
  readonly line: number | undefined;
}

export interface Material {
  /** Each certificate once, in the order of the files. */
  readonly certificates: readonly FoundCertificate[];
  /** Each key once; the same key in two files or two forms counts once. */
  readonly keys: readonly FoundKey[];
  readonly problems: readonly Problem[];
}

/** Things that are neither certificate nor key, and what to give instead. */
const useless: Partial<Readonly<Record<Shape, string>>> = {
  'certificate request':
    'a request is what the certificate is asked for with; give the certificate that the CA sent back',
  'public key': 'the private key is needed: the file that was made together with the request',
  'revocation list': 'leave it out; give the certificate, its chain and the key',
  unknown: 'give the certificate, its chain and the key',
};

const remembered = new Map<string, Promise<Material>>();
const MOST_REMEMBERED = 16;

/**
 * Everything in the files. Never throws for what the files hold. The last few answers are remembered by content: a
 * run reads the same files for hundreds of clouds, and loading a key costs more than all the judging after it.
 */
export function gather(files: readonly NamedBytes[], passphrase: Secret | undefined): Promise<Material> {
  const content = contentOf(files, passphrase);
  const material = remembered.get(content) ?? gathered(files, passphrase);
  remembered.delete(content);
  remembered.set(content, material);
  for (const oldest of remembered.keys()) {
    if (remembered.size <= MOST_REMEMBERED) break;
    remembered.delete(oldest);
  }
  return material;
}

/** A digest that is the same for the same names, bytes and pass phrase only. */
function contentOf(files: readonly NamedBytes[], passphrase: Secret | undefined): string {
  const digest = createHash('sha256');
  for (const { name, bytes } of files) digest.update(`${name.length} ${name} ${bytes.length} `).update(bytes);
  return digest.update(passphrase === undefined ? 'none' : `given ${passphrase.reveal()}`).digest('hex');
}

async function gathered(files: readonly NamedBytes[], passphrase: Secret | undefined): Promise<Material> {
  const certificates = new Map<string, FoundCertificate>();
  const keys: FoundKey[] = [];
  const problems: Problem[] = [];
  for (const file of files) {
    const read = readBlocks(file);
    problems.push(...read.problems);
    for (const block of await opened(read.blocks, passphrase, problems)) {
      const found = understood(block, passphrase);
      if ('message' in found) problems.push(found);
      else if ('certificate' in found) {
        const { fingerprint } = found.certificate;
        if (!certificates.has(fingerprint)) certificates.set(fingerprint, found);
      } else if (!keys.some((key) => sameKey(key, found))) keys.push(found);
    }
  }
  return { certificates: [...certificates.values()], keys, problems };
}

async function opened(blocks: readonly Block[], passphrase: Secret | undefined, problems: Problem[]): Promise<Block[]> {
  const flat: Block[] = [];
  for (const block of blocks) {
    const container = block.shape === 'PKCS#7' || block.shape === 'PKCS#12';
    const inside = container ? await openContainer(block, passphrase) : [block];
    if ('message' in inside) problems.push(inside);
    else flat.push(...inside);
  }
  return flat;
}

function understood(block: Block, passphrase: Secret | undefined): FoundCertificate | FoundKey | Problem {
  if (block.shape === 'private key' || block.shape === 'encrypted private key') return readKey(block, passphrase);
  if (block.shape === 'certificate') return certificateIn(block);
  const what = block.shape === 'unknown' ? 'neither a certificate nor a key' : `a ${block.shape}`;
  return { message: `${placed(block)}: this is ${what}`, hint: useless[block.shape] };
}

function certificateIn(block: Block): FoundCertificate | Problem {
  try {
    return { certificate: readCertificate(block.der), file: block.file, line: block.line };
  } catch (error) {
    const reason = error instanceof Error ? error.message.replace(/^error:[^:]*:/, '') : String(error);
    return {
      message: `${placed(block)}: the certificate cannot be read (${reason})`,
      hint: `openssl x509 -in ${block.file} -noout -text`,
    };
  }
}

function sameKey(a: FoundKey, b: FoundKey): boolean {
  return a.key !== undefined && b.key !== undefined && a.type === b.type && a.key.equals(b.key);
}
