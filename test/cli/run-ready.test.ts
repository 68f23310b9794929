// The end of a run, when it has been told of and its journal is still on its way to the disk.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Io } from '../../src/cli/io.ts';
import { keepRun } from '../../src/cli/keeping.ts';
import { makeReady } from '../../src/cli/ready.ts';
import { readRequest } from '../../src/cli/request.ts';
import { runReady } from '../../src/cli/run-ready.ts';
import { readRun } from '../../src/journal/runs.ts';
import { withFolder } from '../rig.ts';
import { assert, tests } from '../tests.ts';

/** A signal of a terminal that is closed while the connections are. Who heard it, and the last lines of the journal. */
const hungUpAtTheEnd = () =>
  withFolder(async (folder) => {
    const playbook = join(folder, 'play.yml');
    writeFileSync(playbook, '- hosts: localhost\n  tasks:\n    - debug: { msg: done }\n');
    const request = readRequest([playbook]);
    if (typeof request === 'string') throw new Error('not a run');
    const io = { argv: [], environment: { XDG_STATE_HOME: folder }, stdout: {}, stderr: {} } as unknown as Io;
    const ready = await makeReady(playbook, [], request, io);
    const keeping = await keepRun(ready, request, { inventories: [], seed: '' }, io);
    let heard = false;
    const close = async () => {
      heard = process.emit('SIGHUP', 'SIGHUP');
      await ready.connections.close();
    };
    const report = { take: () => undefined, close: () => undefined };
    const before = process.listenerCount('SIGHUP');
    const code = await runReady({ ...ready, connections: { ...ready.connections, close } }, request, {
      report,
      keeping,
    });
    const { entries } = await readRun(keeping.state, keeping.journal.id);
    const last = entries.at(-1);
    const kept = last && 'event' in last ? last.event.type : undefined;
    return { code, heard, kept, left: process.listenerCount('SIGHUP') - before };
  });

tests('a run that lets go of what it had', {
  'is not ended by a signal before its journal is on the disk, and says nothing behind its end': async () =>
    assert.equal(await hungUpAtTheEnd(), { code: 0, heard: true, kept: 'run-ended', left: 0 }),
});
