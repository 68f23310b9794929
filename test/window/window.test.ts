// Windows as tables: how they may be written, when they are open, and when they open next.

import type { Problem } from '../../src/errors.ts';
import type { Value } from '../../src/model.ts';
import { readWindows } from '../../src/window/read.ts';
import { closing, isOpen, momentWords, opening, type Windows, windowWords } from '../../src/window/window.ts';
import { nodeOfValue } from '../../src/yaml/value.ts';
import { at } from '../run/build.ts';
import { assert, type Cases, tests } from '../tests.ts';

function read(value: Value): { readonly windows: Windows | undefined; readonly problems: readonly Problem[] } {
  const problems: Problem[] = [];
  return { windows: readWindows(nodeOfValue(value, at), problems), problems };
}

function windowsOf(value: Value): Windows {
  const { windows, problems } = read(value);
  assert.equal(problems, []);
  return windows ?? [];
}

const written: readonly (readonly [Value, string])[] = [
  ['sat-sun 01:00-05:00 Europe/Amsterdam', 'sat-sun 01:00-05:00 Europe/Amsterdam'],
  ['01:00-05:00', 'mon-sun 01:00-05:00 UTC'],
  ['mon', 'mon 00:00-24:00 UTC'],
  ['mon-fri Asia/Tokyo', 'mon-fri 00:00-24:00 Asia/Tokyo'],
  ['MON-Fri 9:00-17:30', 'mon-fri 09:00-17:30 UTC'],
  ['monday-friday 22:00-04:00', 'mon-fri 22:00-04:00 UTC'],
  ['mon, wed 01:00-02:00', 'mon,wed 01:00-02:00 UTC'],
  ['mon,tue 01:00-02:00', 'mon,tue 01:00-02:00 UTC'],
  ['fri-mon 00:00-06:00', 'fri-mon 00:00-06:00 UTC'],
  ['sun-sat', 'mon-sun 00:00-24:00 UTC'],
  ['wed-wed 18:00-24:00', 'wed 18:00-24:00 UTC'],
  ['sat 22:00-00:00', 'sat 22:00-00:00 UTC'],
  ['sat 01:00-02:00 europe/amsterdam', 'sat 01:00-02:00 Europe/Amsterdam'],
  [{ days: ['sat', 'sun'], hours: '01:00-05:00', time_zone: 'UTC' }, 'sat-sun 01:00-05:00 UTC'],
  [{ days: ['mon-wed', 'fri'] }, 'mon-wed,fri 00:00-24:00 UTC'],
  [{ hours: '22:00 - 04:00' }, 'mon-sun 22:00-04:00 UTC'],
  [['sat', { days: 'sun', hours: '00:00-12:00' }], 'sat 00:00-24:00 UTC or sun 00:00-12:00 UTC'],
];

const wrong: readonly (readonly [Value, string, string?])[] = [
  ['satt 01:00-05:00', 'there is no day "satt"', 'did you mean "sat"?'],
  ['x-sun', 'there is no day "x"', 'days are mon, tue, wed, thu, fri, sat, sun'],
  ['mon-wed-fri', 'days are a range from one day to another, not "mon-wed-fri"'],
  [
    'sat 1-5',
    'hours have to be two times of the day, not "1-5"',
    'write "01:00-05:00", or "22:00-04:00" past midnight',
  ],
  [
    'sat 01:00-25:00',
    'hours have to be two times of the day, not "01:00-25:00"',
    'write "01:00-05:00", or "22:00-04:00" past midnight',
  ],
  [
    'sat 01:60-02:00',
    'hours have to be two times of the day, not "01:60-02:00"',
    'write "01:00-05:00", or "22:00-04:00" past midnight',
  ],
  [
    'sat 24:00-02:00',
    'hours have to be two times of the day, not "24:00-02:00"',
    'write "01:00-05:00", or "22:00-04:00" past midnight',
  ],
  ['sat 03:00-03:00', 'hours that end when they begin: "03:00-03:00"', 'leave the hours out to mean the whole day'],
  ['sat 01:00-02:00 Europe/Amsterdm', 'there is no time zone "Europe/Amsterdm"', 'did you mean "Europe/Amsterdam"?'],
  ['sat 01:00-02:00 Amsterdam', 'there is no time zone "Amsterdam"', 'did you mean "Europe/Amsterdam"?'],
  ['sat 01:00-02:00 +01:00', 'there is no time zone "+01:00"', 'write an IANA name, as in Europe/Amsterdam or UTC'],
  [
    'on sat 01:00-02:00',
    'a window as a text has days, hours and a time zone, not "on sat 01:00-02:00"',
    'write "sat-sun 01:00-05:00 Europe/Amsterdam"',
  ],
  [{ days: 'sat', hour: '01:00-02:00' }, 'a window has no "hour"', 'did you mean "hours"?'],
  [
    { time_zone: 'UTC' },
    'a window needs "days" or "hours"',
    'write { days: sat-sun, hours: "01:00-05:00", time_zone: Europe/Amsterdam }',
  ],
  [{ days: [] }, '"days" is an empty list', 'leave it out to mean every day'],
  [[], '"window" is an empty list', 'write "sat-sun 01:00-05:00 Europe/Amsterdam"'],
  [
    7,
    'a window has to be a text or a map of days, hours and time_zone, not the number 7',
    'write "sat-sun 01:00-05:00 Europe/Amsterdam"',
  ],
];

