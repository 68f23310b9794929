// Runs plays with tiny task modules over a made-up world, in a time that passes only when everybody waits.

import type { Connections, Discovery, Reader, StepDoor, TaskHost, Writer } from '../../src/connection.ts';
import { told } from '../../src/connections/told.ts';
import { Failure, SafetyStop, Unreachable } from '../../src/errors.ts';
import { parsePattern } from '../../src/inventory/pattern.ts';
import { decode, encode } from '../../src/journal/codec.ts';
import type { Entry, Ledger } from '../../src/journal/entry.ts';
import type { EventBody, Host, Play, Value, VarLayer } from '../../src/model.ts';
import type { Permit } from '../../src/run/attempt.ts';
import type { RunClock } from '../../src/run/clock.ts';
import type { Approvals } from '../../src/run/confirm.ts';
import type { TakeLock } from '../../src/run/locks.ts';
import { run } from '../../src/run/run.ts';
import { Secret } from '../../src/secret.ts';
import { defineTask, ok, type TaskModule, type Verdict } from '../../src/task.ts';
import { at } from './build.ts';

/** Jumps to the next timer whenever nothing else is left to do. */
export class TestClock implements RunClock {
  #now: number;
  #timers: { readonly due: number; readonly ring: () => void }[] = [];

  constructor(now = '2026-01-01T00:00:00Z') {
    this.#now = Date.parse(now);
  }

  now(): number {
    return this.#now;
  }

  timer(milliseconds: number, ring: () => void): () => void {
    const timer = { due: this.#now + milliseconds, ring };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((each) => each !== timer);
    };
  }

  jump(): void {
    const next = this.#timers.reduce((first, each) => (each.due < first.due ? each : first), {
      due: Number.POSITIVE_INFINITY,
      ring: () => {
        throw new Error('everybody waits for nothing');
      },
    });
    this.#timers = this.#timers.filter((each) => each !== next);
    if (Number.isFinite(next.due)) this.#now = next.due;
    next.ring();
  }
}

/** What the modules look at and change: a value by host and name. */
export class World {
  readonly values = new Map<string, Value>();
  /** How many looks after a change still see the old value. */
  lag = 0;
  /** Looks after a change find that it will never be seen. */
  lost = false;
  /** Hosts that cannot be reached. */
  readonly down = new Set<string>();
  readonly writes: string[] = [];
  readonly checks: string[] = [];
  /** The writing host's write that is never answered. */
  hangs: string | undefined;
  found: Discovery | undefined;
  /** Why the proof fails on a host at its so many-th look, from 1. */
  proves: (host: string, look: number) => string | undefined = () => undefined;
}

