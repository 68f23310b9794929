// Somebody else's upload while this run is at its own, from another machine or by hand: what was seen when the change was
// decided is held against what CloudStack shows before each call and after the last.

import type { CloudStackReader, Reader, TaskHost, Tell } from '../connection.ts';
import { Failure, SafetyStop } from '../errors.ts';
import type { ValueMap } from '../model.ts';
import type { Certificate } from '../pki/bundle.ts';
import { shortFingerprint } from '../pki/validity.ts';
import { MANAGEMENT_STATE } from './management-state.ts';
import {
  type KnownEvents,
  knownEvents,
  listUploadEvents,
  type UploadEvent,
  unknownEvents,
  whenAndWho,
} from './upload-events.ts';

/** What the decision to upload rests on; plain data, and kept with the change. */
export interface Noted {
  /** Null where this key may not see events. */
  readonly events: KnownEvents | null;
  /** SHA-256 of the server certificate of each VM that served one of somebody's, by the VM's name. */
  readonly served: Readonly<Record<string, string>>;
  /** `consoleproxy.management.state`; null up to 4.21, where CloudStack's scanner moves it by itself. */
  readonly state: string | null;
}

/** What is there now. */
export interface Seen {
  /** Server certificates that are neither the new one nor one that a VM is born with, by the VM's name. */
  readonly leaves: ReadonlyMap<string, Certificate>;
  readonly state: string | null;
}

type Looking = { readonly cloudstack: CloudStackReader; readonly tell: Pick<Tell, 'warn'> };

/** The cloud that a host belongs to, as the inventory calls it. */
const cloudOf = (host: Pick<TaskHost, 'path'>): string => host.path.split('/')[0] ?? host.path;

const LOOK_WHO = 'find out who it is (listEvents type=UPLOAD.CUSTOM.CERTIFICATE, listall=true)';
/** Where nothing was written, a resumed run decides anew. */
const LOOK_ANEW = `${LOOK_WHO}, then resume or run the playbook again: either looks anew`;

const stranger = (message: string, hint: string): SafetyStop => new SafetyStop(message, { code: 'stranger', hint });

/**
 * The events of uploads, newest first; undefined, and said once, where the API does not answer the question. That the
 * step was stopped is thrown.
 */
export async function visibleEvents(
  host: Pick<TaskHost, 'path'>,
  { cloudstack, tell }: Looking,
): Promise<readonly UploadEvent[] | undefined> {
  try {
    return await listUploadEvents(cloudstack);
  } catch (error) {
    if (!(error instanceof Failure) || !error.code?.startsWith('api-')) throw error;
    tell.warn(
      `cannot see who uploads certificates to ${cloudOf(host)}: ${error.message}`,
      'allow "listEvents" to the role of this key; until then an upload by somebody else during a run goes unnoticed',
    );
    return undefined;
  }
}

const uploads = (events: readonly UploadEvent[], host: Pick<TaskHost, 'path'>): string => {
  const [newest] = events;
  const who = newest ? whenAndWho(newest) : '';
  return `somebody else uploaded a certificate to ${cloudOf(host)} at ${who}`;
};

/** Counts the events that the calls of one upload may have made; any other is a stranger's. */
export class UploadWatch {
  readonly #noted: Noted;
  readonly #host: TaskHost;
  readonly #read: Reader;
  readonly #look: () => Promise<Seen>;
  readonly #done: string[] = [];
  /** How often the call at hand was sent by this process. */
  #sent = 0;
  /** Submissions beyond the first of calls that are done: each may have made an event more. */
  #again = 0;

  /** `look`: what is served and the management state, asked for before the first call only. */
  constructor(noted: Noted, host: TaskHost, read: Reader, look: () => Promise<Seen>) {
    this.#noted = noted;
    this.#host = host;
    this.#read = read;
    this.#look = look;
  }

  /** Whether anything was sent or is known to be done. */
  get begun(): boolean {
    return this.#sent > 0 || this.#done.length > 0;
  }

