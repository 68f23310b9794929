// Who uploads certificates, as `listEvents` tells it. CloudStack writes one event for each `uploadCustomCertificate` that
// it takes up, in state Scheduled, with the user and nothing of the certificate (measured on 4.21 to 4.23).

import type { CloudStackReader, Item } from '../connection.ts';
import { timeWords } from '../moment.ts';

export interface UploadEvent {
  readonly id: string;
  /** As CloudStack writes it: `2026-11-24T23:26:56+0000`, on the server's clock. */
  readonly created: string;
  readonly username: string;
}

/** The events up to a moment; plain data. */
export interface KnownEvents {
  /** The newest, not more than `MOST_KNOWN`. */
  readonly ids: readonly string[];
  /** Where older ones were left out, when the oldest of `ids` was created; else null. */
  readonly since: string | null;
}

const MOST_KNOWN = 100;

const textOf = (item: Item, field: string): string => String(item[field] ?? '');

/** Milliseconds; 0 where it is no time. */
const timeOf = (created: string): number => Date.parse(created) || 0;

/**
 * All events of uploads, newest first. `listall`: they belong to the account `system`, and without it nobody else's are
 * listed. The order of the server's pages is not that of time. Throws `Failure` where the key may not ask.
 */
export async function listUploadEvents(cloudstack: CloudStackReader): Promise<readonly UploadEvent[]> {
  const items = await cloudstack.list('listEvents', { type: 'UPLOAD.CUSTOM.CERTIFICATE', listall: true });
  const events = items.map((item) => ({
    id: textOf(item, 'id'),
    created: textOf(item, 'created'),
    username: textOf(item, 'username'),
  }));
  return events.sort((a, b) => timeOf(b.created) - timeOf(a.created) || (a.id < b.id ? -1 : 1));
}

/** `events`: newest first. */
export function knownEvents(events: readonly UploadEvent[]): KnownEvents {
  const kept = events.slice(0, MOST_KNOWN);
  return {
    ids: kept.map(({ id }) => id),
    since: kept.length < events.length ? (kept.at(-1)?.created ?? null) : null,
  };
}

/** Those that are not among the known ones, in the order given. What is as old as the oldest known one is not new. */
export function unknownEvents(events: readonly UploadEvent[], known: KnownEvents): readonly UploadEvent[] {
  const ids = new Set(known.ids);
  const oldest = known.since === null ? -1 : timeOf(known.since);
  return events.filter(({ id, created }) => !ids.has(id) && timeOf(created) > oldest);
}

/** `2026-11-24 23:26:56 UTC (user admin)`. */
export function whenAndWho({ created, username }: UploadEvent): string {
  const at = timeOf(created);
  const when = at === 0 ? created : timeWords(new Date(at).toISOString());
  return `${when} (user ${username})`;
}
