// `cs-play apply FILE`: looks again, and where nothing has changed does what the saved plan says and nothing else.

import type { Problem } from '../errors.ts';
import { markApplied } from '../plan/applied.ts';
import { decisionsOf } from '../plan/decision.ts';
import { driftBetween } from '../plan/drift.ts';
import { type SavedPlan, toldEvents } from '../plan/file.ts';
import { gateOf } from '../plan/gate.ts';
import { changedFiles, otherFiles, staleness } from '../plan/stale.ts';
import { readPlan, writePlan } from '../plan/store.ts';
import { stateFolder } from '../state.ts';
import { type AskedAnew, planCommandLine, requestOf } from './asked.ts';
import { describeFlags, type Flag, type Parsed, parseFlags, playFlags } from './flags.ts';
import { helpColumns } from './help.ts';
import type { Io } from './io.ts';
import { forgetRun, keepRun, planOfRun } from './keeping.ts';
import { type Look, look } from './look.ts';
import { packageVersion } from './package.ts';
import { tellWarnings } from './play.ts';
import { makeReady, preflightOf, type Ready } from './ready.ts';
import { forksOf, outputOf, type PlayRequest, sound } from './request.ts';
import { reportFor, runReady } from './run-ready.ts';
import { oneFile } from './show.ts';
import { type Stop, tellStop } from './stop.ts';

const taken = ['extra-vars', 'forks', 'diff', 'verbose', 'output', 'help'];
const applyFlags: readonly Flag[] = playFlags.flatMap((flag): Flag[] => {
  if (!taken.includes(flag.name)) return [];
  return [flag.name === 'extra-vars' ? { ...flag, help: 'the secrets that the plan does not keep: name=value' } : flag];
});

const help = (columns: number) => `usage: cs-play apply FILE [flags]

Looks again at all that a saved plan was decided on. What has changed is told,
and nothing is touched (exit code 5); else the plan is carried out, once.

flags:
${describeFlags(applyFlags, columns)}
`;

/** A plan that is to be applied, and how. */
interface Apply {
  readonly file: string;
  readonly plan: SavedPlan;
  /** What the plan was asked for. */
  readonly play: PlayRequest;
  readonly io: Io;
}

/** Looks, and applies; the exit code. */
export async function applyCommand(io: Io): Promise<number> {
  const { words, given } = parseFlags(io.argv, applyFlags, 'cs-play apply');
  if (given.has('help')) {
    io.stdout.write(help(helpColumns(io.stdout)));
    return 0;
  }
  const { file, anew } = sound((problems) => ({
    file: oneFile(words, 'apply', problems),
    anew: anewOf(given, problems),
  }));
  const plan = readPlan(file);
  const stop = staleStop(file, plan, io);
  if (stop) return tellStop(stop, file, plan, anew.output, io);
  const play = requestOf(plan.asked, anew, `cs-play apply ${file}`);
  const apply: Apply = { file, plan, play, io };
  return (
    (await withAnother(apply, (ready) => lookAgain(ready, apply))) ??
    withAnother(apply, (ready) => carryOut(ready, apply))
  );
}

function anewOf(given: Parsed['given'], problems: Problem[]): AskedAnew {
  return {
    mode: 'run',
    extraVars: given.get('extra-vars') ?? [],
    forks: given.has('forks') ? forksOf(given.get('forks')?.[0], problems, 'as many as the plan') : undefined,
    output: outputOf(given.get('output')?.[0], problems),
    verbosity: given.get('verbose')?.length ?? 0,
    diff: given.has('diff'),
  };
}

/** What stands against the plan whatever the world looks like; nobody is asked for it. */
function staleStop(file: string, plan: SavedPlan, io: Io): Stop | undefined {
  const stale = staleness(plan, { now: new Date(), version: packageVersion(), state: stateFolder(io.environment) });
  const drift = changedFiles(plan.files);
  if (stale.length === 0 && drift.length === 0) return undefined;
  const hints = [...stale.flatMap(({ hint }) => hint ?? []), again(file, plan)];
  return { reasons: stale.map(({ message }) => message), drift, hints };
}

const again = (file: string, { asked }: SavedPlan): string => `plan again: ${planCommandLine(asked, file)}`;

/** Reads everything anew, since planning leaves its expectations at the hosts. Stops where other files decide now. */
async function withAnother<T>(apply: Apply, body: (ready: Ready) => Promise<T>): Promise<T | number> {
  const { plan, play, io } = apply;
  const ready = await makeReady(plan.asked.playbook, plan.asked.inventories, play, io);
  try {
    const others = otherFiles(plan.files, ready.prepared.files);
    return others.length > 0 ? stopFor(others, apply) : await body(ready);
  } finally {
    await ready.connections.close();
  }
}

const stopFor = (drift: readonly string[], { file, plan, play, io }: Apply): number =>
  tellStop({ reasons: [], drift, hints: [again(file, plan)] }, file, plan, play.output, io);

/** Exit codes of a look that saw all there was to see: well, a host failed, no host was there, a safety rule. */
const judged = [0, 2, 4, 5];

/** The exit code where the plan is not to be carried out; undefined where all is as it was. */
async function lookAgain(ready: Ready, apply: Apply): Promise<number | undefined> {
  const { plan, play } = apply;
  const unfit = await preflightOf(ready);
  const words = unfit.map(({ message }) => message);
  if (words.length > 0) return stopFor(words, apply);
  if (apply.io.stderr.isTTY) apply.io.stderr.write('looking again at all that the plan was decided on\n');
  const looked = await look(ready, play, plan.seed);
  // What is out of reach has not changed: nobody knows what would have been seen.
  if (!judged.includes(looked.exitCode)) return tellFailed(looked, apply);
  const drift = driftBetween(plan, { hosts: looked.hosts, decisions: decisionsOf(toldEvents(looked.events)) });
  if (drift.length > 0) return stopFor(drift, apply);
  return looked.exitCode === 0 ? undefined : tellFailed(looked, apply);
}

/** The look did not end well: it is told as a plan, and the plan is not applied. */
function tellFailed({ exitCode, events }: Look, { file, play, io }: Apply): number {
  const report = reportFor({ ...play, mode: 'plan' }, io);
  for (const event of events) report.take(event);
  report.close();
  io.stderr.write(`error: ${file} is not applied, nothing was touched: it could not be looked at again\n`);
  return exitCode;
}

async function carryOut(ready: Ready, { file, plan, play, io }: Apply): Promise<number> {
  tellWarnings(ready.prepared, io);
  const { playbook } = ready.prepared;
  const permit = gateOf({ plan, playbook, modules: ready.modules, again: planCommandLine(plan.asked, file) });
  const { inventories } = plan.asked;
  const keeping = await keepRun(ready, play, { inventories, seed: plan.seed, plan: plan.id }, io);
  try {
    writePlan(planOfRun(keeping.journal.folder), plan);
    markApplied(keeping.state, plan.id, keeping.journal.id);
  } catch (error) {
    await forgetRun(keeping);
    throw error;
  }
  return runReady(ready, play, { report: reportFor(play, io), seed: plan.seed, permit, keeping });
}
