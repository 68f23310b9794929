// Which inventory a command line means.

import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { InvalidInput } from '../errors.ts';
import { defaultLabFolder } from '../lab/folder.ts';
import { find } from './find.ts';
import type { Io } from './io.ts';
import { packageFolder } from './package.ts';

/**
 * The paths given; else those of CS_PLAY_INVENTORY (separated by colons); else the lab's inventory while a lab is up;
 * else none, and the only host is `localhost`.
 */
export function inventoryPaths(given: readonly string[], io: Io): string[] {
  const named = (io.environment['CS_PLAY_INVENTORY'] ?? '').split(':').filter((path) => path !== '');
  const paths = (given.length > 0 ? given : named).map((path) => find(path, 'inventory'));
  if (paths.length === 0) return labInventory(io);
  if (paths.some((path) => resolve(path) === labPath()) && !isLabUp(io)) {
    const where = defaultLabFolder(io.environment);
    throw new InvalidInput([
      { message: `no lab is up in ${where}`, hint: 'start one in another terminal: cs-play lab up' },
    ]);
  }
  return paths;
}

function labInventory(io: Io): string[] {
  if (!isLabUp(io)) return [];
  io.stderr.write('no inventory is given (-i): the lab is used\n');
  return [labPath()];
}

/** The inventory that comes with cs-play, whatever an inventory of that name here says. */
const labPath = () => join(packageFolder(), 'inventory/lab.yml');
const isLabUp = (io: Io) => existsSync(join(defaultLabFolder(io.environment), 'lab.json'));
