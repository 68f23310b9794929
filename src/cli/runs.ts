// `cs-play runs`: the runs that were kept, and the report of one from its journal alone.

import { basename, dirname, join, relative } from 'node:path';
import type { Problem } from '../errors.ts';
import type { Entry } from '../journal/entry.ts';
import { findRun, runsFolder } from '../journal/folder.ts';
import { latestUnfinished, listRuns, summaryOf } from '../journal/list.ts';
import { readRun } from '../journal/runs.ts';
import { Writes } from '../journal/writes.ts';
import type { Event } from '../model.ts';
import { nearest } from '../nearest.ts';
import { ndjsonReport } from '../report/ndjson.ts';
import { paintFor } from '../report/paint.ts';
import { renderRuns, renderStanding } from '../report/runs.ts';
import { terminalReport } from '../report/terminal.ts';
import { stateFolder } from '../state.ts';
import { describeFlags, type Flag, parseFlags, playFlags } from './flags.ts';
import { helpColumns } from './help.ts';
import type { Io } from './io.ts';
import { packageFolder } from './package.ts';
import { outputOf, sound } from './request.ts';

const taken = ['output', 'verbose', 'diff', 'help'];
const flags: readonly Flag[] = playFlags.filter(({ name }) => taken.includes(name));

const help = (columns: number) => `usage: cs-play runs [flags]
       cs-play runs show RUN [flags]

Lists the runs that were kept, newest first: which, when, by whom, where each
stands. With show: the report of a run again, from its journal alone, and where
it stands now. RUN is the id of a run or the beginning of it. With --output
json: one run a line, or the events of the run, one a line.

flags:
${describeFlags(flags, columns)}
`;

interface Request {
  /** The beginning of an id; undefined: all runs. */
  readonly run: string | undefined;
  readonly output: 'text' | 'json';
  readonly verbosity: number;
  readonly diff: boolean;
}

/** Prints; 0, however the runs ended. Throws `InvalidInput`. */
export async function runsCommand(io: Io): Promise<number> {
  const { words, given } = parseFlags(io.argv, flags, 'cs-play runs');
  if (given.has('help')) {
    io.stdout.write(help(helpColumns(io.stdout)));
    return 0;
  }
  const request = sound((problems) => ({
    run: runOf(words, problems),
    output: outputOf(given.get('output')?.[0], problems),
    verbosity: given.get('verbose')?.length ?? 0,
    diff: given.has('diff'),
  }));
  const state = stateFolder(io.environment);
  if (request.run === undefined) await list(state, request, io);
  else await show(state, request.run, request, io);
  return 0;
}

function runOf([command, run, ...more]: readonly string[], problems: Problem[]): string | undefined {
  const usage = 'cs-play runs show RUN';
  if (command === undefined) return undefined;
  if (command !== 'show') {
    const hint = nearest(command, ['show']) ? 'did you mean "show"?' : `the report of one run: ${usage}`;
    problems.push({ message: `runs has no command "${command}"`, hint });
  } else if (run === undefined) problems.push({ message: 'which run is to be shown?', hint: usage });
  else if (more.length > 0) problems.push({ message: `one run at a time, not ${more.length + 1}`, hint: usage });
  return run ?? '';
}

async function list(state: string, { output }: Request, io: Io): Promise<void> {
  const runs = await listRuns(state);
  if (output === 'json') {
    for (const run of runs) io.stdout.write(`${JSON.stringify(run)}\n`);
    return;
  }
  if (runs.length === 0) {
    io.stdout.write(`no run was kept in ${runsFolder(state)}\n`);
    return;
  }
  const { isTTY, columns } = io.stdout;
  const paint = paintFor(io.stdout, io.environment);
  const style = { showPath: shortPath, paint, columns: isTTY ? columns : undefined };
  const lines = renderRuns(runs, await latestUnfinished(state), style);
  io.stdout.write(`${lines.join('\n')}\n`);
}

/** The name where it comes with cs-play, which is how it is asked for; relative where it lies below the current folder. */
function shortPath(path: string): string {
  if (dirname(path) === join(packageFolder(), 'playbooks')) return basename(path);
  const below = relative('.', path);
  return below === '' || below.startsWith('..') ? path : below;
}

async function show(state: string, idPrefix: string, request: Request, io: Io): Promise<void> {
  const id = findRun(state, idPrefix);
  const { entries } = await readRun(state, id);
  const paint = paintFor(io.stdout, io.environment);
  const { output, verbosity, diff } = request;
  const report =
    output === 'json' ? ndjsonReport(io.stdout) : terminalReport(io.stdout, { paint, verbosity, diff, live: false });
  const writes = new Writes();
  for (const event of eventsOf(entries)) {
    report.take(event);
    writes.take(event);
  }
  report.close();
  if (output === 'json') return;
  const run = summaryOf(state, id);
  const lines = renderStanding(run, writes.unknown(run.status === 'running'), helpColumns(io.stdout), paint);
  io.stdout.write(`\n${lines.join('\n')}\n`);
}

const eventsOf = (entries: readonly Entry[]): Event[] =>
  entries.flatMap((entry) => ('event' in entry ? [entry.event] : []));
