// The failures of a run, repeated at its end: equal ones together, each with what to do.

import type { Event, Result } from '../model.ts';
import { hang } from './layout.ts';
import type { Paint } from './paint.ts';

type StepEnded = Event & { type: 'step-ended' };

interface Failure {
  readonly name: string;
  readonly result: Result;
  readonly hosts: string[];
}

/** Collects what failed and was neither ignored nor rescued; a play that failed because of its hosts is not repeated. */
export class Failures {
  readonly #failures = new Map<string, Failure>();

  take(event: StepEnded): void {
    const { status, ignored, message, hint } = event.result;
    if ((status !== 'failed' && status !== 'unreachable') || ignored || event.rescued || event.module === 'play')
      return;
    const key = JSON.stringify([event.name, status, message, hint]);
    const known = this.#failures.get(key);
    if (known) known.hosts.push(event.host);
    else this.#failures.set(key, { name: event.name, result: event.result, hosts: [event.host] });
  }

  render(columns: number, paint: Paint): string[] {
    return [...this.#failures.values()].flatMap((failure) => ['', ...renderFailure(failure, columns, paint)]);
  }
}

function renderFailure({ name, result, hosts }: Failure, columns: number, paint: Paint): string[] {
  const where = hosts.length > 1 ? `${hosts.length} hosts: ${hosts.join(', ')}` : (hosts[0] ?? '');
  const word = result.status === 'failed' ? 'FAILED' : 'UNREACHABLE';
  const message = result.noLog ? 'the output is hidden: the task says no_log' : (result.message ?? 'no message');
  const lines = [...hang(`${paint.red(word)} `, where, columns), `  ${name}`, ...hang('  ', message, columns)];
  if (result.hint && !result.noLog) lines.push(...hang('  hint: ', result.hint, columns));
  return lines;
}
