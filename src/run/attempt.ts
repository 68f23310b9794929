// One attempt at a task on a host: arguments, a look, and what the strategy makes of a wanted change.

import type { Connections, Writer } from '../connection.ts';
import { Failure } from '../errors.ts';
import { type ChangeBegun, type Ledger, NOT_KEPT } from '../journal/entry.ts';
import type { Result, Scope, StepRef, Task, ValueMap } from '../model.ts';
import { argumentsOf } from '../schema/evaluate.ts';
import type { Change, TaskModule } from '../task.ts';
import { unknownIn } from '../template/thing.ts';
import type { RunClock } from './clock.ts';
import type { Doors, OpenDoor } from './door.ts';
import { environmentOf, withEnvironment } from './environment.ts';
import type { CloudLocks } from './locks.ts';
import type { StepPast } from './past.ts';
import { type Reply, thrown, toProve } from './reply.ts';
import type { HostScope } from './scope.ts';
import { applying, inEffectBy, type Strategy, type Wanted } from './strategy.ts';
import { Watch } from './watch.ts';
import type { WindowGuard } from './window.ts';

/** Asked before a change is made. Throws `SafetyStop` where it must not be. */
export type Permit = (wanted: WantedChange) => void;

/** A change that is about to be made: by which task, on which host, for which item of its loop (from 0). */
export interface WantedChange extends StepRef {
  readonly item: number | undefined;
  readonly summary: string;
}

/** What attempts need of a run. */
export interface AttemptWorld {
  readonly connections: Connections;
  readonly clock: RunClock;
  readonly doors: Doors;
  /** Gives up what is under way. */
  readonly kill: AbortSignal | undefined;
  readonly permit: Permit | undefined;
  readonly locks: CloudLocks;
  /** Where changes are kept before they are made. */
  readonly ledger: Ledger | undefined;
  readonly windows: WindowGuard;
}

export interface Attempt {
  readonly task: Task;
  readonly module: TaskModule;
  readonly name: string;
  /** Where names are looked up: variables of the host that the task is for. */
  readonly scope: HostScope;
  /** Whose connections are used: the host itself or the one that is delegated to. */
  readonly through: HostScope;
  /** Which item of its loop, from 0; undefined without a loop. */
  readonly item: number | undefined;
  /** The strategy where nothing is to be written; undefined makes changes. */
  readonly strategy: Strategy | undefined;
  /** What an earlier part of the run knew of the step. */
  readonly past: StepPast | undefined;
}

/** Never throws: what is thrown inside becomes the reply. */
export async function attemptTask(world: AttemptWorld, attempt: Attempt): Promise<Reply> {
  let watch: Watch | undefined;
  let door: OpenDoor | undefined;
  try {
    const { task, module, scope, strategy, past } = attempt;
    const asked = argumentsOf(module, task.args, scope);
    const args = past?.values && module.sameAgain ? module.sameAgain(asked, past.values) : asked;
    const unknown = unknownIn(declared(module, args));
    if (unknown) return unknownArguments(unknown.reason, strategy);
    const foregone = strategy?.foregone(module, scope.host.path);
    if (foregone) return foregone;
    watch = new Watch(world.clock, secondsFor(task, module, scope), world.kill);
    const planning = strategy?.planning ?? false;
    door = world.doors.open(stepRef(attempt), watch, { planning, noLog: task.noLog, past });
    const reply = await check(world, attempt, args, watch, door);
    door.giveUp();
    return reply;
  } catch (error) {
    const lost = door?.giveUp() ?? [];
    const result = { ...thrown(error), changedToo: door?.wrote || undefined };
    return { result: lost.length > 0 && result.code !== ASKED ? outcomeUnknown(result, lost) : result };
  } finally {
    watch?.close();
  }
}

/** Arguments beyond the declared ones are taken as they come, unknown ones included. */
function declared(module: TaskModule, args: ValueMap): ValueMap {
  if (module.additionalArgs === undefined) return args;
  return Object.fromEntries(Object.entries(args).filter(([name]) => Object.hasOwn(module.args, name)));
}

