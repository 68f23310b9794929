// The door to the diff library: a unified diff in Ansible's colours.

import { createTwoFilesPatch } from 'diff';
import type { ChangeWords } from '../model.ts';
import type { Paint } from './paint.ts';

/** `--- before`, `+++ after`, hunks with three lines around; no line for what is equal. */
export function renderDiff(diff: NonNullable<ChangeWords['diff']>, paint: Paint): string[] {
  const name = diff.name ? `: ${diff.name}` : '';
  const ended = (text: string) => (text === '' || text.endsWith('\n') ? text : `${text}\n`);
  const patch = createTwoFilesPatch(`before${name}`, `after${name}`, ended(diff.before), ended(diff.after), '', '', {
    context: 3,
  });
  const lines = patch.split('\n').filter((line) => !line.startsWith('====') && line !== '');
  return lines.map((line) => colourLine(line.trimEnd(), paint));
}

function colourLine(line: string, paint: Paint): string {
  if (line.startsWith('+')) return paint.green(line);
  if (line.startsWith('-')) return paint.red(line);
  return line.startsWith('@@') ? paint.cyan(line) : line;
}
