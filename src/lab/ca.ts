// The lab's certificate authority: a private root, an intermediate, and what hangs on them.

import { generateKeyPair, randomBytes } from 'node:crypto';
import { promisify } from 'node:util';
import type forge from 'node-forge';
import type { Material } from './world/world.ts';

const DAY = 86_400_000;
const HOUR = 3_600_000;

/** A certificate with its private key, PEM (PKCS#8). */
export interface KeyPair {
  readonly certificate: string;
  readonly key: string;
}

/** What to put into a certificate. Without `issuer` it is self-signed. */
export interface CertificateRequest {
  readonly commonName: string;
  readonly organization?: string | undefined;
  /** DNS names of the subjectAltName; an authority has none. */
  readonly names?: readonly string[] | undefined;
  readonly authority?: boolean | undefined;
  readonly notBefore: Date;
  readonly notAfter: Date;
  readonly issuer?: KeyPair | undefined;
}

/** Everything that a lab serves, or is to be given. */
export interface LabCertificates {
  /** Served when the lab starts; ends in six days. */
  readonly served: Material;
  /** What a rotation is to bring: same names, same authority, 200 days. */
  readonly renewed: Material;
  /** The pair that system VMs serve without certificates of ours: long expired. */
  readonly realhostip: KeyPair;
  /** What Apache serves right after a boot. */
  readonly snakeoil: KeyPair;
}

const generate = promisify(generateKeyPair);

/**
 * Makes a lab's certificates for `names` (`*.console.lab.example`). An hour is added to every lifetime so that it is
 * still whole days when somebody looks.
 */
export async function makeCertificates(names: readonly string[], now: Date): Promise<LabCertificates> {
  const at = (days: number): Date => new Date(now.getTime() + days * DAY + HOUR);
  const [commonName = 'localhost'] = names;
  const keys = await Promise.all(Array.from({ length: 6 }, generateKey));
  const [rootKey, intermediateKey, servedKey, renewedKey, realhostipKey, snakeoilKey] = keys as Six;
  const long = { notBefore: at(-400), notAfter: at(3650) };
  const organization = 'cs-play lab';
  const root = await certify(rootKey, { commonName: 'Lab Root', organization, authority: true, ...long });
  const authority = { commonName: 'Lab Intermediate', organization, authority: true, ...long, issuer: root };
  const intermediate = await certify(intermediateKey, authority);
  const server = { commonName, names, issuer: intermediate };
  const served = await certify(servedKey, { ...server, notBefore: at(-194), notAfter: at(6) });
  const renewed = await certify(renewedKey, { ...server, notBefore: at(-1), notAfter: at(200) });
  const expired = { notBefore: new Date('2012-02-03T03:30:40Z'), notAfter: new Date('2017-02-07T05:11:23Z') };
  const realhostip = { commonName: '*.realhostip.com', names: ['*.realhostip.com', 'realhostip.com'], ...expired };
  const snakeoil = { commonName: 'systemvm', names: ['systemvm'], ...long };
  const material = (pair: KeyPair): Material => ({
    key: pair.key,
    leaf: pair.certificate,
    intermediates: [intermediate.certificate],
    root: root.certificate,
  });
  return {
    served: material(served),
    renewed: material(renewed),
    realhostip: await certify(realhostipKey, realhostip),
    snakeoil: await certify(snakeoilKey, snakeoil),
  };
}

type Six = [string, string, string, string, string, string];

/** One certificate with a new RSA key of 2048 bits. */
export async function issue(request: CertificateRequest): Promise<KeyPair> {
  return certify(await generateKey(), request);
}

/** An unencrypted RSA key of 2048 bits, PKCS#8. */
async function generateKey(): Promise<string> {
  const { privateKey } = await generate('rsa', { modulusLength: 2048 });
  return String(privateKey.export({ type: 'pkcs8', format: 'pem' }));
}

async function certify(key: string, request: CertificateRequest): Promise<KeyPair> {
  const { default: forge } = await import('node-forge');
  const own = forge.pki.privateKeyFromPem(key);
  const certificate = forge.pki.createCertificate();
  certificate.publicKey = forge.pki.setRsaPublicKey(own.n, own.e);
  // A positive number, whatever the first byte is.
  certificate.serialNumber = `4${randomBytes(15).toString('hex').slice(1)}`;
  certificate.validity.notBefore = request.notBefore;
  certificate.validity.notAfter = request.notAfter;
  const subject = subjectOf(request);
  const issuer = request.issuer && forge.pki.certificateFromPem(request.issuer.certificate);
  certificate.setSubject(subject);
  certificate.setIssuer(issuer ? issuer.subject.attributes : subject);
  const issuerKey = issuer ? (issuer.publicKey as forge.pki.rsa.PublicKey) : certificate.publicKey;
  certificate.setExtensions(extensionsOf(request, keyId(forge, issuerKey as forge.pki.rsa.PublicKey)));
  const signer = request.issuer ? forge.pki.privateKeyFromPem(request.issuer.key) : own;
  certificate.sign(signer, forge.md.sha256.create());
  const pem = forge.pki.certificateToPem(certificate).replaceAll('\r\n', '\n');
  return { certificate: pem, key };
}

function subjectOf(request: CertificateRequest): forge.pki.CertificateField[] {
  const name = { name: 'commonName', value: request.commonName };
  if (request.organization === undefined) return [name];
  return [{ name: 'organizationName', value: request.organization }, name];
}

function keyId(library: typeof forge, key: forge.pki.rsa.PublicKey): string {
  return library.pki.getPublicKeyFingerprint(key, { type: 'RSAPublicKey' }).getBytes();
}

function extensionsOf(request: CertificateRequest, keyIdentifier: string): object[] {
  const identifiers = [{ name: 'subjectKeyIdentifier' }, { name: 'authorityKeyIdentifier', keyIdentifier }];
  if (request.authority) {
    const usage = { name: 'keyUsage', critical: true, keyCertSign: true, cRLSign: true };
    return [{ name: 'basicConstraints', cA: true, critical: true }, usage, ...identifiers];
  }
  const DNS_NAME = 2;
  return [
    { name: 'basicConstraints', cA: false, critical: true },
    { name: 'keyUsage', critical: true, digitalSignature: true, keyEncipherment: true },
    { name: 'extKeyUsage', serverAuth: true },
    { name: 'subjectAltName', altNames: (request.names ?? []).map((value) => ({ type: DNS_NAME, value })) },
    ...identifiers,
  ];
}
