// What `cs-play resume` refuses before it opens a journal to go on with it.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { begun, keep, over, writing, wrote } from '../journal/entries.ts';
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

tests('the run that is meant where none is named', {
  'is none where there is none, nor one that a later run has overtaken, which is named': () =>
    withFolder(async (folder) => {
      const state = join(folder, 'cs-play');
      const resume = () => inProcess(['resume'], { environment: { XDG_STATE_HOME: folder } });
      const refused = (stderr: string) => ({ code: 4, stdout: '', stderr });
      const none = refused('error: there is no run to go on with\nhint: cs-play runs lists all runs\n');
      assert.equal(await resume(), none);
      const first = await keep(state, [begun(), over(2, 'x')], { started: '2026-11-25T01:00:00.000Z' });
      const later = [begun(), writing(1), wrote(1, 'done'), over(0)];
      await keep(state, later, { started: '2026-11-25T02:00:00.000Z' });
      assert.equal(
        await resume(),
        refused(`error: run ${first} could go on, but a later one has changed its hosts and ended well
hint: to go on with it all the same: cs-play resume ${first}
`),
      );
    }),
});
