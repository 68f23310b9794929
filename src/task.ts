// How a task module is declared. From one declaration come the types of its arguments, the schema that checks
// them, the editor's completion, the reference page, redaction and the plan.

import type { Reader, TaskHost, Writer } from './connection.ts';
import type { Problem } from './errors.ts';
import type { ChangeWords, Value, ValueMap } from './model.ts';
import type { Secret } from './secret.ts';

export type { Reader, TaskHost, Writer } from './connection.ts';
export { Failure, SafetyStop, Unreachable } from './errors.ts';
export type { Value, ValueMap } from './model.ts';
export { Secret } from './secret.ts';

/** One condition or expression, given to a task with its words and its outcome. */
export interface Evaluated {
  readonly text: string;
  readonly value: Value;
}

interface ArgTypes {
  string: string;
  integer: number;
  number: number;
  boolean: boolean;
  /** A list of strings; a single string is taken as a list of one. */
  strings: readonly string[];
  list: readonly Value[];
  map: ValueMap;
  any: Value;
  /** One name of a variable or one expression, evaluated: `debug: { var: x }`. */
  expression: Evaluated;
  /** One or more conditions, each evaluated to a boolean: `assert: { that: [...] }`. */
  conditions: readonly Evaluated[];
  /** The registered value of `certificate_bundle`. */
  bundle: ValueMap;
  /** PEM text, or a part of a bundle such as `{{ bundle.root }}`. */
  certificate: string | ValueMap;
}

/** The declaration of one argument. `description` is one sentence, no full stop. */
export interface ArgSpec {
  readonly type: keyof ArgTypes;
  readonly description: string;
  readonly required?: boolean;
  readonly default?: null | boolean | number | string | readonly string[];
  readonly enum?: readonly string[];
  readonly minimum?: number;
  readonly maximum?: number;
  /** Wrapped in a `Secret` before any task code sees it. Strings only. */
  readonly secret?: boolean;
}

export type ArgSpecs = Readonly<Record<string, ArgSpec>>;

type ArgType<S extends ArgSpec> = S extends { secret: true }
  ? Secret
  : S extends { enum: readonly (infer E)[] }
    ? E
    : ArgTypes[S['type']];

/** The arguments as `check` sees them: required and defaulted ones always there. */
export type ArgsOf<A extends ArgSpecs> = {
  readonly [K in keyof A]: A[K] extends
    | { required: true }
    | { default: null | boolean | number | string | readonly string[] }
    ? ArgType<A[K]>
    : ArgType<A[K]> | undefined;
};

/** It is right already. */
export interface Ok {
  readonly verdict: 'ok';
  /** What is right, in a few words: `served on 443 and 8443`. */
  readonly message?: string | undefined;
  readonly values?: ValueMap | undefined;
  readonly facts?: ValueMap | undefined;
  /** Variables of the host with the rank of registered ones: they beat those of plays and tasks (`set_fact`). */
  readonly variables?: ValueMap | undefined;
  /** What the verdict rests on, by name: a saved plan keeps it, and names what has changed since. Plain values. */
  readonly decidedOn?: ValueMap | undefined;
}

/**
 * It is to be changed: what, why, and the data needed to do it. All of it is plain data (JSON, and `Secret`): it is kept
 * before the first write, so that a run that was cut off goes on with it.
 */
export interface Change<Detail> extends ChangeWords {
  readonly verdict: 'change';
  readonly detail: Detail;
  /** What `register` will see, as far as it is known before; the rest is unknown to a plan. */
  readonly values?: ValueMap | undefined;
  /** Facts of the host that will hold after it, for the plan of later tasks. */
  readonly facts?: ValueMap | undefined;
  /** Facts that hold instead where the host is only on the way to selected ones, so that this change is left alone. */
  readonly factsLeftAlone?: ValueMap | undefined;
  /** As in `Ok`. */
  readonly decidedOn?: ValueMap | undefined;
}

export type Verdict<Detail> = Ok | Change<Detail>;

