// Who has a run: of many that want it at the same time, one.

import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { hold, holderOf } from '../../src/journal/holder.ts';
import { thisProcess } from '../../src/process-identity.ts';
import { withFolder } from '../rig.ts';
import { assert, tests } from '../tests.ts';

const WORKERS = 4;
const ROUNDS = 60;

/** Each worker says that it is ready, waits for the round to begin, and tries to take its folder. */
const RACER = `
const { parentPort, workerData } = require('node:worker_threads');
const { round, taken, folder, rounds, module } = workerData;
import(module).then(({ hold }) => {
  for (let number = 1; number <= rounds; number += 1) {
    parentPort.postMessage('ready');
    while (Atomics.load(round, 0) < number) Atomics.wait(round, 0, number - 1);
    try {
      hold(folder + '/' + number, 'ID');
      Atomics.add(taken, number, 1);
    } catch (error) {
      if (error.name !== 'SafetyStop') Atomics.add(taken, number, 1000);
    }
  }
});
`;

const shared = (length: number) => new Int32Array(new SharedArrayBuffer(4 * length));

/** In every other folder, a process that is dead had the run before. */
function makeFolders(folder: string): void {
  for (let number = 1; number <= ROUNDS; number += 1) {
    const path = join(folder, String(number));
    mkdirSync(path);
    const dead = { process: { pid: 1, started: 'never', boot: 'another' }, machine: 'another', host: 'far' };
    if (number % 2 === 0) writeFileSync(join(path, 'holder-1'), JSON.stringify(dead));
  }
}

/** How many took the run in each round. */
async function race(folder: string): Promise<number[]> {
  makeFolders(folder);
  const [round, taken] = [shared(1), shared(ROUNDS + 1)];
  const module = new URL('../../src/journal/holder.js', import.meta.url).href;
  const workerData = { round, taken, folder, rounds: ROUNDS, module };
  const workers = Array.from({ length: WORKERS }, () => new Worker(RACER, { eval: true, workerData }));
  const gone = workers.map((worker) => once(worker, 'exit'));
  const allReady = () => Promise.all(workers.map((worker) => once(worker, 'message')));
  for (let number = 1; number <= ROUNDS; number += 1) {
    await allReady();
    Atomics.store(round, 0, number);
    Atomics.notify(round, 0);
  }
  await Promise.all(gone);
  return [...taken.slice(1)];
}

tests('who has a run', {
  'is one of those that want it at the same time, 60 times': () =>
    withFolder(async (folder) => {
      assert.equal(
        await race(folder),
        Array.from({ length: ROUNDS }, () => 1),
      );
      assert.equal(holderOf(join(folder, '1')), { at: 'here', pid: process.pid });
    }),
  'is nobody once it is let go, and a process of another machine only perhaps': () =>
    withFolder(async (folder) => {
      const release = hold(folder, 'ID');
      assert.equal(holderOf(folder), { at: 'here', pid: process.pid });
      release();
      assert.equal(holderOf(folder), { at: 'nowhere' });
      const far = { process: thisProcess(), machine: 'another', host: 'far' };
      writeFileSync(join(folder, 'holder-7'), JSON.stringify(far));
      assert.equal(holderOf(folder), { at: 'elsewhere', host: 'far' });
      hold(folder, 'ID')();
      assert.equal(holderOf(folder), { at: 'elsewhere', host: 'far' });
    }),
});
