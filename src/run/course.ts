// The course of a batch through its steps: task after task in lockstep, blocks with rescue and always, meta steps.

import type { Block, Handler, Meta, Play, Result, Step, Task } from '../model.ts';
import { type Batch, type Member, type Section, workOf } from './batch.ts';
import { flush } from './handlers.ts';
import { type PlayInside, runInner } from './inner.ts';
import { type Process, perform, type Throttle, together } from './process.ts';
import { isFallen, spread, takeIn } from './settle.ts';
import type { EnterWork, TaskWork } from './work.ts';

/** A batch, and its way into inner plays. */
export interface Course {
  readonly batch: Batch;
  readonly playInside: PlayInside;
}

/** All tasks of the play on the members that are in, then the handlers that are still notified. */
export function* runCourse(course: Course): Process<void> {
  const { batch } = course;
  const { play, members } = batch;
  const section: Section = { rescue: false, shielded: false, fatal: play.anyErrorsFatal };
  const present = members.filter((member) => member.left === undefined);
  const left = yield* runSteps(course, play.tasks, present, section);
  if (batch.ended) return;
  if (!(play.forceHandlers ?? batch.shared.forceHandlers)) {
    yield* flushHandlers(course, left, section);
    return;
  }
  const reachable = members.filter((member) => member.left !== 'unreachable' && member.left !== 'ended');
  yield* flushHandlers(course, reachable, { ...section, shielded: true });
}

/** Gives the members that are still in after the last step, or after the one at which a brake was pulled. */
function* runSteps(
  course: Course,
  steps: readonly Step[],
  members: readonly Member[],
  section: Section,
): Process<Member[]> {
  let live = [...members];
  for (const step of steps) {
    if (live.length === 0) break;
    if (course.batch.held(section)) {
      course.batch.cutShort = true;
      break;
    }
    live = yield* runStep(course, step, live, section);
  }
  return live;
}

function runStep(course: Course, step: Step, live: Member[], section: Section): Process<Member[]> {
  switch (step.kind) {
    case 'block':
      return runBlock(course, step, live, section);
    case 'meta':
      return runMeta(course, step, live, section);
    default:
      return runOn(course, step, live, live, section, false);
  }
}

function* runBlock(course: Course, block: Block, members: readonly Member[], section: Section): Process<Member[]> {
  const rescue = block.rescue.length > 0;
  const faults = new Map(members.map((member) => [member, member.fault]));
  const inside = { ...section, fatal: block.anyErrorsFatal };
  const through = yield* runSteps(course, block.block, members, { ...inside, rescue: section.rescue || rescue });
  const left = new Set(through);
  const fallen = members.filter((member) => !left.has(member) && member.left === 'failed');
  if (rescue && fallen.length > 0) {
    if (course.batch.held(section)) {
      course.batch.shared.say({ type: 'rescue-withheld', block, hosts: fallen.map((member) => member.host) });
    } else {
      for (const member of fallen) {
        member.fault = faults.get(member);
        member.left = undefined;
      }
      for (const member of yield* runSteps(course, block.rescue, fallen, inside)) left.add(member);
    }
  }
  if (block.always.length > 0) yield* runAlways(course, block, members, left, inside);
  return members.filter((member) => left.has(member));
}

/** `always:` runs on every member that can be reached, those that failed included. Mends `left`. */
function* runAlways(
  course: Course,
  block: Block,
  members: readonly Member[],
  left: Set<Member>,
  section: Section,
): Process<void> {
  const reachable = members.filter((member) => member.left !== 'unreachable' && member.left !== 'ended');
  const through = new Set(yield* runSteps(course, block.always, reachable, { ...section, shielded: true }));
  for (const member of members) {
    const well = left.has(member) || member.fault === undefined;
    if (well && through.has(member)) left.add(member);
    else left.delete(member);
  }
}

