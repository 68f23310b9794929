// `cs-play runs`: whole outputs, from journals that were kept.

import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Entry } from '../../src/journal/entry.ts';
import { answer, publish } from '../../src/journal/questions.ts';
import { createRun } from '../../src/journal/runs.ts';
import type { EventBody } from '../../src/model.ts';
import { plain } from '../../src/report/paint.ts';
import { terminalReport } from '../../src/report/terminal.ts';
import { Secret } from '../../src/secret.ts';
import { begun, header, heldElsewhere, keep, note, over, writing, wrote } from '../journal/entries.ts';
import { ended, pipe, row, runEnded, started, stream, task } from '../report/events.ts';
import { type Done, withFolder } from '../rig.ts';
import { assert, tests } from '../tests.ts';
import { inProcess } from './in-process.ts';

const who = 'ada@adm1';

interface Kept {
  readonly folder: string;
  readonly state: string;
  /** Keeps a run and gives its id. */
  keep(entries: readonly Entry[], more?: Parameters<typeof header>[0]): Promise<string>;
  runs(words?: readonly string[], columns?: number): Promise<Done>;
}

function withRuns(body: (kept: Kept) => Promise<void>): () => Promise<void> {
  return () =>
    withFolder(async (folder) => {
      const state = join(folder, 'cs-play');
      const runs = async (words: readonly string[] = [], columns?: number) => {
        const given = columns === undefined ? {} : { columns };
        const done = await inProcess(['runs', ...words], { environment: { XDG_STATE_HOME: folder }, ...given });
        return {
          ...done,
          stdout: done.stdout.replaceAll(folder, 'FOLDER'),
          stderr: done.stderr.replaceAll(folder, 'FOLDER'),
        };
      };
      await body({ folder, state, runs, keep: (entries, more = {}) => keep(state, entries, { who, ...more }) });
    });
}

const said = (stdout: string): Done => ({ code: 0, stdout, stderr: '' });
const refused = (stderr: string): Done => ({ code: 4, stdout: '', stderr });

const at = (hour: number) => ({ started: `2026-11-25T0${hour}:30:15.000Z` });

const secret = new Secret('sesame-open');

const rotation: readonly EventBody[] = [
  started('run'),
  {
    type: 'play-started',
    play: '0',
    name: 'Rotate',
    on: undefined,
    batch: 1,
    batches: 1,
    hosts: ['eu-1'],
    notReached: [],
  },
  task('0.1', 'Upload the chain', 'certificate_chain'),
  { type: 'write-started', task: '0.1', host: 'eu-1', write: 1, what: 'uploadCustomCertificate id=1' },
  { type: 'write-ended', task: '0.1', host: 'eu-1', write: 1, outcome: 'done' },
  {
    ...ended('eu-1', 'Upload the chain', { status: 'changed', values: { password: secret } }),
    task: '0.1',
  } as EventBody,
  task('0.2', 'Restart the console proxy', 'system_vm'),
  { type: 'write-started', task: '0.2', host: 'eu-1', write: 2, what: 'rebootSystemVm id=9', job: 'c0ffee' },
  { type: 'write-ended', task: '0.2', host: 'eu-1', write: 2, outcome: 'unknown', message: 'the answer was lost' },
  {
    ...ended('eu-1', 'Restart the console proxy', {
      status: 'unreachable',
      message: 'the answer was lost',
      hint: 'see what became of the VM',
      at: { source: { file: 'play.yml', text: 'a\n- system_vm:\n' }, start: 4, end: 13 },
    }),
    task: '0.2',
  } as EventBody,
];

const events = stream(
  ...rotation,
  runEnded([row('eu-1', { ok: 1, changed: 1, unreachable: 1 })], { exitCode: 3, resume: 'x' }),
);

/** What a terminal showed of it while it went on. */
function seen(verbosity: number): string {
  const out = pipe();
  const report = terminalReport(out, { paint: plain, verbosity, diff: false });
  for (const event of events) report.take(event);
  report.close();
  return out.text();
}

