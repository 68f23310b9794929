#!/usr/bin/env node
// The table of contents of the command line. Everything heavy is loaded by the command that needs it, so that
// `--version` costs no more than Node itself. Only this file sets the exit code.

import type { Problem } from '../errors.ts';
import type { Io } from './io.ts';

type Command = (io: Io) => Promise<number>;

/** Words that are commands; any other first word is a playbook. */
const commands: Readonly<Record<string, () => Promise<Command>>> = {
  lab: async () => {
    const { labCommand } = await import('../lab/commands.ts');
    return (io) => labCommand(io.argv, io);
  },
  doc: async () => (await import('./doc.ts')).docCommand,
  generate: async () => (await import('./generate.ts')).generateCommand,
};

async function main(io: Io): Promise<number> {
  const [first] = io.argv;
  if (first === '--version') {
    const { packageVersion } = await import('./package.ts');
    io.stdout.write(`cs-play ${packageVersion()}\n`);
    return 0;
  }
  if (first === undefined || first === '--help' || first === '-h' || first === 'help') {
    const { help } = await import('./help.ts');
    (first === undefined ? io.stderr : io.stdout).write(help());
    return first === undefined ? 4 : 0;
  }
  const command = Object.hasOwn(commands, first) ? commands[first] : undefined;
  if (command) return (await command())({ ...io, argv: io.argv.slice(1) });
  return (await import('./play.ts')).playCommand(io);
}

/** The one seam where whatever was thrown becomes words and an exit code. */
async function guarded(io: Io): Promise<number> {
  try {
    return await main(io);
  } catch (error) {
    const { InvalidInput } = await import('../errors.ts');
    if (error instanceof InvalidInput) return refused(error.problems, io);
    return bug(error, io);
  }
}

async function refused(problems: readonly Problem[], io: Io): Promise<number> {
  const { renderProblems } = await import('../report/problem.ts');
  const { paintFor } = await import('../report/paint.ts');
  io.stderr.write(renderProblems(problems, paintFor(io.stderr, io.environment)));
  return 4;
}

async function bug(error: unknown, io: Io): Promise<number> {
  const { redact } = await import('../secret.ts');
  const { packageVersion } = await import('./package.ts');
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  io.stderr.write(
    `error: this is a bug in cs-play ${packageVersion()} (node ${process.version}); please report it with these lines\n`,
  );
  io.stderr.write(redact(`${stack}\n`));
  return 1;
}

const io: Io = {
  argv: process.argv.slice(2),
  environment: process.env,
  stdout: process.stdout,
  stderr: process.stderr,
};

// A reader that went away (`| head`) is no error of ours, and nobody is left to tell.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(process.exitCode ?? 0);
});
process.on('unhandledRejection', (error) => void bug(error, io).then(() => process.exit(1)));

process.exitCode = await guarded(io);
