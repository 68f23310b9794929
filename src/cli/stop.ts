// Why a saved plan is not applied, told as it was asked for: in words, or as the events of a run that never began.

import type { Event } from '../model.ts';
import type { SavedPlan } from '../plan/file.ts';
import { ndjsonReport } from '../report/ndjson.ts';
import { paintFor } from '../report/paint.ts';
import { redact } from '../secret.ts';
import type { Io } from './io.ts';
import { packageVersion } from './package.ts';

/** What stands against it. */
export interface Stop {
  /** Whatever the world looks like: it has expired, was applied. */
  readonly reasons: readonly string[];
  /** What has changed since it was made. */
  readonly drift: readonly string[];
  /** What to do. */
  readonly hints: readonly string[];
}

/** Stopped by a safety rule. */
const STOPPED = 5;

/** Tells it; the exit code. */
export function tellStop(stop: Stop, file: string, plan: SavedPlan, output: 'text' | 'json', io: Io): number {
  if (output === 'json') tellEvents(stop, file, plan, io);
  else io.stderr.write(redact(linesOf(stop, file, io).join('\n')));
  return STOPPED;
}

function headline({ reasons, drift }: Stop, file: string): string {
  const things = drift.length === 1 ? 'one thing has' : `${drift.length} things have`;
  const why = [...reasons, ...(drift.length > 0 ? [`${things} changed since it was made`] : [])];
  return `${file} is not applied, nothing was touched: ${why.join('; ')}`;
}

function linesOf(stop: Stop, file: string, io: Io): string[] {
  const paint = paintFor(io.stderr, io.environment);
  return [
    `${paint.red('error:')} ${headline(stop, file)}`,
    ...stop.drift.map((line) => `${paint.yellow('drift:')} ${line}`),
    ...stop.hints.map((hint) => `${paint.cyan('hint:')} ${hint}`),
    '',
  ];
}

function tellEvents(stop: Stop, file: string, { asked }: SavedPlan, io: Io): void {
  const report = ndjsonReport(io.stdout);
  const at = new Date().toISOString();
  const { playbook, inventories, limit } = asked;
  const started = {
    mode: 'run',
    version: packageVersion(),
    playbook,
    inventory: inventories,
    limit,
    hosts: [],
  } as const;
  const events: Event[] = [
    { at, type: 'run-started', ...started },
    ...stop.drift.map((line): Event => ({ at, type: 'warning', message: `drift: ${line}` })),
    {
      at,
      type: 'run-ended',
      exitCode: STOPPED,
      recap: [],
      notReached: [],
      message: [headline(stop, file), ...stop.hints.map((hint) => `hint: ${hint}`)].join('\n'),
      writes: 0,
    },
  ];
  for (const event of events) report.take(event);
  report.close();
}
