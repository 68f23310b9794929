// What a run told, brought into a form that is the same each time: for comparing it whole.

import type { Event } from '../../src/model.ts';
import type { Done } from '../rig.ts';

/** The events of a run with `--output json`. Throws where another line is among them. */
export function eventsOf({ stdout }: Done): Event[] {
  return stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Event);
}

type StepEnded = Extract<Event, { type: 'step-ended' }>;

/** Plays whose outcome is that of the hosts in them: these are among the steps themselves. */
const sumsUp = ({ module, result }: StepEnded): boolean =>
  module === 'play' &&
  (result.status !== 'failed' || 'failed_hosts' in result.values) &&
  result.status !== 'unreachable';

/** Ends of steps, and of plays that could not even look at what lies below their host. */
export const stepsOf = (events: readonly Event[]): StepEnded[] =>
  events.filter((event) => event.type === 'step-ended').filter((step) => !sumsUp(step));

/** What changes, as `host: task`. */
export function changesOf(events: readonly Event[]): string[] {
  const changed = stepsOf(events).filter(({ result }) => result.status === 'changed');
  return changed.map(({ host, name }) => `${host}: ${name}`).sort();
}

/** What is another each time: ids, fingerprints, ports, folders, days, which of several looks was first to fail, measured seconds, the state of a VM that does not start. */
const VARYING: readonly (readonly [RegExp, string])[] = [
  [/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, 'ID'],
  [/\b[0-9a-f]{4}…[0-9a-f]{2}\b/g, 'SHA'],
  [/127\.0\.0\.1:\d+/g, 'API'],
  [/\): list(Capabilities|Hosts|Zones|SystemVms): /g, '): a look: '],
  [/\/[^ ]*cs-play-test-[^/ ]+/g, 'FOLDER'],
  [/SHA256:[A-Za-z0-9+/]+/g, 'SHA256'],
  [/AAAA[A-Za-z0-9+/]+/g, 'KEY'],
  [/\b20\d\d-\d\d-\d\d\b/g, 'DAY'],
  [/\bis (Starting|Stopped)\b/g, 'is not Running'],
  [/\b(after|within) \d+ s\b/g, '$1 N s'],
];

export const steady = (text: string): string =>
  VARYING.reduce((result, [pattern, word]) => result.replace(pattern, word), text);

/** Each failure as `host, task (status): message`, and its hint in a line of its own; by host. */
export function failuresOf(events: readonly Event[]): string {
  const failed = stepsOf(events).filter(({ result }) => /failed|unreachable/.test(result.status));
  const texts = failed.map(
    ({ host, name, result: { status, message, hint } }) =>
      `${host}, ${name} (${status}): ${message ?? ''}\n  hint: ${hint ?? 'none'}`,
  );
  return steady(texts.sort().join('\n'));
}
