// Paths as users write them.

import { resolve } from 'node:path';

/** Where a run stands: relative paths start at the playbook's folder, `~` is the home folder. */
export interface Surroundings {
  readonly playbookFolder: string;
  readonly home: string;
  readonly environment: NodeJS.ProcessEnv;
}

export function expandHome(path: string, home: string): string {
  return path === '~' || path.startsWith('~/') ? `${home}${path.slice(1)}` : path;
}

export function absolutePath(path: string, { playbookFolder, home }: Surroundings): string {
  return resolve(playbookFolder, expandHome(path, home));
}
