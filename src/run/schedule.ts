// The scheduler of a run, pure: what happened goes in, what to start and what to tell comes out. No input or output, no
// clock, no chance. The same happenings in the same order give the same starts, so a journal can be folded through it.

import type { Host, Play } from '../model.ts';
import type { Shared } from './batch.ts';
import type { Chooser } from './choose.ts';
import { runPlaybook } from './plays.ts';
import { Processes } from './process.ts';
import { Tree } from './tree.ts';
import type { Happening, Notice, Work } from './work.ts';

export interface ScheduleOptions {
  readonly plays: readonly Play[];
  /** The hosts of the inventory, parents before children. */
  readonly hosts: readonly Host[];
  readonly chooser: Chooser;
  /** How many works may be under way at once in the whole tree. */
  readonly forks: number;
  /** For `order: shuffle`. */
  readonly seed: string;
  /** `--force-handlers`, for plays that do not say. */
  readonly forceHandlers: boolean;
}

/** Where a run is. `next` uses up the state that it is given. */
export interface State {
  readonly tree: Tree;
  /** Nothing is under way and nothing will start any more. */
  readonly finished: boolean;
  /** Paths of the hosts that failed or could not be reached and that nothing took up. */
  readonly casualties: ReadonlyMap<string, 'failed' | 'unreachable'>;
  /** Paths of all hosts that some play selected so far. */
  readonly selected: ReadonlySet<string>;
  /** Paths of the clouds that were looked into. */
  readonly discovered: ReadonlySet<string>;
  /** A safety rule stopped the run. */
  readonly stopped: boolean;
  /** A play on top had no hosts: why the run ended there. */
  readonly empty: string | undefined;
}

export interface Next {
  readonly state: State;
  /** To be told before anything of `start` begins. */
  readonly say: readonly Notice[];
  readonly start: readonly Work[];
}

/** The state before the first happening, which is `begin`. */
export function schedule(options: ScheduleOptions): State {
  return new Running(options);
}

/** Takes in one happening. Throws for a work that is not under way. */
export function next(state: State, happening: Happening): Next {
  if (!(state instanceof Running)) throw new TypeError('not a state of this scheduler');
  return state.take(happening);
}

class Running implements State {
  readonly tree: Tree;
  empty: string | undefined;
  readonly #options: ScheduleOptions;
  readonly #processes: Processes;
  readonly #shared: Shared;
  #say: Notice[] = [];

  constructor(options: ScheduleOptions) {
    let works = 0;
    this.#options = options;
    this.tree = new Tree(options.hosts);
    this.#processes = new Processes(options.forks);
    this.#shared = {
      tree: this.tree,
      casualties: new Map(),
      discovered: new Set(),
      selected: new Set(),
      forceHandlers: options.forceHandlers,
      stopped: false,
      playsLeft: options.plays.length,
      nextId: () => ++works,
      say: (notice) => this.#say.push(notice),
    };
  }

  get finished(): boolean {
    return this.#processes.finished;
  }

  get casualties(): ReadonlyMap<string, 'failed' | 'unreachable'> {
    return this.#shared.casualties;
  }

  get selected(): ReadonlySet<string> {
    return this.#shared.selected;
  }

  get discovered(): ReadonlySet<string> {
    return this.#shared.discovered;
  }

  get stopped(): boolean {
    return this.#shared.stopped;
  }

  take(happening: Happening): Next {
    switch (happening.type) {
      case 'begin':
        this.#begin();
        break;
      case 'interrupt':
        this.#processes.interrupt();
        break;
      case 'ended':
        this.tree.add(happening.found ?? []);
        this.#processes.end(happening.work, happening.result);
    }
    const say = this.#say;
    this.#say = [];
    return { state: this, say, start: this.#processes.takeStarted() };
  }

  #begin(): void {
    const { chooser, seed, plays } = this.#options;
    const setting = { shared: this.#shared, chooser, seed };
    this.#processes.begin(
      runPlaybook(setting, plays, (why) => {
        this.empty = why;
      }),
    );
  }
}
