// The runs of a state folder: a run is a folder `runs/ID` with its journal. Made, opened to go on, read.

import { randomBytes } from 'node:crypto';
import { closeSync, constants, fdatasyncSync, ftruncateSync, mkdirSync, openSync, rmSync } from 'node:fs';
import { SafetyStop } from '../errors.ts';
import { diskReason, privateFolder } from '../state.ts';
import { encodeHeader } from './codec.ts';
import { type Disk, syncFolders } from './disk.ts';
import type { Entry, Header, Ledger } from './entry.ts';
import { contentOf, findRun, journalFile, runFolder, runsFolder } from './folder.ts';
import { hold } from './holder.ts';
import { readJournal } from './reader.ts';
import { JournalWriter, type OpenFile } from './writer.ts';

export { latestUnfinished, listRuns, type RunSummary } from './list.ts';

/** The journal of a run that goes on in this process. */
export interface Journal extends Ledger {
  readonly id: string;
  /** `…/runs/ID`, for what else belongs to the run. */
  readonly folder: string;
  /** Brings everything to the disk and lets the run go. Rejects with `SafetyStop` where something is not there. */
  close(): Promise<void>;
}

export interface ReadRun {
  readonly header: Header;
  readonly entries: readonly Entry[];
}

const { O_WRONLY, O_APPEND, O_CREAT, O_EXCL } = constants;
/** Ids of one second are told apart by four digits; that so many of them are taken means something else. */
const TRIES = 100;
/** The run's folder, `runs`, the state folder: that their names reach the disk must not fail. */
const OUR_FOLDERS = 3;

/**
 * Makes a run's folder and its journal, and brings both to the disk. The id is made of `header.started`. Throws
 * `SafetyStop` where that cannot be, and `InvalidInput` for a state folder that is not this user's alone.
 */
export async function createRun(state: string, header: Omit<Header, 'id'>, disk?: Disk): Promise<Journal> {
  const runs = runsFolder(state);
  for (const folder of [state, runs]) privateFolder(folder);
  const id = stopping(runs, () => makeFolder(state, header.started));
  const folder = runFolder(state, id);
  try {
    return await begin(folder, { ...header, id }, disk);
  } catch (error) {
    // Nothing began, so nobody has to hear of it.
    rmSync(folder, { recursive: true, force: true });
    throw error instanceof SafetyStop ? notKept(error.message) : stopOf(runs, error);
  }
}

async function begin(folder: string, header: Header, disk: Disk | undefined): Promise<Journal> {
  const { id } = header;
  const release = hold(folder, id);
  const path = journalFile(folder);
  const file = openSync(path, O_WRONLY | O_APPEND | O_CREAT | O_EXCL, 0o600);
  const writer = new JournalWriter({ path, file, bytes: 0, id }, disk);
  writer.appendLine(encodeHeader(header));
  try {
    await writer.settled();
    syncFolders(folder, OUR_FOLDERS);
  } catch (error) {
    // What closing says is what is being thrown already.
    await writer.close().catch(() => undefined);
    throw error;
  }
  return journalOf(id, folder, writer, release);
}

/** Makes `YYYYMMDD-HHMMSS-xxxx` of an ISO time. */
function makeFolder(state: string, started: string): string {
  const time = new Date(started).toISOString().slice(0, 19).replaceAll(/[-:]/g, '').replace('T', '-');
  for (let tries = 1; ; tries += 1) {
    const id = `${time}-${randomBytes(2).toString('hex')}`;
    try {
      mkdirSync(runFolder(state, id), { mode: 0o700 });
      return id;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST' || tries === TRIES) throw error;
    }
  }
}

function stopping<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw stopOf(path, error);
  }
}

/** What the operating system refused becomes a stop; anything else is what it was. */
function stopOf(path: string, error: unknown): unknown {
  if (!(error instanceof Error && 'syscall' in error)) return error;
  return notKept(`the journal cannot be written: ${diskReason(error)} (${path})`);
}

const notKept = (message: string): SafetyStop =>
  new SafetyStop(message, {
    code: 'journal',
    hint: 'mend that, or name another folder: XDG_STATE_HOME=/an/absolute/path',
  });

function journalOf(id: string, folder: string, writer: JournalWriter, release: () => void): Journal {
  return {
    id,
    folder,
    append: (entry) => writer.append(entry),
    settled: () => writer.settled(),
    close: () => writer.close().finally(release),
  };
}

/**
 * Opens a run to go on with it, by its id or the beginning of it. A torn last line is cut off. Throws `SafetyStop` where
 * a process is still at it or the disk refuses, and `InvalidInput` as `readRun` does.
 */
export async function openRun(state: string, idPrefix: string): Promise<ReadRun & { readonly journal: Journal }> {
  const id = findRun(state, idPrefix);
  const folder = runFolder(state, id);
  for (const each of [state, runsFolder(state), folder]) privateFolder(each);
  const release = stopping(folder, () => hold(folder, id));
  try {
    const path = journalFile(folder);
    const content = contentOf(path);
    const { header, entries, bytes } = readJournal(path, content);
    const file = stopping(path, () => openHealed(path, bytes, bytes < content.length));
    const open: OpenFile = { path, file, bytes, id };
    return { header, entries, journal: journalOf(id, folder, new JournalWriter(open), release) };
  } catch (error) {
    release();
    throw error;
  }
}

/** What was appended since the last sync is on the disk after this too: decisions will rest on it. */
function openHealed(path: string, bytes: number, torn: boolean): number {
  const file = openSync(path, O_WRONLY | O_APPEND);
  try {
    if (torn) ftruncateSync(file, bytes);
    fdatasyncSync(file);
    return file;
  } catch (error) {
    closeSync(file);
    throw error;
  }
}

/**
 * Reads a run's journal, by its id or the beginning of it, and changes nothing. Throws `InvalidInput`: there is no such
 * run, there are several, or its journal is broken.
 */
export async function readRun(state: string, idPrefix: string): Promise<ReadRun> {
  const path = journalFile(runFolder(state, findRun(state, idPrefix)));
  const { header, entries } = readJournal(path, contentOf(path));
  return { header, entries };
}
