// What a certificate and its key must be for CloudStack to serve them and for clients to accept them. CloudStack
// itself checks none of this. One function a rule; each answers a problem with its exact fix, or nothing.

import { createPublicKey } from 'node:crypto';
import { isIP } from 'node:net';
import type { Problem } from '../errors.ts';
import { placed } from './blocks.ts';
import type { Certificate } from './bundle.ts';
import { details } from './certificate.ts';
import { hasWeakSignature, mayServe, SHORTEST_RSA_BITS } from './chain.ts';
import type { FoundCertificate } from './gather.ts';
import { covers } from './names.ts';
import type { FoundKey } from './private-key.ts';
import { day, days, daysUntil, shortFingerprint, untilWords, validity } from './validity.ts';

/** What the world expects of the new certificate, besides being sound. */
export interface Expectations {
  readonly now: Date;
  /** Fewer whole days left than this is refused. */
  readonly minimumDays: number;
  /** DNS names, `*.` patterns and IP addresses that the certificate must be good for. */
  readonly covers?: readonly string[] | undefined;
  /** What is served today. A new certificate that ends earlier is refused. */
  readonly served?: Pick<Certificate, 'notAfter' | 'fingerprint'> | undefined;
  readonly allowOlder?: boolean | undefined;
}

export interface Judged extends Expectations {
  readonly leaf: FoundCertificate;
  readonly key: FoundKey | undefined;
}

const MOST_NAMES_SHOWN = 5;

/** `"fullchain.pem": "*.console.example.com"`. */
const titled = (leaf: FoundCertificate): string => `${placed(leaf)}: "${leaf.certificate.subject}"`;

const rsaFlags =
  'ask for an RSA certificate: certbot --key-type rsa --rsa-key-size 2048, lego --key-type rsa2048, ' +
  'acme.sh --keylength 2048, or openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048';

const keyNames: Readonly<Record<string, string>> = {
  ec: 'an EC key',
  ed25519: 'an Ed25519 key',
  ed448: 'an Ed448 key',
  dsa: 'a DSA key',
};

/** All rules for the server certificate and its key, in the order in which their problems are told. */
const leafRules: readonly ((judged: Judged) => Problem | undefined)[] = [
  keyKind,
  keySize,
  keyBelongs,
  selfSigned,
  isAuthority,
  inTime,
  enoughDays,
  signatureStrength,
  serverUse,
  coversNames,
  newerThanServed,
];

export function leafProblems(judged: Judged): Problem[] {
  return leafRules.map((rule) => rule(judged)).filter((problem) => problem !== undefined);
}

/** Facts §2.3: the server builds an RSA key only; RSA-PSS it takes, and then neither kind of VM serves anything. */
function keyKind({ leaf, key }: Judged): Problem | undefined {
  const type = key?.type !== undefined && key.type !== 'rsa' ? key.type : details(leaf.certificate).keyType;
  if (type === 'rsa') return undefined;
  const holder = key?.type === type ? `${placed(key)}` : `${titled(leaf)}`;
  if (type === 'rsa-pss')
    return {
      message: `${holder} has an RSA-PSS key; CloudStack accepts it and then no system VM serves anything`,
      hint: 'make a plain RSA key and ask for a certificate for it: openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048',
    };
  return {
    message: `${holder} has ${keyNames[type] ?? `a key of type ${type}`}; CloudStack takes RSA keys only`,
    hint: rsaFlags,
  };
}

function keySize({ leaf, key }: Judged): Problem | undefined {
  const bits = key?.bits ?? details(leaf.certificate).keyBits;
  if (bits === undefined || bits >= SHORTEST_RSA_BITS) return undefined;
  const holder = key?.bits === undefined ? placed(leaf) : placed(key);
  return {
    message: `${holder} has an RSA key of ${bits} bits; clients want at least ${SHORTEST_RSA_BITS}`,
    hint: rsaFlags,
  };
}

/** Whether the certificate was made for this key. A key that Node could not load belongs to nothing. */
export function belongs(key: FoundKey, certificate: Certificate): boolean {
  if (key.key === undefined || details(certificate).keyType === 'unknown') return false;
  return details(certificate).x509.publicKey.equals(createPublicKey(key.key));
}

function keyBelongs({ leaf, key }: Judged): Problem | undefined {
  if (key?.key === undefined || belongs(key, leaf.certificate)) return undefined;
  return {
    message: `the key in ${placed(key)} is not the key of the certificate "${leaf.certificate.subject}" in ${placed(leaf)}`,
    hint:
      `give the key that this certificate was requested with; these two must print the same: ` +
      `openssl pkey -in ${key.file} -pubout, openssl x509 -in ${leaf.file} -noout -pubkey`,
  };
}

function selfSigned({ leaf }: Judged): Problem | undefined {
  if (!leaf.certificate.selfSigned) return undefined;
  return {
    message: `${titled(leaf)} is self-signed; no client and no other zone will trust it`,
    hint: 'have it signed by a CA, public or your own, and give the chain up to its root',
  };
}

