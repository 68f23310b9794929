// Questions of a run that goes on, and their answers: files in the run's folder, since whoever answers is another process.
// A question is published by the run; an answer is made by an atomic link, so that of two answers exactly one counts.

import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { SafetyStop } from '../errors.ts';
import { machine, type ProcessPlace, thisProcess, whereabouts } from '../process-identity.ts';
import { redact } from '../secret.ts';
import { diskReason, privateFolder } from '../state.ts';
import { createFile } from '../whole-file.ts';

/** A question, for the person who is to answer it. */
export interface OpenQuestion {
  /** Counts from 1 in each part of a run. */
  readonly number: number;
  readonly play: string;
  /** The host that the play stands on. */
  readonly on?: string | undefined;
  readonly message: string;
  readonly hosts: readonly string[];
  /** ISO time until which it is waited for. */
  readonly until: string;
}

/** As it lies in its file. */
export interface Published extends OpenQuestion, ProcessPlace {
  /** An answer names it: a question of that number that was asked before is another one. */
  readonly nonce: string;
}

export interface GivenAnswer {
  readonly nonce: string;
  readonly approved: boolean;
  /** `user@machine`. */
  readonly who: string;
  /** ISO time. */
  readonly at: string;
  readonly reason?: string | undefined;
}

/** `approvals` in a run's folder. */
export const questionsFolder = (run: string): string => join(run, 'approvals');

const questionFile = (run: string, number: number): string => join(questionsFolder(run), `${number}.question.json`);
const answerFile = (run: string, { number, nonce }: Published): string =>
  join(questionsFolder(run), `${number}-${nonce}.answer.json`);

/** Puts a question where others find it, its secrets replaced. Throws `SafetyStop` where the disk refuses. */
export function publish(run: string, question: OpenQuestion): Published {
  privateFolder(questionsFolder(run));
  const nonce = randomBytes(8).toString('hex');
  const clean = { ...question, play: redact(question.play), message: redact(question.message) };
  const published: Published = { ...clean, nonce, machine: machine(), process: thisProcess() };
  try {
    // An earlier part of the run may have died with a question of that number.
    rmSync(questionFile(run, question.number), { force: true });
    createFile(questionFile(run, question.number), textOf(published));
  } catch (error) {
    throw new SafetyStop(`the question cannot be put into "${questionsFolder(run)}": ${diskReason(error)}`, {
      code: 'confirm',
      hint: 'mend that, or name another folder: XDG_STATE_HOME=/an/absolute/path',
    });
  }
  return published;
}

/** Nobody waits for an answer any more. */
export function withdraw(run: string, { number }: Published): void {
  rmSync(questionFile(run, number), { force: true });
}

/** Questions that were published and not withdrawn, by number, answered ones included. */
export function questionsOf(run: string): readonly Published[] {
  return names(run)
    .filter((name) => name.endsWith('.question.json'))
    .flatMap((name) => read<Published>(join(questionsFolder(run), name)) ?? [])
    .sort((a, b) => a.number - b.number);
}

/** The answer to a question, where there is one. */
export function answerTo(run: string, question: Published): GivenAnswer | undefined {
  return read<GivenAnswer>(answerFile(run, question));
}

/** Whether the process that asked may still wait: one of another machine is not seen to be dead from here. */
export function isAwaited(question: Published, now: Date): boolean {
  return Date.parse(question.until) >= now.getTime() && whereabouts(question) !== 'dead';
}

/** Those that somebody may still answer. */
export const openQuestions = (run: string, now: Date): readonly Published[] =>
  questionsOf(run).filter((question) => isAwaited(question, now) && answerTo(run, question) === undefined);

/** Gives an answer: undefined when it counts, or the answer that somebody gave before. */
export function answer(run: string, question: Published, given: Omit<GivenAnswer, 'nonce'>): GivenAnswer | undefined {
  try {
    createFile(answerFile(run, question), textOf({ ...given, nonce: question.nonce }));
    return undefined;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return answerTo(run, question);
    throw new SafetyStop(`the answer cannot be put into "${questionsFolder(run)}": ${diskReason(error)}`, {
      code: 'confirm',
      hint: 'mend that, and answer again',
    });
  }
}

const textOf = (content: Published | GivenAnswer): string => `${JSON.stringify(content)}\n`;

function names(run: string): readonly string[] {
  try {
    return readdirSync(questionsFolder(run));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

function read<T>(path: string): T | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as T;
  } catch (error) {
    // Files have their names only when they are whole, so one that is missing is all there can be.
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
