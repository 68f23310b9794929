// A rotation that is killed at one moment and resumed, on a lab of its own; and what such a lab looks like in the end.

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { find } from '../../src/cli/find.ts';
import { inventoryPaths } from '../../src/cli/inventory.ts';
import type { Io } from '../../src/cli/io.ts';
import { keepRun } from '../../src/cli/keeping.ts';
import { makeReady } from '../../src/cli/ready.ts';
import { readRequest } from '../../src/cli/request.ts';
import { runReady } from '../../src/cli/run-ready.ts';
import type { KeptBundle } from '../../src/connection.ts';
import type { Entry } from '../../src/journal/entry.ts';
import type { RunningCloud } from '../../src/lab/lab.ts';
import { installOf } from '../../src/lab/world/create.ts';
import type { Event, RecapRow } from '../../src/model.ts';
import type { Rig } from '../rig.ts';
import { withLab } from '../rig.ts';
import { assert } from '../tests.ts';
import { type Cut, CutJournal } from './cut-journal.ts';
import { prepare, type Scene, wordsOf } from './cut-scenes.ts';
import { certificates } from './rotation-proof.ts';
import { eventsOf } from './told.ts';

/** What a rotation leaves behind, and what it did on the way. */
export interface Outcome {
  readonly exitCode: number | null;
  readonly recap: readonly RecapRow[];
  readonly clouds: readonly CloudOutcome[];
  /** Of all clouds: `FINGERPRINT, replaced FINGERPRINT`. */
  readonly kept: readonly string[];
}

interface CloudOutcome {
  /** In their order, without starts of VMs: CloudStack's own scanner may have been first. */
  readonly writes: readonly string[];
  /** Starts of VMs that were ordered more than once. */
  readonly startedTwice: readonly string[];
  readonly restarts: readonly string[];
  readonly settings: Readonly<Record<string, string | null>>;
  readonly rows: readonly object[];
  /** What each port of each VM does, certificates included. */
  readonly machines: readonly object[];
}

/** What a lab is made to do from now on, restarts of management servers included. */
class Watched {
  readonly #seen = new Map<RunningCloud, string[]>();
  readonly #writesBefore = new Map<RunningCloud, number>();
  readonly #listeners = new Set<() => void>();