  /**
   * To be called before each submission leaves. Throws `SafetyStop` on a stranger's change. `failedBefore`: how often an
   * earlier part of the run sent the call at hand, and it failed.
   */
  async sending(failedBefore = 0): Promise<void> {
    this.#again += failedBefore;
    if (this.#sent === 0) {
      await this.#compareEvents();
      if (this.#done.length === 0) this.#compareServed(await this.#look());
    }
    this.#sent += 1;
  }

  /** A call is done, by this process or by the one that this run was begun in. */
  done(what: string): void {
    this.#again += Math.max(0, this.#sent - 1);
    this.#sent = 0;
    this.#done.push(what);
  }

  /** After the last call; what is known then, own events included. Throws `SafetyStop` on a stranger's upload. */
  async ended(): Promise<KnownEvents | null> {
    return this.#compareEvents();
  }

  async #compareEvents(): Promise<KnownEvents | null> {
    if (this.#noted.events === null) return null;
    const events = await visibleEvents(this.#host, this.#read);
    if (events === undefined) return null;
    const fresh = unknownEvents(events, this.#noted.events);
    if (fresh.length > this.#done.length + this.#again) throw this.#stop(fresh);
    return knownEvents(events);
  }

  #stop(fresh: readonly UploadEvent[]): SafetyStop {
    if (this.#done.length === 0) {
      return stranger(`${uploads(fresh, this.#host)}: this run stops before it writes`, LOOK_ANEW);
    }
    const [newest] = fresh;
    const last = newest ? `, the last at ${whenAndWho(newest)}` : '';
    return stranger(
      `somebody else uploads certificates to ${cloudOf(this.#host)} as well: ${fresh.length} uploads since this was decided${last}, and this run made ${this.#done.length} of them (${this.#done.join(', ')}); it stops`,
      `rows of two chains may be mixed now: ${LOOK_WHO}, then run the playbook again, which uploads every row anew; a resumed run stops here again`,
    );
  }

  #compareServed({ leaves, state }: Seen): void {
    const { served, state: stateBefore } = this.#noted;
    const cloud = cloudOf(this.#host);
    const known = new Set(Object.values(served));
    for (const [name, { subject, fingerprint }] of leaves) {
      // One that was silent may present what it had all the time, and one that was started what the others have.
      if (served[name] === undefined || known.has(fingerprint)) continue;
      throw stranger(
        `${name} of ${cloud} presents ${subject} (${shortFingerprint(fingerprint)}), which no VM did when this was decided: this run stops before it writes`,
        LOOK_ANEW,
      );
    }
    if (state !== stateBefore) {
      throw stranger(
        `"${MANAGEMENT_STATE}" of ${cloud} is ${state}, and was ${stateBefore} when this was decided: this run stops before it writes`,
        LOOK_ANEW,
      );
    }
  }
}

/** Throws `SafetyStop` where somebody uploaded since `known`. `consequence`: what is therefore not done, and why. */
export async function refuseStrangers(
  known: KnownEvents | null,
  consequence: string,
  host: Pick<TaskHost, 'path'>,
  read: Looking,
): Promise<void> {
  if (known === null) return;
  const events = await visibleEvents(host, read);
  const fresh = events === undefined ? [] : unknownEvents(events, known);
  if (fresh.length === 0) return;
  throw stranger(
    `${uploads(fresh, host)}, after this run's own upload: ${consequence}`,
    `${LOOK_WHO}, then run the playbook again: it uploads its chain anew where that is not what is served`,
  );
}

/** What was noted, in the words in which a plan says what it was decided on. `events`: newest first. */
export function decidedOn(noted: Noted, events: readonly UploadEvent[] | undefined): ValueMap {
  const [newest] = events ?? [];
  return {
    ...(events && { 'newest upload': newest ? `${whenAndWho(newest)}, event ${newest.id}` : 'none' }),
    ...(noted.state !== null && { [MANAGEMENT_STATE]: noted.state }),
    ...Object.fromEntries(Object.entries(noted.served).map(([name, leaf]) => [`served by ${name}`, leaf])),
  };
}
