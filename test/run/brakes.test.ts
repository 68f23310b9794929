// Thousands of random nested plays: whatever fails wherever, a broken budget lets nothing new start, at any depth.
// Budgets are counted here from outcomes and the text of the plays alone, not with the scheduler's own means.

import type { Play, Step } from '../../src/model.ts';
import type { State } from '../../src/run/schedule.ts';
import type { ConfirmWork, Notice, Scene, Work } from '../../src/run/work.ts';
import { assert, tests } from '../tests.ts';
import { numbers, RandomRun } from './random.ts';
import { type Outcome, type Seen, type Simulation, simulate } from './simulate.ts';

const RUNS = 1000;

/** What the text of the plays says of a step. */
interface Place {
  readonly play: Play | undefined;
  /** A rescue of its own play takes up its failure. */
  readonly rescued: boolean;
  /** It or a step around it is inside `always:`, or it is a handler that runs in any case. */
  readonly shielded: boolean;
  readonly fatal: boolean;
}

function places(plays: readonly Play[]): Map<string, Place> {
  const all = new Map<string, Place>();
  const visit = (step: Step, place: Place) => {
    all.set(step.id, place);
    if (step.kind === 'block') {
      const rescued = place.rescued || step.rescue.length > 0;
      for (const each of step.block) visit(each, { ...place, rescued });
      for (const each of step.rescue) visit(each, place);
      for (const each of step.always) visit(each, { ...place, shielded: true });
    }
    if (step.kind === 'play') {
      const inside = { play: step, rescued: false, shielded: place.shielded, fatal: step.anyErrorsFatal };
      for (const each of step.tasks) visit(each, inside);
      for (const each of step.handlers)
        visit(each, { ...inside, shielded: place.shielded || step.forceHandlers === true });
    }
  };
  for (const each of plays) visit(each, { play: undefined, rescued: false, shielded: false, fatal: false });
  return all;
}

/** Counts losses by batch and objects to whatever starts in spite of them. */
class Inspector {
  readonly violations: string[] = [];
  readonly #places: ReadonlyMap<string, Place>;
  /** The batch that a host is in, by play and host. */
  readonly #batches = new Map<string, Scene>();
  readonly #lost = new Map<Scene, Set<string>>();
  readonly #fatal = new Set<Scene>();
  /** Plays, with the host that each stands on, to which a person said yes. */
  readonly #approved = new Set<string>();
  #refused = false;
  /** Batches by play and the host it stands on, in order. */
  readonly #rows = new Map<string, Scene[]>();
  readonly #tops: Scene[] = [];

  constructor(plays: readonly Play[]) {
    this.#places = places(plays);
  }

  notice(notice: Notice): void {
    if (notice.type === 'play-started') this.#begin(notice.scene);
    if (notice.type === 'task-started') this.#taskBegins(notice.step.id, notice.scene);
  }

  #begin(scene: Scene): void {
    const key = `${scene.play.id} ${scene.on?.path ?? ''}`;
    if (scene.play.confirm) {
      this.#object(!this.#approved.has(key), `${key} without a yes`);
      if (scene.play.confirm.each === 'wave') this.#approved.delete(key);
    }
    const row = this.#rows.get(key) ?? [];
    // A handler may play again, and so may a play that stands in a later batch's way: only one pass counts.
    const before = row.filter((each) => each.all === scene.all);
    for (const each of before) this.#object(this.#isBroken(each), `batch of ${key} after a broken one`);
    this.#rows.set(key, [...row, scene]);
    for (const host of scene.batch) this.#batches.set(`${scene.play.id} ${host.path}`, scene);
    if (scene.on) return;
    for (const each of this.#tops) this.#object(this.#isBroken(each), `play ${key} after a broken one`);
    this.#tops.push(scene);
  }

  #taskBegins(step: string, scene: Scene): void {
    if (this.#place(step).shielded) return;
    for (let at: Scene | undefined = scene; at; at = this.#around(at)) {
      this.#object(this.#isBroken(at), `${step} on ${scene.on?.path ?? 'top'} in a broken ${at.play.id}`);
    }
  }

  starts(work: Work, state: State): void {
    if (work.kind === 'soak') this.#object(this.#isBroken(work.scene), `a soak in a broken ${work.step.id}`);
    if (work.kind !== 'task') return;
    this.#object(this.#refused && !this.#place(work.task.id).shielded, `${work.task.id} after a no`);
    const out = [...state.casualties.keys()].filter((path) => `${work.host.path}/`.startsWith(`${path}/`));
    this.#object(out.length > 0, `${work.task.id} on ${work.host.path}, which is out`);
    if (this.#place(work.task.id).shielded) return;
    for (let at = this.#around(work.scene); at; at = this.#around(at)) {
      this.#object(this.#isBroken(at), `${work.task.id} on ${work.host.path} inside a broken ${at.play.id}`);
    }
  }

  /** `outcome` of a task, of an inner play as it is left, or of a look into a cloud. */
  ends(work: Work, outcome: Outcome): void {
    if (work.kind === 'confirm') this.#answered(work, outcome);
    if (work.kind === 'soak' && (outcome === 'failed' || outcome === 'unreachable')) {
      this.#lose(work.scene, work.host.path);
      if (work.step.anyErrorsFatal) this.#fatal.add(work.scene);
    }
    if (work.kind === 'discover') this.#explored(work.scene, work.host.path, outcome);
    if (work.kind !== 'task' && work.kind !== 'leave') return;
    const step = work.kind === 'task' ? work.task : work.step;
    const place = this.#place(step.id);
    const lost =
      outcome === 'unreachable' ? work.kind === 'task' || !place.rescued : outcome === 'failed' && !place.rescued;
    if (!lost) return;
    this.#lose(work.scene, work.host.path);
    if (place.fatal && !place.rescued) this.#fatal.add(work.scene);
  }

  /** Only a look for a batch counts against its budget; one that finds the hosts of a play comes before any batch. */
  #explored(scene: Scene, path: string, outcome: Outcome): void {
    if ((outcome !== 'failed' && outcome !== 'unreachable') || this.#batches.get(`${scene.play.id} ${path}`) !== scene)
      return;
    this.#lose(scene, path);
    if (scene.play.anyErrorsFatal) this.#fatal.add(scene);
  }

  #answered({ step, scene }: ConfirmWork, outcome: Outcome): void {
    if (outcome === 'ok') this.#approved.add(`${step.id} ${scene.on?.path ?? ''}`);
    else this.#refused = true;
  }