  constructor(clouds: readonly RunningCloud[]) {
    for (const cloud of clouds) {
      const seen: string[] = [];
      this.#seen.set(cloud, seen);
      this.#writesBefore.set(cloud, cloud.world.writes.length);
      cloud.world.onManagementServer(({ name, api }) => {
        if (api !== 'refuses') return;
        seen.push(name);
        for (const listener of this.#listeners) listener();
      });
    }
  }

  writes(cloud: RunningCloud): readonly string[] {
    return cloud.world.writes.slice(this.#writesBefore.get(cloud)).map((write) => write.did);
  }

  restarts(cloud: RunningCloud): readonly string[] {
    return this.#seen.get(cloud) ?? [];
  }

  nextRestart(): Promise<void> {
    return new Promise((resolve) => {
      this.#listeners.add(resolve);
    });
  }
}

function cloudOutcome(cloud: RunningCloud, watched: Watched): CloudOutcome {
  const { world } = cloud;
  const { settings, keystore } = installOf(world);
  const did = watched.writes(cloud);
  const starts = did.filter((each) => each.startsWith('start '));
  return {
    writes: did.filter((each) => !each.startsWith('start ')),
    startedTwice: starts.filter((each, index) => starts.indexOf(each) !== index),
    restarts: watched.restarts(cloud),
    settings: Object.fromEntries(settings.all().map(({ name }) => [name, settings.stored(name)])),
    rows: keystore.rows,
    machines: world.machines().map(({ name, power, ports }) => ({ name, power, ports })),
  };
}

function keptIn(folder: string): string[] {
  if (!existsSync(folder)) return [];
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.json'));
  const kept = names.map((name) => JSON.parse(readFileSync(join(folder, name), 'utf8')) as KeptBundle);
  return kept.map(({ fingerprint, replaced = 'nothing' }) => `${fingerprint}, replaced ${replaced}`).sort();
}

function outcomeOf({ lab, state }: Rig, watched: Watched, exitCode: number | null, events: readonly Event[]): Outcome {
  const end = events.at(-1);
  return {
    exitCode,
    recap: end?.type === 'run-ended' ? end.recap : [],
    clouds: lab.clouds.map((cloud) => cloudOutcome(cloud, watched)),
    kept: keptIn(join(state, 'cs-play', 'bundles')),
  };
}

/** A rotation that nobody cuts: its outcome, and how many entries its journal has. */
export function wholeRun(scene: Scene): Promise<{ readonly outcome: Outcome; readonly entries: readonly Entry[] }> {
  return withLab({ ...scene.lab, certificates }, async (rig) => {
    await prepare(scene, rig);
    const watched = new Watched(rig.lab.clouds);
    const entries: Entry[] = [];
    const after = (entry: Entry): boolean => {
      entries.push(entry);
      return false;
    };
    const exitCode = await firstLife(scene, rig, watched, { after, leaves: false });
    if (typeof exitCode !== 'number') throw new Error('nobody cut it, and it was cut');
    const events = entries.flatMap((entry) => ('event' in entry ? [entry.event] : []));
    return { outcome: outcomeOf(rig, watched, exitCode, events), entries };
  });
}

/** The process that is killed. Gives the entry after which it was, or the exit code of a run that came to its end. */
async function firstLife(scene: Scene, rig: Rig, watched: Watched, cut: Cut): Promise<Entry | number> {
  const request = readRequest([...wordsOf(scene, rig), '-i', rig.lab.inventory]);
  if (typeof request === 'string') throw new Error('not a run');
  const environment = { ...process.env, XDG_STATE_HOME: rig.state };
  const io: Io = { argv: [], environment, stdin: () => process.stdin, stdout: process.stdout, stderr: process.stderr };
  const inventories = inventoryPaths(request.inventories, io);
  const [playbook = ''] = request.playbooks;
  const ready = await makeReady(find(playbook, 'playbooks'), inventories, request, io);
  const keeping = await keepRun(ready, request, { inventories, seed: 'cut' }, io);
  const journal = new CutJournal(keeping.journal, cut);
  const end = new AbortController();
  const life = runReady(ready, request, {
    report: { take: () => undefined, close: () => undefined },
    seed: 'cut',
    keeping: { ...keeping, journal },
    interrupt: { signal: end.signal, kill: end.signal, release: () => undefined },
  });
  const last = await Promise.race([journal.killed, life]);
  if (typeof last !== 'number' && cut.leaves) await arrival(rig, watched, journal, last);
  end.abort();
  await life;
  return last;
}

/** Until the write that was told of last has reached the lab. */
async function arrival(rig: Rig, watched: Watched, { answered }: CutJournal, last: Entry): Promise<void> {
  if (!('event' in last) || last.event.type !== 'write-started') return;
  const [command = ''] = last.event.what.split(' ');
  const requested = rig.lab.clouds.map(
    ({ world }) =>
      new Promise<void>((resolve) => {
        world.onRequest((request) => request.command === command && resolve());
      }),
  );
  await Promise.race([answered, ...requested, ...(command === 'ssh' ? [watched.nextRestart()] : [])]);
}

/**
 * A rotation that is killed and resumed. Gives the entry after which it was; undefined: it came to its end before. Right
 * after a write that is known to have failed it is only killed: a resumed run makes that write again, and it may succeed.
 */
export function cutAndResumed(scene: Scene, cut: Cut, whole: Outcome): Promise<Entry | undefined> {
  return withLab({ ...scene.lab, certificates }, async (rig) => {
    await prepare(scene, rig);
    const watched = new Watched(rig.lab.clouds);
    const last = await firstLife(scene, rig, watched, cut);
    if (typeof last === 'number' || ('event' in last && last.event.type === 'run-ended')) return undefined;
    if (!isWriteFailed(last)) await resumedLikeWhole(rig, watched, whole);
    return last;
  });
}

/** The same with a process of its own that gets SIGKILL right after the lab was asked for the command so often. */
export function killedAndResumed(
  scene: Scene,
  { command, times }: { readonly command: string; readonly times: number },
  whole: Outcome,
): Promise<void> {
  return withLab({ ...scene.lab, certificates }, async (rig) => {
    await prepare(scene, rig);
    const watched = new Watched(rig.lab.clouds);
    let child = 0;
    let seen = 0;
    for (const { world } of rig.lab.clouds) {
      world.onRequest((request) => {
        if (request.command !== command) return;
        seen += 1;
        if (seen === times) process.kill(child, 'SIGKILL');
      });
    }
    const started = (pid: number): void => {
      child = pid;
    };
    const { code } = await rig.play(wordsOf(scene, rig), { started });
    assert.is(code, null, `it was not asked for ${command} ${times} times`);
    await resumedLikeWhole(rig, watched, whole);
  });
}

/** Nothing that was done is done again, nothing is left out, and there is nothing to go on with after it. */
async function resumedLikeWhole(rig: Rig, watched: Watched, whole: Outcome): Promise<void> {
  const resumed = await rig.here(['resume', '--output', 'json']);
  assert.is(resumed.code, whole.exitCode, `${resumed.stderr}${failed(resumed.stdout)}`);
  assert.equal(outcomeOf(rig, watched, resumed.code, eventsOf(resumed)), whole);
  if (resumed.code !== 0) return;
  const again = await rig.here(['resume', runIdIn(resumed.stdout)]);
  assert.is(again.code, 4);
  assert.match(again.stderr, /^error: run \S+ has come to its end: all was well$/m);
}

const isWriteFailed = (entry: Entry): boolean =>
  'event' in entry && entry.event.type === 'write-ended' && entry.event.outcome === 'failed';

const runIdIn = (stdout: string): string => /"run":"([^"]*)"/.exec(stdout)?.[1] ?? '';

const failed = (stdout: string): string =>
  stdout
    .split('\n')
    .filter((line) => /"status":"(failed|unreachable)"/.test(line))
    .join('\n');
