// What becomes of a change that a check asks for: in a run it is made and proved, in a plan it is told, on a host
// that is only on the way it is left alone. A plan has nothing to write with.

import type { Reader, TaskHost, Writer } from '../connection.ts';
import { Failure, SafetyStop } from '../errors.ts';
import type { ChangeWords, Result, ValueMap } from '../model.ts';
import type { Applied, Change, Ok, Since, TaskModule } from '../task.ts';
import type { PlannedChanges } from './planned.ts';
import { BUG, NOT_IN_EFFECT, type Reply, toProve } from './reply.ts';
import type { Watch } from './watch.ts';

/** A change that is asked for, and all that is known around it. */
export interface Wanted {
  readonly module: TaskModule;
  readonly args: ValueMap;
  readonly host: TaskHost;
  readonly taskName: string;
  readonly reader: Reader;
  readonly watch: Watch;
  readonly change: Change<unknown>;
}

export interface Strategy {
  /** Whether a change is only told. */
  readonly planning: boolean;
  /** The reply that stands before a look: a proof of a change that is only planned. */
  foregone(module: TaskModule, host: string): Reply | undefined;
  /** Takes a wanted change; what it throws is the step's failure. */
  change(wanted: Wanted): Promise<Reply>;
  /** The last word on a failure, for a plan that knows what it will put right. */
  failure(result: Result, host: string): Result;
}

const wordsOf = ({ summary, impact, diff }: ChangeWords): ChangeWords => ({ summary, impact, diff });

/** For `--check`, and for a task with `check_mode: true`: tells the change. */
export function planning(planned: PlannedChanges): Strategy {
  return {
    planning: true,
    foregone(module, host) {
      const earlier = module.provesChanges ? planned.around(host) : undefined;
      return earlier === undefined ? undefined : { result: toProve(`after: ${earlier}`) };
    },
    async change({ module, host, taskName, change }) {
      planned.add(host.path, change.summary);
      const values = { ...unknownReturns(module, `registered by "${taskName}"`), ...change.values };
      const { decidedOn, facts } = change;
      const result: Result = { status: 'changed', change: wordsOf(change), values, decidedOn, seconds: 0 };
      return { result, facts, planned: true };
    },
    failure(result, host) {
      const excusable = result.status === 'failed' || result.status === 'unreachable';
      if (!excusable || result.stopsRun || result.code === BUG) return result;
      const earlier = result.status === 'unreachable' ? planned.on(host) : planned.around(host);
      if (earlier === undefined) return result;
      return toProve(`after: ${earlier}`, `now: ${result.message ?? 'it fails'}`);
    },
  };
}

function unknownReturns(module: TaskModule, reason: string): ValueMap {
  const unknown = { unknown: true, reason } as const;
  return Object.fromEntries(Object.keys(module.returns ?? {}).map((field) => [field, unknown]));
}

/** For a host that is only on the way to selected ones: it is looked at, never changed. `plan`: a plan's strategy. */
export function leavingAlone(plan: Strategy | undefined): Strategy {
  return {
    planning: plan !== undefined,
    foregone: (module, host) => plan?.foregone(module, host),
    async change({ module, taskName, change }) {
      const unknown = unknownReturns(module, `registered by "${taskName}", which left its host alone`);
      const values = { ...unknown, ...change.values };
      const { decidedOn, factsLeftAlone } = change;
      const result: Result = { status: 'ok', leftAlone: true, change: wordsOf(change), values, decidedOn, seconds: 0 };
      return { result, facts: factsLeftAlone };
    },
    failure: (result, host) => plan?.failure(result, host) ?? result,
  };
}

/** The times between looks after a change, in seconds: short at first, then longer. */
const FIRST_LOOK = 0.1;
const LONGER = 1.5;
const LONGEST = 5;

/** For a run: makes the change and looks until it is in effect. `begin` keeps it first, and says since when it is begun. */
export function applying(openWriter: (wanted: Wanted) => Writer, begin: (change: Change<unknown>) => Date): Strategy {
  return {
    planning: false,
    foregone: () => undefined,
    async change(wanted) {
      const { module, change, host, watch, args } = wanted;
      if (!module.apply) throw new TypeError(`the task module "${module.name}" wants a change but has no apply`);
      const at = begin(change);
      const applied = (await watch.race(module.apply(change, host, openWriter(wanted), args))) ?? {};
      if (module.proof === 'none') return changed(change, applied, undefined);
      return changed(change, applied, await prove(wanted, { at, detail: change.detail, applied }));
    },
    failure: (result) => result,
  };
}

function changed(change: Change<unknown>, applied: Applied, proof: Ok | undefined): Reply {
  const result: Result = {
    status: 'changed',
    message: applied.message ?? proof?.message,
    change: wordsOf(change),
    values: { ...change.values, ...applied.values, ...proof?.values },
    decidedOn: change.decidedOn,
    seconds: 0,
  };
  const variables = proof?.variables;
  return { result, facts: { ...change.facts, ...applied.facts, ...proof?.facts }, variables };
}

async function prove(wanted: Wanted, since: Since<unknown>): Promise<Ok> {
  const { watch } = wanted;
  let wait = FIRST_LOOK;
  let last: Failure | undefined;
  let reason = 'nobody could look';
  while (!watch.expired) {
    const look = await lookAgain(wanted, since);
    if (look instanceof Failure) {
      if (!watch.expired) ({ message: reason } = last = look);
    } else if (look.verdict === 'ok') return look;
    else ({ summary: reason } = look);
    await watch.sleep(wait);
    wait = Math.min(LONGEST, wait * LONGER);
  }
  throw new Failure(`applied but not in effect after ${watch.seconds} s: ${reason}`, {
    code: NOT_IN_EFFECT,
    hint: last?.hint,
    at: last?.at,
    values: last?.values,
  });
}

/** One look at a change that an earlier part of the run made at that time: the reply where it is in effect by now. */
export async function inEffectBy(wanted: Wanted, at: Date): Promise<Reply | undefined> {
  const { change } = wanted;
  const look = await lookAgain(wanted, { at, detail: change.detail, applied: {} });
  return look instanceof Failure || look.verdict !== 'ok' ? undefined : changed(change, {}, look);
}

/** A failure says "not yet", but for one that is final or stops the run. */
async function lookAgain(wanted: Wanted, since: Since<unknown>): Promise<Ok | Change<unknown> | Failure> {
  const { module, args, host, reader, watch } = wanted;
  try {
    return await watch.race(module.check(args, host, reader, since));
  } catch (error) {
    if (error instanceof Failure && !(error instanceof SafetyStop) && !error.final) return error;
    throw error;
  }
}
