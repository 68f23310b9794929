// A window as it is written in YAML: a map of days, hours and time_zone, a short text, or a list of such.

import type { Problem } from '../errors.ts';
import type { MapNode, Node, Window } from '../model.ts';
import { nearest } from '../nearest.ts';
import { expectText, expectTexts, field, kindOf } from '../yaml/expect.ts';
import { dayNames } from './window.ts';
import { zoneNamed, zoneNear } from './zone.ts';

const EXAMPLE = 'sat-sun 01:00-05:00 Europe/Amsterdam';
const END_OF_DAY = 1440;
const everyDay: readonly number[] = [0, 1, 2, 3, 4, 5, 6];

/** Open while any of them is. Undefined, with every problem at its place, where something in it cannot be. */
export function readWindows(node: Node, problems: Problem[]): Window[] | undefined {
  const items = node.kind === 'list' ? node.items : [node];
  if (items.length === 0) {
    problems.push({ message: '"window" is an empty list', at: node.at, hint: `write "${EXAMPLE}"` });
    return undefined;
  }
  const windows = items.map((item) => readWindow(item, problems));
  return windows.every((window) => window !== undefined) ? windows : undefined;
}

function readWindow(node: Node, problems: Problem[]): Window | undefined {
  if (node.kind === 'map') return fromMap(node, problems);
  if (node.kind === 'scalar' && typeof node.value === 'string') return fromText(node.value, node, problems);
  const message = `a window has to be a text or a map of days, hours and time_zone, not ${kindOf(node)}`;
  problems.push({ message, at: node.at, hint: `write "${EXAMPLE}"` });
  return undefined;
}

const keys = ['days', 'hours', 'time_zone'];

function fromMap(map: MapNode, problems: Problem[]): Window | undefined {
  const strangers = map.entries.filter(({ key }) => !keys.includes(key));
  for (const { key, keyAt } of strangers) {
    const guess = nearest(key, keys);
    const hint = guess ? `did you mean "${guess}"?` : `it has ${keys.join(', ')}`;
    problems.push({ message: `a window has no "${key}"`, at: keyAt, hint });
  }
  const [days, hours, zone] = keys.map((key) => field(map, key));
  if (!days && !hours) {
    const hint = `write { days: sat-sun, hours: "01:00-05:00", time_zone: Europe/Amsterdam }`;
    problems.push({ message: 'a window needs "days" or "hours"', at: map.at, hint });
    return undefined;
  }
  const text = (node: Node | undefined, what: string) => node && expectText(node, what, problems);
  const [hoursText, zoneText] = [text(hours, '"hours"'), text(zone, '"time_zone"')];
  if (strangers.length > 0 || (hours && hoursText === undefined) || (zone && zoneText === undefined)) return undefined;
  return assembled(
    days ? daysOf(days, problems) : everyDay,
    hours && hoursText !== undefined ? hoursOf(hoursText, hours, problems) : wholeDay,
    zone && zoneText !== undefined ? zoneOf(zoneText, zone, problems) : 'UTC',
  );
}

interface Hours {
  readonly from: number;
  readonly to: number;
}

const wholeDay: Hours = { from: 0, to: END_OF_DAY };

function assembled(
  days: readonly number[] | undefined,
  hours: Hours | undefined,
  timeZone: string | undefined,
): Window | undefined {
  return days && hours && timeZone !== undefined ? { days, ...hours, timeZone } : undefined;
}

