// The observed cases, and a case through the door of cs-play in the words of both.

import { generateKeyPairSync } from 'node:crypto';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { playCommand } from '../../src/cli/play.ts';
import { InvalidInput } from '../../src/errors.ts';
import type { Event, RecapRow, Result } from '../../src/model.ts';
import { projectFolder } from '../project.ts';

export interface Seen {
  readonly rc: number;
  readonly recap?: readonly string[];
  readonly events?: readonly string[];
}

export interface Case {
  readonly id: string;
  readonly title: string;
  readonly playbook: string;
  readonly inventory: string | null;
  readonly args: string;
  readonly files?: Readonly<Record<string, string>>;
  readonly env?: Readonly<Record<string, string>>;
  readonly expected: Seen;
}

export interface Deviation {
  /** Uses words that cs-play does not have: not run. */
  readonly leftOut?: string;
  /** Is refused by Ansible as well: `ours` holds the words. */
  readonly alike?: string;
  /** Ends otherwise on purpose. */
  readonly deviates?: string;
  /** What holds here, where it deviates: the same fields as Ansible's, and the messages of what is refused. */
  readonly ours?: Partial<Seen> & { readonly refused?: readonly string[] };
}

const here = join(projectFolder, 'test/ansible');
export const cases: readonly Case[] = JSON.parse(readFileSync(join(here, 'cases.json'), 'utf8'));
export const deviations: Readonly<Record<string, Deviation>> = JSON.parse(
  readFileSync(join(here, 'deviations.json'), 'utf8'),
);

/** Ansible's exit codes in ours: with it unreachable wins over failed, and wrong input has many. */
export function exitCodeFor(seen: Seen): number {
  if (seen.rc === 0 || seen.rc === 2) return seen.rc;
  if (seen.recap?.some((line) => !line.includes(' fa0 '))) return 2;
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

/**
 * Of Ansible's lines those that cs-play tells as well, without the texts of its failures. `TASK [meta]` is a heading
 * that says nothing, and a trailing space or comma is one of JSON's.
 */
export function ansibleStory(seen: Seen): string[][] {
  const kept = (seen.events ?? []).flatMap((line) => {
    const fatal = /^fatal: \[([^\] ]+).*?: (FAILED|UNREACHABLE)!/.exec(line);
    if (fatal) return [`${fatal[2]} ${fatal[1]}`];
    const said = /^"msg": (.*?),?\s*$/.exec(line)?.[1];
    if (said !== undefined) return [saying(/^".*"$/.test(said) ? JSON.parse(said) : said)];
    return /^(PLAY|TASK|RUNNING HANDLER) \[/.test(line) && !line.startsWith('TASK [meta]') ? [line.trim()] : [];
  });
  return story(kept);
}

/** A message as text; of a list or a map Ansible's lines hold only how it opens. */
function saying(value: unknown): string {
  if (typeof value === 'object' && value !== null) return `says ${JSON.stringify(value).slice(0, 1)}`;
  return `says ${value}`;
}

export function ourStory(events: readonly Event[]): string[][] {
  const modules = new Map<string, string>();
  for (const event of events) if (event.type === 'task-started') modules.set(event.task, event.module);
  return story(events.flatMap((event) => linesOf(event, modules)));
}

function linesOf(event: Event, modules: ReadonlyMap<string, string>): string[] {
  switch (event.type) {
    case 'play-started':
      return [`PLAY [${event.name}]`];
    case 'task-started':
      return [`${event.handler ? 'RUNNING HANDLER' : 'TASK'} [${event.name}]`];
    case 'item-ended':
      return said(modules.get(event.task), event.result);
    case 'step-ended':
      return [...ended(event.host, event.result), ...(event.result.items ? [] : said(event.module, event.result))];
    default:
      return [];
  }
}

function ended(host: string, { status }: Result): string[] {
  return status === 'failed' || status === 'unreachable' ? [`${status.toUpperCase()} ${host}`] : [];
}

/** What Ansible prints in full without -v: the messages of debug and assert, of those that fail as well. */
function said(module: string | undefined, { status, values }: Result): string[] {
  const speaks = (module === 'debug' || module === 'assert') && status !== 'skipped';
  return speaks && values['msg'] !== undefined ? [saying(values['msg'])] : [];
}

export function recapLine(row: RecapRow): string {
  return `${row.host} ok${row.ok} ch${row.changed} un${row.unreachable} fa${row.failed} sk${row.skipped} re${row.rescued} ig${row.ignored}`;
}

/** The words of a command line, as a shell splits them. */
function wordsOf(args: string): string[] {
  const words = args.matchAll(/(?:'[^']*'|"[^"]*"|[^\s'"])+/g);
  return [...words].map(([word]) =>
    word.replaceAll(/'([^']*)'|"([^"]*)"/g, (_all, single, double) => single ?? double),
  );
}

/** Ansible leaves the keys to ssh; cs-play wants to know one before it tries a host. */
function withKey(inventory: string, path: string): string {
  return inventory.replaceAll('ansible_connection=ssh', `$& ansible_ssh_private_key_file=${path}`);
}

const { privateKey } = generateKeyPairSync('ec', {
  namedCurve: 'P-256',
  privateKeyEncoding: { type: 'sec1', format: 'pem' },
  publicKeyEncoding: { type: 'spki', format: 'pem' },
});

export async function play(each: Case): Promise<{ code: number; events: Event[]; refused: string[] }> {
  const folder = mkdtempSync(join(tmpdir(), 'cs-play-ansible-'));
  let text = '';
  const out = { write: (part: string) => void (text += part) } as unknown as NodeJS.WriteStream;
  try {
    cpSync(join(here, 'tasks'), join(folder, 'tasks'), { recursive: true });
    const files = {
      'play.yml': each.playbook,
      ...(each.inventory === null ? {} : { hosts: withKey(each.inventory, join(folder, 'key')) }),
      key: privateKey,
      ...each.files,
    };
    for (const [name, content] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, name)), { recursive: true });
      writeFileSync(join(folder, name), content, { mode: 0o600 });
    }
    const there = (word: string) => (each.files?.[word] === undefined ? word : join(folder, word));
    const words = wordsOf(each.args).map((word) => (word.startsWith('@') ? `@${there(word.slice(1))}` : there(word)));
    const inventory = each.inventory === null ? [] : ['-i', join(folder, 'hosts')];
    const argv = [join(folder, 'play.yml'), ...inventory, ...words, '--output', 'json'];
    const io = {
      argv,
      environment: { ...process.env, ...each.env },
      stdout: out,
      stderr: { write: () => true } as unknown as NodeJS.WriteStream,
      stdin: () => ({ isTTY: false }) as NodeJS.ReadStream,
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
    return {
      code: 4,
      events: [],
      refused: error.problems.map(({ message }) => withoutFolder(message, folder)),
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Messages name files as is shorter: absolute, or as seen from where the tests run. */
function withoutFolder(message: string, folder: string): string {
  return message.replaceAll(`${folder}/`, '').replaceAll(`${relative(process.cwd(), folder)}/`, '');
}
