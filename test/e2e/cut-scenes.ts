// The labs on which rotations are cut, and what can be said of the entry after which one was.

import type { Entry } from '../../src/journal/entry.ts';
import { profiles } from '../../src/lab/world/world.ts';
import type { Scene } from './cut-run.ts';
import { WITHOUT_TLS } from './lab-states.ts';

/** No write is answered: the lab obeys, and the connection breaks. */
export const ANSWERS_LOST: Scene['faults'] = [{ name: 'answer-lost', times: Number.POSITIVE_INFINITY }];

const timeFactor = 0.005;

/** By what they are called. */
export const scenes: Readonly<Record<string, Scene>> = Object.fromEntries(
  [
    ...profiles.map((profile): [string, Scene] => [
      `${profile}, two clouds of two zones`,
      { profile, clouds: 2, zones: 2, timeFactor },
    ]),
    ...[1, 2].map((managementServers): [string, Scene] => [
      `4.22, TLS switched on for the first time, ${managementServers === 1 ? 'one server' : 'two servers'}`,
      { profile: '4.22', zones: 1, managementServers, timeFactor, world: WITHOUT_TLS },
    ]),
  ].flatMap(([name, scene]) => [
    [name, scene],
    [`${name}, no write is answered`, { ...scene, faults: ANSWERS_LOST }],
  ]),
);

/** `write-started stopSystemVm id=…`, `ended`, `change`. */
export function entryWords(entry: Entry): string {
  if (!('event' in entry)) return Object.keys(entry)[0] ?? '';
  const { event } = entry;
  return event.type === 'write-started' ? `${event.type} ${event.what}` : event.type;
}
