// Files in a folder of their own, which is the current one meanwhile.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chdir, cwd } from 'node:process';

export function inFolder<T>(files: Readonly<Record<string, string>>, body: () => T): T {
  const before = cwd();
  const folder = mkdtempSync(join(tmpdir(), 'cs-play-test-'));
  try {
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
    chdir(folder);
    return body();
  } finally {
    chdir(before);
    rmSync(folder, { recursive: true });
  }
}
