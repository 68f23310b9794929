// Event streams for the tests of reports, written short.

import type { Event, EventBody, RecapRow, Result } from '../../src/model.ts';

/** The events with times, one second apart, from noon. */
export function stream(...bodies: EventBody[]): Event[] {
  const start = Date.parse('2026-11-24T12:00:00Z');
  return bodies.map((body, index) => ({ at: new Date(start + index * 1000).toISOString(), ...body }));
}

export const started = (mode: 'plan' | 'run'): EventBody => ({
  type: 'run-started',
  mode,
  version: '0.0.0',
  playbook: 'rotate-certs.yml',
  inventory: ['lab.yml'],
  limit: undefined,
  hosts: ['eu-1'],
});

export const task = (id: string, name: string, module = 'debug'): EventBody => ({
  type: 'task-started',
  task: id,
  name,
  module,
  handler: false,
  on: undefined,
  hosts: [],
});

/** A step's end; what is not given is an empty ok. */
export const ended = (
  host: string,
  name: string,
  result: Partial<Result>,
  module = 'debug',
  rescued = false,
): EventBody => ({
  type: 'step-ended',
  task: name,
  host,
  name,
  module,
  rescued,
  notified: [],
  result: { status: 'ok', values: {}, seconds: 1, ...result },
});

export const row = (host: string, counts: Partial<RecapRow>): RecapRow => ({
  host,
  ok: 0,
  changed: 0,
  unreachable: 0,
  failed: 0,
  skipped: 0,
  rescued: 0,
  ignored: 0,
  toProve: 0,
  ...counts,
});

export const runEnded = (recap: RecapRow[], more: Partial<EventBody & { type: 'run-ended' }> = {}): EventBody => ({
  type: 'run-ended',
  exitCode: 0,
  recap,
  notReached: [],
  message: undefined,
  writes: 0,
  ...more,
});

/** A pipe that keeps what is written. */
export function pipe(): { write(text: string): void; text(): string } {
  let all = '';
  return { write: (text) => void (all += text), text: () => all };
}
