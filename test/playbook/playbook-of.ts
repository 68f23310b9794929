// A playbook from its text, for tests of what is made of it.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Playbook } from '../../src/model.ts';
import { readExtraVars } from '../../src/playbook/extra-vars.ts';
import { readPlaybook } from '../../src/playbook/read.ts';
import { taskModules } from '../../tasks/index.ts';

export const modules = new Map(taskModules.map((module) => [module.name, module]));

/** The playbook of a text; other files lie beside it. Throws `InvalidInput` for what is wrong in it. */
export function playbookOf(
  text: string,
  files: Readonly<Record<string, string>> = {},
  extraVars: readonly string[] = [],
): Playbook {
  const folder = mkdtempSync(join(tmpdir(), 'cs-play-test-'));
  try {
    for (const [name, content] of Object.entries({ ...files, 'play.yml': text })) {
      writeFileSync(join(folder, name), content);
    }
    const lookup = () => 'looked up';
    return readPlaybook(join(folder, 'play.yml'), { modules, extraVars: readExtraVars(extraVars), lookup });
  } finally {
    rmSync(folder, { recursive: true });
  }
}
