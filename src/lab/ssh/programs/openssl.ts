// openssl x509, pkey, dgst, verify, version, in the words of OpenSSL 3.0 (Debian 12, what system VMs run).

import { createHash, createPrivateKey, createPublicKey, type KeyObject, type X509Certificate } from 'node:crypto';
import { type Call, done, failed, isFolder, type Output, type Program, together } from '../system.ts';
import { type Parsed, readWordOptions } from './arguments.ts';
import { certificateIn, fingerprint, nameParts, publicKeyPem } from './certificate.ts';

export const openssl: Program = (call) => {
  const [command = '', ...args] = call.args;
  const run = commands[command];
  if (run === undefined) return failed(1, `Invalid command '${command}'; type "help" for a list.\n`);
  return run({ ...call, args });
};

const commands: Readonly<Record<string, Program>> = {
  x509: printCertificate,
  pkey: (call) => printKey(call, []),
  rsa: (call) => printKey(call, ['modulus']),
  dgst: digest,
  verify,
  version: () => done('OpenSSL 3.0.17 1 Jul 2025 (Library: OpenSSL 3.0.17 1 Jul 2025)\n'),
};

type Printer = (certificate: X509Certificate, parsed: Parsed) => Output;

/** What each option prints; openssl prints in the order of the options given. */
const printers: Readonly<Record<string, Printer>> = {
  subject: (certificate) => done(`subject=${nameLine(certificate.subject)}\n`),
  issuer: (certificate) => done(`issuer=${nameLine(certificate.issuer)}\n`),
  serial: (certificate) => done(`serial=${certificate.serialNumber}\n`),
  startdate: (certificate) => done(`notBefore=${certificate.validFrom}\n`),
  enddate: (certificate) => done(`notAfter=${certificate.validTo}\n`),
  pubkey: (certificate) => done(publicKeyPem(certificate)),
  modulus: (certificate) => modulus(certificate.publicKey),
  text: () => failed(1, 'x509: the lab does not print -text; ask for -subject, -issuer, -dates, -ext\n'),
  fingerprint: (certificate, { options }) =>
    options.has('sha256')
      ? done(`sha256 Fingerprint=${fingerprint(certificate, 'sha256')}\n`)
      : done(`SHA1 Fingerprint=${fingerprint(certificate, 'sha1')}\n`),
  ext: (certificate, { options }) => {
    if (options.get('ext') !== 'subjectAltName')
      return failed(1, 'x509: the lab prints the extension subjectAltName only\n');
    if (certificate.subjectAltName === undefined) return { ...done(), stderr: 'No extensions in certificate\n' };
    return done(`X509v3 Subject Alternative Name: \n    ${certificate.subjectAltName}\n`);
  },
  checkend: (certificate, { options }) => {
    const until = Date.now() + Number(options.get('checkend')) * 1000;
    const expires = Date.parse(certificate.validTo) < until;
    return { ...done(`Certificate will ${expires ? '' : 'not '}expire\n`), code: expires ? 1 : 0 };
  },
};

async function printCertificate(call: Call): Promise<Output> {
  const parsed = readWordOptions(
    call.args,
    ['in', 'inform', 'ext', 'checkend'],
    [
      'noout',
      'sha256',
      'sha1',
      'subject',
      'issuer',
      'serial',
      'startdate',
      'enddate',
      'dates',
      'pubkey',
      'fingerprint',
      'modulus',
      'text',
    ],
  );
  if (parsed.unknown !== undefined) return unknownOption('x509', parsed.unknown);
  const text = await input(call, parsed, 'certificate');
  if (typeof text !== 'string') return { ...text, stderr: `${text.stderr}Unable to load certificate\n` };
  const certificate = certificateIn(text);
  if (certificate === undefined) {
    const source = parsed.options.get('in') ?? '<stdin>';
    return failed(1, `Could not read certificate from ${source}\nUnable to load certificate\n`);
  }
  const asked = [...parsed.options.keys()].flatMap((name) => (name === 'dates' ? ['startdate', 'enddate'] : [name]));
  const outputs = [...new Set(asked)].flatMap((name) => printers[name]?.(certificate, parsed) ?? []);
  if (!parsed.options.has('noout')) outputs.push(done(certificate.toString()));
  return together(outputs);
}

/** OpenSSL 3's one line: `CN = *.example.com, O = Acme`, quoted where a value has a comma. */
function nameLine(name: string): string {
  return nameParts(name)
    .map(({ type, value }) => `${type} = ${/[,+<>;"]/.test(value) ? `"${value.replaceAll('"', '\\"')}"` : value}`)
    .join(', ');
}

function modulus(key: KeyObject): Output {
  const { n } = key.asymmetricKeyType === 'rsa' ? key.export({ format: 'jwk' }) : {};
  if (n === undefined) return done('Modulus=No modulus for this public key type\n');
  return done(`Modulus=${Buffer.from(n, 'base64url').toString('hex').toUpperCase()}\n`);
}

