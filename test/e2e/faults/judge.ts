// Whether a row of the table holds, and the row in one line.

import { assert, type Cases } from '../../tests.ts';
import { sideBySide } from '../side-by-side.ts';
import type { FaultRow } from './row.ts';
import { strike, undisturbed } from './strike.ts';

/** Each row has a lab of its own, and mostly waits. */
const AT_ONCE = 4;

/** The row happens as it is written, and at its end the cloud is as after a rotation without a fault. */
async function judge(row: FaultRow): Promise<void> {
  const { exit, says, writes, stands, after, standing } = await strike(row);
  const said = row.orSays?.find((other) => other.join('\n') === says.join('\n')) ?? row.says;
  assert.is(says.join('\n'), said.join('\n'));
  const made = row.orWrites?.length === writes.length ? row.orWrites : row.writes;
  assert.equal({ exit, writes, stands }, { exit: row.exit, writes: made, stands: row.stands });
  if (row.after) {
    const { refused, writes: more } = row.after;
    const done = { ...(refused && { refused }), exit: 0, says: [], writes: more, stands: 'done, has ended' };
    assert.equal(after, done);
    const repeated = more.some((write) => [...row.writes, ...(row.orWrites ?? [])].includes(write));
    assert.is(row.after.repeats !== undefined, repeated, 'what is done twice has its reason');
  }
  assert.is(standing, await undisturbed(row));
}

const title = ({ fault, place, exit, after }: FaultRow): string =>
  `${fault} ${place}: ${exit === null ? 'the process ends' : `exit ${exit}`}${after ? ', and the run goes on' : ''}`;

export const faultTests = (rows: readonly FaultRow[]): Cases =>
  sideBySide(Object.fromEntries(rows.map((row) => [title(row), () => judge(row)])), AT_ONCE);

const HEADINGS = ['FAULT', 'PLACE', 'EXIT', 'WHERE IT STANDS', 'WHAT IS TYPED', 'WHAT IS DONE THEN'];

/** The table, a row a line. */
export function printed(rows: readonly FaultRow[]): string {
  const lines = [HEADINGS, ...rows.map(cells)];
  const widths = HEADINGS.map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)));
  const padded = (line: readonly string[]) => line.map((cell, column) => cell.padEnd(widths[column] ?? 0));
  return lines.map((line) => padded(line).join('  ').trimEnd()).join('\n');
}

function cells({ fault, place, exit, stands, after }: FaultRow): string[] {
  const front = [fault, place, String(exit ?? 'none'), stands];
  if (!after) return [...front, '-', '-'];
  const command = after.anew ? 'cs-play rotate-certs.yml' : ['cs-play resume', ...(after.words ?? [])].join(' ');
  const writes = after.writes.length === 1 ? '1 write' : `${after.writes.length} writes`;
  return [...front, command, `exit 0, ${writes}`];
}
