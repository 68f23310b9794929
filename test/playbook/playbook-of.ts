// A playbook from its text, for tests of what is made of it.

import type { Playbook } from '../../src/model.ts';
import { readExtraVars } from '../../src/playbook/extra-vars.ts';
import { readPlaybook } from '../../src/playbook/read.ts';
import { taskModules } from '../../tasks/index.ts';
import { inFolder } from './in-folder.ts';

export const modules = new Map(taskModules.map((module) => [module.name, module]));

/** The playbook of a text; other files lie beside it. Throws `InvalidInput` for what is wrong in it. */
export function playbookOf(
  text: string,
  files: Readonly<Record<string, string>> = {},
  extraVars: readonly string[] = [],
): Playbook {
  const lookup = () => 'looked up';
  return inFolder({ ...files, 'play.yml': text }, () =>
    readPlaybook('play.yml', { modules, extraVars: readExtraVars(extraVars), lookup }),
  );
}
