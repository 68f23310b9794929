// known_hosts files: which keys a host is known by, and what a key that it presents means (sshd(8), SSH_KNOWN_HOSTS
// FILE FORMAT). Certificates of hosts are not taken: ssh2 asks for none.

import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { Endpoint } from '../route.ts';

export interface KnownHost {
  readonly file: string;
  readonly line: number;
  readonly marker: 'revoked' | 'cert-authority' | undefined;
  /** Patterns, or one hashed name. */
  readonly hosts: string;
  readonly type: string;
  readonly key: Buffer;
}

const LINE = /^\s*(?:@(?<marker>revoked|cert-authority)\s+)?(?<hosts>\S+)\s+(?<type>\S+)\s+(?<key>[A-Za-z0-9+/=]+)/;

/** The entries of a file. Lines that are none (comments, SSH-1 keys) are passed over, as ssh does. */
export function readKnownHosts(text: string, file: string): KnownHost[] {
  return text.split(/\r?\n/).flatMap((content, index) => {
    const groups = content.trimStart().startsWith('#') ? undefined : LINE.exec(content)?.groups;
    if (!groups) return [];
    const { marker, hosts = '', type = '', key = '' } = groups;
    return [
      { file, line: index + 1, marker: marker as KnownHost['marker'], hosts, type, key: Buffer.from(key, 'base64') },
    ];
  });
}

/** How known_hosts writes an endpoint: the port only where it is not 22. */
export function knownHostName({ host, port }: Endpoint): string {
  const name = host.toLowerCase();
  return port === 22 ? name : `[${name}]:${port}`;
}

function isHashOf(hashed: string, name: string): boolean {
  const [, , salt = '', hash = ''] = hashed.split('|');
  const expected = Buffer.from(hash, 'base64');
  const actual = createHmac('sha1', Buffer.from(salt, 'base64')).update(name).digest();
  return expected.length === actual.length && timingSafeEqual(expected, actual);
}

function matchesGlob(pattern: string, name: string): boolean {
  const expression = pattern
    .toLowerCase()
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${expression}$`).test(name);
}

/** Whether an entry speaks of that name; a `!pattern` that meets it decides against. */
export function speaksOf(entry: KnownHost, name: string): boolean {
  if (entry.hosts.startsWith('|1|')) return isHashOf(entry.hosts, name);
  const patterns = entry.hosts.split(',');
  if (patterns.some((pattern) => pattern.startsWith('!') && matchesGlob(pattern.slice(1), name))) return false;
  return patterns.some((pattern) => !pattern.startsWith('!') && matchesGlob(pattern, name));
}

export type Verdict =
  | { readonly verdict: 'known' }
  | { readonly verdict: 'unknown'; readonly authority: KnownHost | undefined }
  | { readonly verdict: 'changed'; readonly known: readonly KnownHost[] }
  | { readonly verdict: 'revoked'; readonly by: KnownHost };

/** What the key that a host presents means. `name` as `knownHostName` writes it. */
export function judgeKey(entries: readonly KnownHost[], name: string, key: Buffer): Verdict {
  const own = entries.filter((entry) => speaksOf(entry, name));
  const revoked = own.find((entry) => entry.marker === 'revoked' && entry.key.equals(key));
  if (revoked) return { verdict: 'revoked', by: revoked };
  const plain = own.filter((entry) => entry.marker === undefined);
  if (plain.some((entry) => entry.key.equals(key))) return { verdict: 'known' };
  if (plain.length > 0) return { verdict: 'changed', known: plain };
  return { verdict: 'unknown', authority: own.find((entry) => entry.marker === 'cert-authority') };
}

/** `SHA256:…` as ssh prints it. */
export function keyFingerprint(key: Buffer): string {
  return `SHA256:${createHash('sha256').update(key).digest('base64').replace(/=+$/, '')}`;
}

/** The type at the beginning of a key: `ssh-ed25519`. */
export function keyType(key: Buffer): string {
  return key.length < 4 ? '' : key.subarray(4, 4 + key.readUInt32BE(0)).toString('latin1');
}

const ALGORITHMS: Readonly<Record<string, readonly string[]>> = {
  'ssh-rsa': ['rsa-sha2-512', 'rsa-sha2-256', 'ssh-rsa'],
};
const ALL = [
  'ssh-ed25519',
  'ecdsa-sha2-nistp256',
  'ecdsa-sha2-nistp384',
  'ecdsa-sha2-nistp521',
  'rsa-sha2-512',
  'rsa-sha2-256',
] as const;

/** Host key algorithms to offer: those of the keys that the host is known by first, so that it presents one of them. */
export function keyAlgorithms(entries: readonly KnownHost[], name: string): string[] {
  const types = entries.filter((entry) => entry.marker === undefined && speaksOf(entry, name)).map(({ type }) => type);
  const known = types.flatMap((type) => ALGORITHMS[type] ?? [type]);
  return [...new Set([...known, ...ALL])];
}
