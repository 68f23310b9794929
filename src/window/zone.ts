// Time zones by their IANA names: what a clock on the wall shows there. Rules come from the data that Node brings along.

import { nearest } from '../nearest.ts';

/** What a wall clock shows. */
export interface WallTime {
  /** 0 is Monday, 6 Sunday. */
  readonly day: number;
  /** Minutes since midnight. */
  readonly minute: number;
}

const MINUTE = 60_000;
const DAY_MINUTES = 1440;
/** 1970-01-01 was a Thursday. */
const FIRST_DAY = 3;

const formats = new Map<string, Intl.DateTimeFormat>();

/** Throws `RangeError` for a zone that there is not. */
function formatOf(zone: string): Intl.DateTimeFormat {
  let format = formats.get(zone);
  if (!format) {
    // British English, since it has most abbreviations of zones (CET and not GMT+1).
    format = new Intl.DateTimeFormat('en-GB', {
      timeZone: zone,
      hourCycle: 'h23',
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
      weekday: 'short',
      timeZoneName: 'short',
    });
    formats.set(zone, format);
  }
  return format;
}

function partsOf(zone: string, instant: number): Record<string, string> {
  return Object.fromEntries(
    formatOf(zone)
      .formatToParts(instant)
      .map(({ type, value }) => [type, value]),
  );
}

/** How many minutes the zone's clocks are ahead of UTC at that instant (milliseconds since 1970). */
export function offsetMinutes(zone: string, instant: number): number {
  const { year, month, day, hour, minute } = partsOf(zone, instant);
  const shown = Date.UTC(Number(year), Number(month) - 1, Number(day), Number(hour), Number(minute));
  return Math.round((shown - instant) / MINUTE);
}

/** What a clock that is so many minutes ahead of UTC shows. */
export function wallTime(instant: number, offset: number): WallTime {
  const minutes = Math.floor(instant / MINUTE) + offset;
  const days = Math.floor(minutes / DAY_MINUTES);
  return { day: (((days + FIRST_DAY) % 7) + 7) % 7, minute: minutes - days * DAY_MINUTES };
}

/** `Sat 2026-11-28 at 01:00 CET`. */
export function momentIn(zone: string, instant: number): string {
  const { weekday, year, month, day, hour, minute, timeZoneName } = partsOf(zone, instant);
  return `${weekday} ${year}-${month}-${day} at ${hour}:${minute} ${timeZoneName}`;
}

/** The zone's name as it is usually written; undefined where there is no such zone. An offset (`+01:00`) is none. */
export function zoneNamed(text: string): string | undefined {
  if (!/^[a-z]/i.test(text)) return undefined;
  try {
    formatOf(text);
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
  const same = (name: string) => name.toLowerCase() === text.toLowerCase();
  return Intl.supportedValuesOf('timeZone').find(same) ?? text;
}

/** The nearest name to one that is no zone, by the whole name or by the city alone. */
export function zoneNear(text: string): string | undefined {
  const names = Intl.supportedValuesOf('timeZone');
  const city = (name: string) => name.slice(name.lastIndexOf('/') + 1);
  const near = nearest(text, names);
  if (near) return near;
  const place = nearest(city(text), names.map(city));
  return names.find((name) => city(name) === place);
}
