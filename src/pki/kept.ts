// A bundle as it is kept for a way back: PEM, which any program can read that a person may want to use instead.

import type { NamedBytes } from './blocks.ts';
import type { Bundle } from './bundle.ts';
import { chainPresented } from './upload.ts';

/** The parts of a kept bundle, each PEM. */
export interface KeptParts {
  /** Server certificate, intermediates, root. */
  readonly certificates: string;
  readonly key: Bundle['key'];
}

export function keptParts(bundle: Bundle): KeptParts {
  return {
    certificates: chainPresented(bundle)
      .map(({ pem }) => pem)
      .join(''),
    key: bundle.key,
  };
}

/** The same as files to be examined; `name` is what problems call them. */
export function keptFiles({ certificates, key }: KeptParts, name: string): readonly NamedBytes[] {
  return [
    { name, bytes: Buffer.from(key.reveal()) },
    { name, bytes: Buffer.from(certificates) },
  ];
}
