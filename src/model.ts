// The types that every floor speaks. No code here: read this file first.
//
// A playbook is read into Plays, Blocks and Tasks; an inventory into Hosts and Groups; a run turns (Task, Host)
// into a Result and tells of it in Events.

import type { Location, Problem } from './errors.ts';
import type { Secret } from './secret.ts';

// ── Values ───────────────────────────────────────────────────────────────────────────────────────────────────

/** A value that only a run can know, met while planning; anything computed from it is unknown as well. */
export interface Unknown {
  readonly unknown: true;
  /** Why, as the end of a sentence: `registered by "Upload the chain"`. */
  readonly reason: string;
}

/** What variables hold and expressions yield. */
export type Value = null | boolean | number | string | Secret | Unknown | readonly Value[] | ValueMap;
export interface ValueMap {
  readonly [key: string]: Value;
}

/** Where names are looked up while an expression is evaluated. Own names only, never a prototype's. */
export interface Scope {
  /** The value, evaluated when asked for; `undefined` where the name is not defined. */
  get(name: string): Value | undefined;
  /** `lookup('env' | 'file' | 'pipe' | …, term, …)`: the outside world, which the template floor must not touch. */
  lookup(kind: string, terms: readonly Value[]): Value;
}

/** A name that an expression uses. */
export interface NameUse {
  readonly name: string;
  readonly at: Location;
  /** Under `is defined`, `default(…)` or the like: being undefined is not an error there. */
  readonly guarded: boolean;
}

/** A compiled template, condition or literal, at its place. `evaluate` throws a `Failure` with a place in it. */
export interface Expression {
  readonly text: string;
  readonly at: Location;
  /** Names used, so that they can be checked before anything runs. Empty for a literal. */
  readonly names: readonly NameUse[];
  /** True where no scope is needed: `evaluate` gives the same value in any. */
  readonly constant: boolean;
  evaluate(scope: Scope): Value;
}

// ── YAML with places ─────────────────────────────────────────────────────────────────────────────────────────

/** A parsed YAML document, every part with its place. */
export type Node = ScalarNode | ListNode | MapNode;
export interface ScalarNode {
  readonly kind: 'scalar';
  readonly value: null | boolean | number | string;
  /** A tag that means something to us, such as `!unsafe` (never a template). */
  readonly tag?: string | undefined;
  readonly at: Location;
}
export interface ListNode {
  readonly kind: 'list';
  readonly items: readonly Node[];
  readonly at: Location;
}
export interface MapNode {
  readonly kind: 'map';
  readonly entries: readonly MapEntry[];
  readonly at: Location;
}
export interface MapEntry {
  readonly key: string;
  readonly keyAt: Location;
  readonly value: Node;
}

// ── Inventory ────────────────────────────────────────────────────────────────────────────────────────────────

/** Named expressions of one origin: a group, a host, `vars:` of a play, a vars file. */
export interface VarLayer {
  /** For messages: `group_vars/all.yml`, `play vars`. */
  readonly origin: string;
  readonly vars: ReadonlyMap<string, Expression>;
}

/** What CloudStack calls the thing that a host is; `host` for any other machine. */
export type HostKind = 'cloud' | 'zone' | 'system_vm' | 'management_server' | 'host';

/** A node of the inventory tree. Identity is the path; the objects are shared and compared by `path`. */
export interface Host {
  /** `eu-1`, `eu-1/ams`, `eu-1/ams/v-12-VM`. */
  readonly path: string;
  /** The last part of the path: Ansible's `inventory_hostname` for a host of the inventory file. */
  readonly name: string;
  readonly kind: HostKind;
  readonly parent: Host | undefined;
  /** Names of every group it is in, `all` excluded, nearest last. */
  readonly groups: readonly string[];
  /** From low to high precedence: groups (parents first), group_vars files, host, host_vars files. */
  readonly layers: readonly VarLayer[];
  /** What discovery and tasks found out, by CloudStack's own field names. Replaced as a whole when it changes. */
  facts: ValueMap;
  readonly at?: Location | undefined;
}

/** What the inventory files say. Zones and system VMs are not in here: they are discovered. */
export interface Inventory {
  readonly files: readonly string[];
  /** Clouds and other hosts in file order, each followed by its management servers (`eu-1/ms1.example.com`). */
  readonly hosts: readonly Host[];
  /** Every group that is written, by name, with its hosts in file order. */
  readonly groups: ReadonlyMap<string, readonly Host[]>;
  /** Variables of each group, low to high: for hosts that are discovered into it. */
  readonly groupVars?: ReadonlyMap<string, readonly VarLayer[]> | undefined;
  readonly warnings: readonly Problem[];
}

// ── Playbook ─────────────────────────────────────────────────────────────────────────────────────────────────

export type Step = Task | Block | Play | Meta;

/** What every step has. Inherited keywords are already copied down: `when` outermost first, `tags` the union. */
export interface StepCommon {
  /** Stable in its playbook: the positions down to it, `0.3.1`. */
  readonly id: string;
  readonly at: Location;
  readonly name: Expression | undefined;
  readonly tags: readonly string[];
  readonly when: readonly Expression[];
  /** Layers of `vars:` around and on the step, outermost first. */
  readonly vars: readonly VarLayer[];
}

