// The writing side of a cloud's API. Every write is told of before it leaves and after its outcome is known.

import { isRead } from '../../cloudstack/commands.ts';
import type { CloudStackWriter, Item, Parameters, StepDoor } from '../../connection.ts';
import { Failure, Unreachable } from '../../errors.ts';
import { Secret } from '../../secret.ts';
import { persist } from './attempt.ts';
import type { Client } from './client.ts';
import { newJobId, runJob } from './job.ts';
import { cloudStackReader, read } from './reader.ts';

const LONGEST_SHOWN = 80;

/** A write in words for journal and report: `updateConfiguration name=… value=…`, without secrets and long texts. */
function inWords(command: string, parameters: Parameters): string {
  const shown = Object.entries(parameters).flatMap(([name, value]) => {
    if (value === undefined) return [];
    if (value instanceof Secret) return [`${name}=***`];
    const text = String(value);
    return text.length > LONGEST_SHOWN || /[\r\n]/.test(text)
      ? [`${name}=(${text.length} characters)`]
      : [`${name}=${text}`];
  });
  return [command, ...shown].join(' ');
}

/** Errors after which nobody knows what became of the write. */
const UNKNOWN_AFTER: ReadonlySet<string> = new Set(['answer-lost', 'job-timeout', 'job-cut', 'cancelled']);

/** Tells of a write around it. An error that is not a refusal leaves the outcome unknown. */
async function told(step: StepDoor, what: string, job: string | undefined, work: () => Promise<Item>): Promise<Item> {
  const ended = step.writing(what, job);
  try {
    const item = await work();
    ended('done');
    return item;
  } catch (error) {
    const refused = error instanceof Failure && !UNKNOWN_AFTER.has(error.code ?? '') && !step.signal.aborted;
    ended(refused ? 'failed' : 'unknown', error instanceof Error ? error.message : String(error));
    throw error;
  }
}

async function call(client: Client, step: StepDoor, command: string, parameters: Parameters): Promise<Item> {
  if (isRead(command)) return read(client, step, command, parameters);
  return told(step, inWords(command, parameters), undefined, async () => {
    const outcome = await persist(client, command, parameters, step, { repeatLost: false });
    if ('item' in outcome) return outcome.item;
    if (!outcome.lost) throw outcome.failure;
    throw new Unreachable(`${outcome.failure.message}; its outcome is unknown`, {
      code: 'answer-lost',
      hint: 'run it again: every task looks before it acts',
    });
  });
}

/** Early enough before the step is stopped that the failure can still name the job. */
function shortlyBefore(deadline: Date): number {
  const left = deadline.getTime() - Date.now();
  return deadline.getTime() - Math.min(1000, left / 20);
}

function job(
  client: Client,
  step: StepDoor,
  command: string,
  parameters: Parameters,
  timeoutSeconds: number | undefined,
): Promise<Item> {
  const id = newJobId();
  const own = timeoutSeconds === undefined ? Number.POSITIVE_INFINITY : Date.now() + timeoutSeconds * 1000;
  const until = new Date(Math.min(own, shortlyBefore(step.deadline)));
  return told(step, inWords(command, parameters), id, () => runJob({ client, step, command, parameters, id, until }));
}

export function cloudStackWriter(client: () => Client, step: StepDoor): CloudStackWriter {
  return {
    ...cloudStackReader(client, step),
    call: async (command, parameters = {}) => call(client(), step, command, parameters),
    job: async (command, parameters = {}, options = {}) =>
      job(client(), step, command, parameters, options.timeoutSeconds),
  };
}
