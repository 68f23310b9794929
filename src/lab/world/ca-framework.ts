// CloudStack's own certificate authority, the provider "root": it signs what agents present, and nothing of what system
// VMs serve. Measured on 4.22 and 4.23; validity and subjects from RootCAProvider.

import { generateKeyPair, generateKeyPairSync } from 'node:crypto';
import { createRequire } from 'node:module';
import { promisify } from 'node:util';
import type forge from 'node-forge';
import { broken, invalid, uncaught } from './refusal.ts';

export interface CertificateOrder {
  readonly domains: readonly string[];
  readonly addresses: readonly string[];
  /** PKCS#10, PEM. */
  readonly csr: string | undefined;
  /** Days; what is not above zero is the default. */
  readonly days: number;
}

export interface IssuedCertificate {
  readonly certificate: string;
  /** Absent where the key came with a request. */
  readonly key: string | undefined;
  readonly authority: string;
}

const DAY = 86_400_000;
/** RootCAProvider dates back what it issues, for clocks that are behind. */
const DATED_BACK = DAY / 2;
const AUTHORITY_DAYS = 30 * 365;
const NAME = 'ca.cloudstack.apache.org';

interface Authority {
  readonly certificate: forge.pki.Certificate;
  readonly key: forge.pki.rsa.PrivateKey;
}

export class CaFramework {
  readonly #revoked = new Set<string>();
  #authority: Authority | undefined;

  /** The root's certificate, PEM; made when it is first asked for. */
  get certificate(): string {
    return pemOf(this.#root.certificate);
  }

  get #root(): Authority {
    this.#authority ??= makeAuthority();
    return this.#authority;
  }

  /** Throws `Refusal`, in CloudStack's order of looks. */
  async issue(order: CertificateOrder): Promise<IssuedCertificate> {
    const { domains, csr } = order;
    if (domains.length === 0 && csr === undefined) {
      throw invalid('Please provide the domains or the CSR, none of them are provided');
    }
    const request = csr === undefined ? undefined : readRequest(csr);
    const key = request ? undefined : await generateKey();
    const subject = request?.subject.attributes ?? [{ name: 'commonName', value: domains[0] ?? '' }];
    const certificate = request ? request.publicKey : publicHalf(key ?? '');
    return {
      certificate: this.#certify(certificate as forge.pki.rsa.PublicKey, subject, order),
      key,
      authority: this.certificate,
    };
  }

  #certify(
    publicKey: forge.pki.rsa.PublicKey,
    subject: forge.pki.CertificateField[],
    { domains, addresses, days }: CertificateOrder,
  ): string {
    const { certificate: root, key } = this.#root;
    const altNames = [
      ...domains.map((value) => ({ type: DNS_NAME, value })),
      ...addresses.map((ip) => ({ type: ADDRESS, ip: checkedAddress(ip) })),
    ];
    const certificate = blank(publicKey, subject, root.subject.attributes, days);
    certificate.setExtensions([
      { name: 'subjectKeyIdentifier' },
      { name: 'extKeyUsage', serverAuth: true, clientAuth: true },
      ...(altNames.length > 0 ? [{ name: 'subjectAltName', altNames }] : []),
    ]);
    certificate.sign(key, library().md.sha256.create());
    return pemOf(certificate);
  }

  /** By serial number in hexadecimal. Throws `Refusal` where Java reads no number, or it is known already. */
  revoke(serial: string): void {
    const number = serialNumber(serial);
    if (this.#revoked.has(number)) throw uncaught('Entity already exists ');
    this.#revoked.add(number);
  }
}

const DNS_NAME = 2;
const ADDRESS = 7;

const generate = promisify(generateKeyPair);

async function generateKey(): Promise<string> {
  const { privateKey } = await generate('rsa', { modulusLength: 2048 });
  return String(privateKey.export({ type: 'pkcs8', format: 'pem' }));
}

/** The root is asked for in the middle of a call that does not wait, so the library is loaded there and then. */
const library = (): typeof forge => createRequire(import.meta.url)('node-forge') as typeof forge;

function publicHalf(key: string): forge.pki.rsa.PublicKey {
  const { n, e } = library().pki.privateKeyFromPem(key);
  return library().pki.setRsaPublicKey(n, e);
}

function makeAuthority(): Authority {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const pem = String(privateKey.export({ type: 'pkcs8', format: 'pem' }));
  const key = library().pki.privateKeyFromPem(pem);
  const name = [{ name: 'commonName', value: NAME }];
  const certificate = blank(publicHalf(pem), name, name, AUTHORITY_DAYS);
  certificate.setExtensions([
    { name: 'basicConstraints', cA: true, critical: true },
    { name: 'keyUsage', critical: true, keyCertSign: true, cRLSign: true },
    { name: 'subjectKeyIdentifier' },
  ]);
  certificate.sign(key, library().md.sha256.create());
  return { certificate, key };
}

function blank(
  publicKey: forge.pki.rsa.PublicKey,
  subject: forge.pki.CertificateField[],
  issuer: forge.pki.CertificateField[],
  days: number,
): forge.pki.Certificate {
  const certificate = library().pki.createCertificate();
  const now = Date.now();
  certificate.publicKey = publicKey;
  certificate.serialNumber = `4${library().util.bytesToHex(library().random.getBytesSync(8)).slice(1)}`;
  certificate.validity.notBefore = new Date(now - DATED_BACK);
  certificate.validity.notAfter = new Date(now + days * DAY);
  certificate.setSubject(subject);
  certificate.setIssuer(issuer);
  return certificate;
}

const pemOf = (certificate: forge.pki.Certificate): string =>
  library().pki.certificateToPem(certificate).replaceAll('\r\n', '\n');

function readRequest(csr: string): forge.pki.CertificateSigningRequest {
  try {
    return library().pki.certificationRequestFromPem(csr);
  } catch {
    // Whatever the library dislikes in a text of the caller's, CloudStack has one sentence for it.
    throw broken(`Unable to read/process CSR: ${csr}`);
  }
}

/** Bouncy Castle's check of an iPAddress. */
function checkedAddress(address: string): string {
  if (/^(\d{1,3}\.){3}\d{1,3}$/.test(address) || /^[0-9a-f:]*:[0-9a-f:]*$/i.test(address)) return address;
  throw uncaught('IP Address is invalid');
}

/** Java's BigInteger of a hexadecimal text, which is read in groups of seven digits, the first one shorter. */
function serialNumber(text: string): string {
  const digits = text.replace(/^[+-]/, '');
  if (/[+-]/.test(digits)) throw uncaught('Illegal embedded sign character');
  if (digits === '') throw uncaught('Zero length BigInteger');
  const significant = digits.replace(/^0+/, '');
  const first = significant.length % 7;
  const groups = [significant.slice(0, first), ...(significant.slice(first).match(/.{7}/gs) ?? [])];
  const wrong = groups.find((group) => !/^[0-9a-f]*$/i.test(group));
  if (wrong !== undefined) throw uncaught(`For input string: "${wrong}" under radix 16`);
  return (text.startsWith('-') ? '-' : '') + significant.toLowerCase();
}