/** `pkey -in FILE -pubout`; the private half goes out when it is asked for, as from any root shell. */
async function printKey(call: Call, more: readonly string[]): Promise<Output> {
  const parsed = readWordOptions(call.args, ['in', 'inform', 'passin'], ['noout', 'pubout', 'pubin', 'check', ...more]);
  if (parsed.unknown !== undefined) return unknownOption('pkey', parsed.unknown);
  const text = await input(call, parsed, 'key');
  if (typeof text !== 'string') return text;
  const key = keyIn(text, parsed.options.has('pubin'));
  if (key === undefined) return failed(1, `Could not read key from ${parsed.options.get('in') ?? '<stdin>'}\n`);
  const check = parsed.options.has('check') ? 'Key is valid\n' : '';
  const asked = check + (parsed.options.has('modulus') ? modulus(key).stdout : '');
  if (parsed.options.has('noout')) return done(asked);
  return done(asked + (parsed.options.has('pubout') || key.type === 'public' ? publicPem(key) : privatePem(key)));
}

const publicPem = (key: KeyObject): string =>
  String((key.type === 'public' ? key : createPublicKey(key)).export({ type: 'spki', format: 'pem' }));
const privatePem = (key: KeyObject): string => String(key.export({ type: 'pkcs8', format: 'pem' }));

function keyIn(text: string, isPublic: boolean): KeyObject | undefined {
  if (!/-----BEGIN [A-Z ]*KEY-----/.test(text)) return undefined;
  try {
    return isPublic ? createPublicKey(text) : createPrivateKey(text);
  } catch (error) {
    if (error instanceof Error && 'code' in error) return undefined;
    throw error;
  }
}

function digest(call: Call): Output {
  const algorithms = { sha256: 'SHA2-256', sha1: 'SHA1', sha512: 'SHA2-512', md5: 'MD5' };
  const parsed = readWordOptions(call.args, [], Object.keys(algorithms));
  if (parsed.unknown !== undefined) return unknownOption('dgst', parsed.unknown);
  const [algorithm, label] = Object.entries(algorithms).find(([name]) => parsed.options.has(name)) ?? [
    'sha256',
    'SHA2-256',
  ];
  return together(
    parsed.operands.map((path) => {
      const content = call.system.read(path);
      if (content === undefined) return failed(1, `${path}: No such file or directory\n`);
      return done(`${label}(${path})= ${createHash(algorithm).update(content).digest('hex')}\n`);
    }),
  );
}

/** `verify [-CAfile ROOTS] [-untrusted CHAIN] FILE…`: by signatures and dates, from the leaf up to a trusted root. */
function verify(call: Call): Output {
  const parsed = readWordOptions(call.args, ['CAfile', 'untrusted', 'purpose'], ['verbose', 'partial_chain']);
  if (parsed.unknown !== undefined) return unknownOption('verify', parsed.unknown);
  const pool = (name: string): X509Certificate[] => certificatesIn(call, parsed.options.get(name));
  return together(
    parsed.operands.map((path) => {
      const leaf = certificateIn(call.system.read(path)?.toString('utf8') ?? '');
      if (leaf === undefined)
        return failed(1, `Could not open file or uri for loading certificate file from ${path}\n`);
      const problem = chainProblem(leaf, pool('CAfile'), pool('untrusted'));
      if (problem === undefined) return done(`${path}: OK\n`);
      return failed(2, `error ${path}: verification failed\n${problem}\n`);
    }),
  );
}

function certificatesIn(call: Call, path: string | true | undefined): X509Certificate[] {
  const text = typeof path === 'string' ? (call.system.read(path)?.toString('utf8') ?? '') : '';
  const blocks = text.match(/-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----/g) ?? [];
  return blocks.flatMap((block) => certificateIn(block) ?? []);
}

/** OpenSSL's error for the first thing that is wrong, or undefined. */
function chainProblem(leaf: X509Certificate, roots: X509Certificate[], others: X509Certificate[]): string | undefined {
  let current = leaf;
  for (let depth = 0; depth < 10; depth += 1) {
    if (Date.parse(current.validTo) < Date.now()) return `error 10 at ${depth} depth lookup: certificate has expired`;
    const signs = (issuer: X509Certificate) => current.checkIssued(issuer) && current.verify(issuer.publicKey);
    if (roots.some((root) => root.fingerprint256 === current.fingerprint256 || signs(root))) return undefined;
    const issuer = others.find((candidate) => candidate.fingerprint256 !== current.fingerprint256 && signs(candidate));
    if (issuer === undefined) return `error 20 at ${depth} depth lookup: unable to get local issuer certificate`;
    current = issuer;
  }
  return 'error 22 at 10 depth lookup: certificate chain too long';
}

async function input(call: Call, parsed: Parsed, what: string): Promise<string | Output> {
  const path = parsed.options.get('in');
  if (typeof path !== 'string') return call.stdin();
  const content = call.system.read(path);
  if (content !== undefined) return content.toString('utf8');
  const reason = isFolder(call.system, path) ? 'read' : 'open file or uri for loading';
  return failed(1, `Could not ${reason} ${what} from ${path}\n`);
}

const unknownOption = (command: string, option: string): Output =>
  failed(1, `${command}: Unknown option: ${option.replace(/^-/, '')}\n${command}: Use -help for summary.\n`);
