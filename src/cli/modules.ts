// All task modules of a run: ours, and those in `tasks/` folders of the user's.

import { taskModules } from '../../tasks/index.ts';
import type { TaskModule } from '../task.ts';
import type { FilesRead } from '../yaml/source.ts';
import { ownTaskModules } from './own-tasks.ts';

/** By name. `read` is told of the user's files. Throws `InvalidInput` for a module of the user's that cannot be used. */
export async function taskModulesFor(
  folders: readonly string[],
  read?: FilesRead,
): Promise<ReadonlyMap<string, TaskModule>> {
  const modules = new Map(taskModules.map((module) => [module.name, module]));
  for (const folder of folders) {
    for (const own of await ownTaskModules(folder, modules, read)) modules.set(own.name, own);
  }
  return modules;
}
