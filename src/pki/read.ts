// Files in, one bundle out: the door of this folder.

import { Failure, type Problem } from '../errors.ts';
import type { Value, ValueMap } from '../model.ts';
import { Secret } from '../secret.ts';
import { type NamedBytes, placed } from './blocks.ts';
import type { Bundle, Certificate } from './bundle.ts';
import { readCertificate } from './certificate.ts';
import { findChain, issued } from './chain.ts';
import { gapProblem, type Places, pathProblems, sizeProblems } from './chain-rules.ts';
import { type FoundCertificate, gather, type Material } from './gather.ts';
import { type FoundKey, normalisedKey } from './private-key.ts';
import { belongs, type Expectations, leafProblems } from './rules.ts';
import type { TrustStore } from './trust-store.ts';
import { day } from './validity.ts';

export type { NamedBytes } from './blocks.ts';
export type { Expectations } from './rules.ts';

export interface BundleOptions extends Expectations {
  readonly passphrase?: Secret | undefined;
  /** The file that holds the root: the chain must end in it. */
  readonly root?: NamedBytes | undefined;
  /** Where a root is looked for that is not in the files. */
  readonly trustStore?: TrustStore | undefined;
}

export type Examined =
  | { readonly bundle: Bundle; readonly problems: readonly [] }
  | { readonly bundle: undefined; readonly problems: readonly Problem[] };

/** Reads and judges: the normalised bundle, or every problem that was found. */
export async function examineBundle(files: readonly NamedBytes[], options: BundleOptions): Promise<Examined> {
  const material = await gather(files, options.passphrase);
  const roots = options.root ? await gather([options.root], undefined) : undefined;
  const root = roots && rootOf(roots, options.root?.name ?? '');
  const unread = [...material.problems, ...(roots?.problems ?? [])];
  if (root && 'message' in root) return { bundle: undefined, problems: [...unread, root] };
  if (unread.length > 0) return { bundle: undefined, problems: unread };
  const chosen = choose(material, files);
  if ('message' in chosen) return { bundle: undefined, problems: [chosen] };
  return judge(chosen, material, root, options);
}

/** As `examineBundle`; all problems in one `Failure`, each with its fix (code `bundle-refused`). */
export async function readBundle(files: readonly NamedBytes[], options: BundleOptions): Promise<Bundle> {
  const { bundle, problems } = await examineBundle(files, options);
  if (bundle === undefined) throw refusal(problems);
  return bundle;
}

/** One problem speaks for itself; several become a list. */
export function refusal(problems: readonly Problem[]): Failure {
  const [first] = problems;
  if (problems.length === 1 && first) return new Failure(first.message, { hint: first.hint, code: 'bundle-refused' });
  const lines = problems.map(({ message, hint }) => `  ${message}${hint === undefined ? '' : `\n    hint: ${hint}`}`);
  return new Failure(`${problems.length} problems with the certificate files:\n${lines.join('\n')}`, {
    code: 'bundle-refused',
  });
}

interface Chosen {
  readonly leaf: FoundCertificate;
  readonly key: FoundKey;
}

/** The one key, and the certificate made for it; where none was, the one that looks most like a server's. */
function choose({ certificates, keys }: Material, files: readonly NamedBytes[]): Chosen | Problem {
  const [key, second] = keys;
  if (certificates.length === 0) return nothing('certificate', files);
  if (key === undefined) return nothing('private key', files);
  if (second) return twoKeys(key, second);
  const own = certificates.filter(({ certificate }) => belongs(key, certificate));
  const [leaf, other] = own;
  if (leaf && other) return twoLeaves(leaf, other);
  const servers = certificates.filter(({ certificate }) => !certificate.ca && !issuesAny(certificate, certificates));
  const best = leaf ?? servers[0] ?? certificates[0];
  return best ? { leaf: best, key } : nothing('certificate', files);
}

const issuesAny = (issuer: Certificate, all: readonly FoundCertificate[]): boolean =>
  all.some(({ certificate }) => certificate !== issuer && issued(issuer, certificate));

function nothing(what: 'certificate' | 'private key', files: readonly NamedBytes[]): Problem {
  const named = files.map(({ name }) => `"${name}"`).join(', ');
  return {
    message: named === '' ? 'no files were given' : `there is no ${what} in ${named}`,
    hint: `name the file of the ${what} as well; certbot: privkey.pem, fullchain.pem; lego: NAME.key, NAME.crt; acme.sh: NAME.key, fullchain.cer`,
  };
}

