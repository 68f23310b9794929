// Cases of the scheduler as data: plays, outcomes by task and host, and the exact order of what starts.

import { assert, type Cases } from '../tests.ts';
import { hosts } from './build.ts';
import { course, type Outcome, type Simulation, simulate } from './simulate.ts';

export const abcd = hosts('A', 'B', 'C', 'D');

/** `{ 'fail A': 'failed' }` as a function: what a task comes to on a host. */
export const outcomes =
  (table: Readonly<Record<string, Outcome>>) =>
  (name: string, path: string): Outcome | undefined =>
    table[`${name} ${path}`];

export interface Case extends Omit<Simulation, 'outcome'> {
  readonly outcomes?: Readonly<Record<string, Outcome>>;
  /** The tasks started, in order. */
  readonly runs: string;
  /** Hosts out of the run at its end. */
  readonly lost?: Readonly<Record<string, 'failed' | 'unreachable'>>;
}

export function cases(table: Readonly<Record<string, Case>>): Cases {
  return Object.fromEntries(
    Object.entries(table).map(([title, { outcomes: given = {}, runs, lost = {}, ...simulation }]) => [
      title,
      () => {
        const seen = simulate({ ...simulation, outcome: outcomes(given) });
        assert.is(course(seen), runs);
        assert.equal(Object.fromEntries(seen.state.casualties), lost);
        assert.is(seen.state.finished, true);
      },
    ]),
  );
}
