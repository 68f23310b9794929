// `cs-play resume [RUN]`: goes on with a run that was cut off, was stopped or has failed, from its journal.

import { InvalidInput, type Problem, SafetyStop } from '../errors.ts';
import type { Entry, Header } from '../journal/entry.ts';
import { findRun } from '../journal/folder.ts';
import { latestUnfinished, listRuns, openRun, type RunSummary } from '../journal/runs.ts';
import { Writes } from '../journal/writes.ts';
import { readLocks } from '../lock/read.ts';
import { lockedBy } from '../lock/refusal.ts';
import { gateOf } from '../plan/gate.ts';
import { otherFiles } from '../plan/stale.ts';
import { readPlan } from '../plan/store.ts';
import { whereabouts } from '../process-identity.ts';
import type { Permit } from '../run/attempt.ts';
import { type Assumed, historyOf } from '../run/history.ts';
import { stateFolder } from '../state.ts';
import { type AskedAnew, planCommandLine, requestOf } from './asked.ts';
import { approvalsFor } from './confirm.ts';
import { describeFlags, type Flag, type Parsed, parseFlags, playFlags } from './flags.ts';
import { helpColumns } from './help.ts';
import type { Io } from './io.ts';
import { partOfRun, planOfRun } from './keeping.ts';
import { packageVersion } from './package.ts';
import { makeReady, preflightOf, type Ready } from './ready.ts';
import { outputOf, type PlayRequest, sound } from './request.ts';
import { reportFor, runReady } from './run-ready.ts';

const taken = ['extra-vars', 'diff', 'verbose', 'output', 'help'];
const resumeFlags: readonly Flag[] = [
  { name: 'assume-done', value: 'WRITE', repeats: true, help: 'this write, of which nobody knows, was done' },
  { name: 'assume-not-done', value: 'WRITE', repeats: true, help: 'this write was not done, and is to be done' },
  ...playFlags.flatMap((flag): Flag[] => {
    if (!taken.includes(flag.name)) return [];
    return [
      flag.name === 'extra-vars' ? { ...flag, help: 'the secrets that a journal does not keep: name=value' } : flag,
    ];
  }),
];

const help = (columns: number): string => `usage: cs-play resume [RUN] [flags]

Goes on with a run from its journal: RUN, of whose id the beginning is enough,
or the newest that can and that no later run has overtaken, which has changed
one of its hosts and ended well. What was done is not done again; what was under
way is looked at. A run that came to its end with failures tries those again.
cs-play runs lists the runs; WRITE is a number that cs-play runs show tells.

flags:
${describeFlags(resumeFlags, columns)}
`;

/** The exit code is that of the run. */
export async function resumeCommand(io: Io): Promise<number> {
  const parsed = parseFlags(io.argv, resumeFlags, 'cs-play resume');
  if (parsed.given.has('help')) {
    io.stdout.write(help(helpColumns(io.stdout)));
    return 0;
  }
  const { anew, assumed } = anewOf(parsed);
  const state = stateFolder(io.environment);
  const id = await chosen(parsed.words, state);
  refuseElsewhere(id, state);
  const opened = await openRun(state, id);
  const { request, ready, settings } = await unlessRefused(opened, async () => {
    refuseEnded(opened);
    checkAssumed(assumed, opened.entries);
    const again = requestOf(opened.header.asked, anew, `cs-play resume ${opened.header.id}`);
    const made = await readyAgain(opened.header, again, io);
    return { request: again, ready: made, settings: settingsOf(opened, made) };
  });
  const earlier = { entries: opened.entries, assumed, resumed: partOfRun() };
  const { journal } = opened;
  const approvals = approvalsFor(io, request.output, journal.folder);
  const keeping = { state, journal, approvals, earlier };
  return runReady(ready, request, { ...settings, report: reportFor(request, io), keeping });
}

/** A run that does not go on is let go. */
async function unlessRefused<T>({ journal }: Opened, prepare: () => Promise<T>): Promise<T> {
  try {
    return await prepare();
  } catch (error) {
    await journal.close();
    throw error;
  }
}

type Opened = Awaited<ReturnType<typeof openRun>>;

