// `cs-play generate [--check]`: the files that are made from the declarations, for those who work on cs-play itself.

import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { taskModules } from '../../tasks/index.ts';
import { inventorySchema } from '../inventory/schema.ts';
import { playbookSchema } from '../playbook/schema.ts';
import { referencePage } from '../report/reference.ts';
import { describeFlags, type Flag, parseFlags } from './flags.ts';
import { helpColumns } from './help.ts';
import type { Io } from './io.ts';
import { packageFolder } from './package.ts';

const flags: readonly Flag[] = [
  { name: 'check', help: 'write nothing, say what is out of date' },
  { name: 'help', short: 'h', help: 'print this' },
];

/** Writes the editor schemas and the reference; with `--check` only says which are out of date, and exits with 4. */
export async function generateCommand(io: Io): Promise<number> {
  const { given } = parseFlags(io.argv, flags, 'cs-play generate');
  if (given.has('help')) {
    io.stdout.write(`usage: cs-play generate [--check]\n\nflags:\n${describeFlags(flags, helpColumns(io.stdout))}\n`);
    return 0;
  }
  const stale = generated().filter(({ path, text }) => !existsSync(path) || readFileSync(path, 'utf8') !== text);
  for (const { path, text } of stale) {
    if (given.has('check')) io.stderr.write(`error: ${path} is out of date\nhint: npm run generate\n`);
    else writeFileSync(path, text);
  }
  return given.has('check') && stale.length > 0 ? 4 : 0;
}

function generated(): { path: string; text: string }[] {
  const json = (value: unknown) => `${JSON.stringify(value, null, 2)}\n`;
  return [
    {
      path: join(packageFolder(), 'playbooks/schema.json'),
      text: json(playbookSchema(new Map(taskModules.map((module) => [module.name, module])))),
    },
    { path: join(packageFolder(), 'inventory/schema.json'), text: json(inventorySchema()) },
    { path: join(packageFolder(), 'tasks/README.md'), text: referencePage(taskModules) },
  ];
}
