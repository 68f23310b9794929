import { rootCertificates } from 'node:tls';
import { countOf, latestOf, leavesOf } from '../src/cloudstack/leaves.ts';
import { namesToCover, SYSTEM_VMS } from '../src/cloudstack/names.ts';
import type { Problem } from '../src/errors.ts';
import { type Bundle, bundleIdentity, bundleValue } from '../src/pki/bundle.ts';
import { filesOfLayout } from '../src/pki/layout.ts';
import { type BundleOptions, examineBundle, type NamedBytes, refusal } from '../src/pki/read.ts';
import { blocksOfCaFile, type TrustStore, trustStore } from '../src/pki/trust-store.ts';
import { bundleWords, certificateWords } from '../src/pki/words.ts';
import { defineTask, Failure, ok, type Reader, type Secret } from '../src/task.ts';

type Local = Pick<Reader, 'files' | 'clock'>;

interface Args {
  readonly files: readonly string[];
  readonly passphrase: Secret | undefined;
  readonly root_file: string | undefined;
  readonly minimum_days: number;
  readonly covers: readonly string[] | undefined;
  readonly allow_older: boolean;
}

/** Where Debian, Red Hat, SUSE and Alpine keep the roots that the machine trusts. */
const caFiles = [
  '/etc/ssl/certs/ca-certificates.crt',
  '/etc/pki/tls/certs/ca-bundle.crt',
  '/etc/ssl/ca-bundle.pem',
  '/etc/ssl/cert.pem',
];

let lastTrust: { readonly text: string; readonly store: TrustStore } | undefined;

/** Node's own roots and the machine's. Built once for the same file: a run may read bundles for hundreds of clouds. */
async function trusted(local: Local): Promise<TrustStore> {
  const text = await firstReadable(local, caFiles);
  if (lastTrust?.text !== text) {
    lastTrust = { text, store: trustStore([...rootCertificates, ...blocksOfCaFile(text)]) };
  }
  return lastTrust.store;
}

/** Which of the files is there depends on the system; none at all leaves Node's roots. */
async function firstReadable({ files }: Local, paths: readonly string[]): Promise<string> {
  for (const path of paths) {
    try {
      return (await files.read(path, { maxBytes: 4 * 1024 * 1024 })).toString('latin1');
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
    }
  }
  return '';
}

/** The files that are meant: each as it is named, and for a folder those of its layout. */
async function filesOf(
  { files }: Local,
  paths: readonly string[],
): Promise<{ files: NamedBytes[]; problems: Problem[] }> {
  const found: NamedBytes[] = [];
  const problems: Problem[] = [];
  for (const path of paths) {
    const picked = await expanded({ files }, path);
    if ('message' in picked) problems.push(picked);
    else for (const name of picked) await readInto({ files }, name, found, problems);
  }
  return { files: found, problems };
}

async function expanded({ files }: Pick<Local, 'files'>, path: string): Promise<readonly string[] | Problem> {
  const names = await files.list(path);
  if (names === undefined) return [path];
  const folder = path.replace(/\/+$/, '');
  const picked = filesOfLayout(folder, names);
  return 'message' in picked ? picked : picked.map((name) => `${folder}/${name}`);
}

/** A file that cannot be read is one problem among the others. */
async function readInto(
  { files }: Pick<Local, 'files'>,
  name: string,
  found: NamedBytes[],
  problems: Problem[],
): Promise<void> {
  try {
    found.push({ name, bytes: await files.read(name) });
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    problems.push({ message: error.message, hint: error.hint });
  }
}

type Asked = Pick<BundleOptions, 'covers' | 'served'>;

