// The bundles that are kept of a cloud: what a host's variables say about them, and the way to their folder.

import type {
  BundleContent,
  BundleReader,
  BundleWriter,
  CloudIdentity,
  KeptBundle,
  NewlyKept,
  StepDoor,
  TaskHost,
} from '../../connection.ts';
import { Failure } from '../../errors.ts';
import { Secret } from '../../secret.ts';
import { readFileNow } from '../local/files.ts';
import { absolutePath, type Surroundings } from '../paths.ts';
import { told } from '../told.ts';
import {
  EMPTY_HINT,
  isEmptyVariable,
  listVariable,
  numberVariable,
  secretVariable,
  textVariable,
} from '../variables.ts';
import { decrypted, encrypted, identityFault, type Keys, type Lock, NotHeld, recipientFault } from './age.ts';
import { Shelf } from './shelf.ts';

/** What the bundles of a host's cloud need besides its variables. */
export interface BundlePlace {
  readonly around: Surroundings;
  /** The state folder. */
  readonly state: string;
  /** Which cloud the host lies in; undefined where in none. */
  readonly cloud: () => Promise<CloudIdentity | undefined>;
  /** For tests alone: a pass phrase is made expensive, and tests have many. */
  readonly workFactor?: number | undefined;
}

/** How many are kept where `bundles_kept` does not say. */
const KEPT = 3;
const PASSPHRASE = 'pass phrase';

const failure = (message: string, hint: string): Failure => new Failure(message, { code: 'bundle-variables', hint });

/** What the host's variables say a bundle is encrypted to; undefined where they say nothing. */
async function lockOf(host: TaskHost): Promise<Lock | undefined> {
  const recipients = listVariable(host, 'bundle_recipients');
  const passphrase = secretVariable(host, 'bundle_passphrase');
  // With an empty one anybody could open what is kept.
  if (isEmptyVariable(host, 'bundle_passphrase')) {
    throw failure(`variable "bundle_passphrase" of host "${host.path}" is empty`, EMPTY_HINT);
  }
  if (recipients.length === 0) return passphrase && { passphrase };
  if (passphrase) {
    throw failure(
      `host "${host.path}" has both "bundle_recipients" and "bundle_passphrase", and a file takes one or the other`,
      'with recipients, set "bundle_identity_file" to the key that opens them, and leave the pass phrase out',
    );
  }
  for (const recipient of recipients) {
    const fault = await recipientFault(recipient);
    if (fault === undefined) continue;
    throw failure(
      `"${recipient}" in "bundle_recipients" of host "${host.path}" is no recipient of age: ${fault}`,
      'age-keygen prints it: age1 and 58 more characters',
    );
  }
  return { recipients };
}

const IDENTITY_HINT =
  'age-keygen -o FILE writes one: a line AGE-SECRET-KEY-1…; a file that is itself encrypted is opened before: age -d';

function identityText(file: string, around: Surroundings): string {
  try {
    return readFileNow(file, around).toString('utf8');
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    throw failure(error.message, 'set "bundle_identity_file" to the file of the identity: its whole path, or ~/…');
  }
}

/** What the host's variables offer to open a bundle with. */
async function keysOf(host: TaskHost, around: Surroundings): Promise<Keys & { readonly file: string | undefined }> {
  const passphrase = secretVariable(host, 'bundle_passphrase');
  const file = textVariable(host, 'bundle_identity_file');
  if (file === undefined) return { identities: [], passphrase, file };
  const lines = identityText(file, around).split(/\r?\n/);
  const written = lines.map((line) => line.trim()).filter((line) => line !== '' && !line.startsWith('#'));
  const path = absolutePath(file, around);
  if (written.length === 0) throw failure(`the file "${path}" holds no identity of age`, IDENTITY_HINT);
  const identities = written.map((line) => new Secret(line));
  for (const identity of identities) {
    const fault = await identityFault(identity);
    if (fault !== undefined) throw failure(`the file "${path}" holds no identity of age: ${fault}`, IDENTITY_HINT);
  }
  return { identities, passphrase, file: path };
}

const notHeld = (message: string, hint: string): Failure => new Failure(message, { code: 'bundle-not-held', hint });