function unknownArguments(reason: string, strategy: Strategy | undefined): Reply {
  if (strategy?.planning) return { result: toProve(`with a value that is not known yet: ${reason}`) };
  throw new Failure(`an argument is not known: ${reason}`, { code: 'unknown-value' });
}

function secondsFor(task: Task, module: TaskModule, scope: Scope): number {
  const seconds = task.timeoutSeconds?.evaluate(scope) ?? module.timeoutSeconds;
  if (typeof seconds === 'number' && seconds > 0) return seconds;
  throw new Failure('"timeout" must be a number of seconds above 0', { at: task.timeoutSeconds?.at, code: 'timeout' });
}

async function check(
  world: AttemptWorld,
  attempt: Attempt,
  args: ValueMap,
  watch: Watch,
  door: OpenDoor,
): Promise<Reply> {
  const { task, module, scope, through, name, item } = attempt;
  const host = scope.asTaskHost();
  const environment = environmentOf(task.environment, scope);
  const reader = withEnvironment(world.connections.reader(through.asTaskHost(), door), environment);
  if (module.apply && !attempt.strategy) await watch.race(world.locks.hold(through, door));
  const wanted = { module, args, host, taskName: name, reader, watch };
  const late = await broughtAbout(attempt, wanted);
  if (late) return late;
  const begun = attempt.strategy ? undefined : attempt.past?.takeChange(item);
  const verdict = begun ? changeOf(begun) : await watch.race(module.check(args, host, reader));
  if (verdict.verdict === 'ok') {
    const { message, values = {}, facts, variables, decidedOn } = verdict;
    return { result: { status: 'ok', message, values, decidedOn, seconds: 0 }, facts, variables };
  }
  if (!attempt.strategy) {
    world.windows.pass(scope, through);
    world.permit?.({ task: task.id, host: host.path, item, summary: verdict.summary });
  }
  const openWriter = (): Writer => withEnvironment(world.connections.writer(through.asTaskHost(), door), environment);
  const strategy = attempt.strategy ?? applying(openWriter, begin(world, attempt, begun));
  const reply = await strategy.change({ ...wanted, change: verdict });
  const window = reply.planned && scope.world.planning ? world.windows.note(scope, through) : undefined;
  if (window !== undefined) door.note(window);
  return reply;
}

/** What an earlier part of the run applied too late, where it is in effect by now. */
async function broughtAbout(
  { module, past, item, strategy }: Attempt,
  wanted: Omit<Wanted, 'change'>,
): Promise<Reply | undefined> {
  const late = strategy ? undefined : past?.takeLate(item);
  if (!late || !module.provesByDetail) return undefined;
  return inEffectBy({ ...wanted, change: changeOf(late) }, new Date(late.at));
}

const stepRef = ({ task, scope }: Attempt): StepRef => ({ task: task.id, host: scope.host.path });

/** A change that an earlier part of the run had begun: it is gone on with as it was decided. */
const changeOf = ({ change }: ChangeBegun): Change<unknown> => change as unknown as Change<unknown>;

/** Keeps a change before it is made, and says since when it is under way. */
function begin(
  world: AttemptWorld,
  attempt: Attempt,
  begun: ChangeBegun | undefined,
): (change: Change<unknown>) => Date {
  return (change) => {
    if (begun) return new Date(begun.at);
    const now = new Date(world.clock.now());
    const kept = attempt.task.noLog ? { ...NOT_KEPT } : (change as unknown as ValueMap);
    world.ledger?.append({ change: { ...stepRef(attempt), at: now.toISOString(), item: attempt.item, change: kept } });
    return now;
  };
}

/** The code of a failure that is itself about a write of unknown outcome. */
const ASKED = 'write-unknown';

/** A write was under way when the step failed: nobody knows what became of it. */
function outcomeUnknown(result: Result, lost: readonly string[]): Result {
  const message = `${result.message ?? 'failed'}; the outcome of ${lost.map((what) => `"${what}"`).join(', ')} is unknown`;
  const hint = result.hint ?? 'run it again: what was done will be seen, and the rest made up for';
  return { ...result, status: 'unreachable', message, hint };
}
