import { replacedBy } from '../src/cloudstack/upload.ts';
import type { KeptBundle } from '../src/connection.ts';
import { keptParts } from '../src/pki/kept.ts';
import { bundleOf } from '../src/pki/read.ts';
import { uploadOrder } from '../src/pki/upload.ts';
import { shortFingerprint } from '../src/pki/validity.ts';
import { defineTask, ok, type ValueMap } from '../src/task.ts';

interface Detail {
  readonly fingerprint: string;
  readonly replaced: string | null;
}

const PASSPHRASE = 'pass phrase';

/** `encrypted to 2 recipients`, `encrypted with the pass phrase`. */
function encryptedWords(encryptedTo: readonly string[]): string {
  if (encryptedTo[0] === PASSPHRASE) return 'encrypted with the pass phrase';
  return `encrypted to ${encryptedTo.length === 1 ? '1 recipient' : `${encryptedTo.length} recipients`}`;
}

const same = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && a.every((text) => b.includes(text));

const removedWords = (removed: readonly KeptBundle[]): string =>
  removed.map(({ fingerprint }) => `; ${shortFingerprint(fingerprint)} is kept no more`).join('');

export const bundleStore = defineTask({
  name: 'bundle_store',
  summary: 'keeps a bundle on this machine, encrypted, for a way back',
  description: [
    'CloudStack gives no certificate back, and no key: who wants to go back to what was served must have kept it. The bundle is kept below the state folder of cs-play, one folder a cloud by the identity of the cloud, encrypted in the age format to `bundle_recipients` or with `bundle_passphrase`; beside it lies in clear what it is, without its key. The newest `bundles_kept` (by default 3) are kept. `age -d -i KEY FILE` opens it as well; inside is PEM.',
    'Put it behind the proofs: what is kept last counts as what was right last. Where neither variable is set, nothing is kept, and a warning says so.',
  ].join('\n\n'),
  args: {
    bundle: { type: 'bundle', description: 'what was applied and proved', required: true },
    names: { type: 'strings', description: 'names of the chain rows, where certificate_chain was given any' },
  },
  returns: { kept: 'whether it is kept', fingerprint: 'SHA-256 of its server certificate' },
  example: '- name: It is kept for a way back\n  bundle_store: { bundle: "{{ bundle }}" }\n',
  timeoutSeconds: 60,
  async check(args, host, read) {
    const { leaf } = bundleOf(args.bundle);
    const encryptedTo = await read.bundles.encryptedTo();
    const values: ValueMap = { kept: encryptedTo.length > 0, fingerprint: leaf.fingerprint };
    if (encryptedTo.length === 0) {
      read.tell.warn(
        'no recipient is configured: nothing is kept, and there will be no way back',
        'set "bundle_recipients" (age-keygen prints one) or "bundle_passphrase" in the inventory',
      );
      return ok('nothing is kept', { values, decidedOn: { encrypted_to: [] } });
    }
    const kept = await read.bundles.list();
    const [newest] = kept;
    const known = kept.find(({ fingerprint }) => fingerprint === leaf.fingerprint);
    const decidedOn = { encrypted_to: [...encryptedTo], kept: kept.map(({ fingerprint }) => fingerprint) };
    if (newest && newest === known && same(newest.encryptedTo, encryptedTo)) {
      return ok(`is kept, ${encryptedWords(encryptedTo)}`, { values, decidedOn });
    }
    const replaced = replacedBy(host, leaf.fingerprint) ?? known?.replaced ?? null;
    const detail: Detail = { fingerprint: leaf.fingerprint, replaced };
    const summary = `keep ${shortFingerprint(leaf.fingerprint)} for a way back`;
    return { verdict: 'change', summary, impact: encryptedWords(encryptedTo), detail, values, decidedOn };
  },
  async apply(change, _host, write, args) {
    const bundle = bundleOf(args.bundle);
    const { leaf } = bundle;
    const { replaced } = change.detail;
    const about = {
      fingerprint: leaf.fingerprint,
      subject: leaf.subject,
      names: leaf.names,
      notAfter: leaf.notAfter.toISOString(),
      rows: args.names ?? uploadOrder(bundle).map(({ name }) => name),
      ...(replaced !== null && { replaced }),
    };
    const removed = await write.bundles.keep(about, keptParts(bundle));
    const words = encryptedWords(await write.bundles.encryptedTo());
    return { message: `kept, ${words}${removedWords(removed)}`, values: change.values };
  },
});
