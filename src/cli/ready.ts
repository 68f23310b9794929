// A playbook with all that it needs, read and checked, from its names on a command line.

import { dirname, join } from 'node:path';
import type { Connections } from '../connection.ts';
import { openConnections } from '../connections/index.ts';
import type { Problem } from '../errors.ts';
import { type Prepared, preparePlaybook } from '../playbook/prepare.ts';
import { preflight } from '../run/preflight.ts';
import type { TaskModule } from '../task.ts';
import { FilesRead } from '../yaml/source.ts';
import type { Io } from './io.ts';
import { taskModulesFor } from './modules.ts';
import type { PlayRequest } from './request.ts';

/** One playbook with all that it needs. */
export interface Ready {
  readonly path: string;
  readonly modules: ReadonlyMap<string, TaskModule>;
  /** To be closed by whoever made it ready. */
  readonly connections: Connections;
  readonly prepared: Prepared;
}

/** Reads and checks; throws `InvalidInput` with every problem. No host is touched. */
export async function makeReady(
  path: string,
  inventory: readonly string[],
  request: PlayRequest,
  io: Io,
): Promise<Ready> {
  const folder = dirname(path);
  const read = new FilesRead();
  const modules = await taskModulesFor([join(folder, 'tasks')], read);
  const connections = openConnections({ playbookFolder: folder, environment: io.environment });
  const prepared = preparePlaybook({
    playbook: path,
    inventory,
    modules,
    extraVars: request.extraVars,
    lookup: connections.lookup,
    limit: request.limit,
    tags: request.tags,
    skipTags: request.skipTags,
    startAtTask: request.startAtTask,
    read,
  });
  return { path, modules, connections, prepared };
}

/** What the tasks can say against it from files alone. */
export const preflightOf = ({ prepared, modules, connections }: Ready): Promise<Problem[]> =>
  preflight({ ...prepared, modules, connections });