/** One task: one module with arguments, and Ansible's keywords around it. */
export interface Task extends StepCommon {
  readonly kind: 'task';
  /** The name of the task module: `certificate_chain`. */
  readonly module: string;
  readonly args: ReadonlyMap<string, Expression>;
  readonly register: string | undefined;
  readonly loop: Expression | undefined;
  readonly loopControl: LoopControl;
  readonly until: readonly Expression[] | undefined;
  readonly retries: Expression | undefined;
  readonly delaySeconds: Expression | undefined;
  readonly changedWhen: readonly Expression[] | undefined;
  readonly failedWhen: readonly Expression[] | undefined;
  /** Names or topics of handlers, of this play or one around it. */
  readonly notify: readonly string[];
  readonly notifyAt?: Location | undefined;
  /** Topics that a handler listens to; empty for tasks. */
  readonly listen: readonly string[];
  readonly delegateTo: Expression | undefined;
  readonly runOnce: boolean;
  readonly ignoreErrors: Expression | undefined;
  readonly ignoreUnreachable: boolean;
  readonly anyErrorsFatal: boolean;
  readonly noLog: boolean;
  readonly diff: boolean | undefined;
  readonly checkMode: boolean | undefined;
  readonly timeoutSeconds: Expression | undefined;
  readonly throttle: number | undefined;
  readonly environment: readonly Expression[];
}

export interface LoopControl {
  readonly loopVar: string;
  readonly indexVar: string | undefined;
  readonly label: Expression | undefined;
  readonly extended: boolean;
  readonly pauseSeconds: number;
}

export interface Block extends StepCommon {
  readonly kind: 'block';
  readonly block: readonly Step[];
  readonly rescue: readonly Step[];
  readonly always: readonly Step[];
  readonly anyErrorsFatal: boolean;
}

/** `meta: flush_handlers` and its like: an order to the engine, not work on a host. */
export interface Meta extends StepCommon {
  readonly kind: 'meta';
  readonly action: 'flush_handlers' | 'end_play' | 'end_batch' | 'end_host' | 'clear_host_errors' | 'noop';
}

/** A wave's size: a number of hosts, or a percentage of the play's live hosts. */
export type WaveSize = { readonly hosts: number } | { readonly percent: number };

/** Hours on days of the week in which writing is allowed, by the wall clocks of a time zone. */
export interface Window {
  /** The days on which it opens: 0 is Monday, 6 Sunday. */
  readonly days: readonly number[];
  /** Minutes since midnight. Where `to` is not after `from`, it is on the next day; 1440 is the end of the day. */
  readonly from: number;
  readonly to: number;
  /** IANA name. */
  readonly timeZone: string;
}

/** A person says yes before a play begins, or before each of its waves. */
export interface Confirm {
  readonly message: Expression;
  readonly timeoutSeconds: number;
  readonly each: 'play' | 'wave';
}

/** After a wave, its proofs are repeated for a time before the next wave begins. */
export interface Soak {
  readonly seconds: number;
  /** Seconds between two looks. */
  readonly everySeconds: number;
  /** After the last wave as well. */
  readonly last: boolean;
}

/** A play, on top or where a task may stand; a handler may be one as well. */
export interface Play extends StepCommon {
  readonly kind: 'play';
  readonly hosts: HostPattern;
  readonly serial: readonly WaveSize[];
  /** The play stops when more than this share of a batch failed or was unreachable; undefined: no budget. */
  readonly maxFailPercentage: number | undefined;
  readonly anyErrorsFatal: boolean;
  readonly forceHandlers: boolean | undefined;
  readonly order: 'inventory' | 'reverse_inventory' | 'sorted' | 'reverse_sorted' | 'shuffle';
  readonly allowEmpty: boolean;
  readonly tasks: readonly Step[];
  readonly handlers: readonly Handler[];
  readonly ignoreErrors: Expression | undefined;
  readonly runOnce: boolean;
  readonly notify: readonly string[];
  readonly notifyAt?: Location | undefined;
  readonly listen: readonly string[];
  readonly register: string | undefined;
  readonly throttle: number | undefined;
  /** Nothing is written while none of them is open; its own or else that of the play around it. */
  readonly window: readonly Window[] | undefined;
  readonly confirm: Confirm | undefined;
  readonly soak: Soak | undefined;
}

/** A handler: run at a flush on the hosts that notified it, in the order of definition. */
export type Handler = Task | Play;

export interface Playbook {
  readonly file: string;
  readonly plays: readonly Play[];
}

/** A parsed host pattern: unions first, then all `&`, then all `!`, as Ansible does. */
export interface HostPattern {
  readonly text: string;
  readonly at: Location;
  readonly terms: readonly PatternTerm[];
}
export interface PatternTerm {
  readonly operator: 'or' | 'and' | 'not';
  /** A host path, a group, a glob, or `~regex`, without the subscript. */
  readonly text: string;
  /** Inclusive, as `web[0:1]`; an open end is undefined. */
  readonly subscript?: { readonly from: number; readonly to: number | undefined } | undefined;
  readonly at: Location;
}

export type * from './event.ts';
