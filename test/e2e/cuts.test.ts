// A rotation whose process dies is resumed as if nothing had happened: a selection of the moments that `npm run cuts`
// goes through one by one.

import type { Entry } from '../../src/journal/entry.ts';
import { tests } from '../tests.ts';
import { type Cut, isWriteBegun, isWriteEnded } from './cut-journal.ts';
import { cutAndResumed, killedAndResumed, wholeRun } from './cut-run.ts';
import { entryWords, type Scene, unanswered } from './cut-scenes.ts';
import { WITHOUT_TLS } from './lab-states.ts';
import { sideBySide } from './side-by-side.ts';

const small: Scene = { lab: { profile: '4.22', zones: 1, timeFactor: 0.005 } };
const fleet: Scene = { lab: { profile: '4.21', clouds: 2, zones: 2, timeFactor: 0.005 } };
const first: Scene = { lab: { ...small.lab, world: WITHOUT_TLS } };

/** A cut, and what to call it. */
type NamedCut = readonly [string, Cut];

/** After the `nth` entry of a kind, from 1. */
function nth(which: (entry: Entry) => boolean, nth: number, leaves = true): Cut {
  let seen = 0;
  return {
    leaves,
    after: (entry) => {
      if (!which(entry)) return false;
      seen += 1;
      return seen === nth;
    },
  };
}

const wholes = new Map<Scene, ReturnType<typeof wholeRun>>();

/** What is asked for more than once is run once. */
function whole(scene: Scene): ReturnType<typeof wholeRun> {
  const run = wholes.get(scene) ?? wholeRun(scene);
  wholes.set(scene, run);
  return run;
}

const each = (scene: Scene, cuts: (entries: readonly Entry[]) => readonly NamedCut[]) => async () => {
  const { outcome, entries } = await whole(scene);
  for (const [name, cut] of cuts(entries)) await named(name, () => cutAndResumed(scene, cut, outcome));
};

async function named(name: string, work: () => Promise<unknown>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (error instanceof Error) error.message = `${name}: ${error.message}`;
    throw error;
  }
}

/** Of each write: it is told of and does not leave, and it is on its way; of some of them, that their end is known. */
function aroundWrites(entries: readonly Entry[]): readonly NamedCut[] {
  const writes = entries.filter(isWriteBegun).map(entryWords);
  return writes.flatMap((what, index): NamedCut[] => [
    [`${what} does not leave`, nth(isWriteBegun, index + 1, false)],
    [`${what} is on its way`, nth(isWriteBegun, index + 1)],
    ...(index % 3 === 2 ? [[`${what} has ended`, nth(isWriteEnded, index + 1)] as const] : []),
  ]);
}

/** After every so many entries that are not about writes. */
const every =
  (step: number) =>
  (entries: readonly Entry[]): readonly NamedCut[] => {
    const isOther = (entry: Entry) => !isWriteBegun(entry) && !isWriteEnded(entry);
    const others = entries.filter(isOther).slice(0, -1);
    return others.flatMap((entry, index): NamedCut[] =>
      index % step === step - 1 ? [[`${index + 1}: ${entryWords(entry)}`, nth(isOther, index + 1)]] : [],
    );
  };

const isRestart = (entry: Entry) => isWriteBegun(entry) && /write-started ssh /.test(entryWords(entry));
/** Of the last restart, that of the only server or of the second one. */
const atRestart = (entries: readonly Entry[]): readonly NamedCut[] => {
  const count = entries.filter(isRestart).length;
  return [
    ['the restart does not leave', nth(isRestart, count, false)],
    ['the restart is on its way', nth(isRestart, count)],
  ];
};

async function isKilled(): Promise<void> {
  const { outcome } = await whole(small);
  await killedAndResumed(small, { command: 'uploadCustomCertificate', times: 3 }, outcome);
}

tests(
  'a rotation that is resumed',
  sideBySide({
    'is like one that was not cut: around each write': each(small, aroundWrites),
    'is like one that was not cut: after any other entry': each(small, every(20)),
    'is like one that was not cut: two clouds of two zones': each(fleet, every(170)),
    'is like one that was not cut: no write is answered': each(unanswered(small), (entries) =>
      aroundWrites(entries).slice(4, 9),
    ),
    'sees by its last start whether the only management server was restarted': each(first, atRestart),
    'sees by its last start whether the second management server was restarted': each(
      { lab: { ...first.lab, managementServers: 2 } },
      (entries) => atRestart(entries).slice(1),
    ),
    'is like one that was not cut: SIGKILL in the middle of the upload': isKilled,
  }),
);
