// An inner play as one step of the member it stands on: entered, played, left.

import type { Play, Result } from '../model.ts';
import { type Batch, type Member, type Section, type Standing, workOf } from './batch.ts';
import { type Process, perform } from './process.ts';
import { isFallen, judge, takeIn } from './settle.ts';
import type { EnterWork, LeaveWork, PlayOutcome } from './work.ts';

/** Plays a play on the host it stands on. */
export type PlayInside = (play: Play, standing: Standing) => Process<PlayOutcome>;

/**
 * Runs an inner play on a member; undefined where it was withdrawn before it began. It is taken in at the moment it
 * ends: a budget that it breaks holds the plays beside it that still run.
 */
export function* runInner(
  batch: Batch,
  play: Play,
  member: Member,
  section: Section,
  handler: boolean,
  playInside: PlayInside,
): Process<Result | undefined> {
  if (batch.held(section)) return undefined;
  const entry = yield* enter(batch, play, member, section);
  if (entry?.status !== 'ok') {
    if (entry) end(batch, play, member, entry, section);
    return entry;
  }
  const ignored = entry.values['ignore_errors'] === true;
  const outcome = yield* playInside(play, { batch, member, section, ignored });
  const { status, message, hint } = outcome;
  const result: Result = {
    status,
    message,
    hint,
    values: {},
    seconds: 0,
    ignored: (ignored && status === 'failed') || undefined,
  };
  end(batch, play, member, result, section);
  const exit: LeaveWork = { kind: 'leave', step: play, outcome, ignored, handler, ...workOf(batch, member, section) };
  yield* perform([exit]);
  return result;
}

const entered: Result = { status: 'ok', values: {}, seconds: 0 };

/** Asks the play's conditions, where it has any. */
function* enter(batch: Batch, play: Play, member: Member, section: Section): Process<Result | undefined> {
  if (play.when.length === 0 && !play.ignoreErrors) return entered;
  const entry: EnterWork = { kind: 'enter', step: play, ...workOf(batch, member, section) };
  return (yield* perform([entry]))[0];
}

function end(batch: Batch, play: Play, member: Member, result: Result, section: Section): void {
  takeIn(batch, play, member, result, section);
  if (isFallen(result)) judge(batch, play, [member], section);
}