function modules(world: World): Map<string, TaskModule> {
  const say = defineTask({
    name: 'say',
    summary: 'says something',
    args: { msg: { type: 'any', description: 'what' } },
    example: '',
    timeoutSeconds: 10,
    async check({ msg }, host) {
      world.checks.push(`${host.path}: ${JSON.stringify(msg ?? null)}`);
      return ok(undefined, msg === undefined ? {} : { values: { msg } });
    },
  });
  const glimpse = defineTask({
    name: 'glimpse',
    summary: 'sees a value that the run moves, beside a secret',
    args: { name: { type: 'string', description: 'the name of the value', required: true } },
    momentary: ['seen'],
    example: '',
    timeoutSeconds: 10,
    async check({ name }, host) {
      return ok(undefined, {
        values: { key: new Secret('the key'), seen: world.values.get(`${host.path} ${name}`) ?? null },
      });
    },
  });
  const fail = defineTask({
    name: 'fail',
    summary: 'fails',
    args: {
      msg: { type: 'string', description: 'why', default: 'no reason' },
      how: { type: 'string', description: 'which error', default: 'failure' },
    },
    example: '',
    timeoutSeconds: 10,
    async check({ msg, how }) {
      if (how === 'bug') throw new TypeError(msg);
      if (how === 'stop') throw new SafetyStop(msg);
      if (how === 'unreachable') throw new Unreachable(msg);
      throw new Failure(msg, { hint: 'do something', values: { rc: 3 } });
    },
  });
  const keep = defineTask({
    name: 'keep',
    summary: 'keeps a value',
    args: {
      name: { type: 'string', description: 'its name', required: true },
      value: { type: 'any', description: 'the value', required: true },
    },
    returns: { before: 'the old value', stamp: 'when it was set' },
    example: '',
    timeoutSeconds: 60,
    async check({ name, value }, host, read, since): Promise<Verdict<null>> {
      if (since && world.lost) throw new Failure('the new value is lost', { final: true });
      if (since && world.lag > 0) {
        world.lag -= 1;
        throw new Failure('the old value is still there');
      }
      const before = (await read.cloudstack.read(name))['value'] ?? null;
      if (before === value) return ok(`${name} is ${String(value)}`, { values: { before } });
      const summary = `set ${name} of ${host.path}`;
      return { verdict: 'change', summary, detail: null, values: { before }, facts: { [name]: value } };
    },
    async apply(_change, _host, write, { name, value }) {
      await write.cloudstack.call(name, { value: value as string });
      return { values: { stamp: 'now' } };
    },
  });
  const order = defineTask({
    name: 'order',
    summary: 'does something that nobody can look at',
    args: { what: { type: 'string', description: 'what', required: true } },
    example: '',
    timeoutSeconds: 60,
    proof: 'none',
    async check({ what }): Promise<Verdict<null>> {
      return { verdict: 'change', summary: what, detail: null };
    },
    async apply(_change, _host, write, { what }) {
      return { values: { answer: await write.cloudstack.call('order', { what }) } };
    },
  });
  const errands = defineTask({
    name: 'errands',
    summary: 'does two things that nobody can look at, one after the other, until a value shows that both count',
    args: {},
    example: '',
    timeoutSeconds: 60,
    provesByDetail: true,
    async check(_args, host, _read, since): Promise<Verdict<null>> {
      if (since && world.down.has(`${host.path} counts`)) throw new Failure('they do not count yet');
      return since ? ok('both count') : { verdict: 'change', summary: 'both', detail: null };
    },
    async apply(_change, host, write) {
      await write.cloudstack.call('order', { what: 'the first' });
      if (world.down.has(`${host.path} second`)) throw new Failure('the second is refused');
      await write.cloudstack.call('order', { what: 'the second' });
      return undefined;
    },
  });
  const proof = defineTask({
    name: 'proof',
    summary: 'proves what a run brought about',
    args: {},
    example: '',
    timeoutSeconds: 10,
    provesChanges: true,
    async check(_args, host) {
      world.checks.push(`${host.path}: proof`);
      const looks = world.checks.filter((check) => check === `${host.path}: proof`).length;
      const why = world.proves(host.path, looks);
      if (why !== undefined) throw new Failure(why);
      return ok();
    },
  });
  const set = defineTask({
    name: 'set',
    summary: 'sets variables',
    args: {},
    additionalArgs: 'variables',
    example: '',
    timeoutSeconds: 10,
    async check(args) {
      return ok(undefined, { variables: args });
    },
  });
  const hang = defineTask({
    name: 'hang',
    summary: 'never answers',
    args: {},
    example: '',
    timeoutSeconds: 10,
    check: () => new Promise<never>(() => {}),
  });
  return new Map<string, TaskModule>(
    [say, glimpse, fail, keep, order, errands, proof, set, hang].map((module) => [module.name, module as TaskModule]),
  );
}

function connections(world: World): Connections {
  const key = (host: TaskHost, name: string) => `${host.path} ${name}`;
  const reach = (host: TaskHost) => {
    if (world.down.has(host.path)) throw new Unreachable(`${host.path} does not answer`);
  };
  const reader = (host: TaskHost, _step: StepDoor) => ({
    cloudstack: {
      read: async (name: string) => {
        reach(host);
        return { value: world.values.get(key(host, name)) ?? null };
      },
    },
  });
  const writer = (host: TaskHost, step: StepDoor) => ({
    cloudstack: {
      ...reader(host, step).cloudstack,
      call: async (name: string, { value, what: words }: { value: Value; what?: string }) => {
        if (words !== undefined) {
          return told<object>(step, { what: `order ${words}`, unseen: {} }, async () => {
            world.writes.push(`${host.path} order ${words}`);
            return { number: world.writes.length };
          });
        }
        const what = `set ${name}`;
        const wasDone = async () => world.values.get(key(host, name)) === value;
        return told(step, { what, wasDone, unseen: {} }, async () => {
          world.writes.push(`${host.path} ${name}=${String(value)}`);
          if (world.hangs === host.path) await new Promise(() => {});
          world.values.set(key(host, name), value);
          return {};
        });
      },
    },
  });
  // The modules above use no other door.
  return {
    reader: reader as unknown as (host: TaskHost, step: StepDoor) => Reader,
    writer: writer as unknown as (host: TaskHost, step: StepDoor) => Writer,
    discover: async (host) => {
      reach(host);
      return world.found;
    },
    identity: async (host) => (host.kind === 'host' ? undefined : { identity: 'one', cloud: host.path }),
    lookup: (kind, terms) => `${kind} of ${String(terms[0])}`,
    close: async () => {},
  };
}

/** The exit code of a run whose process died, for tests alone. */
export const DIED = -9;

const resumed = { version: '0', started: '', who: 'test', process: { pid: 1, started: '', boot: '' } };

