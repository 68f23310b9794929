// `cs-play doc [TASK]`: what tasks there are and what each takes, the user's own ones included.

import { InvalidInput } from '../errors.ts';
import { nearest } from '../nearest.ts';
import { describeModule, listModules } from '../report/reference.ts';
import { describeFlags, type Flag, parseFlags } from './flags.ts';
import { helpColumns } from './help.ts';
import type { Io } from './io.ts';
import { taskModulesFor } from './modules.ts';

const flags: readonly Flag[] = [{ name: 'help', short: 'h', help: 'print this' }];

const help = (columns: number): string => `usage: cs-play doc [TASK …]

Lists the tasks that playbooks can use, your own ones in tasks/ and
playbooks/tasks/ included; or tells what these do and which arguments they take.

flags:
${describeFlags(flags, columns)}
`;

/** Prints the list, or one task; unknown names get the nearest. */
export async function docCommand(io: Io): Promise<number> {
  const { words, given } = parseFlags(io.argv, flags, 'cs-play doc');
  if (given.has('help')) {
    io.stdout.write(help(helpColumns(io.stdout)));
    return 0;
  }
  const modules = await taskModulesFor(['tasks', 'playbooks/tasks']);
  const columns = helpColumns(io.stdout);
  if (words.length === 0) {
    io.stdout.write(`${listModules([...modules.values()], columns)}\n\ncs-play doc TASK tells the rest\n`);
    return 0;
  }
  const pages = words.map((word) => {
    const module = modules.get(word);
    if (module) return describeModule(module, columns);
    const near = nearest(word, modules.keys());
    throw new InvalidInput([
      { message: `no task "${word}"`, hint: near ? `did you mean "${near}"?` : 'cs-play doc lists them' },
    ]);
  });
  io.stdout.write(`${pages.join('\n\n')}\n`);
  return 0;
}
