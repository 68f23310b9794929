// When writing is allowed: hours on days of the week. Open or closed, and when that changes. Pure: the time is given.

import { duration } from '../duration.ts';
import type { Window } from '../model.ts';
import { momentIn, offsetMinutes, type WallTime, wallTime } from './zone.ts';

/** Of one origin: open while any of them is. */
export type Windows = readonly Window[];

const MINUTE = 60_000;
/** Offsets of zones change at quarters of an hour of UTC only, so within one they can be taken as fixed. */
const QUARTER = 15 * MINUTE;
/** Windows repeat weekly, but for the hours that a change to summer time leaves out. */
const HORIZON_WEEKS = 5;
const WEEK = 7 * 24 * 60 * MINUTE;

/** The instants between `from` and a few weeks later, minute by minute, with the clocks of the zones of `sets`. */
function* minutes(sets: readonly Windows[], from: number): Generator<{ instant: number; open: boolean }, void, void> {
  const zones = new Set(sets.flatMap((windows) => windows.map(({ timeZone }) => timeZone)));
  for (let quarter = Math.floor(from / QUARTER) * QUARTER; quarter < from + HORIZON_WEEKS * WEEK; quarter += QUARTER) {
    const offsets = new Map([...zones].map((zone) => [zone, offsetMinutes(zone, quarter)]));
    for (let instant = quarter; instant < quarter + QUARTER; instant += MINUTE) {
      if (instant + MINUTE > from) yield { instant, open: allOpen(sets, instant, offsets) };
    }
  }
}

function allOpen(sets: readonly Windows[], instant: number, offsets: ReadonlyMap<string, number>): boolean {
  return sets.every((windows) =>
    windows.some((window) => covers(window, wallTime(instant, offsets.get(window.timeZone) ?? 0))),
  );
}

/** A window that crosses midnight belongs to the day on which it opens. */
function covers({ days, from, to }: Window, { day, minute }: WallTime): boolean {
  if (from < to) return days.includes(day) && minute >= from && minute < to;
  const yesterday = (day + 6) % 7;
  return (days.includes(day) && minute >= from) || (days.includes(yesterday) && minute < to);
}

/** Whether all of them are open at that instant (milliseconds since 1970). None at all are always open. */
export function isOpen(sets: readonly Windows[], instant: number): boolean {
  for (const { open } of minutes(sets, instant)) return open;
  return true;
}

/** The first instant from `from` on at which all of them are open, to the minute; undefined where they never are. */
export function opening(sets: readonly Windows[], from: number): number | undefined {
  for (const { instant, open } of minutes(sets, from)) if (open) return Math.max(instant, from);
  return undefined;
}

/** The first instant after `from`, at which they are open, when one of them is not; undefined where that never comes. */
export function closing(sets: readonly Windows[], from: number): number | undefined {
  for (const { instant, open } of minutes(sets, from)) if (!open) return instant;
  return undefined;
}

const names = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];

/** The names of the days, Monday first. */
export const dayNames: readonly string[] = names;

/** `sat-sun 01:00-05:00 Europe/Amsterdam`; several of one origin with "or" between them. */
export function windowWords(windows: Windows): string {
  return windows.map(oneInWords).join(' or ');
}

function oneInWords({ days, from, to, timeZone }: Window): string {
  return `${daysInWords(days)} ${clock(from)}-${clock(to)} ${timeZone}`;
}

const clock = (minute: number): string =>
  `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`;

/** `mon-fri`, `mon,wed`, `fri-mon`: days in a row as a range, round the end of the week as well. */
function daysInWords(days: readonly number[]): string {
  if (days.length === 7) return 'mon-sun';
  const has = (day: number) => days.includes((day + 7) % 7);
  const starts = [...days].sort((a, b) => a - b).filter((day) => !has(day - 1));
  return starts
    .map((start) => {
      let last = start;
      while (has(last + 1)) last += 1;
      const end = names[last % 7] ?? '';
      if (last === start) return end;
      return `${names[start]}${last === start + 1 && !isWeekend(start) ? ',' : '-'}${end}`;
    })
    .join(',');
}

const isWeekend = (start: number): boolean => start === 5;

/** `Sat 2026-11-28 at 01:00 CET (in 2 days 21 h)`, in the zone of the first of the windows. */
export function momentWords(sets: readonly Windows[], instant: number, now: number): string {
  return `${momentIn(sets[0]?.[0]?.timeZone ?? 'UTC', instant)} (in ${duration(Math.ceil((instant - now) / MINUTE) * 60)})`;
}
