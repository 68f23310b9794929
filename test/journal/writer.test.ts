// A journal that grows: what is in the file when, how many syncs that takes, and what happens when the disk refuses.

import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SafetyStop } from '../../src/errors.ts';
import { decode, encode } from '../../src/journal/codec.ts';
import { type Disk, realDisk } from '../../src/journal/disk.ts';
import { JournalWriter } from '../../src/journal/writer.ts';
import { projectFolder } from '../project.ts';
import { withFolder } from '../rig.ts';
import { assert, tests } from '../tests.ts';
import { note } from './entries.ts';

const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

/** An error as Node gives it for a call that the operating system refused. */
const refusal = (code: string) => Object.assign(new Error(code), { code, syscall: 'write' });

interface Calls {
  readonly made: string[];
}

/** The real disk with some calls replaced; it notes each call. */
function diskWith(more: Partial<Disk>): Disk & Calls {
  const made: string[] = [];
  const disk = { ...realDisk, ...more };
  const noted = <A extends unknown[], T>(name: string, call: (...args: A) => Promise<T>) => {
    return (...args: A) => {
      made.push(name);
      return call(...args);
    };
  };
  return {
    made,
    write: noted('write', disk.write),
    sync: noted('sync', disk.sync),
    truncate: noted('truncate', disk.truncate),
    close: noted('close', disk.close),
  };
}

interface Rig {
  readonly path: string;
  readonly writer: JournalWriter;
  /** The file as it is now. */
  text(): string;
}

function withWriter(disk: Disk, body: (rig: Rig) => Promise<void>): Promise<void> {
  return withFolder(async (folder) => {
    const path = join(folder, 'journal.ndjson');
    const writer = new JournalWriter({ path, file: openSync(path, 'ax', 0o600), bytes: 0, id: 'ID' }, disk);
    try {
      await body({ path, writer, text: () => readFileSync(path, 'utf8') });
    } finally {
      // A broken one says again what the test has seen.
      await writer.close().catch(() => undefined);
    }
  });
}

const lines = (...messages: string[]) => messages.map((message) => `${encode(note(message))}\n`).join('');

async function stopOf(work: Promise<void>): Promise<SafetyStop> {
  try {
    await work;
  } catch (error) {
    if (error instanceof SafetyStop) return error;
    throw error;
  }
  throw new Error('it was kept');
}

const cannot = (why: string, path: string) => `the journal cannot be written: ${why} (${path})`;
const hint = 'mend that, then go on: cs-play resume ID';

/** Refuses to write after so many bytes, taking what fits. */
function fullAfter(bytes: number, code: string): Partial<Disk> {
  let left = bytes;
  return {
    write: async (file, part) => {
      if (left === 0) throw refusal(code);
      const taken = await realDisk.write(file, part.subarray(0, left));
      left -= taken;
      return taken;
    },
  };
}

const refusals: readonly [string, string][] = [
  ['ENOSPC', 'no space left on the device'],
  ['EROFS', 'the file system is read-only'],
  ['EIO', 'the device fails (input/output error)'],
  ['EDQUOT', 'the disk quota is used up'],
];

/** Begins a run in a process of its own and appends until it is refused; prints what it was refused with. */
const UNTIL_REFUSED = `
const { createRun } = await import(process.argv[1] + '/dist/src/journal/runs.js');
const { header, note } = await import(process.argv[1] + '/dist/test/journal/entries.js');
const say = (error) => console.log(error.name + ': ' + error.message.replaceAll(process.argv[2], 'STATE'));
process.on('SIGXFSZ', () => undefined);
try {
  const journal = await createRun(process.argv[2], header());
  for (let kept = 0; kept < 10000; kept += 1) {
    journal.append(note('x'.repeat(1000)));
    await journal.settled();
  }
} catch (error) {
  say(error);
}
`;

function untilRefused(state: string, around: (words: readonly string[]) => readonly string[]): string {
  const words = [process.execPath, '--input-type=module', '-e', UNTIL_REFUSED, projectFolder, state];
  const [program = '', ...rest] = around(words);
  const { stdout, stderr } = spawnSync(program, rest, { encoding: 'utf8' });
  return (stdout + stderr).replace(/runs\/[\d-]+-[0-9a-f]{4}/, 'runs/ID');
}

/** What a run left whole in its journal: every line is one. */
function wholeLines(state: string): number {
  const [path = ''] = execFileSync('find', [state, '-name', 'journal.ndjson'], { encoding: 'utf8' }).split('\n');
  const text = readFileSync(path, 'utf8');
  assert.ok(text.endsWith('\n'), 'the last line is whole');
  return text.split('\n').slice(1, -1).map(decode).length;
}

const isRoot = process.getuid?.() === 0;

/** A file system of 64 kB, where this user may have one. */
function withTinyDisk(body: (folder: string, remount: (option: string) => void) => void): Promise<void> {
  return withFolder(async (folder) => {
    const disk = join(folder, 'disk');
    mkdirSync(disk);
    if (!isRoot || spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'none', disk]).status !== 0) return;
    try {
      body(disk, (option) => execFileSync('mount', ['-o', `remount,${option}`, disk]));
    } finally {
      execFileSync('umount', [disk]);
    }
  });
}