/** One task or inner play on the members `on`, of those that are in. */
function* runOn(
  course: Course,
  step: Task | Play,
  on: readonly Member[],
  live: readonly Member[],
  section: Section,
  handler: boolean,
): Process<Member[]> {
  const { batch } = course;
  const doers = step.runOnce ? on.slice(0, 1) : on;
  const hosts = doers.map((member) => member.host);
  batch.shared.say({ type: 'task-started', step, handler, scene: batch.scene, hosts });
  const results =
    step.kind === 'task'
      ? yield* runTask(batch, step, doers, live, section, handler)
      : yield* together(
          doers.map((member) => runInner(batch, step, member, section, handler, course.playInside)),
          throttleOf(step),
        );
  // Works that were withdrawn have no result.
  if (results.includes(undefined)) batch.cutShort = true;
  const gone = new Set(doers.filter((_, index) => isFallen(results[index])));
  if (gone.size > 0) spread(batch, step, gone, live, section);
  return live.filter((member) => !gone.has(member));
}

const throttleOf = (step: Task | Play): Throttle | undefined =>
  step.throttle ? { key: step.id, limit: step.throttle } : undefined;

function* runTask(
  batch: Batch,
  task: Task,
  doers: readonly Member[],
  live: readonly Member[],
  section: Section,
  handler: boolean,
): Process<(Result | undefined)[]> {
  const works = doers.map((member): TaskWork => {
    const others = task.runOnce ? live.filter((other) => other !== member).map((other) => other.host) : [];
    return { kind: 'task', task, handler, shared: others, ...workOf(batch, member, section) };
  });
  const withdraw = section.shielded ? undefined : () => batch.heldAround();
  const results = yield* perform(works, { throttle: throttleOf(task), withdraw });
  doers.forEach((member, index) => {
    const result = results[index];
    if (result) takeIn(batch, task, member, result, section);
  });
  return results;
}

function flushHandlers(course: Course, live: readonly Member[], section: Section): Process<Member[]> {
  const runHandler = (handler: Handler, on: readonly Member[], among: readonly Member[]) =>
    runOn(course, handler, on, among, section, true);
  return flush(course.batch, live, section, runHandler);
}

function* runMeta(course: Course, meta: Meta, live: Member[], section: Section): Process<Member[]> {
  const { batch } = course;
  const perHost = meta.action === 'end_host' || meta.action === 'flush_handlers';
  const asked = perHost ? live : live.slice(0, 1);
  const { willing, left } = yield* judgeMeta(batch, meta, asked, live, section);
  if (willing.length === 0) return left;
  switch (meta.action) {
    case 'noop':
      return left;
    case 'flush_handlers': {
      const after = new Set(yield* flushHandlers(course, willing, section));
      return left.filter((member) => after.has(member) || !willing.includes(member));
    }
    case 'end_host':
      for (const member of willing) member.left = 'ended';
      return left.filter((member) => !willing.includes(member));
    case 'clear_host_errors':
      return clearErrors(batch, left);
    case 'end_batch':
    case 'end_play':
      batch.ended = meta.action === 'end_play' ? 'play' : 'batch';
      return [];
  }
}

/** Asks the conditions of a meta step on some members: which of them it is for, and who is still in. */
function* judgeMeta(
  batch: Batch,
  meta: Meta,
  asked: readonly Member[],
  live: readonly Member[],
  section: Section,
): Process<{ willing: Member[]; left: Member[] }> {
  if (meta.when.length === 0) return { willing: [...asked], left: [...live] };
  const works = asked.map((member): EnterWork => ({ kind: 'enter', step: meta, ...workOf(batch, member, section) }));
  const results = yield* perform(works);
  const gone = new Set<Member>();
  const willing = asked.filter((member, index) => {
    const result = results[index];
    if (isFallen(result)) {
      batch.lose(member, 'failed', { status: 'failed', final: !section.rescue });
      gone.add(member);
    }
    return result?.status === 'ok';
  });
  if (gone.size > 0) batch.judge();
  return { willing, left: live.filter((member) => !gone.has(member)) };
}

/** Forgets the failures of the play's hosts; those that were only out of reach take part again at once. */
function clearErrors(batch: Batch, live: readonly Member[]): Member[] {
  for (const host of batch.scene.all) batch.shared.casualties.delete(host.path);
  const back = new Set(live);
  for (const member of batch.members) {
    member.fault = undefined;
    if (member.left === 'unreachable') back.add(member);
    if (member.left !== 'ended') member.left = undefined;
  }
  return batch.members.filter((member) => back.has(member));
}