function anewOf({ given, words }: Parsed): { readonly anew: AskedAnew; readonly assumed: Assumed } {
  return sound((problems) => {
    if (words.length > 1)
      problems.push({ message: `one run at a time, not ${words.length}`, hint: 'cs-play resume RUN' });
    const done = numbersOf('assume-done', given, problems);
    const notDone = numbersOf('assume-not-done', given, problems);
    for (const write of done.filter((each) => notDone.includes(each))) {
      problems.push({ message: `write ${write} is said to be done and not to be done`, hint: 'say one of the two' });
    }
    const anew: AskedAnew = {
      mode: 'run',
      extraVars: given.get('extra-vars') ?? [],
      output: outputOf(given.get('output')?.[0], problems),
      verbosity: given.get('verbose')?.length ?? 0,
      diff: given.has('diff'),
    };
    return {
      anew,
      assumed: new Map([...done.map((w) => [w, true] as const), ...notDone.map((w) => [w, false] as const)]),
    };
  });
}

function numbersOf(name: string, given: Parsed['given'], problems: Problem[]): number[] {
  return (given.get(name) ?? []).flatMap((text) => {
    if (/^[1-9]\d*$/.test(text)) return [Number(text)];
    problems.push({
      message: `--${name} wants the number of a write, not "${text}"`,
      hint: 'cs-play runs show RUN tells it',
    });
    return [];
  });
}

const NONE: Problem = { message: 'there is no run to go on with', hint: 'cs-play runs lists all runs' };

const overtakenWords = ({ id }: RunSummary): Problem => ({
  message: `run ${id} could go on, but a later one has changed its hosts and ended well`,
  hint: `to go on with it all the same: cs-play resume ${id}`,
});

async function chosen([id]: readonly string[], state: string): Promise<string> {
  if (id !== undefined) return findRun(state, id);
  const found = await latestUnfinished(state);
  if (found !== undefined) return found;
  const overtaken = (await listRuns(state)).find(({ resumable, status }) => resumable && status !== 'elsewhere');
  throw new InvalidInput([overtaken ? overtakenWords(overtaken) : NONE]);
}

/** A run with a lock of another machine may be going on there: two processes in one journal would spoil it. */
function refuseElsewhere(id: string, state: string): void {
  for (const { run, holder } of readLocks(state)) {
    if (run === id && holder && whereabouts(holder) === 'elsewhere') throw lockedBy(holder, holder);
  }
}

function refuseEnded({ header: { id }, entries }: Opened): void {
  const { exitCode } = historyOf(entries);
  if (exitCode !== 0 && exitCode !== 4) return;
  const end = exitCode === 0 ? 'all was well' : 'there was nothing to do it on';
  throw new InvalidInput([
    { message: `run ${id} has come to its end: ${end}`, hint: `cs-play runs show ${id} tells of it; begin a new run` },
  ]);
}

/** Only of what nobody can look at a person may speak. */
function checkAssumed(assumed: Assumed, entries: readonly Entry[]): void {
  const writes = new Writes();
  for (const entry of entries) if ('event' in entry) writes.take(entry.event);
  const open = writes.unknown(false).filter(({ job }) => job === undefined);
  const problems = [...assumed.keys()]
    .filter((write) => open.every((each) => each.write !== write))
    .map((write) => ({
      message: `write ${write} is not one of which nobody knows whether it was done`,
      hint: open.length === 0 ? 'there is none in this run' : `those are: ${open.map((each) => each.write).join(', ')}`,
    }));
  if (problems.length > 0) throw new InvalidInput(problems);
}

/** Reads all anew and checks that it is what the run was begun with. */
async function readyAgain(header: Header, request: PlayRequest, io: Io): Promise<Ready> {
  const ready = await makeReady(header.asked.playbook, header.asked.inventories, request, io);
  try {
    refuseOther(header, ready);
    const problems = await preflightOf(ready);
    if (problems.length > 0) throw new InvalidInput(problems);
    return ready;
  } catch (error) {
    await ready.connections.close();
    throw error;
  }
}

/** What the run was read from must be what it is read from now: its steps are known by their places. */
function refuseOther({ id, version, files }: Header, { prepared }: Ready): void {
  const now = packageVersion();
  const others = otherFiles(files, prepared.files);
  if (version !== now) others.unshift(`it was begun with cs-play ${version}, and this is ${now}`);
  if (others.length === 0) return;
  throw new SafetyStop(`run ${id} does not go on, nothing was touched: ${others.join('; ')}`, {
    code: 'drift',
    hint: 'put back what it was begun with, or begin a new run: every task looks before it acts',
  });
}

/** A run that applies a saved plan does nothing else after a resume either. */
function settingsOf({ header, journal }: Opened, { modules, prepared }: Ready): { seed: string; permit?: Permit } {
  const { seed, plan } = header;
  if (plan === undefined) return { seed };
  const saved = readPlan(planOfRun(journal.folder));
  const again = planCommandLine(saved.asked, 'FILE');
  return { seed, permit: gateOf({ plan: saved, playbook: prepared.playbook, modules, again }) };
}
