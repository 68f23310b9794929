// A task on a host, once or for one item of its loop: `when`, then attempts until it is what was asked for.

import { Failure } from '../errors.ts';
import type { Emit, Result, Value } from '../model.ts';
import { type Attempt, type AttemptWorld, attemptTask } from './attempt.ts';
import { pause } from './clock.ts';
import { judge } from './conditions.ts';
import { HIDDEN } from './no-log.ts';
import { redefine } from './redefine.ts';
import { registered } from './register.ts';
import { BUG, type Reply, skipped, thrown, toProve } from './reply.ts';
import { exhausted, type Retries, retriesOf } from './retries.ts';
import type { HostScope } from './scope.ts';

export interface ItemWorld extends AttemptWorld {
  readonly emit: Emit;
  /** Aborted when the run is interrupted: nothing new starts, an attempt neither. */
  readonly interrupted: AbortSignal | undefined;
}

/** `prepare` gives a fresh attempt each time, since every attempt looks up its variables anew. Never throws. */
export async function runItem(
  world: ItemWorld,
  scope: HostScope,
  prepare: () => Attempt,
  planning: boolean,
): Promise<Reply> {
  try {
    const attempt = prepare();
    const when = judge(attempt.task.when, scope);
    if (when.truth === false) return { result: skipped(when.text) };
    if (when.truth === 'unknown') return { result: unknownWhen(when.text, when.unknown.reason, planning) };
    const retries = retriesOf(attempt.task, scope);
    return retries ? await retrying(world, prepare, retries) : await once(world, attempt);
  } catch (error) {
    return { result: thrown(error) };
  }
}

function unknownWhen(text: string, reason: string, planning: boolean): Result {
  if (planning) return toProve(`when ${text}, which is not known yet: ${reason}`);
  throw new Failure(`whether "${text}" is true is not known: ${reason}`, { code: 'unknown-value' });
}

async function once(world: ItemWorld, attempt: Attempt, count?: number): Promise<Reply> {
  const reply = await attemptTask(world, attempt);
  const counted = count === undefined ? reply : withValues(reply, { attempts: count });
  return redefine(counted, attempt.task, (result) => resultScope(attempt, result));
}

/** Where `changed_when`, `failed_when` and `until` are evaluated: the registered name is the result at hand. */
function resultScope({ scope, task, name }: Attempt, result: Result): HostScope {
  if (task.register === undefined) return scope;
  return scope.with([[task.register, registered(result, name)]]);
}

const withValues = (reply: Reply, values: Readonly<Record<string, Value>>): Reply => ({
  ...reply,
  result: { ...reply.result, values: { ...reply.result.values, ...values } },
});

async function retrying(world: ItemWorld, prepare: () => Attempt, retries: Retries): Promise<Reply> {
  for (let count = 1; ; count += 1) {
    const attempt = prepare();
    const { task, scope } = attempt;
    const reply = await once(world, attempt, count);
    if (isFinal(reply)) return reply;
    const done = isDone(attempt, reply.result);
    if (done === true) return reply;
    if (done !== false) return { ...reply, result: done };
    if (attempt.strategy?.planning) return { ...reply, result: notYet(reply.result, attempt) };
    if (count > retries.retries) return { ...reply, result: exhausted(reply.result, task, retries) };
    if (world.interrupted?.aborted) return { ...reply, result: interrupted(reply.result) };
    const message = task.noLog ? HIDDEN : reply.result.message;
    const retriesLeft = retries.retries - count + 1;
    world.emit({ type: 'step-retried', task: task.id, host: scope.host.path, retriesLeft, message });
    await pause(world.clock, retries.delaySeconds, world.interrupted);
    if (world.interrupted?.aborted) return { ...reply, result: interrupted(reply.result) };
  }
}

/** Not to be tried again whatever `until` says. */
function isFinal({ result, planned }: Reply): boolean {
  return planned === true || result.status === 'unreachable' || result.status === 'to_prove' || isGrave(result);
}

const isGrave = (result: Result): boolean => result.stopsRun === true || result.code === BUG;

/** Whether `until` holds (without one: whether it did not fail); a result where that cannot be evaluated. */
function isDone(attempt: Attempt, result: Result): boolean | Result {
  const { task } = attempt;
  if (!task.until) return result.status !== 'failed';
  try {
    const until = judge(task.until, resultScope(attempt, result));
    if (until.truth !== 'unknown') return until.truth;
    return unknownWhen(until.text, until.unknown.reason, attempt.strategy?.planning ?? false);
  } catch (error) {
    return { ...thrown(error), values: result.values };
  }
}

function notYet(result: Result, { task }: Attempt): Result {
  const texts = (task.until ?? []).map((condition) => condition.text).join(' and ');
  return toProve(
    texts === '' ? `tried again until it succeeds` : `until ${texts}`,
    result.message && `now: ${result.message}`,
  );
}

function interrupted(result: Result): Result {
  return { ...result, status: 'failed', message: 'interrupted before it was tried again', code: 'interrupted' };
}
