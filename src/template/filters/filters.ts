// All filters by name.

import type { Callables } from '../callable.ts';
import { dataFilters } from './data.ts';
import { eachFilters } from './each.ts';
import { listFilters } from './lists.ts';
import { mapFilters } from './maps.ts';
import { patternFilters } from './patterns.ts';
import { textFilters } from './text.ts';
import { valueFilters } from './values.ts';

export const filters: Callables = {
  ...valueFilters,
  ...textFilters,
  ...patternFilters,
  ...listFilters,
  ...mapFilters,
  ...eachFilters,
  ...dataFilters,
};
