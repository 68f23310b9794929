// The file of a journal while it grows. Lines reach the file soon, and the disk when somebody waits for that: all who
// wait at the same time share one sync. The first failure is the last: from then on nothing is kept, and whoever asks
// is told.

import { SafetyStop } from '../errors.ts';
import { diskReason } from '../state.ts';
import { encode } from './codec.ts';
import { type Disk, realDisk } from './disk.ts';
import type { Entry, Ledger } from './entry.ts';

export interface OpenFile {
  readonly path: string;
  /** A descriptor opened to append. */
  readonly file: number;
  /** Length in bytes: whole lines. */
  readonly bytes: number;
  /** The run, for the hint. */
  readonly id: string;
}

interface Waiter {
  /** How many lines must be on the disk. */
  readonly lines: number;
  resolve(): void;
  reject(reason: SafetyStop): void;
}

const LINE_END = 10;

export class JournalWriter implements Ledger {
  readonly #open: OpenFile;
  readonly #disk: Disk;
  /** Lines that are not in the file yet. */
  #lines: string[] = [];
  /** Whole lines in the file, in bytes. */
  #bytes: number;
  #appended = 0;
  #written = 0;
  #synced = 0;
  #waiters: Waiter[] = [];
  /** The work that brings lines to the file; undefined while there is none to do. */
  #pump: Promise<void> | undefined;
  #broken: SafetyStop | undefined;
  #closing: Promise<void> | undefined;

  constructor(open: OpenFile, disk: Disk = realDisk) {
    this.#open = open;
    this.#bytes = open.bytes;
    this.#disk = disk;
  }

  append(entry: Entry): void {
    try {
      this.appendLine(encode(entry));
    } catch (error) {
      const reason = error instanceof RangeError ? 'a value in it contains itself' : String(error);
      this.#break(new SafetyStop(`the journal cannot keep an entry: ${reason}`, { code: 'journal' }));
    }
  }

  /** The same with a line as it is to stand in the file, without its end. */
  appendLine(line: string): void {
    if (this.#broken) return;
    if (this.#closing) {
      this.#break(new SafetyStop(`the journal of run ${this.#open.id} is closed`, { code: 'journal' }));
      return;
    }
    this.#lines.push(`${line}\n`);
    this.#appended += 1;
    this.#wake();
  }

  settled(): Promise<void> {
    if (this.#broken) return Promise.reject(this.#broken);
    if (this.#synced === this.#appended) return Promise.resolve();
    return new Promise((resolve, reject) => {
      this.#waiters.push({ lines: this.#appended, resolve, reject });
      this.#wake();
    });
  }

  /** Brings everything to the disk and closes the file. Rejects with `SafetyStop` where something is not there. */
  close(): Promise<void> {
    this.#closing ??= this.#close(this.settled());
    return this.#closing;
  }

  async #close(settled: Promise<void>): Promise<void> {
    try {
      await settled;
    } finally {
      await this.#pump;
      await this.#disk.close(this.#open.file).catch((error) => this.#fail(error));
    }
    if (this.#broken) throw this.#broken;
  }

  /** Starts the work at the next turn of the event loop: what is appended in this one goes to the file together. */
  #wake(): void {
    this.#pump ??= new Promise<void>((resolve) => setImmediate(resolve))
      .then(() => this.#work())
      .catch((error) => this.#fail(error))
      .finally(() => {
        this.#pump = undefined;
        // Whoever came between the end of the work and this has woken nobody.
        if (!this.#broken && (this.#lines.length > 0 || this.#waiters.length > 0)) this.#wake();
      });
  }

  async #work(): Promise<void> {
    while (!this.#broken && (this.#lines.length > 0 || this.#waiters.length > 0)) {
      await this.#write();
      if (this.#waiters.length > 0) await this.#sync();
    }
  }

  async #write(): Promise<void> {
    if (this.#lines.length === 0) return;
    const upTo = this.#appended;
    const batch = Buffer.from(this.#lines.join(''));
    this.#lines = [];
    let done = 0;
    try {
      while (done < batch.length) {
        const taken = await this.#disk.write(this.#open.file, batch.subarray(done));
        // POSIX has no such answer for a regular file; going on would go on for ever.
        if (taken === 0) throw new Error('nothing more is taken');
        done += taken;
      }
    } catch (error) {
      await this.#cut(batch, done);
      throw error;
    }
    this.#bytes += batch.length;
    this.#written = upTo;
  }

  /** Takes away a line that is there in part only. Where even that fails, the reader does it. */
  async #cut(batch: Buffer, written: number): Promise<void> {
    const whole = written === 0 ? 0 : batch.lastIndexOf(LINE_END, written - 1) + 1;
    if (whole === written) return;
    await this.#disk.truncate(this.#open.file, this.#bytes + whole).catch(() => undefined);
  }

  async #sync(): Promise<void> {
    const upTo = this.#written;
    await this.#disk.sync(this.#open.file);
    this.#synced = upTo;
    const waiters = this.#waiters;
    this.#waiters = waiters.filter(({ lines }) => lines > upTo);
    for (const waiter of waiters) if (waiter.lines <= upTo) waiter.resolve();
  }

  /** A failed sync is as final as a failed write: the kernel may have dropped what it could not write. */
  #fail(error: unknown): void {
    const { path, id } = this.#open;
    this.#break(
      new SafetyStop(`the journal cannot be written: ${diskReason(error)} (${path})`, {
        code: 'journal',
        hint: `mend that, then go on: cs-play resume ${id}`,
      }),
    );
  }

  #break(reason: SafetyStop): void {
    this.#broken ??= reason;
    this.#lines = [];
    const waiters = this.#waiters;
    this.#waiters = [];
    for (const waiter of waiters) waiter.reject(this.#broken);
  }
}
