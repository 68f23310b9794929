// A journal as it lies on the disk, read back.

import { InvalidInput } from '../errors.ts';
import { decode, decodeHeader } from './codec.ts';
import type { Entry, Header } from './entry.ts';

export interface ReadJournal {
  readonly header: Header;
  readonly entries: readonly Entry[];
  /** How much of the file is whole lines; a torn last line begins there. */
  readonly bytes: number;
}

const LINE_END = 10;

/** The only format that this version reads. */
const FORMAT = 1;

/** Where the last line begins that is whole: it has its end, and is JSON. A cut of the power can leave neither. */
export function wholeBytes(content: Buffer): number {
  const end = content.lastIndexOf(LINE_END) + 1;
  if (end === 0) return 0;
  const start = end < 2 ? 0 : content.lastIndexOf(LINE_END, end - 2) + 1;
  return isJson(content.toString('utf8', start, end)) ? end : start;
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/**
 * Reads the whole of a journal; a last line that is torn is left out. Throws `InvalidInput` that names file and line
 * for one in the middle that cannot be read, for a journal without a header, and for one of another format.
 */
export function readJournal(path: string, content: Buffer): ReadJournal {
  const bytes = wholeBytes(content);
  if (bytes === 0) {
    throw new InvalidInput([
      {
        message: `the journal "${path}" has no header`,
        hint: 'its run was cut off before it began: nothing was written',
      },
    ]);
  }
  const whole = { path, content: content.subarray(0, bytes) };
  const first = lineAt(whole, 0, decodeHeader);
  const header = first.value;
  if (header.journal !== FORMAT) throw otherFormat(path, header);
  const entries: Entry[] = [];
  for (let start = first.end; start < bytes; ) {
    const { value, end } = lineAt(whole, start, decode);
    entries.push(value);
    start = end;
  }
  return { header: header as Header, entries, bytes };
}

interface Whole {
  readonly path: string;
  readonly content: Buffer;
}

/** What the line is that begins there, and where the next one begins. One line at a time: a journal may be large. */
function lineAt<T>({ path, content }: Whole, start: number, read: (line: string) => T): { value: T; end: number } {
  const end = content.indexOf(LINE_END, start);
  try {
    return { value: read(content.toString('utf8', start, end)), end: end + 1 };
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    const text = content.toString('utf8');
    const place = content.toString('utf8', 0, start).length;
    throw new InvalidInput([
      {
        message: `this line of the journal cannot be read: ${error.message}`,
        at: { source: { file: path, text }, start: place, end: place + 1 },
        hint: 'the file was changed or the disk is damaged: look at the clouds before anything is run again',
      },
    ]);
  }
}

function otherFormat(path: string, { journal, version }: { journal: unknown; version: string }): InvalidInput {
  return new InvalidInput([
    {
      message: `the journal "${path}" has the format ${String(journal)}, of cs-play ${version}; this one reads ${FORMAT}`,
      hint: `use cs-play ${version} for this run`,
    },
  ]);
}
