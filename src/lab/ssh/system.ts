// The machine that a program of the lab runs on, as programs see it.

/** What a program leaves behind. */
export interface Output {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** How a program is called: its arguments without its name, as the shell split them. */
export interface Call {
  readonly name: string;
  readonly args: readonly string[];
  /** What comes in, once all of it is there; only a program that reads it waits for it. */
  stdin(): Promise<string>;
  readonly system: System;
}

export type Program = (call: Call) => Output | Promise<Output>;

/** systemd's words for what a unit is doing. */
export type UnitState = 'active' | 'inactive' | 'failed' | 'activating';

export interface Listening {
  readonly address: string;
  readonly port: number;
}

export interface System {
  readonly hostname: string;
  /** The content of a file; undefined where there is none. Absolute paths only. */
  read(path: string): Buffer | undefined;
  /** Paths of all files, for what looks at folders. */
  paths(): readonly string[];
  /** The state of a systemd unit (without `.service`); undefined for a unit that is not installed. */
  unit(name: string): UnitState | undefined;
  /** `start`, `stop` or `restart` of a unit that is installed. Gives the reason where the lab cannot. */
  control(name: string, verb: 'start' | 'stop' | 'restart'): string | undefined;
  listening(): readonly Listening[];
  /** Command lines of the processes that count, as `ps` shows them. */
  processes(): readonly string[];
  /** Programs by the names under which they are called. */
  readonly programs: ReadonlyMap<string, Program>;
}

export const done = (stdout = ''): Output => ({ code: 0, stdout, stderr: '' });

/** A program's refusal: its message on stderr, or for keytool's sake on stdout. */
export const failed = (code: number, stderr: string, stdout = ''): Output => ({ code, stdout, stderr });

/** Joins what several parts of one program printed; the worst code counts. */
export function together(outputs: readonly Output[]): Output {
  return {
    code: Math.max(0, ...outputs.map((output) => output.code)),
    stdout: outputs.map((output) => output.stdout).join(''),
    stderr: outputs.map((output) => output.stderr).join(''),
  };
}

/** Whether `path` is a folder with something in it. */
export function isFolder(system: System, path: string): boolean {
  const prefix = path.endsWith('/') ? path : `${path}/`;
  return path === '/' || system.paths().some((each) => each.startsWith(prefix));
}
