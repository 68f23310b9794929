// `environment:` of a play, block or task: variables for every program that is run for it.

import type { ExecOptions, Reader, Writer } from '../connection.ts';
import { Failure } from '../errors.ts';
import type { Expression, Scope, ValueMap } from '../model.ts';

export type Environment = Readonly<Record<string, string>>;

/** The maps merged, the innermost last; undefined where there are none. */
export function environmentOf(maps: readonly Expression[], scope: Scope): Environment | undefined {
  if (maps.length === 0) return undefined;
  const environment: Record<string, string> = {};
  for (const map of maps) {
    for (const [name, value] of Object.entries(map.evaluate(scope) as ValueMap)) {
      if (!['string', 'number', 'boolean'].includes(typeof value)) {
        throw new Failure(`the environment variable "${name}" must be text`, { at: map.at, code: 'environment' });
      }
      environment[name] = String(value);
    }
  }
  return environment;
}

/** The same doors; programs that are run through them see the environment. A program's own one wins. */
export function withEnvironment<Doors extends Reader | Writer>(
  doors: Doors,
  environment: Environment | undefined,
): Doors {
  if (!environment) return doors;
  const add = (options: ExecOptions | undefined): ExecOptions => ({
    ...options,
    environment: { ...environment, ...options?.environment },
  });
  const ssh = {
    ...doors.ssh,
    read: (words: readonly string[], options?: ExecOptions) => doors.ssh.read(words, add(options)),
  };
  if (!isWriter(doors)) return { ...doors, ssh };
  const { machine } = doors;
  return {
    ...doors,
    ssh: { ...ssh, run: (words: readonly string[], options?: ExecOptions) => doors.ssh.run(words, add(options)) },
    machine: {
      portOpen: (address: string, port: number, seconds: number) => machine.portOpen(address, port, seconds),
      exists: (path: string) => machine.exists(path),
      run: (words: readonly string[], options?: ExecOptions) => machine.run(words, add(options)),
    },
  };
}

const isWriter = (doors: Reader | Writer): doors is Writer => 'run' in doors.machine;
