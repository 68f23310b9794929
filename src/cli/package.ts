// The folder that cs-play is installed in, and what its package.json says.

import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

let folder: string | undefined;

/** The nearest folder above this file that has a package.json: the same from source, from dist/ and installed. */
export function packageFolder(): string {
  if (folder !== undefined) return folder;
  let candidate = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(candidate, 'package.json'))) candidate = dirname(candidate);
  return (folder = candidate);
}

/** The version, as `--version` prints it. */
export function packageVersion(): string {
  return JSON.parse(readFileSync(join(packageFolder(), 'package.json'), 'utf8')).version;
}
