// How a problem in what the user wrote is shown: what, where, the line itself with a caret, what to do.

import type { Location, Problem } from '../errors.ts';
import { place, position } from '../errors.ts';
import { redact } from '../secret.ts';
import type { Paint } from './paint.ts';

/** Longer lines are cut around the place, so that the caret stays on the screen. */
const LINE_COLUMNS = 70;

/** `error: …`, the place, the line and a caret, `hint: …`; ends with a newline. */
export function renderProblem(problem: Problem, paint: Paint, severity: 'error' | 'warning' = 'error'): string {
  const mark = severity === 'error' ? paint.red('error:') : paint.yellow('warning:');
  const lines = [`${mark} ${problem.message}`];
  if (problem.at) lines.push(...renderPlace(problem.at, paint));
  if (problem.hint) lines.push(`${paint.cyan('hint:')} ${problem.hint}`);
  return redact(`${lines.join('\n')}\n`);
}

/** All problems, one blank line between them; from two on their number as the last line. */
export function renderProblems(problems: readonly Problem[], paint: Paint): string {
  const blocks = problems.map((problem) => renderProblem(problem, paint));
  const total = problems.length > 1 ? `\n${problems.length} problems; nothing was touched\n` : '';
  return blocks.join('\n') + total;
}

/** `  file:line:column` and, where the source has text, the line with a caret under the range. */
export function renderPlace(at: Location, paint: Paint): string[] {
  const lines = [`  ${place(at)}`];
  const excerpt = excerptOf(at);
  if (excerpt === undefined) return lines;
  const gutter = `  ${String(position(at).line).padStart(4)} | `;
  lines.push((gutter + excerpt.text).trimEnd());
  lines.push(`${' '.repeat(gutter.length - 2)}| ${' '.repeat(excerpt.indent)}${paint.red('^'.repeat(excerpt.length))}`);
  return lines;
}

function excerptOf(at: Location): { text: string; indent: number; length: number } | undefined {
  const text = at.source.text;
  if (text === '') return undefined;
  const from = text.slice(0, at.start).lastIndexOf('\n') + 1;
  const to = text.indexOf('\n', from);
  const line = text
    .slice(from, to === -1 ? undefined : to)
    .replace(/\r$/, '')
    .replaceAll('\t', ' ');
  const column = at.start - from;
  const skipped = column > LINE_COLUMNS - 20 ? column - 20 : 0;
  const shown = line.slice(skipped, skipped + LINE_COLUMNS);
  const indent = column - skipped;
  const length = Math.min(at.end, from + line.length) - at.start;
  return { text: shown, indent, length: Math.max(1, Math.min(length, shown.length - indent)) };
}