export interface Trial {
  readonly plays: readonly Play[];
  readonly hosts: readonly Host[];
  readonly mode?: 'plan' | 'run';
  readonly world?: World;
  readonly extraVars?: VarLayer;
  readonly limit?: string;
  readonly forks?: number;
  readonly permit?: Permit;
  readonly approvals?: Approvals;
  /** ISO time at which it begins. */
  readonly now?: string;
  readonly lock?: TakeLock;
  /** Aborts before the event for which it says so. */
  readonly interruptAt?: (event: EventBody) => boolean;
  /** Aborts what is under way. */
  readonly killAt?: (event: EventBody) => boolean;
  readonly journal?: TestJournal;
  /** Goes on with the run whose journal this is. */
  readonly earlier?: readonly Entry[];
  /** What a person says of writes: whether it was done, by number. */
  readonly assumed?: ReadonlyMap<number, boolean>;
}

export interface Tried {
  readonly exitCode: number;
  readonly events: readonly EventBody[];
  /** `host task: status message` of each step's end; `(ignored)`, `(rescued)`, `(left alone)` where so. */
  readonly steps: readonly string[];
  /** Ansible's seven numbers by host, and what is to be proved where anything is. */
  readonly recap: Readonly<Record<string, string>>;
  readonly world: World;
}

/** A journal in memory whose process may die: from then on nothing is kept, and what waits to be kept waits for good. */
export class TestJournal implements Ledger {
  readonly lines: string[] = [];
  readonly #room: number;
  /** How many times `settled` still resolves once the journal is full. */
  #grace: number;

  /** Dies after `room` entries. `leaves`: a write that waited for the last one still leaves. */
  constructor(room = Number.POSITIVE_INFINITY, leaves = true) {
    this.#room = room;
    this.#grace = leaves ? 1 : 0;
  }

  get entries(): readonly Entry[] {
    return this.lines.map(decode);
  }

  get dead(): boolean {
    return this.lines.length >= this.#room;
  }

  append(entry: Entry): void {
    if (this.dead) this.#grace = 0;
    else this.lines.push(encode(entry));
  }

  settled(): Promise<void> {
    if (!this.dead) return Promise.resolve();
    this.#grace -= 1;
    return this.#grace >= 0 ? Promise.resolve() : new Promise(() => {});
  }
}

export async function attempt(trial: Trial): Promise<Tried> {
  const { plays, hosts, mode = 'run', world = new World(), extraVars, forks = 50, journal, earlier } = trial;
  const clock = new TestClock(trial.now);
  const events: EventBody[] = [];
  const interrupt = new AbortController();
  const kill = new AbortController();
  let ended = false;
  const running = run({
    mode,
    version: '0',
    playbook: { file: 'plays/test.yml', plays },
    inventory: { files: ['inventory/test.yml'], hosts, groups: new Map(), warnings: [] },
    modules: modules(world),
    connections: connections(world),
    extraVars,
    limit: trial.limit === undefined ? undefined : parsePattern(trial.limit, at),
    forks,
    permit: trial.permit,
    approvals: trial.approvals,
    lock: trial.lock,
    emit: (event) => {
      if (trial.interruptAt?.(event)) interrupt.abort();
      if (trial.killAt?.(event)) kill.abort();
      events.push(event);
    },
    signal: interrupt.signal,
    kill: kill.signal,
    clock,
    ...(journal && { id: 'r', ledger: journal }),
    ...(earlier && { earlier: { entries: earlier, assumed: trial.assumed ?? new Map(), resumed } }),
  }).finally(() => {
    ended = true;
  });
  while (!ended) {
    await new Promise(setImmediate);
    if (journal?.dead) return { exitCode: DIED, events, steps: [], recap: {}, world };
    if (!ended) clock.jump();
  }
  const { exitCode } = await running;
  return { exitCode, events, steps: events.flatMap(stepOf), recap: recapOf(events), world };
}

function stepOf(event: EventBody): string[] {
  if (event.type !== 'step-ended') return [];
  const { host, name, result, rescued } = event;
  const marks = [result.ignored && 'ignored', rescued && 'rescued', result.leftAlone && 'left alone'].filter(Boolean);
  const words = [result.change?.summary, result.message].filter(Boolean).join(', ');
  return [`${host} ${name}: ${result.status}${words && ` ${words}`}${marks.length > 0 ? ` (${marks.join()})` : ''}`];
}

function recapOf(events: readonly EventBody[]): Record<string, string> {
  const end = events.at(-1);
  if (end?.type !== 'run-ended') throw new Error('the last event is not the end of the run');
  return Object.fromEntries(
    end.recap.map(({ host, ok, changed, unreachable, failed, skipped, rescued, ignored, toProve }) => {
      const counts = [ok, changed, unreachable, failed, skipped, rescued, ignored].join(' ');
      return [host, toProve > 0 ? `${counts} prove ${toProve}` : counts];
    }),
  );
}
