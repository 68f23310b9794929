// The windows that a play and its hosts give to writing: outside of any of them a change is not begun.

import { type Problem, SafetyStop } from '../errors.ts';
import type { Value } from '../model.ts';
import { unknownIn } from '../template/thing.ts';
import { readWindows } from '../window/read.ts';
import { closing, isOpen, momentWords, opening, type Windows, windowWords } from '../window/window.ts';
import { nodeOfValue } from '../yaml/value.ts';
import type { RunClock } from './clock.ts';
import { HostScope } from './scope.ts';
import { upwards } from './tree.ts';

/** The variable of a host, or of one above it. */
const VARIABLE = 'window';

export class WindowGuard {
  readonly #clock: RunClock;
  /** What a plan has told, by cloud. */
  readonly #told = new Set<string>();
  readonly #words = new Map<string, string>();

  constructor(clock: RunClock) {
    this.#clock = clock;
  }

  /** Called right before a change is begun. Throws `SafetyStop` while one of the windows is closed. */
  pass(scope: HostScope, through: HostScope): void {
    const sets = [...windowsOf(scope, through, false).values()];
    if (sets.length === 0) return;
    const now = this.#clock.now();
    if (isOpen(sets, now)) return;
    const closed = sets.filter((windows) => !isOpen([windows], now)).map(windowWords);
    throw new SafetyStop(`outside its window: ${closed.join(' and ')}; ${opensWords(sets, now)}`, {
      code: 'window-closed',
      hint: 'resume the run once it is open; another "window" takes a new run',
    });
  }

  /** For a plan: in which windows the change would be made and whether they are open, once a cloud. */
  note(scope: HostScope, through: HostScope): string | undefined {
    const windows = windowsOf(scope, through, true);
    if (windows.size === 0) return undefined;
    const key = [...windows.keys()].join(' and ');
    const cloud = scope.host.path.split('/')[0] ?? '';
    if (this.#told.has(`${cloud} ${key}`)) return undefined;
    this.#told.add(`${cloud} ${key}`);
    let words = this.#words.get(key);
    if (words === undefined) this.#words.set(key, (words = stateWords(key, [...windows.values()], this.#clock.now())));
    return words;
  }
}

/**
 * Those of the play, of the host, of every host above it, and likewise of the host that is worked through; by their
 * words. `planning`: what is not known yet is left out.
 */
function windowsOf(scope: HostScope, through: HostScope, planning: boolean): ReadonlyMap<string, Windows> {
  const found = new Map<string, Windows>();
  const add = (windows: Windows) => found.set(windowWords(windows), windows);
  const own = scope.scene?.play.window;
  if (own) add(own);
  for (const each of [...around(scope), ...(through === scope ? [] : around(through))]) {
    const value = each.get(VARIABLE);
    if (value === undefined || value === null || (planning && unknownIn(value))) continue;
    add(windowsIn(value, each.host.path));
  }
  return found;
}

/** The host with the variables of its play, and then it and every host above it without: each has to be open. */
const around = ({ world, host, scene }: HostScope): HostScope[] => [
  new HostScope(world, host, scene, scene?.play.vars ?? []),
  ...[...upwards(host)].map((each) => new HostScope(world, each, scene, [])),
];

function windowsIn(value: Value, host: string): Windows {
  const problems: Problem[] = [];
  const source = { file: `${VARIABLE} of ${host}`, text: '' };
  const windows = readWindows(nodeOfValue(value, { source, start: 0, end: 0 }), problems);
  if (windows) return windows;
  const [problem] = problems;
  // Nobody knows when writing is allowed: then it is not.
  throw new SafetyStop(`the variable "${VARIABLE}" of ${host} is no window: ${problem?.message ?? ''}`, {
    code: 'window-wrong',
    hint: problem?.hint,
  });
}

function opensWords(sets: readonly Windows[], now: number): string {
  const opens = opening(sets, now);
  if (opens === undefined) return sets.length > 1 ? 'they are never open together' : 'it never opens';
  return `${sets.length > 1 ? 'they are open together' : 'it opens'} on ${momentWords(sets, opens, now)}`;
}

function stateWords(names: string, sets: readonly Windows[], now: number): string {
  if (!isOpen(sets, now)) return `window  ${names}: closed; ${opensWords(sets, now)}`;
  const closes = closing(sets, now);
  return `window  ${names}: open${closes === undefined ? '' : ` until ${momentWords(sets, closes, now)}`}`;
}
