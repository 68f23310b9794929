// `loop` and `loop_control`: the items of a task one after another, and the one result that they make.

import { Failure } from '../errors.ts';
import type { ChangeWords, ItemResult, LoopControl, Result, Task, Value, ValueMap } from '../model.ts';
import { isUnknown, kindOf } from '../template/thing.ts';
import { pause, type RunClock } from './clock.ts';
import { judge } from './conditions.ts';
import { registered } from './register.ts';
import { BUG, type Reply, skipped, thrown } from './reply.ts';
import type { HostScope } from './scope.ts';
import { textOf } from './words.ts';

export interface LoopWorld {
  readonly clock: RunClock;
  readonly interrupted: AbortSignal | undefined;
  /** One item: its scope has the loop's variables; items count from 0. */
  runItem(scope: HostScope, index: number): Promise<Reply>;
  /** Called after each item, before the next. */
  itemEnded(reply: Reply, label: string, index: number): void;
}

/** A list of items, or why there is none. */
type Items = readonly Value[] | { readonly unknown: string } | { readonly result: Result };

/** The items of a task's loop. One that cannot be evaluated is skipped where `when` is false without it. */
export function loopItems(task: Task, scope: HostScope): Items {
  try {
    const items = task.loop?.evaluate(scope) ?? null;
    if (isUnknown(items)) return { unknown: items.reason };
    if (Array.isArray(items)) return items;
    throw new Failure(`"loop" requires a list, not ${kindOf(items)}`, { at: task.loop?.at, code: 'loop' });
  } catch (error) {
    return { result: skippedAnyway(task, scope) ?? thrown(error) };
  }
}

function skippedAnyway(task: Task, scope: HostScope): Result | undefined {
  try {
    const when = judge(task.when, scope);
    return when.truth === false ? skipped(when.text) : undefined;
  } catch (error) {
    // The loop's own failure is the one to tell.
    if (error instanceof Failure) return undefined;
    throw error;
  }
}

/** Runs all items; a failed one does not stop the others, a safety rule and an interrupt do. */
export async function runLoop(world: LoopWorld, task: Task, scope: HostScope, items: readonly Value[]): Promise<Reply> {
  const control = task.loopControl;
  const replies: Reply[] = [];
  const ended: ItemResult[] = [];
  const results: Value[] = [];
  for (const [index, item] of items.entries()) {
    if (index > 0 && control.pauseSeconds > 0) await pause(world.clock, control.pauseSeconds, world.interrupted);
    if (world.interrupted?.aborted) {
      replies.push({ result: interrupted(items.length - index) });
      break;
    }
    const locals = variablesOf(control, items, index);
    const inside = scope.with(locals);
    const reply = await world.runItem(inside, index);
    const label = labelOf(control, item, inside);
    world.itemEnded(reply, label, index);
    replies.push(reply);
    ended.push({ label, result: reply.result });
    results.push(registeredItem(reply.result, task, item, locals));
    if (reply.result.stopsRun) break;
  }
  return { result: combined(replies, ended, results), planned: replies.some((reply) => reply.planned) };
}

function interrupted(left: number): Result {
  const message = `interrupted with ${left} ${left === 1 ? 'item' : 'items'} left`;
  return { status: 'failed', message, code: 'interrupted', values: {}, seconds: 0 };
}

function variablesOf(control: LoopControl, items: readonly Value[], index: number): [string, Value][] {
  const item = items[index] ?? null;
  const variables: [string, Value][] = [
    [control.loopVar, item],
    ['ansible_loop_var', control.loopVar],
  ];
  if (control.indexVar !== undefined) variables.push([control.indexVar, index]);
  if (control.extended) variables.push(['ansible_loop', extended(items, index)]);
  return variables;
}

function extended(items: readonly Value[], index0: number): ValueMap {
  const { length } = items;
  return {
    index: index0 + 1,
    index0,
    first: index0 === 0,
    last: index0 === length - 1,
    length,
    revindex: length - index0,
    revindex0: length - index0 - 1,
    allitems: items,
    ...(index0 > 0 ? { previtem: items[index0 - 1] ?? null } : {}),
    ...(index0 < length - 1 ? { nextitem: items[index0 + 1] ?? null } : {}),
  };
}

function labelOf(control: LoopControl, item: Value, scope: HostScope): string {
  try {
    return textOf(control.label ? control.label.evaluate(scope) : item);
  } catch (error) {
    // A label is only words: one that cannot be evaluated must not fail what was done.
    if (error instanceof Failure) return textOf(item);
    throw error;
  }
}

function registeredItem(result: Result, task: Task, item: Value, locals: readonly (readonly [string, Value])[]): Value {
  const value = registered(result, task.register ?? task.module);
  if (isUnknown(value)) return value;
  return { ...(value as ValueMap), ...Object.fromEntries(locals), [task.loopControl.loopVar]: item };
}

const order = ['unreachable', 'failed', 'changed', 'to_prove', 'ok'] as const;

function combined(replies: readonly Reply[], items: readonly ItemResult[], results: readonly Value[]): Result {
  const all = replies.map((reply) => reply.result);
  const status = order.find((each) => all.some((result) => result.status === each)) ?? 'skipped';
  const bad = all.filter((result) => result.status === status && (status === 'failed' || status === 'unreachable'));
  const culprit = all.find((result) => result.code === BUG) ?? all.find((result) => result.stopsRun) ?? bad[0];
  return {
    status,
    message: culprit ? messageOf(culprit, bad.length, all.length) : undefined,
    hint: culprit?.hint,
    at: culprit?.at,
    code: culprit?.code,
    change: combinedChange(all),
    changedToo:
      (status !== 'changed' && all.some((result) => result.status === 'changed' || result.changedToo)) || undefined,
    stopsRun: culprit?.stopsRun,
    leftAlone: all.some((result) => result.leftAlone) || undefined,
    noLog: all.some((result) => result.noLog) || undefined,
    values: { results },
    items,
    seconds: 0,
  };
}

function messageOf(culprit: Result, bad: number, all: number): string {
  if (all === 1) return culprit.message ?? 'failed';
  return `${bad} of ${all} items failed: ${culprit.message ?? ''}`;
}

function combinedChange(results: readonly Result[]): ChangeWords | undefined {
  const changes = results.flatMap((result) => (result.change ? [result.change] : []));
  if (changes.length < 2) return changes[0];
  const impacts = new Set(changes.flatMap(({ impact }) => (impact === undefined ? [] : [impact])));
  return {
    summary: [...new Set(changes.map((change) => change.summary))].join(', '),
    impact: impacts.size > 0 ? [...impacts].join('; ') : undefined,
  };
}
