// What a test gives connections to work for: a host of plain variables and a step that keeps what it is told.

import type { Connections, StepDoor, TaskHost } from '../../src/connection.ts';
import { type ConnectionOptions, openConnections } from '../../src/connections/index.ts';
import { Failure } from '../../src/errors.ts';
import type { ValueMap } from '../../src/model.ts';

export function hostOf(vars: ValueMap, kind: TaskHost['kind'] = 'cloud', name = 'eu-1'): TaskHost {
  return { path: name, name, kind, get: (variable) => (Object.hasOwn(vars, variable) ? vars[variable] : undefined) };
}

/** A write as the step was told of it: `what job → outcome`. */
export interface Told {
  readonly what: string;
  readonly job: string | undefined;
  outcome: string | undefined;
}

export interface TestStep extends StepDoor {
  readonly told: Told[];
  readonly waited: string[];
  stop(): void;
}

export function stepOf(seconds = 20, planning = false): TestStep {
  const stop = new AbortController();
  const told: Told[] = [];
  const waited: string[] = [];
  return {
    run: '20261125-034100-9f3c',
    deadline: new Date(Date.now() + seconds * 1000),
    signal: stop.signal,
    planning,
    told,
    waited,
    waiting: (what) => waited.push(what),
    note: () => undefined,
    warn: () => undefined,
    earlier: () => undefined,
    async writing(what, job) {
      const one: Told = { what, job, outcome: undefined };
      told.push(one);
      return async (outcome) => {
        one.outcome = outcome;
      };
    },
    stop: () => stop.abort(),
  };
}

/** Opens connections for the body and closes them after it. */
export async function withConnections<T>(
  body: (connections: Connections) => Promise<T>,
  options: Partial<ConnectionOptions> = {},
): Promise<T> {
  const connections = openConnections({ playbookFolder: '/nowhere', environment: {}, home: '/nowhere', ...options });
  try {
    return await body(connections);
  } finally {
    await connections.close();
  }
}

/** The failure of a promise as one text: kind, code, message and hint; `no failure` where it resolves. */
export async function failureText(promise: Promise<unknown>): Promise<string> {
  try {
    await promise;
    return 'no failure';
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return [`${error.name} ${error.code}: ${error.message}`, ...(error.hint ? [`hint: ${error.hint}`] : [])].join('\n');
  }
}
