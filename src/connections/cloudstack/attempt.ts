// Sending one command, again where that is safe, until there is an answer or a reason to give up.

import type { Item, Parameters, StepDoor } from '../../connection.ts';
import { type Failure, Unreachable } from '../../errors.ts';
import { pause, secondsUntil, stopped } from '../clock.ts';
import type { Refusal } from './answer.ts';
import type { Client } from './client.ts';
import { refused } from './refusal.ts';
import { NoAnswer } from './transport.ts';

/** What one attempt came to. `lost`: the request may have been obeyed, and nobody knows. */
export type Attempt =
  | { readonly item: Item }
  | { readonly failure: Failure; readonly lost: boolean; readonly againAfterSeconds: number | undefined };

const TRIES = 4;
const FIRST_PAUSE_SECONDS = 0.25;

/** Nothing was there to answer, or it asked to come back later. A wrong name or an untrusted certificate stays wrong. */
const PASSING: ReadonlySet<string> = new Set(['api-refused', 'api-timeout', 'api-reset']);
const BUSY: ReadonlySet<number> = new Set([429, 502, 503, 504]);

/** How long the server asks to wait: its own text counts milliseconds, the header of proxies seconds. */
function askedSeconds({ text, retryAfterSeconds }: Refusal): number {
  const milliseconds = /retry after \[(\d+)\] ms/.exec(text)?.[1];
  return milliseconds === undefined ? (retryAfterSeconds ?? 0) : Number(milliseconds) / 1000;
}

/** One request, one outcome. Rejects only when the step was stopped. */
export async function attempt(
  client: Client,
  command: string,
  parameters: Parameters,
  { signal, fresh }: { readonly signal: AbortSignal; readonly fresh: boolean },
): Promise<Attempt> {
  try {
    const answer = await client.send(command, parameters, { signal, fresh });
    if ('item' in answer) return answer;
    const { refusal } = answer;
    return {
      failure: refused(refusal, client.context(command)),
      lost: !refusal.envelope && (refusal.status === 502 || refusal.status === 504),
      againAfterSeconds: BUSY.has(refusal.status) ? askedSeconds(refusal) : undefined,
    };
  } catch (error) {
    if (!(error instanceof NoAnswer)) throw error;
    if (signal.aborted) throw stopped(signal);
    const { code, message, hint } = error.trouble;
    return {
      failure: new Unreachable(`${command}: ${message}`, { code, hint }),
      lost: error.sent,
      againAfterSeconds: PASSING.has(code) ? 0 : undefined,
    };
  }
}

/** How long to wait before the try after this one: doubled each time, a little different for everybody. */
function backoffSeconds(tries: number): number {
  return FIRST_PAUSE_SECONDS * 2 ** (tries - 1) * (0.75 + Math.random() / 2);
}

/**
 * Sends until there is an item. An attempt that may be repeated is, after the time that was asked for or a growing
 * one, while tries and the step's time last. `repeatLost`: also where the request may have been obeyed; for reads.
 */
export async function persist(
  client: Client,
  command: string,
  parameters: Parameters,
  step: StepDoor,
  { repeatLost }: { readonly repeatLost: boolean },
): Promise<Attempt> {
  for (let tries = 1; ; tries++) {
    const outcome = await attempt(client, command, parameters, { signal: step.signal, fresh: !repeatLost });
    if ('item' in outcome || outcome.againAfterSeconds === undefined) return outcome;
    if (outcome.lost && !repeatLost) return outcome;
    const wait = Math.max(outcome.againAfterSeconds, backoffSeconds(tries));
    if (tries === TRIES || wait >= secondsUntil(step.deadline)) return outcome;
    await pause(wait, step.signal);
  }
}
