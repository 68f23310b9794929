// `cs-play show FILE`: a saved plan, printed again.

import type { Problem } from '../errors.ts';
import { timeWords } from '../moment.ts';
import { appliedBy } from '../plan/applied.ts';
import type { SavedPlan } from '../plan/file.ts';
import { readPlan } from '../plan/store.ts';
import { stateFolder } from '../state.ts';
import { describeFlags, type Flag, parseFlags, playFlags } from './flags.ts';
import { helpColumns } from './help.ts';
import type { Io } from './io.ts';
import { outputOf, sound } from './request.ts';
import { reportFor } from './run-ready.ts';

const shown = ['diff', 'verbose', 'output', 'help'];
const showFlags: readonly Flag[] = playFlags.filter(({ name }) => shown.includes(name));

const help = (columns: number) => `usage: cs-play show FILE [flags]

Prints a saved plan as it was printed when it was made.

flags:
${describeFlags(showFlags, columns)}
`;

/** Prints the plan; 0. */
export async function showCommand(io: Io): Promise<number> {
  const { words, given } = parseFlags(io.argv, showFlags, 'cs-play show');
  if (given.has('help')) {
    io.stdout.write(help(helpColumns(io.stdout)));
    return 0;
  }
  const { file, output } = sound((problems) => ({
    file: oneFile(words, 'show', problems),
    output: outputOf(given.get('output')?.[0], problems),
  }));
  const plan = readPlan(file);
  if (output === 'text') io.stdout.write(heading(file, plan, io));
  const verbosity = given.get('verbose')?.length ?? 0;
  const report = reportFor({ mode: 'plan', output, verbosity, diff: given.has('diff') }, io);
  for (const event of plan.events) report.take(event);
  report.close();
  return 0;
}

/** The one file that a command is for. */
export function oneFile(words: readonly string[], command: string, problems: Problem[]): string {
  const [file] = words;
  if (file === undefined || words.length > 1) {
    const message = file === undefined ? 'no saved plan is named' : `one saved plan at a time, not ${words.length}`;
    problems.push({ message, hint: `cs-play ${command} rotation.plan` });
  }
  return file ?? '';
}

function heading(file: string, plan: SavedPlan, io: Io): string {
  const { asked, created, expires, madeBy, id } = plan;
  const run = appliedBy(stateFolder(io.environment), id);
  const validity = new Date() < new Date(expires) ? 'valid until' : 'expired at';
  return [
    `${file}: a plan of ${asked.playbook}`,
    `  made at      ${timeWords(created)} by cs-play ${madeBy}`,
    `  ${validity.padEnd(11)}  ${timeWords(expires)}`,
    `  applied      ${run === undefined ? 'no' : `by run ${run}`}`,
    '',
  ].join('\n');
}
