// The failures of a run, repeated at its end: equal ones together, each with what to do.

import type { Event, Result } from '../model.ts';
import { isWithheld } from '../rescue.ts';
import { hang } from './layout.ts';
import { isNews, type StepEnded } from './news.ts';
import type { Paint } from './paint.ts';

interface Failure {
  readonly name: string;
  readonly result: Result;
  readonly hosts: string[];
}

/** Collects what failed and was neither ignored nor rescued; a play that failed because of its hosts is not repeated. */
export class Failures {
  #failed: StepEnded[] = [];

  take(event: Event): void {
    // Whatever failed before a run went on is tried again, or its host is lost, which the recap says.
    if (event.type === 'run-resumed') this.#failed = [];
    if (event.type === 'rescue-withheld') {
      this.#failed = this.#failed.map((each) => (isWithheld(event, each) ? { ...each, rescued: false } : each));
    }
    if (event.type === 'step-ended' && isFailure(event)) this.#failed.push(event);
  }

  render(columns: number, paint: Paint): string[] {
    return this.#grouped().flatMap((failure) => ['', ...renderFailure(failure, columns, paint)]);
  }

  #grouped(): Failure[] {
    const failures = new Map<string, Failure>();
    for (const { name, host, result } of this.#failed.filter((each) => !each.rescued)) {
      const key = JSON.stringify([name, result.status, result.message, result.hint]);
      const known = failures.get(key);
      if (known) known.hosts.push(host);
      else failures.set(key, { name, result, hosts: [host] });
    }
    return [...failures.values()];
  }
}

function isFailure(event: StepEnded): boolean {
  const { status, ignored } = event.result;
  return (status === 'failed' || status === 'unreachable') && !ignored && isNews(event);
}

function renderFailure({ name, result, hosts }: Failure, columns: number, paint: Paint): string[] {
  const where = hosts.length > 1 ? `${hosts.length} hosts: ${hosts.join(', ')}` : (hosts[0] ?? '');
  const word = result.status === 'failed' ? 'FAILED' : 'UNREACHABLE';
  const message = result.noLog ? 'the output is hidden: the task says no_log' : (result.message ?? 'no message');
  const lines = [...hang(`${paint.red(word)} `, where, columns), `  ${name}`, ...hang('  ', message, columns)];
  if (result.hint && !result.noLog) lines.push(...hang('  hint: ', result.hint, columns));
  return lines;
}
