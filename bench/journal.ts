// What a journal costs: a run of 1,000 clouds with 3 zones each, whose clouds answer at once, with a journal and without
// one; and how soon a run goes on from a journal of 100,000 records.
//
//   npm run build && node dist/bench/journal.js [clouds] [zones]

import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { writeFleet } from './fleet.ts';
import type { Kind, Part } from './journal-part.ts';
import { median } from './measure.ts';

const PAIRS = 5;
const RECORDS = 100_000;
const [clouds = 1000, zones = 3] = process.argv.slice(2).map(Number);
// Not in /tmp, which may be memory: a journal lies on a disk.
const folder = mkdtempSync(join(process.cwd(), '.bench-'));

/** A run in a process of its own. */
function part(kind: Kind, state: string): Part {
  const program = join(fileURLToPath(import.meta.url), '../journal-part.js');
  const done = spawnSync(process.execPath, [program, kind, folder, String(zones), state], { encoding: 'utf8' });
  if (done.status !== 0) throw new Error(`${kind}: ${done.stderr.slice(0, 1000)}`);
  return JSON.parse(done.stdout) as Part;
}

const journalIn = (state: string): string => {
  const runs = join(state, 'runs');
  return join(runs, readdirSync(runs)[0] ?? '', 'journal.ndjson');
};

interface Pair {
  readonly with: Part;
  readonly without: Part;
}

/** Two runs, one after the other, since the speed of a machine drifts. The journal stays in `state`. */
function pair(state: string): Pair {
  rmSync(state, { recursive: true, force: true });
  return { without: part('without', state), with: part('with', state) };
}

/** A journal cut off after so many records, the header aside. */
function cut(path: string): number {
  const lines = readFileSync(path, 'utf8')
    .split('\n')
    .slice(0, RECORDS + 1);
  writeFileSync(path, `${lines.join('\n')}\n`);
  return lines.length - 1;
}

const seconds = (value: number): string => `${value.toFixed(2)} s`;
const microseconds = (value: number): string => `${(value * 1e6).toFixed(0)} µs`;

try {
  writeFleet(folder, clouds);
  const state = join(folder, 'state');
  const pairs = Array.from({ length: PAIRS }, () => pair(state));
  const of = (value: (each: Pair) => number) => median(pairs.map(value));
  const last = pairs.at(-1)?.with;
  if (!last) throw new Error('no run');
  const records = readFileSync(journalIn(state), 'utf8').split('\n').length - 2;
  console.log(`${clouds} clouds, ${zones} zones each: ${last.steps} steps, ${last.writes} writes, ${records} records`);
  console.log(`without a journal ${seconds(of((each) => each.without.wallSeconds))}`);
  console.log(
    `with one          ${seconds(of((each) => each.with.wallSeconds))}, of which ${last.syncs} syncs take ${seconds(of((each) => each.with.syncSeconds))} on this disk alone`,
  );
  const own = ({ with: { wallSeconds, syncSeconds } }: Pair) => wallSeconds - syncSeconds;
  const ratios = pairs.map((each) => own(each) / each.without.wallSeconds);
  console.log(
    `ratio, the disk taken out: ${median(ratios).toFixed(2)} (${Math.min(...ratios).toFixed(2)} to ${Math.max(...ratios).toFixed(2)}); goal at most 1.1`,
  );
  const cpu = of((each) => each.with.cpuSeconds - each.without.cpuSeconds);
  const cpuRatio = of((each) => each.with.cpuSeconds / each.without.cpuSeconds);
  console.log(
    `CPU: ${microseconds(cpu / last.steps)} a step, ${microseconds(cpu / records)} a record; ratio ${cpuRatio.toFixed(2)}`,
  );
  console.log(
    `peak memory ${of((each) => each.with.mebibytes).toFixed(0)} MiB (without ${of((each) => each.without.mebibytes).toFixed(0)}); goal at most 250`,
  );
  const kept = cut(journalIn(state));
  const resumes = [1, 2, 3].map(() => part('resume', state));
  console.log(
    `resume from ${kept} records: ${seconds(median(resumes.map((each) => each.wallSeconds)))} until the first step, ${median(resumes.map((each) => each.mebibytes)).toFixed(0)} MiB; goal at most 2 s`,
  );
} finally {
  rmSync(folder, { recursive: true, force: true });
}