/** Why none of the keys opens it, and what would. */
function cannotOpen(
  { encryptedTo }: KeptBundle,
  { file, passphrase }: { file: string | undefined; passphrase: unknown },
): Failure {
  const hint = 'set "bundle_identity_file" to the file of the identity, or "bundle_passphrase"';
  const about =
    encryptedTo[0] === PASSPHRASE ? 'encrypted with a pass phrase' : `encrypted to ${encryptedTo.join(', ')}`;
  const tried = [
    ...(file === undefined ? [] : [`the identity in "${file}"`]),
    ...(passphrase === undefined ? [] : ['the pass phrase']),
  ];
  if (tried.length === 0)
    return notHeld(`its key is not held: no identity and no pass phrase is given, and it is ${about}`, hint);
  return notHeld(`its key is not held: ${tried.join(' and ')} does not open it, and it is ${about}`, hint);
}

const PRIVATE_KEY = /-----BEGIN ([A-Z ]*PRIVATE KEY)-----[\s\S]*?-----END \1-----\n?/;

/** Certificates and key apart: only the key is a secret. */
function contentOf(text: string): BundleContent {
  const [key] = PRIVATE_KEY.exec(text) ?? [];
  if (key === undefined) throw new Failure('it holds no private key in PEM', { code: 'bundle-damaged' });
  return { certificates: text.replace(key, ''), key: new Secret(key) };
}

const keptNumber = (host: TaskHost): number => {
  const number = numberVariable(host, 'bundles_kept') ?? KEPT;
  if (Number.isInteger(number)) return number;
  throw failure(`variable "bundles_kept" of host "${host.path}" is not a whole number`, `leave it out to mean ${KEPT}`);
};

async function shelfOf(host: TaskHost, { state, cloud }: BundlePlace): Promise<Shelf> {
  const known = await cloud();
  if (known) return new Shelf(state, known.identity);
  throw failure(
    `host "${host.path}" lies in no cloud: bundles are kept of clouds`,
    'give the task to a cloud: hosts: clouds',
  );
}

export function bundleReader(host: TaskHost, place: BundlePlace): BundleReader {
  return {
    list: async () => (await shelfOf(host, place)).list(),
    async encryptedTo() {
      const lock = await lockOf(host);
      if (lock === undefined) return [];
      keptNumber(host);
      return 'passphrase' in lock ? [PASSPHRASE] : lock.recipients;
    },
    async open(kept) {
      const shelf = await shelfOf(host, place);
      const bytes = await shelf.content(kept.fingerprint);
      const keys = await keysOf(host, place.around);
      try {
        return contentOf(await decrypted(bytes, keys));
      } catch (error) {
        if (error instanceof Failure) throw error;
        if (error instanceof NotHeld) throw cannotOpen(kept, keys);
        const reason = error instanceof Error ? error.message : String(error);
        throw new Failure(`its file is damaged: ${reason}`, { code: 'bundle-damaged' });
      }
    },
  };
}

export function bundleWriter(host: TaskHost, step: StepDoor, place: BundlePlace): BundleWriter {
  const reader = bundleReader(host, place);

  async function keep(bundle: NewlyKept, { certificates, key }: BundleContent): Promise<readonly KeptBundle[]> {
    const lock = await lockOf(host);
    if (lock === undefined) throw failure('nothing to encrypt to', 'set "bundle_recipients" or "bundle_passphrase"');
    const encryptedTo = await reader.encryptedTo();
    const shelf = await shelfOf(host, place);
    const others = (await shelf.list()).filter(({ fingerprint }) => fingerprint !== bundle.fingerprint);
    const surplus = others.slice(keptNumber(host) - 1);
    const what = `keep the bundle ${bundle.fingerprint} of ${host.name} in ${shelf.folder}`;
    // Half of it may have been done, and all of it may be done again.
    const wasDone = async () => false;
    return told(step, { what, wasDone, unseen: [] as KeptBundle[] }, async () => {
      const content = await encrypted(`${key.reveal()}${certificates}`, lock, place.workFactor);
      await shelf.put({ ...bundle, keptAt: new Date().toISOString(), run: step.run, encryptedTo }, content);
      for (const { fingerprint } of surplus) await shelf.remove(fingerprint);
      return surplus;
    });
  }

  return { ...reader, keep };
}
