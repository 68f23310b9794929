import { chooseKept, isEverywhere, keptOf, keptWords, rowsLeft } from '../src/cloudstack/kept.ts';
import { countOf, type Leaves, latestOf, leavesOf } from '../src/cloudstack/leaves.ts';
import { namesToCover } from '../src/cloudstack/names.ts';
import { isStock } from '../src/cloudstack/served-by-vms.ts';
import type { KeptBundle } from '../src/connection.ts';
import { type Bundle, bundleValue } from '../src/pki/bundle.ts';
import { keptFiles } from '../src/pki/kept.ts';
import { covers } from '../src/pki/names.ts';
import { bundleOf, examineBundle, refusal } from '../src/pki/read.ts';
import { uploadOrder } from '../src/pki/upload.ts';
import { days, daysUntil, untilWords } from '../src/pki/validity.ts';
import { bundleWords, certificateWords } from '../src/pki/words.ts';
import { defineTask, Failure, ok, type Reader, type TaskHost, type ValueMap } from '../src/task.ts';

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

/** The name of the fact on the cloud. */
const CHOICE_FACT = 'certificate_kept';

interface Args {
  readonly fingerprint: string | undefined;
  readonly instead_of: ValueMap | undefined;
}

interface Choice {
  /** Null where nothing else is served. */
  readonly fingerprint: string | null;
  readonly force: boolean;
  readonly rows_left: readonly string[];
}

const cloudOf = (host: TaskHost): string => host.path.split('/')[0] ?? host.path;

const askedFor = (args: Args): string =>
  [args.fingerprint ?? 'any', args.instead_of ? bundleOf(args.instead_of).leaf.fingerprint : 'any'].join(' ');

/**
 * What this run has chosen already. It is asked again where a run goes on, since a journal keeps no keys, and what is
 * served by then is of this run's own making.
 */
function chosenBefore(args: Args, host: TaskHost): Choice | undefined {
  const fact = host.get(CHOICE_FACT);
  if (typeof fact !== 'object' || fact === null || !('asked' in fact)) return undefined;
  const { asked, fingerprint, force, rows_left: rows } = fact as ValueMap;
  if (asked !== askedFor(args)) return undefined;
  return {
    fingerprint: typeof fingerprint === 'string' ? fingerprint : null,
    force: force === true,
    rows_left: Array.isArray(rows) ? rows.map(String) : [],
  };
}

interface Seen {
  readonly all: readonly KeptBundle[];
  readonly leaves: Leaves | undefined;
  readonly now: Date;
}

function choose(args: Args, host: TaskHost, { all, leaves, now }: Seen): Choice {
  const instead = args.instead_of && bundleOf(args.instead_of);
  if (!instead || args.fingerprint !== undefined) {
    const kept = chooseKept(all, { cloud: cloudOf(host), fingerprint: args.fingerprint, leaves });
    return choiceOf(kept, all, instead, leaves);
  }
  const others = (leaves?.served ?? []).filter((leaf) => leaf.fingerprint !== instead.leaf.fingerprint);
  const served = latestOf(others.filter((leaf) => !isStock(leaf) && leaf.notAfter > now));
  return served
    ? choiceOf(keptOf(all, served), all, instead, leaves)
    : { fingerprint: null, force: false, rows_left: [] };
}

/** Where another upload may have come first, what the VMs still serve says nothing: it is to be uploaded in any case. */
function choiceOf(
  kept: KeptBundle,
  all: readonly KeptBundle[],
  instead: Bundle | undefined,
  leaves: Leaves | undefined,
): Choice {
  const rows = [...all.map((each) => each.rows), instead ? uploadOrder(instead).map(({ name }) => name) : []];
  return {
    fingerprint: kept.fingerprint,
    force: instead !== undefined || !isEverywhere(kept, leaves),
    rows_left: rowsLeft(kept.rows, rows),
  };
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
      description: 'a bundle that may have to be given up: what is served instead of it now is chosen',
    },
    covers: {
      type: 'strings',
      description: 'names that the certificate must be good for, as in certificate_bundle',
    },
  },
  returns: {
    fingerprint: 'SHA-256 of the server certificate, hexadecimal; null where nothing is served instead of instead_of',
    subject: 'its common name',
    names: 'the DNS names that it covers',
    not_after: 'its end',
    leaf: 'the server certificate, as certificate_bundle has it',
    intermediates: 'the certificates between it and the root, from its issuer upwards',
    root: 'the root',
    key: 'the private key, secret',
    force: 'whether it has to be uploaded even where a system VM serves it already: not all of them do',
    rows_left: 'names of the chain rows of other bundles that stay in CloudStack: certificate_chain: { overwrite: … }',
  },
  momentary: ['replaces', 'force', 'rows_left'],
  example:
    '- name: What was served before can be gone back to\n  kept_bundle: { covers: system_vms }\n  register: bundle\n',
  timeoutSeconds: 120,
  sameAgain: (args, { fingerprint }) => ({ ...args, fingerprint: String(fingerprint) }),
  async check(args, host, read) {
    const all = await read.bundles.list();
    const leaves = await leavesOf(host, read);
    const choice = chosenBefore(args, host) ?? choose(args, host, { all, leaves, now: read.clock.now() });
    const facts = { [CHOICE_FACT]: { ...choice, asked: askedFor(args) } };
    if (choice.fingerprint === null) return ok('nothing else is served', { values: { fingerprint: null }, facts });
    const kept = chooseKept(all, { cloud: cloudOf(host), fingerprint: choice.fingerprint, leaves });
    const bundle = await opened(kept, read);
    refuseUncovered(kept, bundle, await namesToCover(args.covers ?? [], host, read));
    tellBundles(bundle, leaves, read);
    const values = { ...bundleValue(bundle), force: choice.force, rows_left: choice.rows_left };
    const served = [...new Set((leaves?.served ?? []).map(({ fingerprint }) => fingerprint))].sort();
    return ok(bundleWords(bundle, read.clock.now()), { values, facts, decidedOn: { kept: kept.fingerprint, served } });
  },
});
