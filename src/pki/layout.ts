// Which files of a folder are the new certificate: the layouts of certbot, lego and acme.sh.

import type { Problem } from '../errors.ts';

/** Picks from the names in a folder, in the order key, certificate, chain; or tells why it cannot. */
export function filesOfLayout(folder: string, names: readonly string[]): readonly string[] | Problem {
  const there = new Set(names);
  const picked = certbot(there) ?? keyPairs(folder, there) ?? archive(there);
  return picked ?? nothingKnown(folder, names);
}

const present = (there: ReadonlySet<string>, ...names: readonly string[]): string[] =>
  names.filter((name) => there.has(name));

/** `privkey.pem` with `fullchain.pem`, or with `cert.pem` and `chain.pem`. */
function certbot(there: ReadonlySet<string>): readonly string[] | undefined {
  if (!there.has('privkey.pem')) return undefined;
  const certificates = present(there, 'fullchain.pem').concat(present(there, 'cert.pem', 'chain.pem', 'root.pem'));
  return certificates.length > 0 ? ['privkey.pem', ...certificates] : undefined;
}

/** lego: `NAME.key`, `NAME.crt`, `NAME.issuer.crt`; acme.sh: `NAME.key`, `NAME.cer`, `fullchain.cer`, `ca.cer`. */
function keyPairs(folder: string, there: ReadonlySet<string>): readonly string[] | Problem | undefined {
  const stems = [...there].filter((name) => name.endsWith('.key')).map((name) => name.slice(0, -'.key'.length));
  const pairs = stems
    .map((stem) => [
      `${stem}.key`,
      ...present(there, `${stem}.crt`, `${stem}.issuer.crt`, `${stem}.cer`, 'fullchain.cer', 'ca.cer'),
    ])
    .filter((files) => files.length > 1);
  return pairs.length > 1 ? several(folder, pairs) : pairs[0];
}

function archive(there: ReadonlySet<string>): readonly string[] | undefined {
  const archives = [...there].filter((name) => /\.(p12|pfx)$/i.test(name));
  return archives.length === 1 ? archives : undefined;
}

function several(folder: string, pairs: readonly (readonly string[])[]): Problem {
  const keys = pairs.map(([key]) => `"${key}"`).join(', ');
  const example = pairs[0]?.map((name) => `${folder}/${name}`).join(', ');
  return { message: `the folder "${folder}" holds several keys: ${keys}`, hint: `name the files: [${example}]` };
}

function nothingKnown(folder: string, names: readonly string[]): Problem {
  return {
    message: `the folder "${folder}" is not laid out as certbot, lego or acme.sh do it (${names.length === 1 ? '1 file' : `${names.length} files`})`,
    hint: 'name the files: the key, the certificate and its chain',
  };
}
