// What a system VM presents on its ports, held against a bundle. What is right already is decided by this: CloudStack
// has no call that tells which certificate it holds.

import type { Handshake, TlsReader } from '../connection.ts';
import type { Bundle, Certificate } from '../pki/bundle.ts';
import { compareChain, isRight } from '../pki/compare.ts';

export interface PortLook {
  readonly port: number;
  /** `new`: all of the bundle's chain, in order; other certificates may stand between (`strangers`). */
  readonly verdict: 'new' | 'other' | 'silent';
  /** What is there instead, as the end of a sentence. */
  readonly words: string;
  /** Certificates beyond those of the bundle. */
  readonly strangers: readonly string[];
  /** The server certificate that was presented. */
  readonly leaf: Certificate | undefined;
  /** How many certificates were presented. */
  readonly presented: number;
}

/**
 * What SNI says where the name that CloudStack hands out does not matter: one that the leaf covers. System VMs ignore
 * it (measured), what stands before them may not.
 */
export function serverNameFor(address: string, bundle: Bundle): string | undefined {
  const wildcard = bundle.leaf.names.find((name) => name.startsWith('*.'));
  return wildcard ? address.replaceAll(/[.:]/g, '-') + wildcard.slice(1) : bundle.leaf.names[0];
}

/** A chain held against the bundle's. Rows of earlier uploads between its certificates do not make it wrong. */
export interface ChainLook {
  readonly right: boolean;
  /** What is presented, as the end of a sentence. */
  readonly words: string;
  readonly strangers: readonly string[];
  readonly leaf: Certificate | undefined;
}

/** `presented`: DER, the server certificate first. */
export function lookAtChain(bundle: Bundle, presented: readonly Buffer[]): ChainLook {
  const comparison = compareChain(bundle, presented);
  const { words, strangers, leaf } = comparison;
  return { right: isRight(comparison), words, strangers, leaf };
}

/** Why a port gave no certificate, without the address, which the reader has before them. */
export function silenceWords(handshake: Exclude<Handshake, { stage: 'tls' }>): string {
  if (handshake.stage === 'handshake') return `the handshake fails: ${handshake.message}`;
  if (handshake.reason === 'refused') return 'refuses connections';
  return handshake.reason === 'timeout' ? 'does not answer' : handshake.message;
}

function judge(port: number, handshake: Handshake, bundle: Bundle): PortLook {
  if (handshake.stage !== 'tls') {
    return { port, verdict: 'silent', words: silenceWords(handshake), strangers: [], leaf: undefined, presented: 0 };
  }
  const { right, ...look } = lookAtChain(bundle, handshake.chain);
  return { port, verdict: right ? 'new' : 'other', ...look, presented: handshake.chain.length };
}

/** One look at each port of an address. */
export async function lookAtPorts(
  read: { readonly tls: TlsReader },
  address: string,
  ports: readonly number[],
  bundle: Bundle,
): Promise<readonly PortLook[]> {
  const serverName = serverNameFor(address, bundle);
  return Promise.all(
    ports.map(async (port) => judge(port, await read.tls.handshake({ address, port, serverName }), bundle)),
  );
}

export const isNew = (look: PortLook): boolean => look.verdict === 'new';

/** `443: connection refused; 8443: the old certificate…`, of the ports that do not present the new chain. */
export const notNew = (looks: readonly PortLook[]): string[] =>
  looks.filter((look) => !isNew(look)).map(({ port, words }) => `${port}: ${words}`);

/** `443 and 8443`. */
export const portWords = (ports: readonly number[]): string => ports.join(' and ');

/** What ports present, for what a decision rests on: `served on 443`, and the fingerprint or why there is none. */
export const servedValues = (looks: readonly PortLook[]): Readonly<Record<string, string>> =>
  Object.fromEntries(
    looks.map(({ port, leaf, words }) => [`served on ${port}`, leaf?.fingerprint ?? `nothing (${words})`]),
  );

/** Says once that rows of earlier uploads are still sent beside the new chain; no call can delete them. */
export function warnOfStrangers(
  tell: { warn(message: string, hint?: string): void },
  name: string,
  looks: readonly { readonly strangers: readonly string[] }[],
): void {
  const strangers = new Set(looks.flatMap((look) => look.strangers));
  if (strangers.size === 0) return;
  tell.warn(
    `${name} presents certificates of earlier uploads beside the new chain: ${[...strangers].join(', ')}`,
    'clients that build paths cope; no call deletes such a row: upload over it under its name (certificate_chain: { overwrite: [...], force: true }) or delete it from the table "keystore"',
  );
}