function isAuthority({ leaf }: Judged): Problem | undefined {
  if (!leaf.certificate.ca || leaf.certificate.selfSigned) return undefined;
  return {
    message: `${titled(leaf)} is the certificate of a CA, not of a server`,
    hint: 'give the server certificate and its own key; the key of a CA must never leave the CA',
  };
}

function inTime({ leaf, now }: Judged): Problem | undefined {
  const state = validity(leaf.certificate, now);
  if (state === 'valid') return undefined;
  const what =
    state === 'expired'
      ? untilWords(leaf.certificate, now)
      : `is not valid before ${leaf.certificate.notBefore.toISOString()}`;
  const hint = state === 'expired' ? renew : 'wait until then, or set the clock of this machine right';
  return { message: `${titled(leaf)} ${what}`, hint };
}

const renew = 'renew it and give the new files: certbot renew, lego renew, acme.sh --renew';
const renewEarly =
  'renew it now and give the new files: certbot renew --force-renewal, lego renew --days 999, acme.sh --renew --force';

function enoughDays({ leaf, now, minimumDays }: Judged): Problem | undefined {
  const left = daysUntil(leaf.certificate.notAfter, now);
  if (left >= minimumDays || validity(leaf.certificate, now) === 'expired') return undefined;
  return {
    message:
      `${titled(leaf)} has only ${days(left)} left (until ${day(leaf.certificate.notAfter)}); ` +
      `minimum_days is ${minimumDays}`,
    hint: renewEarly,
  };
}

function signatureStrength({ leaf }: Judged): Problem | undefined {
  const { certificate } = leaf;
  if (certificate.selfSigned || !hasWeakSignature(certificate)) return undefined;
  return {
    message: `${titled(leaf)} is signed with ${details(certificate).signatureAlgorithm}, which clients no longer accept`,
    hint: 'have it issued again with SHA-256: openssl x509 -req -sha256 or openssl ca -md sha256',
  };
}

function serverUse({ leaf }: Judged): Problem | undefined {
  const { keyUsage } = details(leaf.certificate);
  if (!mayServe(leaf.certificate))
    return {
      message: `${titled(leaf)} is not for servers: its extended key usage lacks serverAuth`,
      hint: 'have it issued as a TLS server certificate: extendedKeyUsage = serverAuth',
    };
  if (leaf.certificate.ca || keyUsage === undefined || keyUsage.has('digitalSignature')) return undefined;
  return {
    message: `${titled(leaf)} may not sign handshakes: its key usage lacks digitalSignature`,
    hint: 'have it issued as a TLS server certificate: keyUsage = digitalSignature, keyEncipherment',
  };
}

function coversNames({ leaf, covers: wanted = [] }: Judged): Problem | undefined {
  const { certificate } = leaf;
  const missing = wanted.filter((name) => !covers(certificate, name));
  if (missing.length === 0) return undefined;
  return {
    message: `${titled(leaf)} does not cover ${listed(missing.map((name) => `"${name}"`))}`,
    hint: `${coveredWords(certificate)}; ${toAskFor(missing)}`,
  };
}

function coveredWords({ names, addresses }: Certificate): string {
  const covered = [...names, ...addresses].map((name) => `"${name}"`);
  if (covered.length === 0) return 'it has no subjectAltName, and its common name counts for nothing';
  const wildcards = names.some((name) => name.startsWith('*.')) ? ', and "*." stands for exactly one label' : '';
  return `it covers ${listed(covered)}${wildcards}`;
}

/** System VMs are named by their address, which changes when they are created anew: theirs is a wildcard. */
function toAskFor(missing: readonly string[]): string {
  const names = missing.filter((name) => !isIP(name)).map((name) => name.replace(/^\d+-\d+-\d+-\d+(?=\.)/, '*'));
  const flags = [...new Set(names)].map((name) => `-d '${name}'`);
  const addresses = missing.filter((name) => isIP(name)).map((name) => `IP:${name}`);
  const orders = [
    ...(flags.length > 0 ? [`${listed(flags)} (certbot and acme.sh; lego: --domains)`] : []),
    ...(addresses.length > 0
      ? [`subjectAltName = ${listed(addresses)}, which public CAs do not give for private addresses`]
      : []),
  ];
  return `ask for ${orders.join(' and ')}`;
}

function listed(words: readonly string[]): string {
  const shown = words.slice(0, MOST_NAMES_SHOWN).join(', ');
  const more = words.length - MOST_NAMES_SHOWN;
  return shown + (more > 0 ? ` and ${more} more` : '');
}

function newerThanServed({ leaf, served, allowOlder }: Judged): Problem | undefined {
  const { certificate } = leaf;
  if (served === undefined || allowOlder || served.fingerprint === certificate.fingerprint) return undefined;
  if (certificate.notAfter >= served.notAfter) return undefined;
  return {
    message:
      `${titled(leaf)} ends on ${day(certificate.notAfter)}, before the one that is served ` +
      `today (${shortFingerprint(served.fingerprint)}, until ${day(served.notAfter)})`,
    hint: 'these may be the old files; if the older certificate is meant, set allow_older: true',
  };
}
