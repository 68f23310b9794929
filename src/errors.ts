// What can go wrong, by who has to act: the author of a file (InvalidInput), the operator of a host (Failure,
// Unreachable), the one who set a safety rule (SafetyStop). Anything else that is thrown is a bug of cs-play.

/** A text that positions point into: a file, or `-e` on the command line. */
export interface Source {
  /** As the user would write it: relative to the current folder where that is shorter. */
  readonly file: string;
  readonly text: string;
}

/** A range of a source, in UTF-16 offsets; `end` is exclusive. */
export interface Location {
  readonly source: Source;
  readonly start: number;
  readonly end: number;
}

/** One thing that is wrong with what the user wrote, or worth a warning. Message and hint: lower case, no full stop. */
export interface Problem {
  readonly message: string;
  readonly at?: Location | undefined;
  readonly hint?: string | undefined;
}

/** What the user gave cannot be used. All problems found, in file order; nothing was touched. Exit code 4. */
export class InvalidInput extends Error {
  readonly problems: readonly Problem[];

  constructor(problems: readonly Problem[]) {
    super(problems.map((problem) => problem.message).join('\n'));
    this.name = 'InvalidInput';
    this.problems = problems;
  }
}

export interface FailureDetails {
  readonly hint?: string | undefined;
  readonly at?: Location | undefined;
  /** A short name of the kind of failure, for programs: `api-431`, `tls-name`, `bundle-expired`. */
  readonly code?: string | undefined;
  /** What a task wants its `register` to see although it failed. */
  readonly values?: Readonly<Record<string, unknown>> | undefined;
  /** Looking again will not help: in the looks after a change it ends the step at once, not at its deadline. */
  readonly final?: boolean | undefined;
}

/** A task did not succeed on a host. The message says what was expected and what was found. Exit code 2. */
export class Failure extends Error {
  readonly hint: string | undefined;
  readonly at: Location | undefined;
  readonly code: string | undefined;
  readonly values: Readonly<Record<string, unknown>> | undefined;
  readonly final: boolean;

  constructor(message: string, details: FailureDetails = {}) {
    super(message);
    this.name = 'Failure';
    this.hint = details.hint;
    this.at = details.at;
    this.code = details.code;
    this.values = details.values;
    this.final = details.final ?? false;
  }
}

/** A host (or the answer to a write) could not be had: nobody knows what it would have said. Exit code 3. */
export class Unreachable extends Failure {
  constructor(message: string, details: FailureDetails = {}) {
    super(message, details);
    this.name = 'Unreachable';
  }
}

/** A safety rule stopped the run: a budget, a gate, a lock, drift. Exit code 5. */
export class SafetyStop extends Failure {
  constructor(message: string, details: FailureDetails = {}) {
    super(message, details);
    this.name = 'SafetyStop';
  }
}

/** Line and column, both from 1. */
export function position(at: Location): { line: number; column: number } {
  const before = at.source.text.slice(0, at.start);
  const line = before.split('\n').length;
  return { line, column: at.start - before.lastIndexOf('\n') };
}

/** `file:line:column`. */
export function place(at: Location): string {
  const { line, column } = position(at);
  return `${at.source.file}:${line}:${column}`;
}
