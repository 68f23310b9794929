// The writing side of a cloud's API. Every write is told of before it leaves and after its outcome is known.

import { isRead } from '../../cloudstack/commands.ts';
import { readConfiguration } from '../../cloudstack/configuration.ts';
import { storedValue } from '../../cloudstack/settings.ts';
import type { CloudStackWriter, Item, JobOptions, Parameters, StepDoor } from '../../connection.ts';
import { Failure, Unreachable } from '../../errors.ts';
import { Secret } from '../../secret.ts';
import type { LastingWorks } from '../lasting.ts';
import { told } from '../told.ts';
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

async function call(client: Client, step: StepDoor, command: string, parameters: Parameters): Promise<Item> {
  if (isRead(command)) return read(client, step, command, parameters);
  const what = inWords(command, parameters);
  const look = command === 'updateConfiguration' ? () => hasValue(client, step, parameters) : undefined;
  return told(step, { what, wasDone: look, holds: look, unseen: {} }, async () => {
    const outcome = await persist(client, command, parameters, step, { repeatLost: false });
    if ('item' in outcome) return outcome.item;
    if (!outcome.lost) throw outcome.failure;
    if (look && (await isSeen(look))) return {};
    throw new Unreachable(`${outcome.failure.message}; its outcome is unknown`, {
      code: 'answer-lost',
      hint: 'run it again: every task looks before it acts',
    });
  });
}

/** Whether a look sees that it was done. One that cannot be had tells nothing. */
async function isSeen(look: () => Promise<boolean>): Promise<boolean> {
  try {
    return await look();
  } catch (error) {
    if (error instanceof Failure) return false;
    throw error;
  }
}

/** Whether the setting has the value that is to be written. */
async function hasValue(client: Client, step: StepDoor, { name, value, zoneid }: Parameters): Promise<boolean> {
  const reader = cloudStackReader(() => client, step);
  const setting = await readConfiguration(reader, String(name), zoneid === undefined ? undefined : String(zoneid));
  return setting !== undefined && storedValue(setting, setting.value) === storedValue(setting, String(value ?? ''));
}

/** Early enough before the step is stopped that the failure can still name the job. */
function shortlyBefore(deadline: Date): number {
  const left = deadline.getTime() - Date.now();
  return deadline.getTime() - Math.min(1000, left / 20);
}

async function job(
  client: Client,
  step: StepDoor,
  command: string,
  parameters: Parameters,
  { timeoutSeconds, sending }: JobOptions,
): Promise<Item> {
  const id = newJobId();
  const own = timeoutSeconds === undefined ? Number.POSITIVE_INFINITY : Date.now() + timeoutSeconds * 1000;
  const until = new Date(Math.min(own, shortlyBefore(step.deadline)));
  const write = { what: inWords(command, parameters), job: id, before: sending, unseen: {} };
  return told(step, write, ({ job, again }) =>
    runJob({
      client,
      step,
      command,
      parameters,
      id: job ?? id,
      until,
      again,
      sendingAgain: sending && (() => sending(0)),
    }),
  );
}

export function cloudStackWriter(client: () => Client, step: StepDoor, works: LastingWorks): CloudStackWriter {
  return {
    ...cloudStackReader(client, step),
    call: async (command, parameters = {}) => call(client(), step, command, parameters),
    job: async (command, parameters = {}, options = {}) => job(client(), step, command, parameters, options),
    lasting: (work) => works.run(step, (lasting) => work(cloudStackWriter(client, lasting, works))),
  };
}
