// The runs that were kept, in words: the list of them, and where one stands.

import type { RunSummary } from '../journal/list.ts';
import type { ToldWrite } from '../journal/writes.ts';
import { count, hang, pad, width } from './layout.ts';
import type { Paint } from './paint.ts';

/** How a path is shown: shorter where the current folder allows it. */
export type ShowPath = (path: string) => string;

/** `done`, `failed (exit 2)`, `running (pid 4211)`, `waits for a yes (pid 4211)`. */
export function statusWords({ status, exitCode, pid, host, questions = 0 }: RunSummary, paint: Paint): string {
  switch (status) {
    case 'running':
      return questions > 0 ? paint.yellow(`waits for a yes (pid ${pid})`) : paint.cyan(`running (pid ${pid})`);
    case 'done':
      return paint.green('done');
    case 'failed':
    case 'stopped':
      return paint.red(`${status} (exit ${exitCode})`);
    case 'interrupted':
      return paint.yellow(`interrupted (exit ${exitCode})`);
    case 'died':
      return paint.red('died');
    case 'elsewhere':
      return paint.yellow(`not ended (see ${host})`);
    case 'broken':
      return paint.red('broken');
    default:
      return unreachable(status);
  }
}

function unreachable(status: never): never {
  throw new Error(`no words for the status ${String(status)}`);
}

/** `2026-11-25 12:00`, UTC as the id has it. */
const minute = (iso: string): string => iso.slice(0, 16).replace('T', ' ');

const HEADINGS = ['RUN', 'BEGUN (UTC)', 'BY', 'WHERE IT STANDS', 'HOSTS', 'WRITES', 'PLAYBOOK', 'INVENTORY'];

export interface RunsStyle {
  readonly showPath: ShowPath;
  readonly paint: Paint;
  /** Of the terminal; undefined in a pipe, where a line may be as long as it is. */
  readonly columns?: number | undefined;
}

/** A table, or a paragraph for each run where that is too wide; and what to type to go on with the newest that can. */
export function renderRuns(
  runs: readonly RunSummary[],
  unfinished: string | undefined,
  { showPath, paint, columns = Number.POSITIVE_INFINITY }: RunsStyle,
): string[] {
  const rows = runs.map((run) => cells(run, showPath, paint));
  const table = tableOf(rows, paint);
  const fits = table.every((line) => width(line) <= columns);
  const goOn = unfinished === undefined ? [] : ['', `go on with the newest that can: cs-play resume ${unfinished}`];
  return [...(fits ? table : rows.flatMap((row) => paragraph(row, columns))), ...goOn];
}

/** `RUN  BEGUN  WHERE IT STANDS`, and the rest of the row below it. */
function paragraph(row: readonly string[], columns: number): string[] {
  const [id = '', begun = '', who = '', stands = '', ...rest] = row;
  const [hosts = '', writes = '', playbook = '', inventories = ''] = rest;
  const head = `${id}  ${begun} UTC  ${stands}`;
  // Of a run that is broken nothing else is known than why.
  if (inventories === '') return [head, ...hang('  ', playbook, columns)];
  const of = inventories === '-' ? playbook : `${playbook} on ${inventories}`;
  return [head, ...hang('  ', `by ${who}, hosts ${hosts}, writes ${writes}`, columns), ...hang('  ', of, columns)];
}

function tableOf(rows: readonly (readonly string[])[], paint: Paint): string[] {
  // The last cell of a row needs no width: the reason why a run is broken goes on to the end of its line.
  const cellsOf = (column: number) =>
    [HEADINGS, ...rows].flatMap((row) => (column < row.length - 1 ? [row[column] ?? ''] : []));
  const widths = HEADINGS.map((_, column) => Math.max(0, ...cellsOf(column).map(width)));
  const line = (row: readonly string[]) =>
    row
      .map((cell, column) => pad(cell, widths[column] ?? 0))
      .join('  ')
      .trimEnd();
  return [paint.bold(line(HEADINGS)), ...rows.map(line)];
}

function cells(run: RunSummary, showPath: ShowPath, paint: Paint): string[] {
  const { id, started, who, hosts, playbook, inventories, status, reason } = run;
  const begin = [id, minute(started), who || '-', statusWords(run, paint)];
  if (status === 'broken') return [...begin, '-', '-', reason ?? ''];
  return [...begin, String(hosts), writesWords(run), showPath(playbook), inventories.map(showPath).join(', ') || '-'];
}

const writesWords = ({ writes, unknownWrites }: RunSummary): string =>
  unknownWrites === 0 ? String(writes) : `${writes} (${unknownWrites} unknown)`;

/** Where a run stands, of which writes nobody knows whether they were made, and what to type to go on. */
export function renderStanding(
  run: RunSummary,
  unknown: readonly ToldWrite[],
  columns: number,
  paint: Paint,
): string[] {
  const { id, who, started, resumable } = run;
  const lines = [`run ${id} of ${who}, begun ${minute(started)} UTC: ${statusWords(run, paint)}`];
  if (unknown.length > 0) lines.push(`nobody knows whether ${count(unknown.length, 'write')} took place:`);
  for (const { write, host, what, job } of unknown) {
    lines.push(...hang(`  write ${write}  ${host}  `, job === undefined ? what : `${what} (job ${job})`, columns));
  }
  if (resumable) lines.push(`go on with it: cs-play resume ${id}`);
  if (run.questions) lines.push(`say yes or no: cs-play approve ${id} [--reject]`);
  return lines;
}
