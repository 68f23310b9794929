// One batch of one play on the host it stands on: who is in it, who was lost and why, what is notified, and the brakes.

import type { Handler, Host, Play, Result, Task } from '../model.ts';
import { brokenBudget } from './budget.ts';
import { handlersNamed } from './notify.ts';
import type { Tree } from './tree.ts';
import type { Covered, Notice, Scene } from './work.ts';

/** What all plays of a run share. */
export interface Shared {
  readonly tree: Tree;
  /** Hosts out of the run, by path: what failed in a play on top, unrescued. What lies below them is out as well. */
  readonly casualties: Map<string, 'failed' | 'unreachable'>;
  /** Paths of the clouds that were looked into. */
  readonly discovered: Set<string>;
  /** Paths of all hosts that some play selected. */
  readonly selected: Set<string>;
  /** `--force-handlers`, for plays that do not say. */
  readonly forceHandlers: boolean;
  /** A safety rule stopped the run. */
  stopped: boolean;
  /** Plays on top that have not begun. */
  playsLeft: number;
  nextId(): number;
  say(notice: Notice): void;
}

/** A host in a batch. */
export interface Member {
  readonly host: Host;
  /** It failed and nothing has taken that up yet. */
  fault: Fault | undefined;
  /** Why it left the steps that it was in last. */
  left: 'failed' | 'unreachable' | 'ended' | undefined;
}

export interface Fault {
  readonly status: 'failed' | 'unreachable';
  /** No `rescue:` of this play can take it up: the budget counts it. */
  readonly final: boolean;
}

/** How what happens in a list of steps is taken. */
export interface Section {
  /** A `rescue:` of this play will take up a failure. */
  readonly rescue: boolean;
  /** Inside `always:`: runs to its end whatever broke. */
  readonly shielded: boolean;
  /** `any_errors_fatal` of the play or block around. */
  readonly fatal: boolean;
}

/** Where an inner play stands. */
export interface Standing {
  readonly batch: Batch;
  readonly member: Member;
  readonly section: Section;
  /** The play's failure will be ignored. */
  readonly ignored: boolean;
}

export class Batch {
  readonly shared: Shared;
  readonly play: Play;
  readonly standing: Standing | undefined;
  readonly members: readonly Member[];
  readonly scene: Scene;
  /** Hosts of the play's later batches. */
  readonly later: () => readonly Host[];
  readonly tally = { done: 0, changed: 0, toProve: 0 };
  /** Why nothing new starts here. */
  broken: string | undefined;
  /** It was held before its last step was done. */
  cutShort = false;
  /** `end_batch` and `end_play`. */
  ended: 'batch' | 'play' | undefined;
  readonly #notified = new Map<Handler, Set<Member>>();

  constructor(
    shared: Shared,
    play: Play,
    standing: Standing | undefined,
    hosts: { readonly batch: readonly Host[]; readonly all: readonly Host[]; readonly later: () => readonly Host[] },
    aliveElsewhere: (host: Host) => boolean,
  ) {
    this.shared = shared;
    this.play = play;
    this.standing = standing;
    this.later = hosts.later;
    this.members = hosts.batch.map((host) => ({ host, fault: undefined, left: undefined }));
    const here = new Map(this.members.map((member) => [member.host, member]));
    this.scene = {
      play,
      on: standing?.member.host,
      batch: hosts.batch,
      all: hosts.all,
      alive: () =>
        hosts.all.filter((host) => {
          const member = here.get(host);
          return member ? !member.fault && member.left !== 'failed' : aliveElsewhere(host);
        }),
    };
  }

  /** Whether nothing new may start: this batch's budget broke, or one around it, or a safety rule stopped the run. */
  held(section: Section): boolean {
    if (this.ended) return true;
    if (section.shielded) return false;
    return this.broken !== undefined || this.heldAround();
  }

  heldAround(): boolean {
    return this.standing ? this.standing.batch.held(this.standing.section) : this.shared.stopped;
  }

  /** Whether what fails in that section is taken up, here or around. */
  covered(section: Section): Covered {
    const around = this.#coveredAround();
    return { failed: section.rescue || around, unreachable: around };
  }

  #coveredAround(): boolean {
    const { standing } = this;
    if (!standing) return false;
    return standing.ignored || standing.section.rescue || standing.batch.#coveredAround();
  }

  /** The member is out of the steps it was in. With an earlier fault the graver of both counts. */
  lose(member: Member, left: 'failed' | 'unreachable', fault: Fault): void {
    const earlier = member.fault;
    member.left = left;
    member.fault = {
      status: earlier?.status === 'failed' ? 'failed' : fault.status,
      final: fault.final || earlier?.final === true,
    };
  }

  count(result: Result): void {
    if (result.status !== 'skipped') this.tally.done += 1;
    if (result.status === 'changed') this.tally.changed += 1;
    if (result.status === 'to_prove') this.tally.toProve += 1;
  }

  /** Notes that a step's change on a member notifies handlers: of this play or else of the nearest one around it. */
  notify(step: Task | Play, member: Member): void {
    for (const name of step.notify) {
      if (!this.#notifyHere(name, member)) {
        this.shared.say({ type: 'warning', message: `no handler is called "${name}"`, host: member.host });
      }
    }
  }

  #notifyHere(name: string, member: Member): boolean {
    const handlers = handlersNamed(this.play, name);
    if (handlers.length === 0) {
      const { standing } = this;
      return standing ? standing.batch.#notifyHere(name, standing.member) : false;
    }
    for (const handler of handlers) {
      const members = this.#notified.get(handler);
      if (members) members.add(member);
      else this.#notified.set(handler, new Set([member]));
    }
    return true;
  }

  /** Those of `among` that notified the handler, in batch order; they are not notified any more. */
  takeNotified(handler: Handler, among: readonly Member[]): Member[] {
    const notified = this.#notified.get(handler);
    if (!notified || notified.size === 0) return [];
    const taken = among.filter((member) => notified.has(member));
    for (const member of taken) notified.delete(member);
    return taken;
  }

  /** Looks at the budget again. `fatal`: the words of a failure that is fatal to all. */
  judge(fatal?: string): void {
    if (this.broken !== undefined) return;
    const lost = this.members.filter((member) => member.fault?.final).length;
    const words = fatal ?? brokenBudget(this.play, lost, this.members.length);
    if (words !== undefined) this.break(words);
  }

  break(message: string): void {
    this.broken = message;
    this.shared.say({ type: 'budget-broken', scene: this.scene, message, notReached: this.later() });
  }
}

/** What every work for a member in a section says. */
export function workOf(batch: Batch, member: Member, section: Section) {
  return {
    id: batch.shared.nextId(),
    host: member.host,
    scene: batch.scene,
    covered: batch.covered(section),
    rescuedHere: section.rescue,
  };
}
