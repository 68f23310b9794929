// One run of the made-up fleet in a process of its own, for bench/journal.ts: prints what it took.

import { closeSync, fdatasyncSync, openSync, writeSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { type Disk, realDisk } from '../src/journal/disk.ts';
import type { Header } from '../src/journal/entry.ts';
import { createRun, type Journal, openRun } from '../src/journal/runs.ts';
import type { EventBody } from '../src/model.ts';
import { thisProcess } from '../src/process-identity.ts';
import type { Earlier } from '../src/run/comeback.ts';
import { run } from '../src/run/run.ts';
import { type Fleet, readFleet } from './fleet.ts';

/** without, with: a whole run, without a journal and with one; resume: up to the first step of a run that goes on. */
export type Kind = 'without' | 'with' | 'resume';

export interface Part {
  readonly wallSeconds: number;
  readonly cpuSeconds: number;
  readonly steps: number;
  readonly writes: number;
  readonly syncs: number;
  /** What so many syncs take on this disk by themselves, each after an average batch. */
  readonly syncSeconds: number;
  /** Peak resident memory. */
  readonly mebibytes: number;
}

const [kind = 'without', folder = '', zones = '', state = ''] = process.argv.slice(2);

/** The disk, counted. */
let syncs = 0;
let bytes = 0;
const counted: Disk = {
  ...realDisk,
  write: (file, part) => {
    bytes += part.length;
    return realDisk.write(file, part);
  },
  sync: (file) => {
    syncs += 1;
    return realDisk.sync(file);
  },
};

function rawSyncSeconds(): number {
  if (syncs === 0) return 0;
  const file = openSync(join(folder, 'raw'), 'w');
  const batch = Buffer.alloc(Math.round(bytes / syncs), 'x');
  const since = performance.now();
  for (let count = 0; count < syncs; count += 1) {
    writeSync(file, batch);
    fdatasyncSync(file);
  }
  closeSync(file);
  return (performance.now() - since) / 1000;
}

function headerOf({ prepared }: Fleet): Omit<Header, 'id'> {
  const asked = { tags: [], skipTags: [], extraVars: [], secretVars: [], forks: 20, forceHandlers: false };
  return {
    journal: 1,
    ...who(),
    asked: {
      playbook: resolve(prepared.playbook.file),
      inventories: prepared.inventory.files.map((file) => resolve(file)),
      folder,
      ...asked,
    },
    files: prepared.files,
    seed: 'bench',
  };
}

const who = () => ({
  version: 'bench',
  started: new Date().toISOString(),
  who: 'bench@here',
  process: thisProcess(),
});

interface Kept {
  readonly journal?: Journal;
  readonly earlier?: Earlier;
}

async function kept(fleet: Fleet): Promise<Kept> {
  if (kind === 'with') return { journal: await createRun(state, headerOf(fleet), counted) };
  if (kind === 'without') return {};
  const { journal, entries } = await openRun(state, '2');
  return { journal, earlier: { entries, assumed: new Map(), resumed: who() } };
}

const fleet = readFleet(folder, Number(zones));
const cpu = process.cpuUsage();
const since = performance.now();
let steps = 0;
let writes = 0;

function tell(wallSeconds: number): void {
  const { user, system } = process.cpuUsage(cpu);
  const mebibytes = process.resourceUsage().maxRSS / 1024;
  const cpuSeconds = (user + system) / 1e6;
  const part: Part = { wallSeconds, cpuSeconds, steps, writes, syncs, syncSeconds: rawSyncSeconds(), mebibytes };
  console.log(JSON.stringify(part));
}

function take(event: EventBody): void {
  if (event.type === 'step-ended') steps += 1;
  if (event.type === 'write-started') writes += 1;
  if (kind !== 'resume' || event.type !== 'step-started') return;
  tell((performance.now() - since) / 1000);
  process.exit(0);
}

const { journal, earlier } = await kept(fleet);
const { playbook, inventory, extraVars } = fleet.prepared;
const { exitCode } = await run({
  mode: 'run',
  version: 'bench',
  playbook,
  inventory,
  modules: fleet.modules,
  connections: fleet.connections,
  extraVars,
  forks: 20,
  seed: 'bench',
  emit: take,
  ...(journal && { id: journal.id, ledger: journal }),
  earlier,
});
await journal?.close();
if (exitCode !== 0) throw new Error(`the run ended with ${exitCode}`);
tell((performance.now() - since) / 1000);
