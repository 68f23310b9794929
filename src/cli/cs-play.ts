// The table of contents of the command line. Everything heavy is loaded by the command that needs it, so that
// `--version` costs no more than Node itself.

import type { Problem } from '../errors.ts';
import type { CommandName } from './command-names.ts';
import type { Io } from './io.ts';

type Command = (io: Io) => Promise<number>;

const commands: Readonly<Record<CommandName, () => Promise<Command>>> = {
  lab: async () => {
    const { labCommand } = await import('../lab/commands.ts');
    return (io) => labCommand(io.argv, io);
  },
  plan: async () => (await import('./plan.ts')).planCommand,
  show: async () => (await import('./show.ts')).showCommand,
  apply: async () => (await import('./apply.ts')).applyCommand,
  runs: async () => (await import('./runs.ts')).runsCommand,
  rollback: async () => (await import('./rollback.ts')).rollbackCommand,
  doc: async () => (await import('./doc.ts')).docCommand,
  resume: async () => (await import('./resume.ts')).resumeCommand,
  unlock: async () => (await import('./unlock.ts')).unlockCommand,
  approve: async () => (await import('./approve.ts')).approveCommand,
  generate: async () => (await import('./generate.ts')).generateCommand,
};

/** Does what the words say and gives the exit code. Never rejects: whatever is thrown becomes words on stderr. */
export async function csPlay(io: Io): Promise<number> {
  try {
    return await dispatch(io);
  } catch (error) {
    const { Failure, InvalidInput, SafetyStop, Unreachable } = await import('../errors.ts');
    if (error instanceof InvalidInput) return refused(error.problems, io, 4);
    // Outside a step of a run, which would have told it: the state folder, a lock.
    if (error instanceof SafetyStop) return refused([error], io, 5);
    if (error instanceof Failure) return refused([error], io, error instanceof Unreachable ? 3 : 2);
    return bug(error, io);
  }
}

async function dispatch(io: Io): Promise<number> {
  const [first] = io.argv;
  if (first === '--version') {
    const { packageVersion } = await import('./package.ts');
    io.stdout.write(`cs-play ${packageVersion()}\n`);
    return 0;
  }
  if (first === undefined || first === '--help' || first === '-h' || first === 'help') {
    const { help, helpColumns } = await import('./help.ts');
    const out = first === undefined ? io.stderr : io.stdout;
    out.write(help(helpColumns(out)));
    return first === undefined ? 4 : 0;
  }
  if (isCommand(first)) return (await commands[first]())({ ...io, argv: io.argv.slice(1) });
  return (await import('./play.ts')).playCommand(io);
}

const isCommand = (word: string): word is CommandName => Object.hasOwn(commands, word);

async function refused(problems: readonly Problem[], io: Io, exitCode: number): Promise<number> {
  const { renderProblems } = await import('../report/problem.ts');
  const { paintFor } = await import('../report/paint.ts');
  io.stderr.write(renderProblems(problems, paintFor(io.stderr, io.environment)));
  return exitCode;
}

/** Says what was thrown although nothing of the user's explains it. The exit code is 1. */
export async function bug(error: unknown, io: Io): Promise<number> {
  const { redact } = await import('../secret.ts');
  const { packageVersion } = await import('./package.ts');
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  io.stderr.write(
    `error: this is a bug in cs-play ${packageVersion()} (node ${process.version}); please report it with these lines\n`,
  );
  io.stderr.write(redact(`${stack}\n`));
  return 1;
}
