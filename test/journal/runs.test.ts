// Runs on the disk: made, opened to go on, read, found, listed.

import { appendFileSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { InvalidInput, SafetyStop } from '../../src/errors.ts';
import type { Entry } from '../../src/journal/entry.ts';
import { findRun } from '../../src/journal/folder.ts';
import { createRun, type Journal, latestUnfinished, listRuns, openRun, readRun } from '../../src/journal/runs.ts';
import { machine } from '../../src/process-identity.ts';
import { plain } from '../../src/report/paint.ts';
import { renderProblem } from '../../src/report/problem.ts';
import { withFolder } from '../rig.ts';
import { assert, tests } from '../tests.ts';
import { begun, header, heldElsewhere, keep, note, over, writing, wrote } from './entries.ts';

/** What an operation is refused with, as it is shown; the folder is called STATE. */
async function saidOf(state: string, work: () => unknown): Promise<string> {
  try {
    await work();
    return '';
  } catch (error) {
    const problem = error instanceof InvalidInput ? error.problems[0] : error instanceof SafetyStop ? error : undefined;
    if (!problem) throw error;
    return renderProblem(problem, plain).replaceAll(state, 'STATE');
  }
}

const fileOf = (state: string, id: string): string => join(state, 'runs', id, 'journal.ndjson');

const rights = (path: string): string => (statSync(path).mode & 0o777).toString(8);

const inState = (body: (state: string) => Promise<void>) => () => withFolder((folder) => body(join(folder, 'state')));

async function closing(journal: Journal, body: () => Promise<void>): Promise<void> {
  try {
    await body();
  } finally {
    await journal.close();
  }
}

tests('runs on the disk', {
  'a run is a folder for its owner alone, with a header and what was appended': inState(async (state) => {
    const journal = await createRun(state, header());
    await closing(journal, async () => {
      assert.match(journal.id, /^20261125-120000-[0-9a-f]{4}$/);
      assert.is(journal.folder, join(state, 'runs', journal.id));
      assert.equal([journal.folder, fileOf(state, journal.id)].map(rights), ['700', '600']);
      journal.append(begun());
      journal.append(note('hello'));
      await journal.settled();
      const read = { header: { ...header(), id: journal.id }, entries: [begun(), note('hello')] };
      assert.equal(await readRun(state, journal.id), JSON.parse(JSON.stringify(read)));
    });
  }),
  'a run that goes on appends behind what is there': inState(async (state) => {
    const id = await keep(state, [begun()]);
    const { header: kept, entries, journal } = await openRun(state, id.slice(0, 16));
    assert.equal([kept.id, entries.length, journal.id], [id, 1, id]);
    journal.append(note('more'));
    await journal.close();
    assert.equal((await readRun(state, id)).entries, [...entries, note('more')]);
    assert.equal(readdirSync(journal.folder), ['journal.ndjson'], 'nobody holds it');
  }),
  'a run that a process is at is not opened, in this process either': inState(async (state) => {
    const journal = await createRun(state, header());
    await closing(journal, async () => {
      const said = `error: run ${journal.id} is still going on (pid ${process.pid})\n`;
      const hint = 'hint: wait for its end, which cs-play runs tells, or end it: Ctrl-C there\n';
      assert.is(await saidOf(state, () => openRun(state, journal.id)), said + hint);
    });
    await (await openRun(state, journal.id)).journal.close();
  }),
  'a process that is gone, or whose note was lost with the power, holds nothing': inState(async (state) => {
    const id = await keep(state, []);
    const holder = (number: number) => join(state, 'runs', id, `holder-${number}`);
    writeFileSync(
      holder(1),
      JSON.stringify({ process: { pid: process.pid, started: '0', boot: 'another' }, machine: machine() }),
    );
    writeFileSync(holder(2), '');
    const { journal } = await openRun(state, id);
    assert.is(JSON.parse(readFileSync(holder(3), 'utf8')).process.pid, process.pid);
    await journal.close();
  }),
  'a torn last line is left out by readers and cut off by the next writer': inState(async (state) => {
    for (const torn of ['{"event":{"at"', '{"event":{}', '\0\0\0\0\n', '"no\n']) {
      const id = await keep(state, [note('whole')]);
      const file = fileOf(state, id);
      const whole = readFileSync(file, 'utf8');
      appendFileSync(file, torn);
      assert.equal((await readRun(state, id)).entries, [note('whole')], torn);
      assert.is(readFileSync(file, 'utf8'), whole + torn, 'reading changes nothing');
      const { entries, journal } = await openRun(state, id);
      assert.equal(entries, [note('whole')]);
      journal.append(note('next'));
      await journal.close();
      assert.equal((await readRun(state, id)).entries, [note('whole'), note('next')]);
    }
  }),
  'a line in the middle that cannot be read is named': inState(async (state) => {
    const id = await keep(state, [begun(), note('a'), note('b')]);
    const file = fileOf(state, id);
    const lines = readFileSync(file, 'utf8').split('\n');
    const hint = 'hint: the file was changed or the disk is damaged: look at the clouds before anything is run again\n';
    const damages: readonly [string, RegExp][] = [
      ['{"event":', /^error: this line of the journal cannot be read: .*JSON.*$/m],
      ['{"evnet":{}}', /^error: this line of the journal cannot be read: not an entry of a journal$/m],
      ['7', /not an entry/],
    ];
    for (const [damage, message] of damages) {
      writeFileSync(file, lines.with(2, damage).join('\n'));
      for (const read of [readRun, openRun]) {
        const said = await saidOf(state, () => read(state, id));
        assert.match(said, message);
        assert.ok(
          said.endsWith(`\n  ${file.replace(state, 'STATE')}:3:1\n     3 | ${damage}\n       | ^\n${hint}`),
          said,
        );
      }
    }
    assert.equal(readdirSync(join(state, 'runs', id)), ['journal.ndjson'], 'a run that cannot be opened is let go');
  }),
  'a journal without a header, of another format, or missing is refused in words': inState(async (state) => {
    const id = await keep(state, []);
    const file = fileOf(state, id);
    const said = () => saidOf(state, () => readRun(state, id));
    writeFileSync(file, '{"journal":1,');
    assert.is(
      await said(),
      `error: the journal "STATE/runs/${id}/journal.ndjson" has no header\n` +
        'hint: its run was cut off before it began: nothing was written\n',
    );
    writeFileSync(file, '{"journal":2,"version":"9.9.9"}\n');
    assert.is(
      await said(),
      `error: the journal "STATE/runs/${id}/journal.ndjson" has the format 2, of cs-play 9.9.9; this one reads 1\n` +
        'hint: use cs-play 9.9.9 for this run\n',
    );
    rmSync(file);
    assert.is(
      await said(),
      `error: the journal "STATE/runs/${id}/journal.ndjson" cannot be read: it is missing\n` +
        'hint: without it nobody knows what the run did: look at its clouds\n',
    );
  }),
  'a run is found by the beginning of its id, where only one begins so': inState(async (state) => {
    const none = 'error: there is no run "x"\nhint: there are none in STATE/runs\n';
    assert.is(await saidOf(state, () => findRun(state, 'x')), none);
    for (const id of ['20261125-120000-aaaa', '20261125-120000-abbb', '20261124-235959-0000', 'nonsense'])
      mkdirSync(join(state, 'runs', id), { recursive: true });
    assert.is(findRun(state, '20261124'), '20261124-235959-0000');
    assert.is(findRun(state, '20261125-120000-ab'), '20261125-120000-abbb');
    const refused: readonly [string, string][] = [
      [
        '2026112',
        '3 runs begin with "2026112"\nhint: give more of the id: 20261125-120000-abbb, 20261125-120000-aaaa, 20261124-235959-0000',
      ],
      ['nonsense', 'there is no run "nonsense"\nhint: cs-play runs lists them'],
      ['..', 'there is no run ".."\nhint: cs-play runs lists them'],
      ['', 'the id of the run is empty\nhint: cs-play runs lists them'],
    ];
    for (const [prefix, text] of refused)
      assert.is(await saidOf(state, () => findRun(state, prefix)), `error: ${text}\n`);
  }),
  'a state folder that cannot hold a run stops it before anything is begun': inState(async (state) => {
    writeFileSync(state, '');
    const said = await saidOf(state, () => createRun(state, header()));
    assert.match(said, /^error: the folder "STATE" cannot be made: something that is no folder has this name\nhint: /);
  }),
});

type Case = readonly [title: string, entries: readonly Entry[], summary: object, more?: Parameters<typeof header>[0]];

const resumed = (who: string): Entry =>
  ({ resumed: { version: '0.1.0', started: header().started, who, process: header().process, again: [] } }) as Entry;

const cases: readonly Case[] = [
  ['done', [begun(), writing(1), wrote(1), over(0)], { status: 'done', exitCode: 0, resumable: false, writes: 1 }],
  ['failed', [begun(), over(2, 'x')], { status: 'failed', exitCode: 2, resumable: true }],
  ['failed for good', [begun(), over(3)], { status: 'failed', exitCode: 3, resumable: false }],
  ['stopped', [begun(), over(5, 'x')], { status: 'stopped', exitCode: 5, resumable: true }],
  ['interrupted', [begun(), over(130, 'x')], { status: 'interrupted', exitCode: 130, resumable: true }],
  ['died before it began', [], { status: 'died', resumable: true, hosts: 0 }],
  [
    'died in the middle',
    [begun(), writing(1), wrote(1), writing(2), wrote(2, 'unknown'), writing(3)],
    { status: 'died', resumable: true, writes: 3, unknownWrites: 2 },
  ],
  [
    'resumed and done, after which an unknown write is known',
    [begun(), writing(1), over(130, 'x'), resumed(header().who), wrote(1), over(0)],
    { status: 'done', exitCode: 0, resumable: false, writes: 1, unknownWrites: 0 },
  ],
  ['resumed and died', [begun(), over(130, 'x'), resumed(header().who)], { status: 'died', resumable: true }],
  ['with words like an end in a value', [begun(), note('"type":"run-ended"')], { status: 'died', resumable: true }],
];

tests('the list of runs', {
  ...Object.fromEntries(
    cases.map(([title, entries, summary, more]) => [
      `says of a run that is ${title}`,
      inState(async (state) => {
        const id = await keep(state, entries, more);
        const all = {
          id,
          started: header().started,
          who: header().who,
          playbook: '/work/rotate-certs.yml',
          inventories: ['/work/inventory/eu.yml'],
          hosts: 2,
          writes: 0,
          unknownWrites: 0,
          ...summary,
        };
        assert.equal(await listRuns(state), [all]);
      }),
    ]),
  ),
  'says of a run that a process is at': inState(async (state) => {
    const journal = await createRun(state, header());
    await closing(journal, async () => {
      for (const entry of [begun(), writing(1), writing(2), wrote(2, 'unknown')]) journal.append(entry);
      await journal.settled();
      const [run] = await listRuns(state);
      assert.equal([run?.status, run?.pid, run?.writes, run?.unknownWrites], ['running', process.pid, 2, 1]);
      assert.is(await latestUnfinished(state), undefined);
    });
  }),
  'is there although a run is broken, newest first; the newest unfinished one is what goes on': inState(
    async (state) => {
      assert.equal([await listRuns(state), await latestUnfinished(state)], [[], undefined]);
      const first = await keep(state, [begun()], { started: '2026-11-25T01:00:00.000Z' });
      const second = await keep(state, [begun(), over(2, 'x')], { started: '2026-11-25T02:00:00.000Z' });
      const third = await keep(state, [begun(), over(0)], { started: '2026-11-25T03:00:00.000Z' });
      const fourth = await keep(state, [begun()], { started: '2026-11-25T04:00:00.000Z' });
      heldElsewhere(state, fourth);
      mkdirSync(join(state, 'runs', '20261125-050000-0000'));
      const listed = await listRuns(state);
      assert.equal(
        listed.map(({ id, status }) => `${id} ${status}`),
        ['20261125-050000-0000 broken', `${fourth} elsewhere`, `${third} done`, `${second} failed`, `${first} died`],
      );
      const [broken] = listed;
      assert.is(broken?.started, '2026-11-25T05:00:00.000Z');
      assert.match(broken?.reason ?? '', /cannot be read: it is missing$/);
      assert.is(await latestUnfinished(state), second);
    },
  ),
  'gives none to go on with that a later run has overtaken: one that wrote to one of its hosts, and ended well':
    inState(async (state) => {
      const at = (hour: number) => ({ started: `2026-11-25T0${hour}:00:00.000Z` });
      const written = [writing(1), wrote(1, 'done')];
      const first = await keep(state, [begun(['eu-1', 'us-1'])], at(1));
      await keep(state, [begun(['us-1']), over(0)], at(2));
      await keep(state, [begun(['ap-1']), ...written, over(0)], at(3));
      const elsewhere = { ...header().asked, inventories: ['/other.yml'] };
      await keep(state, [begun(['us-1']), ...written, over(0)], { ...at(4), asked: elsewhere });
      assert.is(await latestUnfinished(state), first);
      await keep(state, [begun(['us-1']), ...written, over(0)], at(5));
      assert.is(await latestUnfinished(state), undefined);
      const next = await keep(state, [begun(['us-1'])], at(6));
      assert.is(await latestUnfinished(state), next);
    }),
  'a run that ended in the same second before it was begun has overtaken none': inState(async (state) => {
    const at = (milliseconds: number) => ({ started: `2026-11-25T01:00:00.${milliseconds}Z` });
    const written = [writing(1), wrote(1, 'done')];
    for (let run = 0; run < 8; run += 1) await keep(state, [begun(['eu-1']), ...written, over(0)], at(100 + run));
    const last = await keep(state, [begun(['eu-1']), writing(1)], at(200));
    assert.is(await latestUnfinished(state), last);
  }),
});
