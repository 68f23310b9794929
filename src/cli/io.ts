// What a command needs of the process it runs in: given by main.ts, and by tests that run a command in their own.

export interface Io {
  readonly argv: readonly string[];
  readonly environment: NodeJS.ProcessEnv;
  readonly stdout: NodeJS.WriteStream;
  readonly stderr: NodeJS.WriteStream;
  /** Opened when it is asked for. */
  readonly stdin: () => NodeJS.ReadStream;
}
