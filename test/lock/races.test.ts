// Several processes ask for one lock at once, again and again; before every other start a dead run has left its lock.

import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { projectFolder } from '../project.ts';
import { withFolder } from '../rig.ts';
import { assert, tests } from '../tests.ts';
import { CLOUD, holderOf, plant, reusedPid } from './planted.ts';
import type { Order, Report } from './racer.ts';

const RACERS = 3;
const STARTS = 200;
const DEAD = '20261124-101500-0001';

async function report(racer: ChildProcess): Promise<Report> {
  const [words] = await once(racer, 'message');
  return words;
}

const all = (racers: readonly ChildProcess[], order: (index: number) => Order): Promise<Report[]> =>
  Promise.all(
    racers.map((racer, index) => {
      const answer = report(racer);
      racer.send(order(index));
      return answer;
    }),
  );

/** Another order of names each time, so that whoever is quick is now before and now behind the others. */
const runOf = (start: number, index: number): string => `20261125-034100-000${(index + start) % RACERS}`;

async function race(racers: readonly ChildProcess[], state: string, start: number): Promise<void> {
  const takeover = start % 2 === 1;
  if (takeover) plant(state, holderOf({ process: reusedPid() }));
  const reports = await all(racers, (index) => ({ take: CLOUD, run: runOf(start, index) }));
  const wanted = [...Array.from({ length: RACERS - 1 }, () => 'locked'), takeover ? `won from ${DEAD}` : 'won'];
  assert.equal([...reports].sort(), wanted, `start ${start}`);
  await all(racers, () => ({ release: true }));
  assert.equal(readdirSync(join(state, 'locks', CLOUD)), [], `start ${start}`);
}

tests('a lock that several ask for at once', {
  [`exactly one of ${RACERS} processes gets it, ${STARTS} times in a row`]: () =>
    withFolder(async (state) => {
      const script = join(projectFolder, 'dist/test/lock/racer.js');
      const racers = Array.from({ length: RACERS }, () => fork(script, [state]));
      try {
        await Promise.all(racers.map(report));
        for (let start = 0; start < STARTS; start += 1) await race(racers, state, start);
      } finally {
        for (const racer of racers) racer.disconnect();
      }
    }),
});