/** `[days] [hours] [time zone]`, parted by blanks. */
function fromText(text: string, node: Node, problems: Problem[]): Window | undefined {
  const words = text
    .trim()
    .replaceAll(/\s*,\s*/g, ',')
    .split(/\s+/);
  const hours = words.findIndex((word) => /^\d/.test(word));
  const before = hours < 0 ? words.slice(0, 1) : words.slice(0, hours);
  const after = hours < 0 ? words.slice(1) : words.slice(hours + 1);
  if (before.length > 1 || after.length > 1 || text.trim() === '') {
    const message = `a window as a text has days, hours and a time zone, not "${text}"`;
    problems.push({ message, at: node.at, hint: `write "${EXAMPLE}"` });
    return undefined;
  }
  const [zone] = after;
  return assembled(
    before[0] === undefined ? everyDay : daysIn(before[0], node, problems),
    hours < 0 ? wholeDay : hoursOf(words[hours] ?? '', node, problems),
    zone === undefined ? 'UTC' : zoneOf(zone, node, problems),
  );
}

function daysOf(node: Node, problems: Problem[]): number[] | undefined {
  const count = problems.length;
  const texts = expectTexts(node, '"days"', problems);
  const days = texts.map(({ text, node: each }) => daysIn(text, each, problems));
  if (problems.length > count || !days.every((each) => each !== undefined)) return undefined;
  if (days.length > 0) return [...new Set(days.flat())].sort();
  problems.push({ message: '"days" is an empty list', at: node.at, hint: 'leave it out to mean every day' });
  return undefined;
}

/** `mon`, `mon-fri`, `fri-mon`, `mon,wed`: also with the days' whole names. */
function daysIn(text: string, node: Node, problems: Problem[]): number[] | undefined {
  const ranges = text.split(',').map((part) => {
    const ends = part.split('-').map((name) => dayOf(name.trim(), node, problems));
    if (ends.includes(undefined)) return undefined;
    const [first = 0, last = first] = ends as number[];
    if (ends.length <= 2) return Array.from({ length: ((last - first + 7) % 7) + 1 }, (_, step) => (first + step) % 7);
    problems.push({ message: `days are a range from one day to another, not "${part}"`, at: node.at });
    return undefined;
  });
  return ranges.every((range) => range !== undefined) ? [...new Set(ranges.flat())].sort() : undefined;
}

const wholeNames = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'];

function dayOf(name: string, node: Node, problems: Problem[]): number | undefined {
  const lower = name.toLowerCase();
  const day = lower.length < 3 ? -1 : wholeNames.findIndex((whole) => whole === lower || whole.slice(0, 3) === lower);
  if (day >= 0) return day;
  const guess = nearest(lower, dayNames);
  const hint = guess ? `did you mean "${guess}"?` : `days are ${dayNames.join(', ')}`;
  problems.push({ message: `there is no day "${name}"`, at: node.at, hint });
  return undefined;
}

function hoursOf(text: string, node: Node, problems: Problem[]): Hours | undefined {
  const found = /^(\d{1,2}):(\d\d)\s*-\s*(\d{1,2}):(\d\d)$/.exec(text.trim());
  const [from, to] = found ? [timeOf(found[1], found[2]), timeOf(found[3], found[4])] : [];
  if (from === undefined || to === undefined || from === END_OF_DAY) {
    const message = `hours have to be two times of the day, not "${text}"`;
    problems.push({ message, at: node.at, hint: 'write "01:00-05:00", or "22:00-04:00" past midnight' });
    return undefined;
  }
  if (from !== to) return { from, to };
  const hint = 'leave the hours out to mean the whole day';
  problems.push({ message: `hours that end when they begin: "${text}"`, at: node.at, hint });
  return undefined;
}

/** Minutes since midnight, up to 24:00. */
function timeOf(hour: string | undefined, minute: string | undefined): number | undefined {
  const time = Number(hour) * 60 + Number(minute);
  return Number(minute) < 60 && time <= END_OF_DAY ? time : undefined;
}

function zoneOf(text: string, node: Node, problems: Problem[]): string | undefined {
  const zone = zoneNamed(text.trim());
  if (zone !== undefined) return zone;
  const near = zoneNear(text.trim());
  const hint = near ? `did you mean "${near}"?` : 'write an IANA name, as in Europe/Amsterdam or UTC';
  problems.push({ message: `there is no time zone "${text}"`, at: node.at, hint });
  return undefined;
}
