// One run or plan of a playbook that is ready: its events into a report, signals into an end in order.

import type { Connections } from '../connection.ts';
import type { Event, EventBody } from '../model.ts';
import { ndjsonReport } from '../report/ndjson.ts';
import { paintFor } from '../report/paint.ts';
import { planReport } from '../report/plan.ts';
import type { Report } from '../report/report.ts';
import { terminalReport } from '../report/terminal.ts';
import type { Permit } from '../run/attempt.ts';
import { run } from '../run/run.ts';
import { type Interrupt, interruptOnSignals } from './interrupt.ts';
import type { Io } from './io.ts';
import type { Keeping } from './keeping.ts';
import { RunLocks } from './locks.ts';
import { packageVersion } from './package.ts';
import type { Ready } from './ready.ts';
import type { PlayRequest } from './request.ts';

/** What a run has beyond what was asked for. */
export interface RunSettings {
  /** Is told everything, and closed at the end. */
  readonly report: Report;
  /** For `order: shuffle`. */
  readonly seed?: string | undefined;
  /** Asked before each change. */
  readonly permit?: Permit | undefined;
  /** Where the run is kept; a plan is not. */
  readonly keeping?: Keeping | undefined;
  /** What asks it to stop. Default: the signals of this process. */
  readonly interrupt?: Interrupt | undefined;
}

/** The exit code of a run that a safety rule stopped. */
const STOPPED = 5;

/** Runs or plans it to the end. The exit code. */
export async function runReady(ready: Ready, request: PlayRequest, settings: RunSettings): Promise<number> {
  const { report, seed, permit, keeping } = settings;
  const emit = (event: EventBody) => report.take({ at: new Date().toISOString(), ...event } as Event);
  /** For what the run itself does not tell, and so does not keep. */
  const keepAndTell = (event: EventBody) => {
    keeping?.journal.append({ event: { at: new Date().toISOString(), ...event } as Event });
    emit(event);
  };
  let over = false;
  const warn = (message: string) => over || keepAndTell({ type: 'warning', message });
  const interrupt = settings.interrupt ?? interruptOnSignals(warn);
  const { connections } = ready;
  const locks =
    keeping && new RunLocks({ state: keeping.state, run: keeping.journal.id, connections, emit: keepAndTell });
  const { playbook, inventory, limit, extraVars } = ready.prepared;
  let exitCode: number | undefined;
  try {
    ({ exitCode } = await run({
      mode: request.mode,
      playbook,
      inventory,
      modules: ready.modules,
      connections,
      extraVars,
      limit,
      forks: request.forks,
      forceHandlers: request.forceHandlers,
      seed,
      permit,
      approvals: keeping?.approvals,
      lock: locks?.take,
      id: keeping?.journal.id,
      ledger: keeping?.journal,
      earlier: keeping?.earlier,
      version: packageVersion(),
      emit,
      signal: interrupt.signal,
      kill: interrupt.kill,
    }));
    return exitCode;
  } finally {
    over = true;
    report.close();
    // Until then a signal, or a terminal that is gone, must not end the process: the journal's end is on its way.
    await lettingGo(connections, locks, keeping, exitCode).finally(() => interrupt.release());
  }
}

/** Each is let go whatever the others say. */
async function lettingGo(
  connections: Connections,
  locks: RunLocks | undefined,
  keeping: Keeping | undefined,
  exitCode: number | undefined,
): Promise<void> {
  try {
    // What must not be left half done may still go on: only then is nothing written any more.
    await connections.close().finally(() => locks?.release());
  } finally {
    await keeping?.journal.close().catch((error) => {
      // Where the run was stopped since its journal could not be written, that has been told.
      if (exitCode !== STOPPED) throw error;
    });
  }
}

/** The report that was asked for, on standard output. */
export function reportFor(request: Pick<PlayRequest, 'mode' | 'output' | 'verbosity' | 'diff'>, io: Io): Report {
  if (request.output === 'json') return ndjsonReport(io.stdout);
  const options = { paint: paintFor(io.stdout, io.environment), verbosity: request.verbosity, diff: request.diff };
  return request.mode === 'plan' ? planReport(io.stdout, options) : terminalReport(io.stdout, options);
}