tests('a journal that grows', {
  'reaches the file at the next turn, in one write and without a sync, although nobody waits': async () => {
    const disk = diskWith({});
    await withWriter(disk, async ({ writer, text }) => {
      writer.append(note('a'));
      writer.append(note('b'));
      assert.is(text(), '', 'an append does not wait for the disk');
      while (text() === '') await turn();
      assert.is(text(), lines('a', 'b'));
      assert.equal(disk.made, ['write']);
    });
    assert.equal(disk.made, ['write', 'sync', 'close']);
  },
  'syncs once for all who wait at the same time, and not at all where nothing is new': async () => {
    const disk = diskWith({});
    await withWriter(disk, async ({ writer, text }) => {
      const waits = Array.from({ length: 50 }, (_, index) => {
        writer.append(note(String(index)));
        return writer.settled();
      });
      await Promise.all(waits);
      await writer.settled();
      assert.equal(disk.made, ['write', 'sync']);
      assert.is(text().split('\n').length, 51);
    });
  },
  'is settled only after a sync that began after the write': async () => {
    let inSync: (() => void) | undefined;
    const disk = diskWith({ sync: () => new Promise((resolve) => (inSync = resolve)) });
    await withWriter(disk, async ({ writer }) => {
      const settled: string[] = [];
      writer.append(note('a'));
      const first = writer.settled().then(() => settled.push('a'));
      while (!inSync) await turn();
      writer.append(note('b'));
      const second = writer.settled().then(() => settled.push('b'));
      inSync();
      await first;
      assert.equal(settled, ['a']);
      while (disk.made.filter((name) => name === 'sync').length < 2) await turn();
      inSync();
      await second;
      assert.equal(disk.made, ['write', 'sync', 'write', 'sync']);
      writer.append(note('c'));
      const closing = writer.close();
      while (disk.made.filter((name) => name === 'sync').length < 3) await turn();
      inSync();
      await closing;
    });
  },
  'goes on where the disk takes less than it was given': async () => {
    const disk = diskWith({ write: (file, bytes) => realDisk.write(file, bytes.subarray(0, 7)) });
    await withWriter(disk, async ({ writer, text }) => {
      writer.append(note('äöü'));
      await writer.settled();
      assert.is(text(), lines('äöü'));
    });
  },
  'is closed with everything on the disk, once; what comes later is not kept, and said': async () => {
    const disk = diskWith({});
    await withWriter(disk, async ({ writer, text }) => {
      writer.append(note('a'));
      await Promise.all([writer.close(), writer.close()]);
      assert.equal(disk.made, ['write', 'sync', 'close']);
      writer.append(note('b'));
      assert.is((await stopOf(writer.settled())).message, 'the journal of run ID is closed');
      assert.is(text(), lines('a'));
    });
  },
  'stops the run for an entry that cannot be written': async () => {
    await withWriter(realDisk, async ({ writer }) => {
      const loop: { self?: unknown } = {};
      loop.self = loop;
      writer.append({ change: { task: '0', host: 'a', at: '', change: loop as never } });
      assert.is(
        (await stopOf(writer.settled())).message,
        'the journal cannot keep an entry: a value in it contains itself',
      );
    });
  },
  ...Object.fromEntries(
    refusals.map(([code, why]) => [
      `${code}: everybody is told from then on, and a line that is there in part is taken away`,
      async () => {
        const disk = diskWith(fullAfter(lines('a', 'b').length + 10, code));
        await withWriter(disk, async ({ writer, path, text }) => {
          writer.append(note('a'));
          await writer.settled();
          for (const message of ['b', 'c', 'd']) writer.append(note(message));
          const stops = await Promise.all([stopOf(writer.settled()), stopOf(writer.settled())]);
          for (const stop of [...stops, await stopOf(writer.settled()), await stopOf(writer.close())])
            assert.equal([stop.message, stop.hint, stop.code], [cannot(why, path), hint, 'journal']);
          writer.append(note('e'));
          assert.is(text(), lines('a', 'b'));
          assert.is(disk.made.at(-1), 'close');
        });
      },
    ]),
  ),
  'a sync that fails is final, although the disk would take more': async () => {
    let syncs = 0;
    const disk = diskWith({ sync: async () => ((syncs += 1) === 1 ? Promise.reject(refusal('EIO')) : undefined) });
    await withWriter(disk, async ({ writer, path }) => {
      writer.append(note('a'));
      for (let again = 0; again < 2; again += 1) {
        assert.is((await stopOf(writer.settled())).message, cannot('the device fails (input/output error)', path));
      }
    });
  },
  'a line that cannot be taken away is left to the reader': async () => {
    const truncate = () => Promise.reject(refusal('EIO'));
    await withWriter({ ...realDisk, ...fullAfter(5, 'ENOSPC'), truncate }, async ({ writer, path, text }) => {
      writer.append(note('a'));
      assert.is((await stopOf(writer.settled())).message, cannot('no space left on the device', path));
      assert.is(text(), lines('a').slice(0, 5));
    });
  },
  'a limit of the size of files is a disk that is full': () =>
    withFolder(async (folder) => {
      const state = join(folder, 'state');
      const limited = (words: readonly string[]) => ['bash', '-c', 'ulimit -f 8; exec "$@"', 'bash', ...words];
      const file = 'STATE/runs/ID/journal.ndjson';
      assert.is(untilRefused(state, limited), `SafetyStop: ${cannot('the limit of a file’s size is reached', file)}\n`);
      assert.ok(wholeLines(state) > 3);
    }),
  'a real disk that is full, or read-only, stops the run (seen where this user may mount one)': () =>
    withTinyDisk((folder, remount) => {
      const state = join(folder, 'state');
      const full = untilRefused(state, (words) => words);
      assert.is(full, `SafetyStop: ${cannot('no space left on the device', 'STATE/runs/ID/journal.ndjson')}\n`);
      assert.ok(wholeLines(state) > 30);
      remount('size=16m');
      remount('ro');
      const readOnly = untilRefused(state, (words) => words);
      assert.is(readOnly, `SafetyStop: ${cannot('the file system is read-only', 'STATE/runs')}\n`);
    }),
});
