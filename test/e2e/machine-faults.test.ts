import { faultNames } from '../../src/lab/faults.ts';
import { assert, tests } from '../tests.ts';
import { apiFaultCases } from './api-fault-cases.ts';
import { faultTests } from './fault-case.ts';
import { machineFaultCases } from './machine-fault-cases.ts';

tests('faults of machines', {
  'every fault of the lab has a case, here or among those of the API': () => {
    const struck = [...apiFaultCases, ...machineFaultCases].flatMap(({ faults }) => faults.map(({ name }) => name));
    assert.equal([...new Set(struck)].sort(), [...faultNames].sort());
  },
  ...faultTests(machineFaultCases),
});
