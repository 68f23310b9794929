// The reading side of a cloud's API: commands that look, and nothing else.

import { isRead } from '../../cloudstack/commands.ts';
import type { CloudStackReader, Item, Parameters, StepDoor } from '../../connection.ts';
import { Failure } from '../../errors.ts';
import type { Value } from '../../model.ts';
import { secondsUntil, stopped } from '../clock.ts';
import { isMap, readAnswer } from './answer.ts';
import { persist } from './attempt.ts';
import type { Client } from './client.ts';
import { NoAnswer } from './transport.ts';

const PAGE_SIZE = 500;
const MOST_PAGES = 2000;
const PROBE_SECONDS = 5;

/** `read` for a client and a step. Refuses every command that is not a read, whoever asks. */
export async function read(
  client: Client,
  step: StepDoor,
  command: string,
  parameters: Parameters = {},
): Promise<Item> {
  if (!isRead(command)) {
    throw new Failure(`${command}: refused, it may change something, and this is a look`, {
      code: 'not-a-read',
      hint: 'a check may use commands that get, list, query or find; the others belong into apply',
    });
  }
  const outcome = await persist(client, command, parameters, step, { repeatLost: true });
  if ('item' in outcome) return outcome.item;
  throw outcome.failure;
}

const noList = (command: string, what: string): Failure =>
  new Failure(`${command}: the answer ${what}`, {
    code: 'api-list',
    hint: 'does something between this machine and the management server change answers, or is "api_url" something else\'s?',
  });

/** The items of a page: the only array in the envelope, which is absent where nothing matches. */
function itemsOf(command: string, answer: Item): readonly Item[] {
  const arrays = Object.values(answer).filter((value): value is readonly Value[] => Array.isArray(value));
  if (arrays.length > 1) throw noList(command, `holds ${arrays.length} lists`);
  const items = arrays[0] ?? [];
  if (items.every(isMap)) return items;
  throw noList(command, 'holds a list of something that is no object');
}

/** Whether a page is the last one. Short pages are none: CloudStack may leave out of a page what an account may not see. */
function isLast(count: Value | undefined, items: number, page: number, pagesize: number): boolean {
  // A command that knows no paging (listApis) gives more than was asked for.
  if (items === 0 || items > pagesize) return true;
  return typeof count === 'number' ? page * pagesize >= count : items < pagesize;
}

/** The page size that a server with a lower `default.page.size` asks for; undefined for any other failure. */
function largestPage(error: unknown): number | undefined {
  if (!(error instanceof Failure) || error.code !== 'api-431') return undefined;
  const size = /max allowed page size value: (\d+)/.exec(error.message)?.[1];
  return size === undefined ? undefined : Number(size);
}

async function pages(
  client: Client,
  step: StepDoor,
  command: string,
  parameters: Parameters,
  pagesize: number,
): Promise<Item[]> {
  const found = new Map<string, Item>();
  for (let page = 1; page <= MOST_PAGES; page++) {
    const answer = await read(client, step, command, { ...parameters, page, pagesize });
    const items = itemsOf(command, answer);
    for (const item of items) {
      // Something made or removed between two pages shifts the rest: an item may come twice.
      found.set(typeof item['id'] === 'string' ? item['id'] : `${page}.${found.size}`, item);
    }
    // Beyond the end there is a count alone; that cannot be on the first page.
    if (page === 1 && items.length === 0 && Number(answer['count'] ?? 0) > 0) {
      throw noList(command, `counts ${String(answer['count'])} and lists none`);
    }
    if (isLast(answer['count'], items.length, page, pagesize)) return [...found.values()];
  }
  throw new Failure(`${command}: more than ${MOST_PAGES} pages`, { code: 'api-list' });
}

async function list(
  client: Client,
  step: StepDoor,
  command: string,
  parameters: Parameters = {},
): Promise<readonly Item[]> {
  try {
    return await pages(client, step, command, parameters, PAGE_SIZE);
  } catch (error) {
    const size = largestPage(error);
    if (size === undefined || size < 1 || size >= PAGE_SIZE) throw error;
    return pages(client, step, command, parameters, size);
  }
}

type Probe = Awaited<ReturnType<CloudStackReader['probe']>>;

async function probe(client: Client, step: StepDoor): Promise<Probe> {
  try {
    const answer = await client.stranger(Math.min(PROBE_SECONDS, secondsUntil(step.deadline) + 1), step.signal);
    const seen = readAnswer(answer, 0, new Date());
    if ('item' in seen) return { status: answer.status, envelope: true, text: '' };
    return { status: answer.status, envelope: seen.refusal.envelope, text: seen.refusal.text };
  } catch (error) {
    if (!(error instanceof NoAnswer)) throw error;
    if (step.signal.aborted) throw stopped(step.signal);
    const silent = error.trouble.code === 'api-timeout';
    return { status: silent ? 'timeout' : 'refused', envelope: false, text: error.trouble.message };
  }
}

export function cloudStackReader(client: () => Client, step: StepDoor): CloudStackReader {
  return {
    read: async (command, parameters) => read(client(), step, command, parameters),
    list: async (command, parameters) => list(client(), step, command, parameters),
    probe: async () => probe(client(), step),
    clockSkewSeconds: () => client().clockSkewSeconds(),
  };
}
