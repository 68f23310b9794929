// The order of the calls of uploadCustomCertificate, and the chain that the system VMs then present.

import type { Bundle, Certificate } from './bundle.ts';

/** One certificate of the chain as it is uploaded. */
export interface UploadedCertificate {
  /** Key of CloudStack's row: the same name replaces what was there. */
  readonly name: string;
  /** Stored as `seq`. */
  readonly id: number;
  readonly certificate: Certificate;
}

/**
 * The chain in the order of upload; the server certificate with the key follows as the last call, without name and id.
 *
 * Both kinds of VM present the server certificate and then the rows from the highest `seq` to the lowest. So that this
 * reads leaf, its issuer, …, root, the root has the lowest id and `intermediate1` is the one that the root issued: the
 * highest id is the issuer of the leaf. The names are those of CloudStack's own form, so that its rows are replaced.
 * Source: real classes and real clients, the keystore table's `ORDER BY seq`, `ui/src/views/infra/InfraSummary.vue`.
 */
export function uploadOrder(bundle: Bundle): readonly UploadedCertificate[] {
  const downwards = bundle.intermediates.toReversed();
  return [
    { name: 'root', id: 1, certificate: bundle.root },
    ...downwards.map((certificate, index) => ({ name: `intermediate${index + 1}`, id: index + 2, certificate })),
  ];
}

/** What console proxies and secondary storage VMs present once the bundle is uploaded in `uploadOrder`: leaf to root. */
export function chainPresented(bundle: Bundle): readonly Certificate[] {
  return [bundle.leaf, ...bundle.intermediates, bundle.root];
}
