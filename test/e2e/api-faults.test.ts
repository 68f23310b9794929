import { tests } from '../tests.ts';
import { apiFaultCases } from './api-fault-cases.ts';
import { faultTests } from './fault-case.ts';

tests('faults of the API', faultTests(apiFaultCases));