/** What `apply` leaves behind, besides the change itself. */
export interface Applied {
  readonly message?: string | undefined;
  /** What `register` sees. */
  readonly values?: ValueMap | undefined;
  /** Facts that replace or add to the host's own. */
  readonly facts?: ValueMap | undefined;
}

/** What was applied by this very step, for the look after it. */
export interface Since<Detail> {
  readonly at: Date;
  readonly detail: Detail;
  readonly applied: Applied;
}

export interface TaskDeclaration<A extends ArgSpecs, Detail> {
  /** Snake case, a noun of what is kept in order; the file's name and the key in YAML. */
  readonly name: string;
  /** One sentence, no full stop. */
  readonly summary: string;
  /** Paragraphs for the reference page: what it does where, its sources, its limits. */
  readonly description?: string;
  readonly args: A;
  /** Arguments beyond `args` are taken as they come (`set_fact`, `api`); their description. */
  readonly additionalArgs?: string;
  /** The additional arguments are names of variables that the task sets: later tasks may use them. */
  readonly setsVariables?: boolean;
  /** The argument that a bare value stands for: `command: uptime`. */
  readonly shorthand?: keyof A & string;
  /** What `register` sees: field to one-line description. */
  readonly returns?: Readonly<Record<string, string>>;
  /**
   * Values that the run itself may move after the look, such as what is served now. Where a resumed run has to look
   * again, these stay what they were at the first look and may be found to be others.
   */
  readonly momentary?: readonly string[];
  /** A task in YAML that would be accepted, from `- name:` on. */
  readonly example: string;
  /**
   * What is wrong with the arguments as far as this machine alone can tell. Called before anything is asked of any
   * host, so that what cannot succeed touches nothing. `check` sees the same problems again.
   */
  readonly preflight?: (args: ArgsOf<A>, local: Pick<Reader, 'files' | 'clock'>) => Promise<readonly Problem[]>;
  /** How long check, apply and proof may take together where the playbook does not say (`timeout:`). */
  readonly timeoutSeconds: number;
  /**
   * Looks; answers ok or a change. Throws `Failure` where neither can be said. `since` is there in the looks after
   * this step's own `apply`, which go on until ok, a failure that is `final`, or the deadline.
   */
  check(args: ArgsOf<A>, host: TaskHost, read: Reader, since?: Since<Detail>): Promise<Verdict<Detail>>;
  /** Does just that change. Absent in a task that only proves. */
  apply?(change: Change<Detail>, host: TaskHost, write: Writer, args: ArgsOf<A>): Promise<Applied | undefined>;
  /**
   * It proves what changes of the same run bring about. Where one is planned around the host, a plan does not look:
   * what it would see is about to be replaced, right or wrong.
   */
  readonly provesChanges?: boolean;
  /**
   * How the effect is seen after `apply`: `check` looks again until ok (default), or nobody can look (`none`: a
   * command, a pause) and what `apply` says is all there is.
   */
  readonly proof?: 'check' | 'none';
  /**
   * The looks after `apply` need its detail alone, and nothing of what `apply` left behind: where what was applied was
   * not in effect in time, a resumed run looks first whether it is by now.
   */
  readonly provesByDetail?: boolean;
  /**
   * The arguments with which a resumed run looks again for the secrets that a journal does not keep, where those of the
   * playbook may come to something else by now. `values`: what it came to before.
   */
  readonly sameAgain?: (args: ArgsOf<A>, values: ValueMap) => ArgsOf<A>;
}

/** A declared task module; `defineTask` makes one. */
// biome-ignore lint/suspicious/noExplicitAny: the registry holds modules of every argument type
export type TaskModule = TaskDeclaration<any, any>;

/** Declares a task module. Only gives types: a plain object of the same form is as good. */
export function defineTask<const A extends ArgSpecs, Detail = never>(
  declaration: TaskDeclaration<A, Detail>,
): TaskDeclaration<A, Detail> {
  return declaration;
}

export const ok = (message?: string, more: Omit<Ok, 'verdict' | 'message'> = {}): Ok => ({
  verdict: 'ok',
  message,
  ...more,
});
