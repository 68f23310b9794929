// The rest of the table of faults: what machines and processes do, and what a run finds.

import { tests } from '../tests.ts';
import { faultTests } from './faults/judge.ts';
import { machineRows } from './faults/machine-rows.ts';
import { processRows } from './faults/process-rows.ts';
import { stateRows } from './faults/state-rows.ts';

tests('faults of machines and processes', faultTests([...machineRows, ...processRows, ...stateRows]));
