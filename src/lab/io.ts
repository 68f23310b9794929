// The process that a command of the lab runs in.

/** What a command needs of the process it runs in. */
export interface LabIo {
  readonly environment: NodeJS.ProcessEnv;
  readonly stdout: NodeJS.WritableStream;
  readonly stderr: NodeJS.WritableStream;
}
