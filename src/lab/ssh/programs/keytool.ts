// keytool -list, in the words of OpenJDK 17 for a keystore of type JKS.

import { createHash, type X509Certificate } from 'node:crypto';
import type { TrustStoreEntry } from '../../machine.ts';
import { remembered } from '../../world/remembered.ts';
import { done, failed, type Output, type Program } from '../system.ts';
import { type Parsed, readWordOptions } from './arguments.ts';
import { certificateIn, fingerprint, nameParts, signatureAlgorithm, version } from './certificate.ts';

export interface TrustStore {
  readonly path: string;
  readonly password: string;
  readonly entries: readonly TrustStoreEntry[];
}

const SEPARATOR = '\n\n*******************************************\n*******************************************\n\n\n';

/** A keytool that knows the keystores of one machine. Other files are not keystores to it. */
export function keytoolOf(stores: readonly TrustStore[]): Program {
  return (call) => {
    if (call.args[0] !== '-list') {
      return failed(1, '', 'keytool error: java.lang.Exception: the lab knows keytool -list only\n');
    }
    const parsed = readWordOptions(call.args.slice(1), ['alias', 'keystore', 'storepass', 'storetype'], ['v', 'rfc']);
    if (parsed.unknown !== undefined)
      return failed(1, `Illegal option:  ${parsed.unknown}\nkeytool -list [OPTION]...\n`);
    const path = parsed.options.get('keystore');
    const store = stores.find((each) => each.path === path);
    if (store !== undefined) return list(store, parsed);
    if (typeof path === 'string' && call.system.read(path) !== undefined) {
      return refusal(
        'java.security.KeyStoreException: Unrecognized keystore format. Please load it with a specified type',
      );
    }
    return refusal(`java.lang.Exception: Keystore file does not exist: ${path ?? '/root/.keystore'}`);
  };
}

/** keytool tells its errors on the standard output. */
const refusal = (text: string): Output => failed(1, '', `keytool error: ${text}\n`);

function list(store: TrustStore, { options }: Parsed): Output {
  const password = options.get('storepass');
  if (password !== undefined && password !== store.password) {
    return refusal('java.io.IOException: Keystore was tampered with, or password was incorrect');
  }
  const style: Style = options.has('rfc') ? 'rfc' : options.has('v') ? 'v' : 'short';
  const alias = options.get('alias');
  const stderr = (password === undefined ? unverified : '') + proprietary(store);
  if (typeof alias !== 'string') return { ...done(listAll(store.entries, style)), stderr };
  const entry = store.entries.find((each) => each.alias === alias.toLowerCase());
  if (entry === undefined) return refusal(`java.lang.Exception: Alias <${alias}> does not exist`);
  // The real one repeats the alias as it was asked for.
  return { ...done(listOne({ ...entry, alias }, style)), stderr };
}

type Style = 'short' | 'v' | 'rfc';

function listAll(entries: readonly TrustStoreEntry[], style: Style): string {
  const count = `Your keystore contains ${entries.length} entr${entries.length === 1 ? 'y' : 'ies'}`;
  const heading = `Keystore type: JKS\nKeystore provider: SUN\n\n${count}\n\n`;
  const sorted = entries.toSorted((one, other) => (one.alias < other.alias ? -1 : 1));
  const listed = sorted.map((entry) => listOne(entry, style));
  if (style === 'short') return heading + listed.join('');
  return heading + listed.map((text) => text + SEPARATOR).join('');
}

/** As many as two machines trust: a list is asked for machine after machine, and most of it is the same. */
const MOST = 400;

const printOf = remembered(MOST, (pem) => fingerprint(certificateOf(pem), 'sha256'));

function certificateOf(pem: string): X509Certificate {
  const certificate = certificateIn(pem);
  if (certificate === undefined) throw new Error('an entry of the trust store is no certificate');
  return certificate;
}

/** `Nov 25, 2026`. */
const dateFormat = new Intl.DateTimeFormat('en-US', { dateStyle: 'medium', timeZone: 'UTC' });

function listOne(entry: TrustStoreEntry, style: Style): string {
  const date = dateFormat.format(new Date());
  if (style === 'short') {
    const print = `Certificate fingerprint (SHA-256): ${printOf(entry.pem)}`;
    return `${entry.alias}, ${date}, ${entry.kind}, \n${print}\n`;
  }
  const certificate = certificateOf(entry.pem);
  const chain = entry.kind === 'PrivateKeyEntry' ? 'Certificate chain length: 1\nCertificate[1]:\n' : '\n';
  const heading = `Alias name: ${entry.alias}\nCreation date: ${date}\nEntry type: ${entry.kind}\n${chain}`;
  return heading + (style === 'rfc' ? pemOf(certificate) : detailsOf(certificate));
}

/** Java's encoder ends the lines inside of the block with CRLF, and only those. */
function pemOf(certificate: X509Certificate): string {
  const lines = certificate.raw.toString('base64').match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\r\n')}\n-----END CERTIFICATE-----\n`;
}

