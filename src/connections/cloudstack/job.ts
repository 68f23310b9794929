// An asynchronous command from its submission to its result. The job's id is ours (`customjobid`), so that a lost
// answer is a question to be asked and not a reason to do it twice.

import { randomUUID } from 'node:crypto';
import type { Item, Parameters, StepDoor } from '../../connection.ts';
import { Failure, Unreachable } from '../../errors.ts';
import type { ValueMap } from '../../model.ts';
import { redact } from '../../secret.ts';
import { pause, secondsUntil } from '../clock.ts';
import { nested } from './answer.ts';
import { type Attempt, persist } from './attempt.ts';
import type { Client } from './client.ts';
import { read } from './reader.ts';

const FIRST_POLL_SECONDS = 0.1;
const POLL_GROWTH = 1.5;
const LONGEST_POLL_SECONDS = 3;
const SUBMISSIONS = 3;

/** One order: what is sent, under which id, and until when it is awaited. */
export interface JobOrder {
  readonly client: Client;
  readonly step: StepDoor;
  readonly command: string;
  readonly parameters: Parameters;
  readonly id: string;
  readonly until: Date;
  /** Awaited before it is submitted once more. */
  readonly sendingAgain?: (() => Promise<void>) | undefined;
  /** It may have been sent before, under the same id: the server is asked first. */
  readonly again: boolean;
}

/** A lower-case UUID: the only form that `customjobid` takes. */
export const newJobId = (): string => randomUUID();

/** The server's word for an id that it has never seen (431), in all versions recorded. */
function isUnknownJob(error: unknown): boolean {
  return (
    error instanceof Failure &&
    error.code === 'api-431' &&
    /Invalid parameter jobid|Unable to find/i.test(error.message)
  );
}

/** REPORT: a `customjobid` used before answers 530 with exactly this text; the job is there. */
function isTaken(outcome: Attempt): boolean {
  return 'failure' in outcome && outcome.failure.values?.['errortext'] === 'Entity already exists';
}

/** The job as the server tells of it, or undefined where it does not know the id. */
async function lookUp({ client, step, command }: JobOrder, id: string): Promise<Item | undefined> {
  try {
    return await read(client, step, 'queryAsyncJobResult', { jobid: id });
  } catch (error) {
    if (isUnknownJob(error)) return undefined;
    if (error instanceof Unreachable) {
      throw new Unreachable(
        `${command}: its answer was lost, and so was the look for job ${id}; its outcome is unknown`,
        {
          code: 'answer-lost',
          hint: error.hint ?? error.message,
        },
      );
    }
    throw error;
  }
}

/** What the answer to a submission is: the job's id, or the result of a command that the server does at once. */
function accepted({ command, id }: JobOrder, item: Item): { readonly id: string } | { readonly item: Item } {
  const given = item['jobid'];
  if (typeof given === 'string' || typeof given === 'number') return { id: String(given) };
  if (Object.keys(item).length > 0 && given === undefined) return { item };
  throw new Unreachable(`${command}: the answer names neither a job nor a result; its outcome is unknown`, {
    code: 'answer-lost',
    hint: `the job was sent as ${id}: queryAsyncJobResult jobid=${id}`,
    values: { jobid: id },
  });
}

/** Submits until the server has the job, under one id however often it is sent. Gives the id to ask for. */
async function submit(order: JobOrder): Promise<{ readonly id: string } | { readonly item: Item }> {
  const { client, step, command, parameters, id } = order;
  for (let tries = 1; ; tries++) {
    if (tries > 1) await order.sendingAgain?.();
    const outcome = await persist(client, command, { ...parameters, customjobid: id }, step, { repeatLost: false });
    if ('item' in outcome) return accepted(order, outcome.item);
    if (!outcome.lost && !isTaken(outcome)) throw outcome.failure;
    if (await lookUp(order, id)) return { id };
    if (!outcome.lost || tries === SUBMISSIONS) throw outcome.failure;
  }
}

