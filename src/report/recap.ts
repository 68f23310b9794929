// The recap: Ansible's columns, one line a host, in 80 columns; on a narrower terminal only what is not zero.

import type { RecapRow } from '../model.ts';
import { hang, pad } from './layout.ts';
import type { Paint } from './paint.ts';

type Column = Exclude<keyof RecapRow, 'host' | 'toProve'>;

const columns: readonly (readonly [Column, keyof Paint])[] = [
  ['ok', 'green'],
  ['changed', 'yellow'],
  ['unreachable', 'red'],
  ['failed', 'red'],
  ['skipped', 'cyan'],
  ['rescued', 'green'],
  ['ignored', 'purple'],
];

/** The recap for a terminal of `width` columns; hosts that no task ran on are listed under it. */
export function renderRecap(
  rows: readonly RecapRow[],
  notReached: readonly string[],
  paint: Paint,
  width: number,
): string[] {
  const lines = width < TABLE_COLUMNS ? renderNarrow(rows, paint, width) : renderTable(rows, paint);
  if (notReached.length > 0)
    lines.push(...hang('not reached: ', notReached.join(', '), Math.min(width, TABLE_COLUMNS)));
  return lines;
}

const TABLE_COLUMNS = 80;

/** `ok=7 changed=2` under the host's name. */
function renderNarrow(rows: readonly RecapRow[], paint: Paint, width: number): string[] {
  const lines = rows.flatMap((row) => {
    const counts = columns
      .filter(([name]) => row[name] > 0)
      .map(([name, colour]) => paint[colour](`${name}=${row[name]}`));
    return [hostPaint(row, paint)(row.host), ...hang('  ', counts.join(' '), width)];
  });
  return [paint.bold('RECAP'), ...lines];
}

function renderTable(rows: readonly RecapRow[], paint: Paint): string[] {
  const hostColumns = Math.max(24, ...rows.map((row) => row.host.length));
  const heading = pad('RECAP', hostColumns) + columns.map(([name]) => name.padStart(cellWidth(name))).join('');
  return [paint.bold(heading), ...rows.map((row) => renderRow(row, hostColumns, paint))];
}

function renderRow(row: RecapRow, hostColumns: number, paint: Paint): string {
  const cells = columns.map(([name, colour]) => {
    const cell = String(row[name]).padStart(cellWidth(name));
    return row[name] > 0 ? paint[colour](cell) : cell;
  });
  return hostPaint(row, paint)(pad(row.host, hostColumns)) + cells.join('');
}

function hostPaint(row: RecapRow, paint: Paint): (text: string) => string {
  if (row.failed + row.unreachable > 0) return paint.red;
  return row.changed > 0 ? paint.yellow : paint.green;
}

const cellWidth = (name: Column) => (name === 'ok' ? 4 : name.length + 1);