  #lose(scene: Scene, path: string): void {
    const hosts = this.#lost.get(scene) ?? new Set();
    this.#lost.set(scene, hosts.add(path));
  }

  #isBroken(scene: Scene): boolean {
    if (this.#fatal.has(scene)) return true;
    const allowed = scene.play.maxFailPercentage;
    const lost = this.#lost.get(scene)?.size ?? 0;
    return allowed === undefined ? lost >= scene.batch.length : lost / scene.batch.length > allowed / 100;
  }

  #around(scene: Scene): Scene | undefined {
    const around = this.#place(scene.play.id).play;
    return scene.on && around && this.#batches.get(`${around.id} ${scene.on.path}`);
  }

  #place(step: string): Place {
    const place = this.#places.get(step);
    if (!place) throw new Error(`no place of ${step}`);
    return place;
  }

  #object(broken: boolean, what: string): void {
    if (broken) this.violations.push(what);
  }
}

/** What fails depends on task, host and seed alone. */
function randomRun(world: RandomRun, seed: number, inspector?: Inspector): Seen {
  const order = numbers(seed + 1);
  const badness = [0, 0.03, 0.15, 0.5][seed % 4] ?? 0;
  const outcome = (task: string, path: string): Outcome => {
    const random = numbers(hash(`${seed} ${task} ${path}`))();
    if (task === 'confirm') return random < badness * 0.1 ? 'stop' : 'ok';
    if (random < badness * 0.6) return 'failed';
    if (random < badness) return 'unreachable';
    return random > 0.7 ? 'changed' : 'ok';
  };
  const simulation: Simulation = {
    plays: world.plays,
    hosts: world.clouds,
    forks: world.forks,
    found: (cloud) => world.found(cloud),
    outcome,
    pick: (under) => Math.floor(order() * under.length),
    ...(inspector
      ? {
          heard: (notice) => inspector.notice(notice),
          watch: (work, state) => inspector.starts(work, state),
          ends: (work, result) => inspector.ends(work, result.ignored ? 'ignored' : result.status),
        }
      : {}),
  };
  return simulate(simulation);
}

function hash(text: string): number {
  let value = 2166136261;
  for (let index = 0; index < text.length; index += 1) value = Math.imul(value ^ text.charCodeAt(index), 16777619);
  return value;
}

tests(`${RUNS} random runs`, {
  'no broken budget lets anything new start, at any depth, and every run ends': () => {
    let broken = 0;
    for (let seed = 0; seed < RUNS; seed += 1) {
      const world = new RandomRun(seed);
      const inspector = new Inspector(world.plays);
      const seen = randomRun(world, seed, inspector);
      assert.equal(inspector.violations, [], `seed ${seed}`);
      assert.ok(seen.state.finished && seen.widest <= world.forks, `seed ${seed}`);
      broken += seen.notices.filter((notice) => notice.type === 'budget-broken').length;
    }
    assert.ok(broken > RUNS / 10, `only ${broken} budgets broke`);
  },
  'the same happenings start the same steps in the same order': () => {
    for (let seed = 0; seed < RUNS; seed += 10) {
      const [one, two] = [randomRun(new RandomRun(seed), seed), randomRun(new RandomRun(seed), seed)];
      assert.is(one.started.join(' '), two.started.join(' '), `seed ${seed}`);
      assert.is(one.ended.join(' '), two.ended.join(' '), `seed ${seed}`);
    }
  },
  'every host that ran was selected, and every host that is out had a failure': () => {
    for (let seed = 0; seed < RUNS; seed += 5) {
      const { state, started, ended, undiscovered } = randomRun(new RandomRun(seed), seed);
      const strangers = started.filter((start) => !state.selected.has(start.split('@')[1] ?? ''));
      const failures = ended.filter((end) => /: (failed|unreachable)$/.test(end));
      const bad = new Set([...undiscovered, ...failures.map((end) => end.replace(/^.*@|: .*$/g, ''))]);
      const innocent = [...state.casualties.keys()].filter((path) => !bad.has(path));
      assert.equal({ strangers, innocent }, { strangers: [], innocent: [] }, `seed ${seed}`);
    }
  },
});
