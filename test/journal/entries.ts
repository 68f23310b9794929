// A header and entries for the tests of journals, written short.

import { writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import type { Entry, Header } from '../../src/journal/entry.ts';
import { createRun } from '../../src/journal/runs.ts';
import type { EventBody } from '../../src/model.ts';
import { thisProcess } from '../../src/process-identity.ts';

export const noon = '2026-11-25T12:00:00.000Z';

/** A header of a run that this process began at noon. */
export function header(more: Partial<Header> = {}): Omit<Header, 'id'> {
  const { id: _, ...rest } = more;
  return {
    journal: 1,
    version: '0.1.0',
    started: noon,
    who: `ada@${hostname()}`,
    process: thisProcess(),
    asked: {
      playbook: '/work/rotate-certs.yml',
      inventories: ['/work/inventory/eu.yml'],
      tags: [],
      skipTags: [],
      extraVars: [],
      secretVars: [],
      forks: 20,
      forceHandlers: false,
      folder: '/work',
    },
    files: [{ path: '/work/rotate-certs.yml', sha256: '00' }],
    seed: 'seed',
    ...rest,
  };
}

export const event = (body: EventBody): Entry => ({ event: { at: noon, ...body } });

export const begun = (hosts: readonly string[] = ['eu-1', 'us-1']): Entry =>
  event({
    type: 'run-started',
    mode: 'run',
    version: '0.1.0',
    playbook: 'rotate-certs.yml',
    inventory: ['eu.yml'],
    limit: undefined,
    hosts,
  });

export const note = (message: string): Entry => event({ type: 'note', task: '0.0', host: 'eu-1', message });

export const writing = (write: number, what = `write ${write}`, job?: string): Entry =>
  event({ type: 'write-started', task: '0.1', host: 'eu-1', write, what, ...(job && { job }) });

export const wrote = (write: number, outcome: 'done' | 'failed' | 'unknown' = 'done'): Entry =>
  event({ type: 'write-ended', task: '0.1', host: 'eu-1', write, outcome });

export const over = (exitCode: number, resume?: string): Entry =>
  event({
    type: 'run-ended',
    exitCode,
    recap: [],
    notReached: [],
    message: undefined,
    writes: 0,
    ...(resume && { resume }),
  });

/** A run with these entries that no process is at any more. */
export async function keep(state: string, entries: readonly Entry[], more: Partial<Header> = {}): Promise<string> {
  const journal = await createRun(state, header(more));
  for (const entry of entries) journal.append(entry);
  await journal.close();
  return journal.id;
}

/** As if a process of another machine had the run. */
export function heldElsewhere(state: string, id: string): void {
  const there = { pid: process.pid, started: '0', boot: 'another' };
  const holder = { process: there, machine: 'another', host: 'far' };
  writeFileSync(join(state, 'runs', id, 'holder-1'), JSON.stringify(holder));
}
