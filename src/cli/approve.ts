// `cs-play approve RUN`: the yes, or with --reject the no, that a run waits for.

import { InvalidInput } from '../errors.ts';
import { findRun, runFolder, runIds } from '../journal/folder.ts';
import {
  answer,
  answerTo,
  type GivenAnswer,
  isAwaited,
  openQuestions,
  type Published,
  questionsOf,
} from '../journal/questions.ts';
import { timeWords } from '../moment.ts';
import { hang } from '../report/layout.ts';
import { stateFolder } from '../state.ts';
import { userAtHost } from '../user.ts';
import { describeFlags, type Flag, parseFlags } from './flags.ts';
import { helpColumns } from './help.ts';
import type { Io } from './io.ts';

const flags = [
  { name: 'reject', help: 'say no: the run stops there, and can be resumed' },
  { name: 'reason', value: 'TEXT', help: 'why, for the report of the run' },
  { name: 'question', value: 'N', help: 'which one, where the run waits for several answers' },
  { name: 'help', short: 'h', help: 'print this' },
] as const satisfies readonly Flag[];

/** Answers the question of a run that waits. Refused (4) where there is none, or it was answered before. */
export async function approveCommand(io: Io): Promise<number> {
  const { words, given } = parseFlags(io.argv, flags, 'cs-play approve');
  const columns = helpColumns(io.stdout);
  if (given.has('help')) {
    io.stdout.write(helpText(columns));
    return 0;
  }
  const state = stateFolder(io.environment);
  const [run, ...more] = words;
  if (run === undefined) refuse('no run is named', waitingRuns(state));
  if (more.length > 0) refuse(`one run at a time, not ${words.length}`, 'cs-play approve RUN');
  const id = findRun(state, run);
  const folder = runFolder(state, id);
  const question = chosen(id, folder, given.get('question')?.[0]);
  const approved = !given.has('reject');
  const reason = given.get('reason')?.[0]?.trim() || undefined;
  const earlier = answer(folder, question, { approved, who: userAtHost(), at: new Date().toISOString(), reason });
  if (earlier) refuse(answeredWords(id, question, earlier), 'the first answer counts');
  io.stdout.write(`${told(id, question, approved, columns)}\n`);
  return 0;
}

const helpText = (columns: number): string => `usage: cs-play approve RUN [--reject] [--reason TEXT]

Says yes to what a run waits for, from another terminal: a play of it has
"confirm". RUN is the run's id or the beginning of it. The first answer counts,
here or at the terminal of the run.

flags:
${describeFlags(flags, columns)}
`;

function refuse(message: string, hint: string): never {
  throw new InvalidInput([{ message, hint }]);
}

function waitingRuns(state: string): string {
  const waiting = runIds(state).filter((id) => openQuestions(runFolder(state, id), new Date()).length > 0);
  return waiting.length > 0 ? `these wait for an answer: ${waiting.join(', ')}` : 'no run waits for an answer';
}

/** The one question that is meant. */
function chosen(id: string, folder: string, number: string | undefined): Published {
  const all = questionsOf(folder);
  if (number !== undefined) return numbered(id, all, number);
  const open = openQuestions(folder, new Date());
  const [only, second] = open;
  if (second) {
    const list = open.map((question) => `${question.number} (${nameOf(question)})`).join(', ');
    refuse(`run ${id} waits for ${open.length} answers`, `say to which with --question: ${list}`);
  }
  return only ?? noneOpen(id, folder, all);
}

function numbered(id: string, all: readonly Published[], number: string): Published {
  const found = all.find((question) => String(question.number) === number);
  if (!found) refuse(`run ${id} does not wait for an answer to question "${number}"`, 'leave --question out');
  if (!isAwaited(found, new Date())) refuse(`run ${id} does not wait any more`, `cs-play resume ${id} asks again`);
  return found;
}

function noneOpen(id: string, folder: string, all: readonly Published[]): never {
  const last = all.at(-1);
  const given = last && answerTo(folder, last);
  if (last && given) refuse(answeredWords(id, last, given), 'the first answer counts');
  if (last) refuse(`run ${id} does not wait any more: nobody answered while it did`, `cs-play resume ${id} asks again`);
  return refuse(`run ${id} waits for no answer`, `cs-play runs show ${id} tells where it stands`);
}

const nameOf = ({ play, on }: Published): string => `"${play}"${on === undefined ? '' : ` on ${on}`}`;

function answeredWords(id: string, question: Published, { approved, who, at }: GivenAnswer): string {
  return `${nameOf(question)} of run ${id} was ${approved ? 'approved' : 'rejected'} already, by ${who} at ${timeWords(at)}`;
}

function told(id: string, question: Published, approved: boolean, columns: number): string {
  return [
    ...hang('', `${approved ? 'approved' : 'rejected'}: ${nameOf(question)} of run ${id}`, columns),
    ...hang('  ', question.message, columns),
    ...hang('  ', `it is for ${question.hosts.join(', ')}`, columns),
  ].join('\n');
}
