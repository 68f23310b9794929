// The recap: Ansible's columns, one line a host, in 80 columns.

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

/** The table with its heading; hosts that no task ran on are listed under it. */
export function renderRecap(rows: readonly RecapRow[], notReached: readonly string[], paint: Paint): string[] {
  const hostColumns = Math.max(24, ...rows.map((row) => row.host.length));
  const heading = pad('RECAP', hostColumns) + columns.map(([name]) => name.padStart(cellWidth(name))).join('');
  const lines = [paint.bold(heading), ...rows.map((row) => renderRow(row, hostColumns, paint))];
  if (notReached.length > 0) lines.push(...hang('not reached: ', notReached.join(', '), 80));
  return lines;
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
