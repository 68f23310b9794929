// A person's yes before a play begins. Whoever brings the question to people and their answer back is handed in.

import { duration } from '../duration.ts';
import type { Emit, Result } from '../model.ts';
import { unknownIn } from '../template/thing.ts';
import type { RunClock } from './clock.ts';
import { thrown } from './reply.ts';
import type { HostScope } from './scope.ts';
import { nameOf, textOf } from './words.ts';
import type { ConfirmWork } from './work.ts';

export interface Question {
  /** Counts from 1 in each part of a run. */
  readonly number: number;
  /** The name of the play. */
  readonly play: string;
  /** The host that the play stands on. */
  readonly on: string | undefined;
  readonly message: string;
  /** Paths of the hosts that wait. */
  readonly hosts: readonly string[];
  /** When nobody waits for the answer any more. */
  readonly until: Date;
}

export interface Answer {
  readonly approved: boolean;
  /** `user@machine`. */
  readonly who: string;
  readonly reason?: string | undefined;
}

/** The way to the people who may say yes. */
export interface Approvals {
  /** Their answer. Resolves with undefined, and forgets the question, as soon as `signal` is aborted. */
  ask(question: Question, signal: AbortSignal): Promise<Answer | undefined>;
}

export interface ConfirmWorld {
  readonly clock: RunClock;
  readonly emit: Emit;
  /** Absent where nobody can be asked: then nobody said yes. */
  readonly approvals: Approvals | undefined;
  /** Ends the waiting. */
  readonly interrupted: AbortSignal | undefined;
}

export class Confirmations {
  readonly #world: ConfirmWorld;
  #asked = 0;

  constructor(world: ConfirmWorld) {
    this.#world = world;
  }

  /** `ok` once a person said yes; a stop of the run for a no and for no answer; `skipped` when interrupted. */
  async settle(work: ConfirmWork, scope: HostScope): Promise<Result> {
    try {
      const name = nameOf(work.step, scope);
      const asked = work.confirm.message.evaluate(scope);
      // Only a plan meets what is not known yet: then it is told as it is written.
      const message = unknownIn(asked) ? work.confirm.message.text : textOf(asked);
      return scope.world.planning ? this.#tell(work, name, message) : await this.#ask(work, name, message);
    } catch (error) {
      return { ...thrown(error), stopsRun: true };
    }
  }

  #tell({ step, host, confirm, wave }: ConfirmWork, name: string, message: string): Result {
    const before = wave === undefined ? `"${name}"` : `wave ${wave} of "${name}"`;
    const words = `confirm  before ${before}: ${message} (waits up to ${duration(confirm.timeoutSeconds)} for a yes)`;
    this.#world.emit({ type: 'note', task: step.id, host: host.path, message: words });
    return { status: 'ok', values: {}, seconds: 0 };
  }

  async #ask(work: ConfirmWork, name: string, message: string): Promise<Result> {
    const { clock, approvals, emit, interrupted } = this.#world;
    if (!approvals) return stop(`"${name}" has to be confirmed, and nobody can be asked`, 'confirm-nobody');
    const { confirm, scene, step } = work;
    const number = ++this.#asked;
    const on = scene.on?.path;
    const hosts = scene.batch.map((host) => host.path);
    const until = new Date(clock.now() + confirm.timeoutSeconds * 1000);
    emit({
      type: 'confirmation-awaited',
      question: number,
      play: step.id,
      name,
      on,
      message,
      hosts,
      until: until.toISOString(),
    });
    const patience = new AbortController();
    const lose = () => patience.abort();
    const cancel = clock.timer(confirm.timeoutSeconds * 1000, lose);
    interrupted?.addEventListener('abort', lose, { once: true });
    if (interrupted?.aborted) lose();
    try {
      const question = { number, play: name, on, message, hosts, until };
      const answer = patience.signal.aborted ? undefined : await approvals.ask(question, patience.signal);
      const given = answer
        ? answer.approved
          ? 'approved'
          : 'rejected'
        : interrupted?.aborted
          ? 'interrupted'
          : 'timed out';
      emit({
        type: 'confirmation-given',
        question: number,
        play: step.id,
        on,
        answer: given,
        who: answer?.who,
        reason: answer?.reason,
      });
      return resultOf(name, given, answer, confirm.timeoutSeconds);
    } finally {
      cancel();
      interrupted?.removeEventListener('abort', lose);
    }
  }
}

function resultOf(
  name: string,
  given: 'approved' | 'rejected' | 'timed out' | 'interrupted',
  answer: Answer | undefined,
  seconds: number,
): Result {
  switch (given) {
    case 'approved':
      return { status: 'ok', message: `approved by ${answer?.who ?? ''}`, values: {}, seconds: 0 };
    case 'interrupted':
      return {
        status: 'skipped',
        message: 'interrupted before an answer came',
        code: 'interrupted',
        values: {},
        seconds: 0,
      };
    case 'timed out':
      return stop(`nobody confirmed "${name}" within ${duration(seconds)}`, 'confirm-timeout');
    case 'rejected': {
      const why = answer?.reason === undefined ? '' : `: ${answer.reason}`;
      return stop(`"${name}" was rejected by ${answer?.who ?? ''}${why}`, 'confirm-rejected');
    }
  }
}

const stop = (message: string, code: string): Result => ({
  status: 'failed',
  message,
  code,
  hint: 'a run that goes on from here asks again',
  stopsRun: true,
  values: {},
  seconds: 0,
});
