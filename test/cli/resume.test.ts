// What `cs-play resume` refuses before it opens a journal to go on with it.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { begun, keep } from '../journal/entries.ts';
import { holderOf, plant } from '../lock/planted.ts';
import { withFolder } from '../rig.ts';
import { assert, tests } from '../tests.ts';
import { inProcess } from './in-process.ts';

tests('a run that may be going on on another machine', {
  'is not gone on with, and its journal is left as it is': () =>
    withFolder(async (folder) => {
      const state = join(folder, 'cs-play');
      const run = await keep(state, [begun()]);
      const there = { machine: 'other', process: { ...holderOf().process, pid: 4711 } };
      plant(state, holderOf({ run, ...there }));
      const journal = () => readFileSync(join(state, 'runs', run, 'journal.ndjson'), 'utf8');
      const before = journal();
      assert.equal(await inProcess(['resume', '2026'], { environment: { XDG_STATE_HOME: folder } }), {
        code: 5,
        stdout: '',
        stderr: `error: cloud "eu-1" is locked by run ${run} of anna@adm1 (pid 4711), since 2026-11-24 10:15:00 UTC
hint: wait for its end; whether it goes on can only be seen on adm1; if it does not: cs-play unlock eu-1 --run ${run}
`,
      });
      assert.is(journal(), before);
    }),
});
