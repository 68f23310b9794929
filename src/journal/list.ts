// The list of runs: where each stands, without reading more of its journal than that needs.

import { InvalidInput } from '../errors.ts';
import type { Event } from '../model.ts';
import { decode, decodeHeader } from './codec.ts';
import type { Header } from './entry.ts';
import { contentOf, journalFile, runFolder, runIds } from './folder.ts';
import { type Holder, holderOf } from './holder.ts';
import { openQuestions } from './questions.ts';
import { wholeBytes } from './reader.ts';
import { Writes } from './writes.ts';

/**
 * running: a process is at it; done, failed, stopped, interrupted: how it ended, by its exit code; died: it has no end
 * and no process; elsewhere: it has no end, and whether a process is at it can only be seen on another machine; broken: its journal cannot be read.
 */
export type RunStatus = 'running' | 'done' | 'failed' | 'stopped' | 'interrupted' | 'died' | 'elsewhere' | 'broken';

/** Where a run stands. */
export interface Standing {
  readonly status: RunStatus;
  /** Of a run that has ended. */
  readonly exitCode?: number | undefined;
  /** Of a run that is running. */
  readonly pid?: number | undefined;
  /** Of a run that may be going on elsewhere: where. */
  readonly host?: string | undefined;
  /** Of a run that is running: how many questions of it nobody has answered yet. */
  readonly questions?: number | undefined;
  /** There is something to go on with: `cs-play resume`. */
  readonly resumable: boolean;
}

export interface RunSummary extends Standing {
  readonly id: string;
  /** ISO time. */
  readonly started: string;
  /** `user@host`. */
  readonly who: string;
  /** Absolute paths. */
  readonly playbook: string;
  readonly inventories: readonly string[];
  /** How many hosts of the inventory were selected. */
  readonly hosts: number;
  readonly writes: number;
  readonly unknownWrites: number;
  /** Of a run that is broken: why. */
  readonly reason?: string | undefined;
}

/** All runs, newest first. A journal that cannot be read is a broken run, not an error. */
export async function listRuns(state: string): Promise<readonly RunSummary[]> {
  return [...runIds(state)].reverse().map((id) => summaryOf(state, id));
}

/**
 * The newest run that can go on and that no process is at. Those that may be going on elsewhere are left out, and those
 * that were overtaken: a later run has changed one of their hosts and ended well, so that they are gone on with only by
 * who names them.
 */
export async function latestUnfinished(state: string): Promise<string | undefined> {
  const later: RunSummary[] = [];
  for (const id of [...runIds(state)].reverse()) {
    const run = summaryOf(state, id);
    if (run.resumable && run.status !== 'elsewhere' && !later.some((done) => overtook(state, done, run))) return id;
    if (run.status === 'done' && run.writes > 0) later.push(run);
  }
  return undefined;
}

function overtook(state: string, later: RunSummary, run: RunSummary): boolean {
  // Ids of one second are in no order.
  if (later.started <= run.started) return false;
  if (!later.inventories.some((path) => run.inventories.includes(path))) return false;
  const hosts = hostsOf(state, run.id);
  return hostsOf(state, later.id).some((host) => hosts.includes(host));
}

/** The hosts of the inventory that a run was begun with, of a journal that can be read. */
function hostsOf(state: string, id: string): readonly string[] {
  const [started] = eventsOf(wholeOf(state, id), 'run-started');
  return started?.type === 'run-started' ? started.hosts : [];
}

function wholeOf(state: string, id: string): Buffer {
  const whole = contentOf(journalFile(runFolder(state, id)));
  return whole.subarray(0, wholeBytes(whole));
}

/** One run of the list, by its whole id. */
export function summaryOf(state: string, id: string): RunSummary {
  try {
    return summarise(state, id);
  } catch (error) {
    const reason = reasonOf(error);
    return { ...nothingKnown(id), status: 'broken', resumable: false, reason };
  }
}

function reasonOf(error: unknown): string {
  if (error instanceof InvalidInput) return error.message;
  if (error instanceof SyntaxError) return `its journal has a line that cannot be read: ${error.message}`;
  throw error;
}

function nothingKnown(id: string): Omit<RunSummary, keyof Standing> {
  const started = id.replace(/^(....)(..)(..)-(..)(..)(..)-.*$/, '$1-$2-$3T$4:$5:$6.000Z');
  return { id, started, who: '', playbook: '', inventories: [], hosts: 0, writes: 0, unknownWrites: 0 };
}

function summarise(state: string, id: string): RunSummary {
  const folder = runFolder(state, id);
  const holder = holderOf(folder);
  const content = wholeOf(state, id);
  if (content.length === 0) throw new InvalidInput([{ message: 'it was cut off before it began' }]);
  const header = decodeHeader(lineAt(content, 0)) as Header;
  const writes = new Writes();
  for (const event of eventsOf(content, 'write-')) writes.take(event);
  const [started] = eventsOf(content, 'run-started');
  return {
    id,
    started: header.started,
    who: header.who,
    playbook: header.asked.playbook,
    inventories: header.asked.inventories,
    ...standing(content, holder, () => openQuestions(folder, new Date()).length),
    hosts: started?.type === 'run-started' ? started.hosts.length : 0,
    writes: writes.count,
    unknownWrites: writes.unknown(holder.at === 'here').length,
  };
}

const lineAt = (content: Buffer, at: number): string => {
  const start = content.lastIndexOf('\n', at) + 1;
  return content.toString('utf8', start, content.indexOf('\n', at));
};

/** Events whose type begins so. In a string the quotes would be escaped, so only a field of that name is found. */
function* eventsOf(content: Buffer, type: string): Generator<Event> {
  const mark = `"type":"${type}`;
  for (let at = content.indexOf(mark); at >= 0; at = content.indexOf(mark, at + 1)) {
    const entry = decode(lineAt(content, at));
    if ('event' in entry && entry.event.type.startsWith(type)) yield entry.event;
  }
}

function standing(content: Buffer, holder: Holder, questions: () => number): Standing {
  if (holder.at === 'here') return { status: 'running', pid: holder.pid, questions: questions(), resumable: false };
  // What ended before the run was gone on with is not its end.
  const last = content.subarray(content.lastIndexOf('\n{"resumed":') + 1);
  const end = [...eventsOf(last, 'run-ended')].at(-1);
  if (end?.type === 'run-ended') {
    const { exitCode } = end;
    return { status: STATUS[exitCode] ?? 'failed', exitCode, resumable: end.resume !== undefined };
  }
  if (holder.at === 'elsewhere') return { status: 'elsewhere', host: holder.host, resumable: true };
  return { status: 'died', resumable: true };
}

const STATUS: Readonly<Record<number, RunStatus>> = { 0: 'done', 5: 'stopped', 130: 'interrupted' };
