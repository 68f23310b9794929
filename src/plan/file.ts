// A saved plan: what was asked for, from which files, what was decided on what, and all that the plan said.

import { createHash, randomUUID } from 'node:crypto';
import { InvalidInput } from '../errors.ts';
import { decode, encode } from '../journal/codec.ts';
import type { Asked, PinnedFile } from '../journal/entry.ts';
import type { Event } from '../model.ts';
import { type Decision, decisionsOf } from './decision.ts';
import type { PlannedHost } from './hosts.ts';

const FORMAT = 'cs-play plan';
const VERSION = 1;

export interface SavedPlan {
  readonly format: typeof FORMAT;
  readonly version: typeof VERSION;
  /** A UUID: under it is kept that the plan was applied. */
  readonly id: string;
  /** The version of cs-play that made it. */
  readonly madeBy: string;
  /** ISO times. */
  readonly created: string;
  readonly expires: string;
  readonly asked: Asked;
  readonly files: readonly PinnedFile[];
  /** For `order: shuffle`. */
  readonly seed: string;
  readonly hosts: readonly PlannedHost[];
  readonly decisions: readonly Decision[];
  /** The plan's own stream, from which its report is made again. */
  readonly events: readonly Event[];
}

export interface PlanMade {
  readonly madeBy: string;
  readonly created: Date;
  readonly validSeconds: number;
  readonly asked: Asked;
  readonly files: readonly PinnedFile[];
  readonly seed: string;
  readonly hosts: readonly PlannedHost[];
  readonly events: readonly Event[];
}

/** A plan to be saved; nothing in it is a secret. */
export function planOf(made: PlanMade): SavedPlan {
  const { madeBy, created, validSeconds, asked, files, seed, hosts } = made;
  const events = toldEvents(made.events);
  return {
    format: FORMAT,
    version: VERSION,
    id: randomUUID(),
    madeBy,
    created: created.toISOString(),
    expires: new Date(created.getTime() + validSeconds * 1000).toISOString(),
    asked,
    files,
    seed,
    hosts,
    decisions: decisionsOf(events),
    events,
  };
}

/** Events as they may be kept: as a journal has them, without secrets. */
export const toldEvents = (events: readonly Event[]): Event[] => events.map((event) => eventOf(formOf(event)));

const formOf = (event: Event): unknown => JSON.parse(encode({ event })).event;

function eventOf(form: unknown): Event {
  const entry = decode(JSON.stringify({ event: form }));
  if ('event' in entry) return entry.event;
  throw new SyntaxError('not an event');
}

/** Of the text of everything but itself. Whoever changes the file can make it anew: it tells damage, it signs nothing. */
const digestOf = (rest: object): string => createHash('sha256').update(JSON.stringify(rest)).digest('hex');

/** The text of the file. */
export function planText(plan: SavedPlan): string {
  const stored = { ...plan, events: plan.events.map(formOf) };
  return `${JSON.stringify({ ...stored, sha256: digestOf(stored) }, null, 1)}\n`;
}

/** Whether a text is that of a saved plan, whole or not. */
export const looksLikePlan = (text: string): boolean => /^\{\s*"format":\s*"cs-play plan"/.test(text);

/** The plan of a text. `file`: its name. Throws `InvalidInput` for one that is none, newer, damaged or edited. */
export function planFrom(text: string, file: string): SavedPlan {
  const parsed = parse(text, file);
  const { sha256, ...rest } = parsed;
  const { format, version, madeBy } = rest;
  if (format !== FORMAT) throw noPlan(file);
  if (version !== VERSION) {
    const by = typeof madeBy === 'string' ? ` of cs-play ${madeBy}` : '';
    throw refused(`"${file}" has the format ${version}${by}, and this cs-play reads ${VERSION}`, PLAN_AGAIN);
  }
  if (sha256 !== digestOf(rest)) {
    throw refused(`"${file}" is not as cs-play wrote it: it was edited or damaged`, PLAN_AGAIN);
  }
  if (!isWhole(rest)) throw noPlan(file);
  const stored = rest as unknown as SavedPlan;
  return { ...stored, events: stored.events.map(eventOf) };
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Whoever makes the checksum anew may have left out what there has to be. The id becomes the name of a file. */
const isWhole = (rest: Readonly<Record<string, unknown>>): boolean =>
  ['files', 'hosts', 'decisions', 'events'].every((name) => Array.isArray(rest[name])) &&
  ['madeBy', 'created', 'expires', 'seed'].every((name) => typeof rest[name] === 'string') &&
  UUID.test(String(rest['id'])) &&
  typeof rest['asked'] === 'object';

const PLAN_AGAIN = 'plan again: cs-play plan PLAYBOOK -o FILE';

function parse(text: string, file: string): Readonly<Record<string, unknown>> {
  try {
    const parsed: unknown = JSON.parse(text);
    if (typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)) {
      return parsed as Readonly<Record<string, unknown>>;
    }
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    if (looksLikePlan(text)) throw refused(`"${file}" is cut off or damaged`, PLAN_AGAIN);
  }
  throw noPlan(file);
}

const refused = (message: string, hint: string) => new InvalidInput([{ message, hint }]);
const noPlan = (file: string) => refused(`"${file}" is not a saved plan`, 'cs-play plan PLAYBOOK -o FILE writes one');
