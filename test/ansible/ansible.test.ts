// What Ansible was seen to do, case by case (cases.json), against cs-play by its own door. deviations.json says of each
// case that is left out or that ends otherwise here: why, and what holds instead.

import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { playCommand } from '../../src/cli/play.ts';
import { InvalidInput } from '../../src/errors.ts';
import type { Event, RecapRow } from '../../src/model.ts';
import { projectFolder } from '../project.ts';
import { assert, type Cases, tests } from '../tests.ts';

interface Seen {
  readonly rc: number;
  readonly recap?: readonly string[];
  readonly events?: readonly string[];
}

interface Case {
  readonly id: string;
  readonly title: string;
  readonly playbook: string;
  readonly inventory: string | null;
  readonly args: string;
  readonly files?: Readonly<Record<string, string>>;
  readonly env?: Readonly<Record<string, string>>;
  readonly expected: Seen;
}

interface Deviation {
  /** Uses words that cs-play does not have: not run. */
  readonly leftOut?: string;
  /** Ends otherwise on purpose. */
  readonly deviates?: string;
  /** What holds here, where it deviates: the same fields as Ansible's. */
  readonly ours?: Partial<Seen>;
}

const here = join(projectFolder, 'test/ansible');
const cases: readonly Case[] = JSON.parse(readFileSync(join(here, 'cases.json'), 'utf8'));
const deviations: Readonly<Record<string, Deviation>> = JSON.parse(readFileSync(join(here, 'deviations.json'), 'utf8'));

/** Ansible's exit codes in ours: 2 stays, 4 is unreachable where a host was, else invalid input like the rest. */
function exitCodeFor(seen: Seen): number {
  if (seen.rc === 0 || seen.rc === 2) return seen.rc;
  return seen.recap?.some((line) => !line.includes(' un0 ')) ? 3 : 4;
}

/** Headings in order, and under each what the hosts said, sorted: hosts have no order within a task. */
function story(lines: readonly string[]): string[][] {
  const parts: string[][] = [];
  for (const line of lines) {
    if (/^(PLAY|TASK|RUNNING HANDLER) \[/.test(line)) parts.push([line]);
    else parts.at(-1)?.push(line);
  }
  return parts.map(([head = '', ...rest]) => [head, ...rest.sort()]);
}

/** Of Ansible's lines those that cs-play tells as well, without the texts of its messages. */
function ansibleStory(seen: Seen): string[][] {
  const kept = (seen.events ?? []).flatMap((line) => {
    const fatal = /^fatal: \[([^\] ]+).*?: (FAILED|UNREACHABLE)!/.exec(line);
    if (fatal) return [`${fatal[2]} ${fatal[1]}`];
    return /^(PLAY|TASK|RUNNING HANDLER) \[|^"msg": /.test(line) ? [line.replace(/\s+$/, '')] : [];
  });
  return story(kept);
}

function ourStory(events: readonly Event[]): string[][] {
  return story(events.flatMap(line));
}

function line(event: Event): string[] {
  switch (event.type) {
    case 'play-started':
      return [`PLAY [${event.name}]`];
    case 'task-started':
      return [`${event.handler ? 'RUNNING HANDLER' : 'TASK'} [${event.name}]`];
    case 'item-ended':
      return event.result.status === 'failed' ? [] : message(event.result.values['msg']);
    case 'step-ended': {
      const { result } = event;
      if (result.status === 'failed') return [`FAILED ${event.host}`];
      if (result.status === 'unreachable') return [`UNREACHABLE ${event.host}`];
      return event.module === 'debug' && !result.items && result.status !== 'skipped'
        ? message(result.values['msg'])
        : [];
    }
    default:
      return [];
  }
}

const message = (value: unknown) => (value === undefined ? [] : [`"msg": ${JSON.stringify(value)}`]);

function recapLine(row: RecapRow): string {
  return `${row.host} ok${row.ok} ch${row.changed} un${row.unreachable} fa${row.failed} sk${row.skipped} re${row.rescued} ig${row.ignored}`;
}

async function play(each: Case): Promise<{ code: number; events: Event[]; refused: string[] }> {
  const folder = mkdtempSync(join(tmpdir(), 'cs-play-ansible-'));
  let text = '';
  const out = { write: (part: string) => void (text += part) } as unknown as NodeJS.WriteStream;
  try {
    cpSync(join(here, 'tasks'), join(folder, 'tasks'), { recursive: true });
    const files = {
      'play.yml': each.playbook,
      ...(each.inventory === null ? {} : { hosts: each.inventory }),
      ...each.files,
    };
    for (const [name, content] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, name)), { recursive: true });
      writeFileSync(join(folder, name), content);
    }
    const words = each.args
      .split(/\s+/)
      .filter((word) => word !== '')
      .map((word) => word.replaceAll(/^["']|["']$/g, ''));
    const inventory = each.inventory === null ? [] : ['-i', join(folder, 'hosts')];
    const argv = [join(folder, 'play.yml'), ...inventory, ...words, '--output', 'json'];
    const io = {
      argv,
      environment: { ...process.env, ...each.env },
      stdout: out,
      stderr: { write: () => true } as unknown as NodeJS.WriteStream,
    };
    const code = await playCommand(io);
    return {
      code,
      refused: [],
      events: text
        .trim()
        .split('\n')
        .filter(Boolean)
        .map((row) => JSON.parse(row) as Event),
    };
  } catch (error) {
    if (!(error instanceof InvalidInput)) throw error;
    return { code: 4, events: [], refused: error.problems.map((problem) => problem.message) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function holds(each: Case): () => Promise<void> {
  return async () => {
    const { ours } = deviations[each.id] ?? {};
    const { code, events, refused } = await play(each);
    const expected = { ...each.expected, ...ours };
    const end = events.find((event) => event.type === 'run-ended');
    const about = refused.join('; ');
    assert.is(code, ours?.rc ?? exitCodeFor(each.expected), about);
    if (code === 4 && events.length === 0) return;
    assert.equal((end?.recap ?? []).map(recapLine).sort(), [...(expected.recap ?? [])].sort(), about);
    if (expected.events) assert.equal(ourStory(events), ansibleStory(expected));
  };
}

const run = cases.filter((each) => !deviations[each.id]?.leftOut);
const table: Cases = Object.fromEntries(run.map((each) => [`${each.id} ${each.title}`, holds(each)]));

tests('ansible', {
  'every entry of deviations.json is about a case and says why': () => {
    const ids = new Set(cases.map((each) => each.id));
    for (const [id, entry] of Object.entries(deviations)) {
      assert.ok(ids.has(id), id);
      assert.ok(entry.leftOut || entry.deviates, id);
    }
  },
  ...table,
});
