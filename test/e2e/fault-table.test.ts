// The table of faults: each ends in the right outcome, exit code and text, and once it is gone a resume finishes.
// `node dist/test/e2e/fault-table.test.js print` prints the table.

import { faultNames } from '../../src/lab/faults.ts';
import { assert, tests } from '../tests.ts';
import { faultTests, printed } from './faults/judge.ts';
import { machineRows } from './faults/machine-rows.ts';
import { processRows } from './faults/process-rows.ts';
import { settingsRows } from './faults/settings-rows.ts';
import { stateRows } from './faults/state-rows.ts';
import { uploadRows } from './faults/upload-rows.ts';

const all = [...settingsRows, ...uploadRows, ...machineRows, ...processRows, ...stateRows];

if (process.argv[2] === 'print') console.log(printed(all));

tests('faults', {
  'every fault of the lab has rows': () => {
    const struck = new Set(all.map(({ fault }) => fault));
    assert.equal(
      faultNames.filter((name) => !struck.has(name)),
      [],
    );
  },
  'there are at least 60 rows, each another': () => {
    assert.ok(all.length >= 60, `${all.length}`);
    assert.is(new Set(all.map(({ fault, place }) => `${fault} ${place}`)).size, all.length);
  },
  ...faultTests([...settingsRows, ...uploadRows]),
});
