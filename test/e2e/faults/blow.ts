// What is done to the process of a run, or to what it writes to, at a given moment.

import { spawnSync } from 'node:child_process';
import { statSync } from 'node:fs';
import type { ApiRequest } from '../../../src/lab/world/world.ts';
import type { Done, PlayOptions, Rig } from '../../rig.ts';
import { assert } from '../../tests.ts';
import { journalOf } from './by-hand.ts';

export interface Blow {
  /** Right after the lab has worked on the request and before its answer leaves; `restart`: a server goes down. */
  readonly moment?: Moment;
  /** Sent at that moment, the others a moment later. */
  readonly signals?: readonly NodeJS.Signals[];
  /** Nobody reads the output from that moment on. */
  readonly hangUp?: true;
  /** No file can grow any more, from the moment on or, without one, from the start. */
  readonly full?: true;
}

/** A command, with one of its parameters where it is needed: `uploadCustomCertificate name=root`. */
export type Moment = string;

/** Two signals of one kind that are pending together are one. */
const BETWEEN_SIGNALS_MILLISECONDS = 50;

/** Runs `cs-play` in a process of its own, and strikes it. */
export async function struck(rig: Rig, words: readonly string[], blow: Blow): Promise<Done> {
  const fromTheStart = blow.full && blow.moment === undefined;
  let leave = (): void => undefined;
  const started: PlayOptions['started'] = (pid, hangUp) => {
    leave = at(rig, blow.moment, () => {
      if (blow.hangUp) hangUp();
      if (blow.full) fill(pid, journalOf(rig));
      void send(pid, blow.signals ?? []);
    });
  };
  try {
    return await rig.play(words, { started, ...(fromTheStart && { fileKibibytes: 0 }) });
  } finally {
    leave();
  }
}

/** From now on the process is refused what would make a file larger than that one: a disk that is full. */
function fill(pid: number, path: string): void {
  const limit = `--fsize=${statSync(path).size}:`;
  const { status, stderr } = spawnSync('prlimit', ['--pid', String(pid), limit], { encoding: 'utf8' });
  assert.is(status, 0, stderr);
}

async function send(pid: number, [signal, ...later]: readonly NodeJS.Signals[]): Promise<void> {
  if (signal === undefined) return;
  process.kill(pid, signal);
  for (const next of later) {
    await new Promise((resolve) => setTimeout(resolve, BETWEEN_SIGNALS_MILLISECONDS));
    process.kill(pid, next);
  }
}

/** Does it once when the moment comes. Gives what calls it off. */
function at({ lab }: Rig, moment: Moment | undefined, work: () => void): () => void {
  const { world } = lab.clouds[0] ?? {};
  if (world === undefined || moment === undefined) return () => undefined;
  const once = () => {
    leave();
    work();
  };
  const leave =
    moment === 'restart'
      ? world.onManagementServer(({ api }) => api === 'refuses' && once())
      : world.onRequest((request) => isMoment(request, moment) && once());
  return leave;
}

function isMoment({ command, parameters }: ApiRequest, moment: string): boolean {
  const [wanted, pair] = moment.split(' ');
  const [name = '', value] = pair?.split('=') ?? [];
  return (
    command === wanted &&
    (pair === undefined || (name in parameters && (value ?? parameters[name]) === parameters[name]))
  );
}
