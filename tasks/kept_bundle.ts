import { chooseKept, isEverywhere, keptWords, rowsLeft } from '../src/cloudstack/kept.ts';
import { countOf, type Leaves, latestOf, leavesOf } from '../src/cloudstack/leaves.ts';
import { namesToCover } from '../src/cloudstack/names.ts';
import type { KeptBundle } from '../src/connection.ts';
import { type Bundle, bundleValue } from '../src/pki/bundle.ts';
import { keptFiles } from '../src/pki/kept.ts';
import { covers } from '../src/pki/names.ts';
import { bundleOf, examineBundle, refusal } from '../src/pki/read.ts';
import { uploadOrder } from '../src/pki/upload.ts';
import { days, daysUntil, untilWords } from '../src/pki/validity.ts';
import { bundleWords, certificateWords } from '../src/pki/words.ts';
import { defineTask, Failure, ok, type Reader } from '../src/task.ts';

/** Fewer days than this are worth a warning: who goes back has little time to go forward again. */
const FEW_DAYS = 14;

const ANOTHER = 'choose another, or go forward with a new certificate: rotate-certs.yml';

const refused = (kept: KeptBundle, words: string, code: string, hint: string | undefined = ANOTHER): Failure =>
  new Failure(`the kept bundle ${keptWords(kept)} ${words}`, { code, hint });

/** Opened and found sound: key, certificate and chain belong together. */
async function opened(kept: KeptBundle, read: Reader): Promise<Bundle> {
  const now = read.clock.now();
  const notAfter = new Date(kept.notAfter);
  if (now > notAfter) throw refused(kept, untilWords({ notAfter }, now), 'bundle-expired');
  const files = keptFiles(await content(kept, read), 'the kept bundle');
  const { bundle, problems } = await examineBundle(files, { now, minimumDays: 0, allowOlder: true });
  if (bundle === undefined) throw refused(kept, `is not sound: ${refusal(problems).message}`, 'bundle-damaged');
  if (bundle.leaf.fingerprint === kept.fingerprint) return bundle;
  throw refused(kept, `holds another certificate: ${bundle.leaf.fingerprint}`, 'bundle-damaged');
}

async function content(kept: KeptBundle, read: Reader) {
  try {
    return await read.bundles.open(kept);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    throw refused(kept, `cannot be decrypted: ${error.message}`, error.code ?? 'bundle-damaged', error.hint);
  }
}

function refuseUncovered(kept: KeptBundle, { leaf }: Bundle, wanted: readonly string[]): void {
  const missing = wanted.filter((name) => !covers(leaf, name));
  if (missing.length === 0) return;
  const names = missing.map((name) => `"${name}"`).join(', ');
  throw refused(kept, `does not cover ${names}`, 'bundle-names');
}

function tellBundles(bundle: Bundle, leaves: Leaves | undefined, read: Reader): void {
  const now = read.clock.now();
  read.tell.note(`back    ${bundleWords(bundle, now)}`);
  const latest = leaves && latestOf(leaves.served);
  if (leaves && latest) {
    const count = `on ${countOf(leaves, latest)} of ${leaves.running} system VMs`;
    read.tell.note(`served  ${certificateWords(latest, now)}, ${count}`);
  }
  const left = daysUntil(bundle.leaf.notAfter, now);
  if (left >= FEW_DAYS) return;
  read.tell.warn(
    `the certificate that is gone back to has only ${days(left)} left (${untilWords(bundle.leaf, now)})`,
    'have a new one ready before it ends',
  );
}

export const keptBundle = defineTask({
  name: 'kept_bundle',
  summary: 'opens a bundle that bundle_store has kept, and refuses what cannot be gone back to',
  description:
    'By default the newest kept bundle whose certificate is not on every system VM. Refused: where none is kept, where several could be meant, what has expired, what cannot be decrypted with `bundle_identity_file` or `bundle_passphrase`, what does not cover the names, and what is not whole. What it registers is used as that of `certificate_bundle` is.',
  args: {
    fingerprint: { type: 'string', description: 'SHA-256 of its server certificate, or the beginning of it' },
    instead_of: {
      type: 'bundle',
      description: 'the bundle that is given up: it is not chosen, and may be in CloudStack, wholly or in part',
    },
    covers: {
      type: 'strings',
      description: 'names that the certificate must be good for, as in certificate_bundle',
    },
  },
  returns: {
    fingerprint: 'SHA-256 of the server certificate, hexadecimal',
    subject: 'its common name',
    names: 'the DNS names that it covers',
    not_after: 'its end',
    leaf: 'the server certificate, as certificate_bundle has it',
    intermediates: 'the certificates between it and the root, from its issuer upwards',
    root: 'the root',
    key: 'the private key, secret',
    replaces: 'SHA-256 of the certificate that is served now and that it replaces; null where none is',
    force: 'whether it has to be uploaded even where a system VM serves it already: not all of them do',
    rows_left: 'names of the chain rows of other bundles that stay in CloudStack: certificate_chain: { overwrite: … }',
  },
  example:
    '- name: What was served before can be gone back to\n  kept_bundle: { covers: system_vms }\n  register: bundle\n',
  timeoutSeconds: 120,
  async check(args, host, read) {
    const cloud = host.path.split('/')[0] ?? host.path;
    const instead = args.instead_of && bundleOf(args.instead_of);
    const [leaves, all] = [await leavesOf(host, read), await read.bundles.list()];
    const wish = { cloud, fingerprint: args.fingerprint, insteadOf: instead?.leaf.fingerprint, leaves };
    const kept = chooseKept(all, wish);
    const bundle = await opened(kept, read);
    refuseUncovered(kept, bundle, await namesToCover(args.covers ?? [], host, read));
    tellBundles(bundle, leaves, read);
    const others = (leaves?.served ?? []).filter(({ fingerprint }) => fingerprint !== kept.fingerprint);
    const rows = [...all.map((each) => each.rows), instead ? uploadOrder(instead).map(({ name }) => name) : []];
    const values = {
      ...bundleValue(bundle),
      replaces: latestOf(others)?.fingerprint ?? null,
      force: instead !== undefined || !isEverywhere(kept, leaves),
      rows_left: [...rowsLeft(kept.rows, rows)],
    };
    const served = [...new Set((leaves?.served ?? []).map(({ fingerprint }) => fingerprint))].sort();
    return ok(bundleWords(bundle, read.clock.now()), { values, decidedOn: { kept: kept.fingerprint, served } });
  },
});
