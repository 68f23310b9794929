// What else a run finds, or its resume: locks, other files, a damaged journal.

import type { FaultRow } from './row.ts';
import { ROTATED, UPLOADED } from './states.ts';
import { CHECK_KEYS, CONSOLE, DENIED, IN_THE_LOG, JOB_FAILED, JOB_HAD_FAILED, THE_CHAIN } from './texts.ts';

export const stateRows: readonly FaultRow[] = [
  {
    fault: 'a lock of another machine',
    place: 'on the cloud',
    found: 'a run on another machine has the lock',
    exit: 5,
    says: [
      'lab, Consoles have names (failed): cloud "lab" is locked by run 20261124-101500-0001 of WHO (pid N), since TIME',
      'hint: wait for its end; whether it goes on can only be seen on adm1; if it does not: cs-play unlock lab --run 20261124-101500-0001',
      'stopped by a safety rule: lab: cloud "lab" is locked by run 20261124-101500-0001 of WHO (pid N), since TIME',
    ],
    writes: [],
    stands: 'stopped (exit 5), can go on',
    after: {
      refused: [
        'exit 5',
        'lab, Consoles have names (failed): cloud "lab" is locked by run 20261124-101500-0001 of WHO (pid N), since TIME',
        'hint: wait for its end; whether it goes on can only be seen on adm1; if it does not: cs-play unlock lab --run 20261124-101500-0001',
        'stopped by a safety rule: lab: cloud "lab" is locked by run 20261124-101500-0001 of WHO (pid N), since TIME',
      ],
      mend: 'cs-play unlock lab --run 20261124-101500-0001',
      writes: ROTATED,
    },
  },
  {
    fault: 'a lock of a dead process',
    place: 'on the cloud',
    found: 'a run whose process is dead has the lock',
    exit: 0,
    says: [],
    writes: ROTATED,
    stands: 'done, has ended',
  },
  {
    fault: 'job-fails',
    place: 'at the upload of the root, and other certificate files before the resume',
    orders: [{ command: 'uploadCustomCertificate', parameter: 'name=root' }],
    exit: 2,
    says: [`${THE_CHAIN} (failed): the upload of root failed: uploadCustomCertificate: ${JOB_FAILED}`, IN_THE_LOG],
    writes: ['upload of chain certificate root'],
    stands: 'failed (exit 2), can go on',
    after: {
      spoilt: 'the certificate files are those of another certificate',
      refused: [
        'exit 5',
        `${THE_CHAIN} (failed): "The new certificate is fit for this cloud" on lab does not come to what it was when the run began: fingerprint was "SHA256", is "SHA256"`,
        'hint: put back what it looks at, and resume again; or begin a new run',
        'stopped by a safety rule: lab: "The new certificate is fit for this cloud" on lab does not come to what it was when the run began: fingerprint was "SHA256", is "SHA256"',
      ],
      mend: 'the certificate files are put back',
      writes: ROTATED,
      repeats: JOB_HAD_FAILED,
    },
  },
  {
    fault: 'http-401',
    place: 'at the stop of a VM, and another inventory before the resume',
    orders: [{ command: 'stopSystemVm' }],
    exit: 2,
    says: [`${CONSOLE} (failed): stopSystemVm: ${DENIED}`, CHECK_KEYS],
    writes: UPLOADED,
    stands: 'failed (exit 2), can go on',
    after: {
      spoilt: 'the inventory is changed',
      refused: [
        'exit 5',
        'error: run RUN does not go on, nothing was touched: FOLDER/lab/inventory.yml has changed',
        'hint: put back what it was begun with, or begin a new run: every task looks before it acts',
      ],
      mend: 'the inventory is put back',
      writes: ['stop v-1-VM'],
    },
  },
  {
    fault: 'http-401',
    place: 'at the stop of a VM, and a damaged journal before the resume',
    orders: [{ command: 'stopSystemVm' }],
    exit: 2,
    says: [`${CONSOLE} (failed): stopSystemVm: ${DENIED}`, CHECK_KEYS],
    writes: UPLOADED,
    stands: 'failed (exit 2), can go on',
    after: {
      spoilt: 'a line of the journal is damaged',
      refused: [
        'exit 4',
        'error: this line of the journal cannot be read: Unexpected end of JSON input',
        'FOLDER/state/cs-play/runs/RUN/journal.ndjson:3:1',
        '3 | {"event":',
        '| ^',
        'hint: the file was changed or the disk is damaged: look at the clouds before anything is run again',
      ],
      mend: 'the journal is put back',
      writes: ['stop v-1-VM'],
    },
  },
];