tests('cs-play runs', {
  'says that there are none': withRuns(async ({ runs }) => {
    assert.equal(await runs(), said('no run was kept in FOLDER/cs-play/runs\n'));
    assert.equal(await runs(['--output', 'json']), said(''));
    assert.equal(
      await runs(['show', '2']),
      refused('error: there is no run "2"\nhint: there are none in FOLDER/cs-play/runs\n'),
    );
  }),
  'lists them, newest first, and says how to go on': withRuns(async ({ runs, state, keep }) => {
    const here = (path: string) => join(process.cwd(), path);
    const asked = {
      ...header().asked,
      playbook: here('playbooks/rotate-certs.yml'),
      inventories: [here('inv/eu.yml')],
    };
    const ids = [
      await keep([begun(), writing(1), wrote(1), over(0)], { ...at(1), asked }),
      await keep([begun(['eu-1']), writing(1), wrote(1, 'unknown'), over(2, 'x')], at(2)),
      await keep([begun(), writing(1)], { ...at(3), asked: { ...asked, inventories: [] } }),
      await keep([begun(), over(5, 'x')], at(4)),
      await keep([begun(), over(130, 'x')], at(5)),
      await keep([begun()], at(6)),
    ];
    heldElsewhere(state, ids[5] ?? '');
    mkdirSync(join(state, 'runs/20261125-073015-0000'));
    const journal = await createRun(state, header({ who, ...at(8) }));
    const { code, stdout, stderr } = await runs();
    await journal.close();
    const [a, b, c, d, e, f] = ids;
    const pid = `running (pid ${process.pid})`.padEnd(22);
    assert.is(
      stdout,
      `RUN                   BEGUN (UTC)       BY        WHERE IT STANDS         HOSTS  WRITES         PLAYBOOK                INVENTORY
${journal.id}  2026-11-25 08:30  ada@adm1  ${pid}  0      0              /work/rotate-certs.yml  /work/inventory/eu.yml
20261125-073015-0000  2026-11-25 07:30  -         broken                  -      -              the journal "FOLDER/cs-play/runs/20261125-073015-0000/journal.ndjson" cannot be read: it is missing
${f}  2026-11-25 06:30  ada@adm1  not ended (see far)     2      0              /work/rotate-certs.yml  /work/inventory/eu.yml
${e}  2026-11-25 05:30  ada@adm1  interrupted (exit 130)  2      0              /work/rotate-certs.yml  /work/inventory/eu.yml
${d}  2026-11-25 04:30  ada@adm1  stopped (exit 5)        2      0              /work/rotate-certs.yml  /work/inventory/eu.yml
${c}  2026-11-25 03:30  ada@adm1  died                    2      1 (1 unknown)  rotate-certs.yml        -
${b}  2026-11-25 02:30  ada@adm1  failed (exit 2)         1      1 (1 unknown)  /work/rotate-certs.yml  /work/inventory/eu.yml
${a}  2026-11-25 01:30  ada@adm1  done                    2      1              rotate-certs.yml        inv/eu.yml

go on with the newest that can: cs-play resume ${e}
`,
    );
    assert.equal([code, stderr], [0, '']);
  }),
  'says which run waits for a yes, and how to say it': withRuns(async ({ runs, state }) => {
    const journal = await createRun(state, header({ who, ...at(8) }));
    const until = new Date(Date.now() + 60_000).toISOString();
    const question = publish(journal.folder, {
      number: 1,
      play: 'Rotate',
      message: 'are the users told?',
      hosts: ['eu-1'],
      until,
    });
    const waiting = await runs(['show', journal.id]);
    answer(journal.folder, question, { approved: true, who, at: until });
    const answered = await runs(['show', journal.id]);
    await journal.close();
    const line = (words: string) =>
      `\nrun ${journal.id} of ${who}, begun 2026-11-25 08:30 UTC: ${words} (pid ${process.pid})\n`;
    assert.equal(waiting, said(`${line('waits for a yes')}say yes or no: cs-play approve ${journal.id} [--reject]\n`));
    assert.equal(answered, said(line('running')));
  }),
  'tells each in a few lines where a terminal is too narrow for the table': withRuns(async ({ runs, keep }) => {
    const a = await keep([begun(), writing(1), over(2, 'x')], at(1));
    const b = await keep([begun(), over(0)], { ...at(2), asked: { ...header().asked, inventories: [] } });
    assert.equal(
      await runs([], 80),
      said(`${b}  2026-11-25 02:30 UTC  done
  by ada@adm1, hosts 2, writes 0
  /work/rotate-certs.yml
${a}  2026-11-25 01:30 UTC  failed (exit 2)
  by ada@adm1, hosts 2, writes 1 (1 unknown)
  /work/rotate-certs.yml on /work/inventory/eu.yml

go on with the newest that can: cs-play resume ${a}
`),
    );
    const { stdout } = await runs([], 200);
    assert.match(stdout, /^RUN +BEGUN/);
  }),
  'gives programs one run a line': withRuns(async ({ runs, keep }) => {
    const id = await keep([begun(), writing(1), wrote(1), over(0)], at(1));
    const run = {
      id,
      ...at(1),
      who,
      playbook: '/work/rotate-certs.yml',
      inventories: ['/work/inventory/eu.yml'],
      status: 'done',
      exitCode: 0,
      resumable: false,
      hosts: 2,
      writes: 1,
      unknownWrites: 0,
    };
    assert.equal(await runs(['-o', 'json']), said(`${JSON.stringify(run)}\n`));
  }),
  'shows the report of a run as it was seen, and where it stands': withRuns(async ({ runs, keep }) => {
    const id = await keep(
      events.map((event) => ({ event })),
      at(1),
    );
    const standing = `
run ${id} of ada@adm1, begun 2026-11-25 01:30 UTC: failed (exit 3)
nobody knows whether 1 write took place:
  write 2  eu-1  rebootSystemVm id=9 (job c0ffee)
go on with it: cs-play resume ${id}
`;
    for (const [words, verbosity] of [
      [[], 0],
      [['-vv'], 2],
    ] as const) {
      assert.equal(await runs(['show', id.slice(0, 13), ...words]), said(seen(verbosity) + standing));
    }
    assert.match(seen(2), /"password": "\*\*\*"/);
    assert.not.match((await runs(['show', id], 120)).stdout, /\x1b/, 'no live line on a terminal');
  }),
  'gives programs the events of a run': withRuns(async ({ runs, keep }) => {
    const id = await keep(events.map((event) => ({ event })));
    const { stdout } = await runs(['show', id, '--output', 'json']);
    const read = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    const wanted = JSON.parse(JSON.stringify(events));
    // Of a file only the line that is spoken of is kept.
    wanted[9].result.at.source.text = '\n- system_vm:\n';
    wanted[9].result.at.start = read[9].result.at.start;
    wanted[9].result.at.end = read[9].result.at.end;
    assert.equal(read, wanted);
  }),
  'shows a run that has no end yet': withRuns(async ({ runs, keep }) => {
    const id = await keep([begun(), note('hello'), writing(1), writing(2), wrote(2)], at(1));
    assert.equal(
      await runs(['show', id]),
      said(`
TASK
              hello

run ${id} of ada@adm1, begun 2026-11-25 01:30 UTC: died
nobody knows whether 1 write took place:
  write 1  eu-1  write 1
go on with it: cs-play resume ${id}
`),
    );
  }),
  'refuses in words what it cannot do': withRuns(async ({ runs, state, keep }) => {
    const first = await keep([begun()], at(1));
    const second = await keep([begun(), note('a')], at(1));
    const file = join(state, 'runs', second, 'journal.ndjson');
    const both = [first, second].sort().reverse().join(', ');
    const rows: readonly [readonly string[], string][] = [
      [['shwo', first], 'error: runs has no command "shwo"\nhint: did you mean "show"?\n'],
      [[first], `error: runs has no command "${first}"\nhint: the report of one run: cs-play runs show RUN\n`],
      [['show'], 'error: which run is to be shown?\nhint: cs-play runs show RUN\n'],
      [['show', first, second], 'error: one run at a time, not 2\nhint: cs-play runs show RUN\n'],
      [['show', ''], 'error: the id of the run is empty\nhint: cs-play runs lists them\n'],
      [['show', 'x'], 'error: there is no run "x"\nhint: cs-play runs lists them\n'],
      [['show', '2026'], `error: 2 runs begin with "2026"\nhint: give more of the id: ${both}\n`],
      [['--ouput', 'json'], 'error: unknown flag "--ouput"\nhint: did you mean "--output"?\n'],
      [
        ['--output', 'xml'],
        'error: --output must be text or json, not "xml"\nhint: text for people, json for programs\n',
      ],
    ];
    for (const [words, stderr] of rows) assert.equal(await runs(words), refused(stderr), words.join(' '));
    appendFileSync(file, 'spoilt\n{}\n');
    const { code, stderr } = await runs(['show', second]);
    assert.is(code, 4);
    assert.match(
      stderr,
      /^error: this line of the journal cannot be read: .*\n {2}FOLDER\/.*\/journal.ndjson:4:1\n {5}4 \| spoilt\n/,
    );
    writeFileSync(file, '');
    assert.match((await runs()).stdout, new RegExp(`^${second} .* broken .* it was cut off before it began$`, 'm'));
  }),
  'tells how it is used': withRuns(async ({ runs }) => {
    const { code, stdout, stderr } = await runs(['--help']);
    assert.equal([code, stderr], [0, '']);
    assert.match(stdout, /^usage: cs-play runs \[flags\]\n {7}cs-play runs show RUN \[flags\]\n/);
    for (const flag of ['--output', '--verbose', '--diff', '--help']) assert.match(stdout, new RegExp(flag));
  }),
});