function detailsOf(certificate: X509Certificate): string {
  const lines = [
    `Owner: ${javaName(certificate.subject)}`,
    `Issuer: ${javaName(certificate.issuer)}`,
    `Serial number: ${certificate.serialNumber.toLowerCase().replace(/^0+(?=.)/, '')}`,
    `Valid from: ${javaDate(certificate.validFrom)} until: ${javaDate(certificate.validTo)}`,
    'Certificate fingerprints:',
    `\t SHA1: ${fingerprint(certificate, 'sha1')}`,
    `\t SHA256: ${fingerprint(certificate, 'sha256')}`,
    `Signature algorithm name: ${signatureAlgorithm(certificate)}`,
    `Subject Public Key Algorithm: ${keyWords(certificate)}`,
    `Version: ${version(certificate)}`,
  ];
  if (version(certificate) === 1) return `${lines.join('\n')}\n`;
  return `${lines.join('\n')}\n\nExtensions: \n\n${extensionsOf(certificate)}\n`;
}

/** The most specific part first. */
function javaName(name: string): string {
  const quoted = (value: string) => (/[,+<>;"=]/.test(value) ? `"${value}"` : value);
  return nameParts(name)
    .reverse()
    .map(({ type, value }) => `${type}=${quoted(value)}`)
    .join(', ');
}

/** `Wed Nov 25 01:06:03 UTC 2026`. */
function javaDate(text: string): string {
  const [weekday = '', day, month, year, time] = new Date(text).toUTCString().split(' ');
  return `${weekday.replace(',', '')} ${month} ${day} ${time} UTC ${year}`;
}

function keyWords({ publicKey }: X509Certificate): string {
  const details = publicKey.asymmetricKeyDetails;
  if (publicKey.asymmetricKeyType === 'rsa') return `${details?.modulusLength}-bit RSA key`;
  if (publicKey.asymmetricKeyType !== 'ec') return `${publicKey.asymmetricKeyType} key`;
  const curves: Readonly<Record<string, string>> = {
    prime256v1: '256-bit EC (secp256r1) key',
    secp384r1: '384-bit EC (secp384r1) key',
    secp521r1: '521-bit EC (secp521r1) key',
  };
  return curves[details?.namedCurve ?? ''] ?? `EC (${details?.namedCurve}) key`;
}

/** The three extensions that say what a certificate is for; the real program prints all it finds. */
function extensionsOf(certificate: X509Certificate): string {
  const basic = certificate.ca
    ? 'ObjectId: 2.5.29.19 Criticality=true\nBasicConstraints:[\n  CA:true\n  PathLen: no limit\n]\n'
    : 'ObjectId: 2.5.29.19 Criticality=true\nBasicConstraints:[\n  CA:false\n  PathLen: undefined\n]\n';
  const names = certificate.subjectAltName
    ?.split(', ')
    .map((name) => `  ${name.replace(/^DNS:/, 'DNSName: ').replace(/^IP Address:/, 'IPAddress: ')}\n`);
  const alternative = names && `ObjectId: 2.5.29.17 Criticality=false\nSubjectAlternativeName [\n${names.join('')}]\n`;
  const identifier = `ObjectId: 2.5.29.14 Criticality=false\nSubjectKeyIdentifier [\nKeyIdentifier [\n${hexDump(keyIdentifier(certificate))}]\n]\n`;
  return [basic, ...(alternative ? [alternative] : []), identifier]
    .map((text, index) => `#${index + 1}: ${text}\n`)
    .join('');
}

/** SHA-1 of the public key's bits, the first method of RFC 5280 §4.2.1.2. */
function keyIdentifier({ publicKey }: X509Certificate): Buffer {
  const bits =
    publicKey.asymmetricKeyType === 'rsa'
      ? ({ type: 'pkcs1', format: 'der' } as const)
      : ({ type: 'spki', format: 'der' } as const);
  return createHash('sha1').update(publicKey.export(bits)).digest();
}

/** Sixteen bytes a line: `0000: 4D A3 …  M...`. */
function hexDump(bytes: Buffer): string {
  const lines: string[] = [];
  for (let at = 0; at < bytes.length; at += 16) {
    const part = bytes.subarray(at, at + 16);
    const hex = [...part].map((byte) => byte.toString(16).toUpperCase().padStart(2, '0'));
    const columns = `${hex.slice(0, 8).join(' ')}   ${hex.slice(8).join(' ')}`.trimEnd().padEnd(49);
    const text = part.toString('latin1').replace(/[^\x20-\x7e]/g, '.');
    lines.push(`${at.toString(16).padStart(4, '0')}: ${columns}  ${text}\n`);
  }
  return lines.join('');
}

const unverified = `Enter keystore password:  
*****************  WARNING WARNING WARNING  *****************
* The integrity of the information stored in your keystore  *
* has NOT been verified!  In order to verify its integrity, *
* you must provide your keystore password.                  *
*****************  WARNING WARNING WARNING  *****************

`;

/** A store of certificates alone is not worth the warning. */
function proprietary({ path, entries }: TrustStore): string {
  if (entries.every(({ kind }) => kind === 'trustedCertEntry')) return '';
  return `
Warning:
The JKS keystore uses a proprietary format. It is recommended to migrate to PKCS12 which is an industry standard format using "keytool -importkeystore -srckeystore ${path} -destkeystore ${path} -deststoretype pkcs12".
`;
}
