// A rotation cut after every single entry of its journal, on every lab of cut-scenes.ts: takes most of an hour.
//
//   npm run cuts [-- part of a lab's name …]

import { availableParallelism } from 'node:os';
import { isWriteBegun } from './cut-journal.ts';
import { cutAndResumed, killedAndResumed, type Outcome, wholeRun } from './cut-run.ts';
import { entryWords, type Scene, scenes } from './cut-scenes.ts';

const AT_ONCE = availableParallelism() + 1;

class Tally {
  passed = 0;
  failed = 0;

  async count<T>(what: () => string, work: () => Promise<T>): Promise<T | undefined> {
    try {
      const value = await work();
      this.passed += 1;
      return value;
    } catch (error) {
      this.failed += 1;
      const { message, details } = error as Error & { readonly details?: string };
      console.log(`FAILED ${what()}: ${message}\n${details ?? ''}`);
      return undefined;
    }
  }
}

/** Does the works, a few at a time. */
async function all(works: readonly (() => Promise<void>)[]): Promise<void> {
  const waiting = [...works];
  const worker = async () => {
    for (let work = waiting.shift(); work !== undefined; work = waiting.shift()) await work();
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
}

/** After entry `number`; where that begins a write, once where the write still leaves and once where it does not. */
async function cutAfter(number: number, name: string, scene: Scene, whole: Outcome, tally: Tally): Promise<void> {
  const cut = (leaves: boolean) =>
    tally.count(
      () => `${name}: cut after entry ${number}${leaves ? '' : ', the write does not leave'}`,
      () => cutAndResumed(scene, { after: (_, each) => each === number, leaves }, whole),
    );
  const last = await cut(true);
  if (last && isWriteBegun(last)) await cut(false);
}

/** True kills, at the moments when the lab has just been asked for something. */
const kills = [
  { command: 'uploadCustomCertificate', times: 1 },
  { command: 'uploadCustomCertificate', times: 3 },
  { command: 'queryAsyncJobResult', times: 4 },
  { command: 'updateConfiguration', times: 1 },
  { command: 'listSystemVms', times: 5 },
  { command: 'listSystemVms', times: 12 },
];

async function scenesOf(name: string, scene: Scene, tally: Tally): Promise<void> {
  const started = Date.now();
  const { passed, failed } = tally;
  const { outcome, entries } = await wholeRun(scene);
  const numbers = Array.from({ length: entries.length - 1 }, (_, index) => index + 1);
  await all(numbers.map((number) => () => cutAfter(number, name, scene, outcome, tally)));
  const ordered = entries.map(entryWords).some((words) => words.includes('updateConfiguration'));
  const wanted = kills.filter(({ command }) => command !== 'updateConfiguration' || ordered);
  await all(
    wanted.map((kill) => async () => {
      await tally.count(
        () => `${name}: killed at ${kill.command} ${kill.times}`,
        () => killedAndResumed(scene, kill, outcome),
      );
    }),
  );
  const cuts = tally.passed - passed + tally.failed - failed;
  const seconds = Math.round((Date.now() - started) / 1000);
  console.log(`${name}: ${entries.length} entries, ${cuts} cuts, ${tally.failed - failed} failed, ${seconds} s`);
}

const parts = process.argv.slice(2);
const tally = new Tally();
for (const [name, scene] of Object.entries(scenes)) {
  if (parts.length === 0 || parts.some((part) => name.includes(part))) await scenesOf(name, scene, tally);
}
console.log(`${tally.passed} passed, ${tally.failed} failed`);
process.exitCode = tally.failed > 0 || tally.passed === 0 ? 1 : 0;