const weekend = 'sat-sun 01:00-05:00 Europe/Amsterdam';
const nights = 'mon-fri 22:00-04:00';

/** Window, instant, open; where closed: when it opens next. 2026-11-28 is a Saturday. */
const times: readonly (readonly [Value, string, true | string | undefined])[] = [
  [weekend, '2026-11-28T00:00:00Z', true],
  [weekend, '2026-11-27T23:59:59Z', '2026-11-28T00:00:00Z'],
  [weekend, '2026-11-28T03:59:59Z', true],
  [weekend, '2026-11-28T04:00:00Z', '2026-11-29T00:00:00Z'],
  [weekend, '2026-11-25T03:40:00Z', '2026-11-28T00:00:00Z'],
  [weekend, '2026-11-29T04:00:00Z', '2026-12-05T00:00:00Z'],
  [nights, '2026-11-23T22:00:00Z', true],
  [nights, '2026-11-23T21:59:00Z', '2026-11-23T22:00:00Z'],
  [nights, '2026-11-24T03:59:00Z', true],
  [nights, '2026-11-24T04:00:00Z', '2026-11-24T22:00:00Z'],
  // Friday's night ends on Saturday; that of Saturday is not one, nor that of Sunday.
  [nights, '2026-11-28T03:59:00Z', true],
  [nights, '2026-11-28T22:30:00Z', '2026-11-30T22:00:00Z'],
  [nights, '2026-11-30T01:00:00Z', '2026-11-30T22:00:00Z'],
  ['sat 22:00-00:00', '2026-11-28T23:59:00Z', true],
  ['sat 22:00-00:00', '2026-11-29T00:00:00Z', '2026-12-05T22:00:00Z'],
  ['sat 18:00-24:00', '2026-11-28T23:59:00Z', true],
  ['sat 18:00-24:00', '2026-11-29T00:00:00Z', '2026-12-05T18:00:00Z'],
  ['mon-sun', '2026-11-28T00:00:00Z', true],
  ['sat', '2026-11-28T23:59:59Z', true],
  ['sat', '2026-11-29T00:00:00Z', '2026-12-05T00:00:00Z'],
  // Zones ahead of and behind UTC: it is another day there.
  ['mon 00:00-06:00 Asia/Tokyo', '2026-11-29T15:00:00Z', true],
  ['mon 00:00-06:00 Asia/Tokyo', '2026-11-29T14:59:00Z', '2026-11-29T15:00:00Z'],
  ['fri 20:00-24:00 America/Los_Angeles', '2026-11-28T07:59:00Z', true],
  ['fri 20:00-24:00 America/Los_Angeles', '2026-11-28T08:00:00Z', '2026-12-05T04:00:00Z'],
  ['tue 00:00-01:00 Asia/Kolkata', '2026-11-23T18:30:00Z', true],
  ['tue 00:00-01:00 Asia/Kathmandu', '2026-11-23T18:15:00Z', true],
  ['tue 00:00-01:00 Asia/Kathmandu', '2026-11-23T18:14:00Z', '2026-11-23T18:15:00Z'],
  // To summer time in Amsterdam: 2026-03-29, at 01:00 UTC clocks go from 02:00 to 03:00.
  ['sun 01:00-05:00 Europe/Amsterdam', '2026-03-29T00:00:00Z', true],
  ['sun 01:00-05:00 Europe/Amsterdam', '2026-03-29T02:59:00Z', true],
  ['sun 01:00-05:00 Europe/Amsterdam', '2026-03-29T03:00:00Z', '2026-04-04T23:00:00Z'],
  ['sun 02:30-04:00 Europe/Amsterdam', '2026-03-29T00:59:00Z', '2026-03-29T01:00:00Z'],
  ['sun 02:30-04:00 Europe/Amsterdam', '2026-03-29T01:59:00Z', true],
  // The hour that is left out: not open at all on that day.
  ['sun 02:00-03:00 Europe/Amsterdam', '2026-03-29T00:00:00Z', '2026-04-05T00:00:00Z'],
  ['sun 02:00-03:00 Europe/Amsterdam', '2026-03-29T01:00:00Z', '2026-04-05T00:00:00Z'],
  // From summer time: 2026-10-25, at 01:00 UTC clocks go from 03:00 back to 02:00.
  ['sun 01:00-05:00 Europe/Amsterdam', '2026-10-24T23:00:00Z', true],
  ['sun 01:00-05:00 Europe/Amsterdam', '2026-10-25T03:59:00Z', true],
  ['sun 01:00-05:00 Europe/Amsterdam', '2026-10-25T04:00:00Z', '2026-11-01T00:00:00Z'],
  // The hour that comes twice is open twice.
  ['sun 02:00-03:00 Europe/Amsterdam', '2026-10-25T00:30:00Z', true],
  ['sun 02:00-03:00 Europe/Amsterdam', '2026-10-25T01:30:00Z', true],
  ['sun 01:00-02:30 Europe/Amsterdam', '2026-10-25T00:29:00Z', true],
  ['sun 01:00-02:30 Europe/Amsterdam', '2026-10-25T00:30:00Z', '2026-10-25T01:00:00Z'],
  ['sat 22:00-04:00 Europe/Amsterdam', '2026-10-25T02:59:00Z', true],
  ['sat 22:00-04:00 Europe/Amsterdam', '2026-10-25T03:00:00Z', '2026-10-31T21:00:00Z'],
  // South of the equator, and by half an hour.
  ['sun 01:00-02:00 Australia/Lord_Howe', '2026-10-03T14:30:00Z', true],
  ['sun 02:00-02:30 Australia/Lord_Howe', '2026-10-03T15:00:00Z', '2026-10-10T15:00:00Z'],
  [['sat 01:00-02:00', 'sun 03:00-04:00'], '2026-11-29T03:30:00Z', true],
  [['sat 01:00-02:00', 'sun 03:00-04:00'], '2026-11-28T02:00:00Z', '2026-11-29T03:00:00Z'],
];

