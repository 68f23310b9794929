#!/usr/bin/env node
// The process around the command line: its streams, its signals, its exit code. Only this file sets the exit code.

import { bug, csPlay } from './cs-play.ts';
import type { Io } from './io.ts';

const io: Io = {
  argv: process.argv.slice(2),
  environment: process.env,
  stdout: process.stdout,
  stderr: process.stderr,
  stdin: () => process.stdin,
};

let readerIsGone = false;

/**
 * A reader that went away (`| head`) is no error of ours. A run must not end between two writes because of it, so it
 * is told as if the terminal had hung up; without a run nobody is left to work for.
 */
function onStreamError(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error;
  if (readerIsGone) return;
  readerIsGone = true;
  if (!process.emit('SIGHUP', 'SIGHUP')) process.exit(process.exitCode ?? 0);
  process.stderr.write('nobody reads the output any more: nothing new is started, what is under way is awaited\n');
}

process.stdout.on('error', onStreamError);
process.stderr.on('error', onStreamError);
process.on('unhandledRejection', (error) => void bug(error, io).then(() => process.exit(1)));

process.exitCode = await csPlay(io);
