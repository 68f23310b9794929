// Everything that is refused before anything is touched, as data: also what the command line is tested with.

import type { BadInput } from './bad/case.ts';
import { flags } from './bad/flags.ts';
import { guards } from './bad/guards.ts';
import { hosts } from './bad/hosts.ts';
import { inventories } from './bad/inventories.ts';
import { keywords } from './bad/keywords.ts';
import { names } from './bad/names.ts';
import { structure } from './bad/structure.ts';
import { values } from './bad/values.ts';

export type { BadInput } from './bad/case.ts';

export const badInputs: readonly BadInput[] = [
  ...structure,
  ...keywords,
  ...values,
  ...names,
  ...hosts,
  ...guards,
  ...inventories,
  ...flags,
];