const instant = (milliseconds: number | undefined): string | undefined =>
  milliseconds === undefined ? undefined : new Date(milliseconds).toISOString().replace('.000Z', 'Z');

const reading: Cases = Object.fromEntries([
  ...written.map(([value, words]) => [
    `${JSON.stringify(value)} is ${words}`,
    () => assert.is(windowWords(windowsOf(value)), words),
  ]),
  ...wrong.map(([value, message, hint]) => [
    `${JSON.stringify(value)}: ${message}`,
    () => {
      const { windows, problems } = read(value);
      assert.is(windows, undefined);
      assert.equal(
        problems.map((problem) => [problem.message, problem.hint]),
        [[message, hint]],
      );
    },
  ]),
]);

const clock: Cases = Object.fromEntries(
  times.map(([value, now, open]) => [
    `${JSON.stringify(value)} at ${now}: ${open === true ? 'open' : `opens ${open ?? 'never'}`}`,
    () => {
      const sets = [windowsOf(value)];
      assert.is(isOpen(sets, Date.parse(now)), open === true);
      assert.is(instant(opening(sets, Date.parse(now))), open === true ? now : open);
    },
  ]),
);

tests('a window as it is written', reading);
tests('a window and the time', clock);
tests('windows together', {
  'are open while all of them are': () => {
    const sets = [windowsOf('sat 01:00-05:00'), windowsOf('sat 03:00-08:00')];
    assert.is(isOpen(sets, Date.parse('2026-11-28T02:00:00Z')), false);
    assert.is(isOpen(sets, Date.parse('2026-11-28T03:00:00Z')), true);
    assert.is(instant(opening(sets, Date.parse('2026-11-28T06:00:00Z'))), '2026-12-05T03:00:00Z');
    assert.is(instant(closing(sets, Date.parse('2026-11-28T03:10:20Z'))), '2026-11-28T05:00:00Z');
  },
  'may never be open': () => {
    const sets = [windowsOf('sat'), windowsOf('sun')];
    assert.is(opening(sets, Date.parse('2026-11-28T06:00:00Z')), undefined);
  },
  'may never be closed': () => {
    assert.is(closing([windowsOf('mon-sun')], Date.parse('2026-11-28T06:00:00Z')), undefined);
  },
  'are none: always open': () => {
    assert.is(isOpen([], 0), true);
  },
  'tell a moment by the clocks of the first': () => {
    const now = Date.parse('2026-11-25T03:40:00Z');
    const sets = [windowsOf(weekend)];
    assert.is(momentWords(sets, opening(sets, now) ?? 0, now), 'Sat 2026-11-28 at 01:00 CET (in 2 days 20 h)');
    const soon = Date.parse('2026-11-27T23:57:10Z');
    assert.is(momentWords(sets, opening(sets, soon) ?? 0, soon), 'Sat 2026-11-28 at 01:00 CET (in 3 min)');
  },
});
