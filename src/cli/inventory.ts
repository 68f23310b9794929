// Which inventory a command line means.

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { defaultLabFolder } from '../lab/folder.ts';
import { find } from './find.ts';
import type { Io } from './io.ts';

/**
 * The paths given; else those of CS_PLAY_INVENTORY (separated by colons); else the lab's inventory while a lab is up;
 * else none, and the only host is `localhost`.
 */
export function inventoryPaths(given: readonly string[], io: Io): string[] {
  if (given.length > 0) return given.map((path) => find(path, 'inventory'));
  const named = (io.environment['CS_PLAY_INVENTORY'] ?? '').split(':').filter((path) => path !== '');
  if (named.length > 0) return named.map((path) => find(path, 'inventory'));
  if (!existsSync(join(defaultLabFolder(io.environment), 'lab.json'))) return [];
  io.stderr.write('no inventory is given (-i): the lab is used\n');
  return [find('lab.yml', 'inventory')];
}