async function examined(
  args: Args,
  local: Local,
  asked: Asked,
): Promise<{ readonly bundle: Bundle | undefined; readonly problems: readonly Problem[] }> {
  const { files, problems } = await filesOf(local, args.files);
  const roots = args.root_file === undefined ? undefined : await filesOf(local, [args.root_file]);
  const unread = [...problems, ...(roots?.problems ?? [])];
  if (unread.length > 0) return { bundle: undefined, problems: unread };
  return examineBundle(files, {
    ...asked,
    now: local.clock.now(),
    minimumDays: args.minimum_days,
    allowOlder: args.allow_older,
    passphrase: args.passphrase,
    root: roots?.files[0],
    trustStore: await trusted(local),
  });
}

export const certificateBundle = defineTask({
  name: 'certificate_bundle',
  summary: 'reads key, certificate and chain, and refuses what CloudStack or its clients would choke on',
  description: [
    'The files may come in any order and shape: PEM, DER, PKCS#7, PKCS#12, one bundle or several files, the key as PKCS#8 or PKCS#1, encrypted or not. A folder stands for the files that certbot, lego or acme.sh keep in it. The root may be in the files, in `root_file`, or is found among the roots that Node and this machine trust.',
    'CloudStack checks almost nothing of what is uploaded. Refused here: keys that are not RSA of at least 2048 bits, a key of another certificate, what has expired, is not valid yet or ends within `minimum_days`, self-signed certificates and those of a CA, a missing link up to the root, SHA-1, names that are not covered, what ends earlier than the certificate that is served, and what does not fit into one call.',
  ].join('\n\n'),
  args: {
    files: {
      type: 'strings',
      required: true,
      description: 'the files of the key, the certificate and its chain, or a folder of certbot, lego or acme.sh',
    },
    passphrase: { type: 'string', secret: true, description: 'what the key or the PKCS#12 file is encrypted with' },
    root_file: { type: 'string', description: 'the root in which the chain must end; by default it is looked for' },
    minimum_days: {
      type: 'integer',
      default: 14,
      minimum: 0,
      description: 'days that the certificate must still have, at least',
    },
    covers: {
      type: 'strings',
      description:
        'names, `*.` patterns and addresses that the certificate must be good for; `system_vms` stands for every name under which the system VMs of this cloud are reached',
    },
    allow_older: {
      type: 'boolean',
      default: false,
      description: 'take a certificate that ends earlier than the one that is served',
    },
  },
  returns: {
    fingerprint: 'SHA-256 of the server certificate, hexadecimal',
    subject: 'its common name',
    names: 'the DNS names that it covers',
    not_after: 'its end',
    leaf: 'the server certificate: pem, fingerprint, subject, issuer, not_before, not_after, names',
    intermediates: 'the same of each certificate between it and the root, from its issuer upwards',
    root: 'the same of the root',
    key: 'the private key, secret',
  },
  momentary: ['replaces'],
  example: [
    '- name: The new certificate is fit for this cloud',
    '  certificate_bundle:',
    '    files: [/etc/letsencrypt/live/console/privkey.pem, /etc/letsencrypt/live/console/fullchain.pem]',
    '    covers: system_vms',
    '  register: bundle\n',
  ].join('\n'),
  timeoutSeconds: 120,
  async preflight(args, local) {
    const covers = args.covers?.filter((name) => name !== SYSTEM_VMS);
    return (await examined(args, local, { covers })).problems;
  },
  async check(args, host, read) {
    const leaves = await leavesOf(host, read);
    const latest = leaves && latestOf(leaves.served);
    const covers = await namesToCover(args.covers ?? [], host, read);
    const { bundle, problems } = await examined(args, read, { covers, served: latest });
    if (bundle === undefined) throw refusal(problems);
    const now = read.clock.now();
    read.tell.note(`new     ${bundleWords(bundle, now)}`);
    if (leaves && latest) {
      const count = `on ${countOf(leaves, latest)} of ${leaves.running} system VMs`;
      read.tell.note(`served  ${certificateWords(latest, now)}, ${count}`);
    }
    return ok(bundleWords(bundle, now), { values: bundleValue(bundle), decidedOn: bundleIdentity(bundle) });
  },
});