function twoKeys(first: FoundKey, second: FoundKey): Problem {
  return {
    message: `there are two private keys: in ${placed(first)} and in ${placed(second)}`,
    hint: 'give only the key of the server certificate',
  };
}

function twoLeaves(first: FoundCertificate, second: FoundCertificate): Problem {
  const words = ({ certificate, ...where }: FoundCertificate): string =>
    `${placed(where)} until ${day(certificate.notAfter)}`;
  return {
    message: `there are two certificates for the same key, "${first.certificate.subject}": ${words(first)}, and ${words(second)}`,
    hint: 'give only the one that is to be served',
  };
}

function rootOf({ certificates, problems }: Material, name: string): FoundCertificate | Problem | undefined {
  const roots = certificates.filter(({ certificate }) => certificate.selfSigned);
  const [root, second] = roots;
  if (root && second)
    return { message: `"${name}" holds ${roots.length} roots`, hint: 'give only the root that the chain is to end in' };
  if (root || problems.length > 0) return root;
  const [first] = certificates;
  const what = first
    ? `"${first.certificate.subject}" in it was issued by "${first.certificate.issuer}"`
    : 'no certificate is in it';
  return {
    message: `"${name}" holds no root: ${what}`,
    hint: 'a root is issued by itself; give its certificate as root_file',
  };
}

const placesOf = (all: readonly FoundCertificate[]): Places =>
  new Map(all.toReversed().map((found) => [found.certificate.fingerprint, found]));

function judge(
  chosen: Chosen,
  material: Material,
  root: FoundCertificate | undefined,
  options: BundleOptions,
): Examined {
  const { leaf } = chosen;
  const places = placesOf([...material.certificates, ...(root ? [root] : [])]);
  const key = chosen.key.key && chosen.key.type === 'rsa' ? normalisedKey(chosen.key.key) : undefined;
  const problems = leafProblems({ ...chosen, ...options });
  const path = leaf.certificate.selfSigned ? [] : pathOf(leaf, material, root, options, places, problems);
  problems.push(...pathProblems(path, options, places), ...sizeProblems(path, key?.bytes ?? 0, places));
  const [, ...above] = path;
  const top = above.pop();
  if (problems.length > 0 || key === undefined || top === undefined) return { bundle: undefined, problems };
  return { bundle: { leaf: leaf.certificate, intermediates: above, root: top, key: key.pem }, problems: [] };
}

/** From the leaf to the root; where there is no way, the leaf alone and one problem more. */
function pathOf(
  leaf: FoundCertificate,
  material: Material,
  root: FoundCertificate | undefined,
  { trustStore, now }: BundleOptions,
  places: Places,
  problems: Problem[],
): readonly Certificate[] {
  const given = material.certificates.map(({ certificate }) => certificate);
  const chain = findChain(leaf.certificate, { given, root: root?.certificate, trustStore, now });
  if (chain.kind === 'complete') return chain.path;
  problems.push(gapProblem(chain, root?.certificate, places));
  return [leaf.certificate];
}

/** The way back from what `certificate_bundle` registered. Throws `Failure` for anything else. */
export function bundleOf(value: ValueMap): Bundle {
  const { leaf, intermediates, root, key } = value;
  if (!Array.isArray(intermediates) || !(key instanceof Secret)) throw notABundle();
  return {
    leaf: certificateOf(leaf),
    intermediates: intermediates.map(certificateOf),
    root: certificateOf(root),
    key,
  };
}

const notABundle = (): Failure =>
  new Failure('this is not a bundle that the task "certificate_bundle" registered', {
    hint: 'register: bundle on that task, and here bundle: "{{ bundle }}"',
    code: 'not-a-bundle',
  });

/** A certificate from `{{ bundle.root }}` or from PEM text. Throws `Failure` for anything else. */
export function certificateOf(value: Value | undefined): Certificate {
  const pem = typeof value === 'string' ? value : pemIn(value);
  if (pem === undefined) throw notABundle();
  try {
    return readCertificate(pem);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Failure(`this is not a certificate in PEM: it ${reason}`, { hint: 'certificate: "{{ bundle.root }}"' });
  }
}

function pemIn(value: Value | undefined): string | undefined {
  if (value === null || typeof value !== 'object' || !('pem' in value)) return undefined;
  return typeof value.pem === 'string' ? value.pem : undefined;
}
