// The upload of a run as the hosts below the cloud see it: a fact of the cloud, so that a step on a system VM knows
// whether this very run's upload restarts that VM by itself.

import type { TaskHost } from '../connection.ts';
import { Failure } from '../errors.ts';
import type { Value, ValueMap } from '../model.ts';
import type { SystemVmType } from './names.ts';
import type { KnownEvents } from './upload-events.ts';
import type { Behaviour } from './versions.ts';

/** The name of the fact on the cloud. */
export const UPLOAD_FACT = 'certificate_upload';
/** The name of the fact on a system VM whose restart by an upload has been seen through: that upload's fingerprint. */
export const SEEN_FACT = 'certificate_upload_seen';

/** The name of the fact on a cloud that lacks a chain whose upload was left alone: that chain's fingerprint. */
export const LACKING_FACT = 'certificate_lacking';

/** The name of the fact on the cloud: the fingerprint of what was served before this run's upload; null where nothing was. */
export const REPLACED_FACT = 'certificate_replaced';

export interface Upload {
  /** SHA-256 of the leaf, lower-case hex. */
  readonly fingerprint: string;
  /** ISO time; null in a plan. */
  readonly at: string | null;
  /** `all`: console proxies as well, up to 4.21; `storage`: only the storage VMs. */
  readonly restarts: 'all' | 'storage';
  /** The same chain was served before: seeing it served proves no restart. */
  readonly again: boolean;
  /** The events of uploads up to this one; null in a plan, and where they cannot be seen. */
  readonly events: KnownEvents | null;
}

export function uploadFact(
  fingerprint: string,
  at: string | null,
  behaviour: Behaviour,
  again: boolean,
  events: KnownEvents | null,
): { readonly [UPLOAD_FACT]: ValueMap } {
  return {
    [UPLOAD_FACT]: {
      ...{ fingerprint, at, restarts: behaviour.uploadRestartsConsoles ? 'all' : 'storage', again },
      events: events && { ids: events.ids, since: events.since },
    },
  };
}

function knownIn(value: Value | undefined): KnownEvents | null {
  if (typeof value !== 'object' || value === null || !('ids' in value)) return null;
  const { ids, since } = value as ValueMap;
  return { ids: Array.isArray(ids) ? ids.map(String) : [], since: typeof since === 'string' ? since : null };
}

/** Reads the fact; undefined where there is none. */
export function uploadIn(fact: Value | undefined): Upload | undefined {
  if (typeof fact !== 'object' || fact === null || !('fingerprint' in fact)) return undefined;
  const { fingerprint, at, restarts, again, events } = fact as ValueMap;
  return {
    fingerprint: String(fingerprint),
    at: typeof at === 'string' ? at : null,
    restarts: restarts === 'all' ? 'all' : 'storage',
    again: again === true,
    events: knownIn(events),
  };
}

/** The upload of that certificate by this run. */
function uploadOf(host: TaskHost, fingerprint: string): Upload | undefined {
  const upload = uploadIn(host.get(UPLOAD_FACT));
  return upload?.fingerprint === fingerprint ? upload : undefined;
}

/** The fingerprint of what was served before this run's upload of that certificate; undefined where that is not known. */
export function replacedBy(host: TaskHost, fingerprint: string): string | undefined {
  const replaced = host.get(REPLACED_FACT);
  return uploadOf(host, fingerprint) && typeof replaced === 'string' ? replaced : undefined;
}

/** The events of uploads up to this run's own of that certificate; null where nothing is known. */
export const eventsUpTo = (host: TaskHost, fingerprint: string): KnownEvents | null =>
  uploadOf(host, fingerprint)?.events ?? null;

/** The upload of this run that restarts the host's VM by itself and has not been seen through there. */
export function awaitedUpload(host: TaskHost, type: SystemVmType, fingerprint: string): Upload | undefined {
  const upload = uploadOf(host, fingerprint);
  if (upload === undefined) return undefined;
  if (upload.restarts === 'storage' && type === 'consoleproxy') return undefined;
  return host.get(SEEN_FACT) === fingerprint ? undefined : upload;
}

/** Throws `Failure` where CloudStack lacks the chain and nobody uploads it: a restart would be an outage for nothing. */
export function refuseWithoutUpload(host: TaskHost, what: string, fingerprint: string): void {
  if (host.get(LACKING_FACT) !== fingerprint) return;
  const cloud = host.path.split('/')[0] ?? host.path;
  throw new Failure(
    `${what} is not restarted: the new chain is not in CloudStack, and its upload was left alone since "${cloud}" is not selected`,
    { code: 'chain-left-alone', hint: `select the cloud once (--limit ${cloud}), or leave --limit out` },
  );
}
