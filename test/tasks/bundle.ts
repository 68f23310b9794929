// The certificates that the cases speak of, and what a port presents, by name.

import { createPublicKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { BundleContent, Handshake } from '../../src/connection.ts';
import type { Value, ValueMap } from '../../src/model.ts';
import { type Bundle, bundleValue } from '../../src/pki/bundle.ts';
import { readCertificate } from '../../src/pki/certificate.ts';
import { keptParts } from '../../src/pki/kept.ts';
import { Secret } from '../../src/secret.ts';

const folder = new URL('../../../test/tasks/fixtures/', import.meta.url);
const text = (name: string): string => readFileSync(new URL(name, folder), 'utf8');

const certificates = {
  root: readCertificate(text('root.pem')),
  intermediate1: readCertificate(text('intermediate.pem')),
  new: readCertificate(text('new.pem')),
  old: readCertificate(text('old.pem')),
  stranger: readCertificate(text('stranger.pem')),
} as const;
type Name = keyof typeof certificates;

const bundleWith = (leaf: 'new' | 'old'): Bundle => ({
  leaf: certificates[leaf],
  intermediates: [certificates.intermediate1],
  root: certificates.root,
  key: new Secret(text(`${leaf}.key`)),
});

const pem = (...names: readonly Name[]): string => names.map((name) => certificates[name].pem).join('');
const publicKey = (leaf: 'new' | 'old'): string =>
  createPublicKey(text(`${leaf}.key`))
    .export({ type: 'spki', format: 'pem' })
    .toString();

/** What lies in clear beside a kept bundle. */
const keptAbout = (leaf: 'new' | 'old', keptAt: string): ValueMap => ({
  fingerprint: certificates[leaf].fingerprint,
  subject: certificates[leaf].subject,
  names: [...certificates[leaf].names],
  notAfter: certificates[leaf].notAfter.toISOString(),
  rows: ['root', 'intermediate1'],
  keptAt,
  encryptedTo: ['age1one'],
});

/** What is inside of a kept bundle: `new`, `old`, `old with the key of new`. */
export function keptInside(words: string): BundleContent {
  const [, leaf, , key = leaf] = /^(new|old)( with the key of (new|old))?$/.exec(words) ?? [];
  const bundle = bundleWith(leaf === 'new' ? 'new' : 'old');
  return { ...keptParts(bundle), key: bundleWith(key === 'new' ? 'new' : 'old').key };
}

/** What `$name` stands for in a case. */
export const symbols: Readonly<Record<string, Value>> = {
  $bundle: bundleValue(bundleWith('new')),
  $root: bundleValue(bundleWith('new'))['root'] ?? null,
  $new_fingerprint: certificates.new.fingerprint,
  $root_fingerprint: certificates.root.fingerprint,
  $root_fingerprint_java: (certificates.root.fingerprint.toUpperCase().match(/../g) ?? []).join(':'),
  $stranger_fingerprint_java: (certificates.stranger.fingerprint.toUpperCase().match(/../g) ?? []).join(':'),
  $old_fingerprint: certificates.old.fingerprint,
  $old_bundle: bundleValue(bundleWith('old')),
  $kept_new: keptAbout('new', '2026-11-30T12:00:00.000Z'),
  $kept_old: keptAbout('old', '2026-11-01T12:00:00.000Z'),
  $new_pem: pem('new'),
  $old_pem: pem('old'),
  $chain_pem: pem('intermediate1', 'root'),
  $root_pem: pem('root'),
  $new_public_key: publicKey('new'),
  $old_public_key: publicKey('old'),
};

/** Parameters that stand for a certificate or a key, by the name that a case calls them by. */
export function nameOfParameter(value: unknown): string {
  if (value instanceof Secret) return '<key of the new certificate>';
  const known = Object.entries(certificates).find(([, certificate]) => certificate.pem === value);
  return known ? `<${known[0]}>` : String(value);
}

const chains: Readonly<Record<string, readonly Name[]>> = {
  new: ['new', 'intermediate1', 'root'],
  old: ['old', 'intermediate1', 'root'],
  'new with a stranger': ['new', 'stranger', 'intermediate1', 'root'],
  'new with its intermediate twice': ['new', 'intermediate1', 'intermediate1', 'root'],
  'old with a longer chain': ['old', 'intermediate1', 'stranger', 'root'],
  another: ['intermediate1', 'root'],
  'new without intermediate': ['new', 'root'],
  'new in the wrong order': ['new', 'root', 'intermediate1'],
};

/** What a port does, by the words of a case. */
export function handshakeNamed(words: string): Handshake {
  const names = chains[words];
  if (names) return { stage: 'tls', protocol: 'TLSv1.2', chain: names.map((name) => certificates[name].der) };
  if (words === 'refused') return { stage: 'tcp', reason: 'refused', message: 'connection refused' };
  if (words === 'timeout') return { stage: 'tcp', reason: 'timeout', message: 'no answer within 10 s' };
  if (words === 'bad signature') return { stage: 'handshake', message: 'bad signature', chain: [] };
  throw new Error(`no port is known to do "${words}"`);
}
