// Drift: what differs from what a plan was decided on, item by item, in an operator's words.

import type { HostKind, Value, ValueMap } from '../model.ts';
import { shortFingerprint } from '../pki/validity.ts';
import { type Decision, isFailing } from './decision.ts';
import type { PlannedHost } from './hosts.ts';

/** What one look at everything came to. */
export interface Looked {
  readonly hosts: readonly PlannedHost[];
  readonly decisions: readonly Decision[];
}

/** One line for each difference, sorted: `lab "Consoles speak TLS": value was false, is true`. */
export function driftBetween(before: Looked, now: Looked): string[] {
  const hosts = hostDrift(before.hosts, now.hosts);
  const apart = [...hosts.gone, ...hosts.come].map(({ host }) => host);
  const left = ({ decisions }: Looked) => byStep(decisions.filter(({ host }) => !isUnder(host, apart)));
  const { own, following } = decisionDrift(left(before), left(now));
  const lines = [...hosts.lines, ...own];
  // What was to be proved and is right already, or the other way round, follows from what else has changed.
  return [...new Set(lines.length > 0 ? lines : following)].sort();
}

const isUnder = (host: string, tops: readonly string[]) =>
  tops.some((top) => host === top || host.startsWith(`${top}/`));

interface HostDrift {
  readonly gone: readonly PlannedHost[];
  readonly come: readonly PlannedHost[];
  readonly lines: readonly string[];
}

function hostDrift(before: readonly PlannedHost[], now: readonly PlannedHost[]): HostDrift {
  const known = new Map(before.map((each) => [each.host, each]));
  const found = new Map(now.map((each) => [each.host, each]));
  const gone = before.filter(({ host }) => !found.has(host));
  const come = now.filter(({ host }) => !known.has(host));
  const lines = [
    ...gone.map(({ host, kind }) => `${host}: the ${kindWords[kind]} is gone`),
    ...come.map(({ host, kind }) => `${aboveOf(host)}: there is a new ${kindWords[kind]} ${host}`),
    ...before.flatMap(({ host, facts }) => {
      const other = found.get(host);
      return other ? valueDrift(facts, other.facts).map((words) => `${host}: ${words}`) : [];
    }),
  ];
  return { gone, come, lines };
}

const kindWords: Readonly<Record<HostKind, string>> = {
  cloud: 'cloud',
  zone: 'zone',
  system_vm: 'system VM',
  management_server: 'management server',
  host: 'host',
};

const aboveOf = (host: string): string => (host.includes('/') ? host.slice(0, host.lastIndexOf('/')) : host);

/** A task may come to a host several times (a handler), and an item may be there twice: they are told apart by order. */
function byStep(decisions: readonly Decision[]): Map<string, Decision> {
  const keyed = new Map<string, Decision>();
  for (const decision of decisions) {
    const { task, host, item } = decision;
    for (let turn = 0; ; turn += 1) {
      const key = JSON.stringify([task, host, item?.label ?? null, turn]);
      if (keyed.has(key)) continue;
      keyed.set(key, decision);
      break;
    }
  }
  return keyed;
}

interface DecisionDrift {
  readonly own: string[];
  readonly following: string[];
}

function decisionDrift(before: ReadonlyMap<string, Decision>, now: ReadonlyMap<string, Decision>): DecisionDrift {
  const drift: DecisionDrift = { own: [], following: [] };
  // A look that fails ends the looks that would have come after it.
  const cut = [...now.values()].some(({ status }) => isFailing(status));
  for (const key of new Set([...before.keys(), ...now.keys()])) {
    const [was, is] = [before.get(key), now.get(key)];
    const either = was ?? is;
    if (!either) continue;
    const following = was?.status === 'to_prove' || is?.status === 'to_prove' || (cut && !is);
    const lines = following ? drift.following : drift.own;
    lines.push(...differences(was, is).map((words) => `${stepWords(either)}: ${words}`));
  }
  return drift;
}

const stepWords = ({ host, name, item }: Decision): string => `${host} "${name}"${item ? ` (${item.label})` : ''}`;

function differences(was: Decision | undefined, is: Decision | undefined): string[] {
  if (!was || !is) return [`was ${statusWords(was)}, is ${statusWords(is)}`];
  const values = was.decidedOn && is.decidedOn ? valueDrift(was.decidedOn, is.decidedOn) : [];
  if (values.length > 0) return values;
  if (was.status !== is.status || was.leftAlone !== is.leftAlone) {
    return [`was ${statusWords(was)}, is ${statusWords(is)}`];
  }
  if (was.summary !== is.summary) return [`was "${was.summary ?? ''}", is "${is.summary ?? ''}"`];
  if (was.decidedOn || is.decidedOn) return [];
  const [impact, other] = [lasting(was.impact), lasting(is.impact)];
  return impact === other ? [] : [`what it costs was "${impact}", is "${other}"`];
}

/** What a change costs, without what comes and goes by itself: sessions, downloads, jobs of others. */
const lasting = (impact: string | undefined): string =>
  (impact ?? '')
    .split('; ')
    .filter((part) => !/\b(sessions?|consoles?|downloads?|jobs?)\b/.test(part))
    .join('; ');

function statusWords(decision: Decision | undefined): string {
  if (!decision) return 'not looked at';
  const { status, leftAlone, summary, message } = decision;
  if (leftAlone) return 'left alone';
  switch (status) {
    case 'ok':
      return 'right already';
    case 'changed':
      return summary === undefined ? 'to be changed' : `to be changed ("${summary}")`;
    case 'skipped':
      return 'skipped';
    case 'failed':
      return `failing (${message ?? 'no message'})`;
    case 'unreachable':
      return `out of reach (${message ?? 'no message'})`;
    case 'to_prove':
      return 'to be proved';
  }
}

/** `value was false, is true`, by name. */
function valueDrift(was: ValueMap, is: ValueMap): string[] {
  const names = [...new Set([...Object.keys(was), ...Object.keys(is)])];
  return names
    .filter((name) => JSON.stringify(was[name]) !== JSON.stringify(is[name]))
    .map((name) => `${name} was ${valueWords(was[name])}, is ${valueWords(is[name])}`);
}

function valueWords(value: Value | undefined): string {
  if (value === undefined) return 'not there';
  if (value === null) return 'none';
  if (typeof value === 'string') {
    if (value === '') return '(blank)';
    return /^[0-9a-f]{64}$/.test(value) ? shortFingerprint(value) : value;
  }
  if (Array.isArray(value)) return value.length === 0 ? 'none' : value.map(valueWords).join(', ');
  return JSON.stringify(value);
}