function jobFailure({ command, id }: JobOrder, job: Item): Failure {
  const result = nested(job, 'jobresult');
  const code = typeof job['jobresultcode'] === 'number' ? job['jobresultcode'] : 0;
  if (job['jobresult'] === undefined) {
    return new Failure(
      `${command}: job ${id} was cut by a restart of the management server; the work may have been done`,
      {
        code: 'job-cut',
        hint: 'run it again: every task looks before it acts',
      },
    );
  }
  const told = typeof job['jobresult'] === 'string' ? job['jobresult'] : JSON.stringify(job['jobresult']);
  const text = redact(String(result['errortext'] ?? told)).trim();
  return new Failure(`${command}: its job failed: ${text} (${code})`, {
    code: `job-${code}`,
    hint: `the reason is in /var/log/cloudstack/management/management-server.log: grep ${id}`,
    values: { errorcode: code, errortext: text, jobid: id },
  });
}

/** What an ended job yields; undefined while it runs. Throws `Failure` for one that failed. */
function resultOf(order: JobOrder, job: Item): ValueMap | undefined {
  const { command, id } = order;
  const status = job['jobstatus'];
  if (status === 0) return undefined;
  if (status === 2) throw jobFailure(order, job);
  if (status === 3) throw new Failure(`${command}: job ${id} was cancelled`, { code: 'job-cancelled' });
  if (status !== 1) {
    const shown = status === undefined ? 'no status' : `status ${JSON.stringify(status)}`;
    throw new Failure(`${command}: job ${id} has ${shown}; its outcome is unknown`, {
      code: 'job-status',
      hint: `see queryAsyncJobResult jobid=${id}; run it again: every task looks before it acts`,
      values: { jobid: id },
    });
  }
  const result = nested(job, 'jobresult');
  if (result['success'] === false) {
    const details = result['details'] ?? result['displaytext'] ?? 'no reason given';
    throw new Failure(`${command}: its job ended without success: ${redact(String(details))}`, {
      code: 'job-no-success',
      values: { jobid: id },
    });
  }
  return result;
}

/**
 * One look at the job. A server that does not answer now, or with a page of something in front of it (it may be
 * restarting), is asked again until the deadline. Any other refusal of the look says nothing of the job.
 */
async function look({ client, step, command, id }: JobOrder): Promise<Item | undefined> {
  try {
    return await read(client, step, 'queryAsyncJobResult', { jobid: id });
  } catch (error) {
    if (!(error instanceof Failure) || step.signal.aborted) throw error;
    if (error instanceof Unreachable || error.code === 'api-page') return undefined;
    throw new Failure(
      `${command}: job ${id} was begun, and the look for it fails; its outcome is unknown: ${error.message}`,
      {
        code: 'job-unseen',
        hint: error.hint,
        values: { ...error.values, jobid: id },
      },
    );
  }
}

async function awaitJob(order: JobOrder): Promise<ValueMap> {
  const { command, id, until, step } = order;
  const started = Date.now();
  step.waiting(`the job of ${command}`, until);
  for (let wait = FIRST_POLL_SECONDS; ; wait = Math.min(wait * POLL_GROWTH, LONGEST_POLL_SECONDS)) {
    const job = await look(order);
    const result = job && resultOf(order, job);
    if (result) return result;
    const left = secondsUntil(until);
    if (left === 0) {
      const seconds = Math.round((Date.now() - started) / 1000);
      throw new Failure(`${command}: job ${id} has not ended after ${seconds} s; its outcome is unknown`, {
        code: 'job-timeout',
        hint: `it may still end: queryAsyncJobResult jobid=${id}; a longer "timeout:" waits longer`,
        values: { jobid: id },
      });
    }
    await pause(Math.min(wait, left), step.signal);
  }
}

/** Submits and awaits. The job's `jobresult`, or the whole answer of a server that did it at once. */
export async function runJob(order: JobOrder): Promise<Item> {
  if (order.again) {
    if (await lookUp(order, order.id)) return awaitJob(order);
    await order.sendingAgain?.();
  }
  const submitted = await submit(order);
  return 'item' in submitted ? submitted.item : awaitJob({ ...order, id: submitted.id });
}
