#!/usr/bin/env node
// The process around the command line: its streams, its signals, its exit code. Only this file sets the exit code.

import { closeSync } from 'node:fs';
import { bug, csPlay } from './cs-play.ts';
import type { Io } from './io.ts';

const io: Io = {
  argv: process.argv.slice(2),
  environment: process.env,
  stdout: process.stdout,
  stderr: process.stderr,
  // A terminal that was closed can be read no more than written; the write is what ends the run.
  stdin: () => process.stdin.off('error', onStreamError).on('error', onStreamError),
};

let readerIsGone = false;

/** What a write says where a pipe has no reader any more, where a terminal was closed, and again after that. */
const GONE = ['EPIPE', 'EIO', 'ERR_STREAM_DESTROYED'];

/**
 * A reader that went away (`| head`, a terminal that was closed) is no error of ours. A run must not end between two
 * writes because of it, so it is told as if the terminal had hung up; without a run nobody is left to work for.
 */
function onStreamError(error: NodeJS.ErrnoException): void {
  if (!GONE.includes(error.code ?? '')) throw error;
  if (readerIsGone) return;
  readerIsGone = true;
  if (!process.emit('SIGHUP', 'SIGHUP')) end(Number(process.exitCode ?? 0));
  process.stderr.write('nobody reads the output any more: nothing new is started, what is under way is awaited\n');
}

/** Ends the process; where its terminal is gone, Node must not try to put that back in order, which would be a crash. */
function end(exitCode: number): never {
  for (const fd of readerIsGone ? [0, 1, 2] : []) {
    try {
      closeSync(fd);
    } catch {
      // It is closed already.
    }
  }
  process.exit(exitCode);
}

process.stdout.on('error', onStreamError);
process.stderr.on('error', onStreamError);
process.on('unhandledRejection', (error) => void bug(error, io).then(() => process.exit(1)));

process.exitCode = await csPlay(io);
if (readerIsGone) end(process.exitCode);
