// From the words of a command line to a playbook and an inventory that fit each other, or every problem at once.

import { dirname } from 'node:path';
import { InvalidInput, type Problem } from '../errors.ts';
import { limitRole, settleLimit } from '../inventory/limit.ts';
import { withLimitFiles } from '../inventory/limit-file.ts';
import { implicitLocalhost, parsePattern, select } from '../inventory/pattern.ts';
import { tryReadInventory } from '../inventory/read.ts';
import type { HostPattern, Inventory, Playbook, Scope, VarLayer } from '../model.ts';
import type { TaskModule } from '../task.ts';
import { FilesRead } from '../yaml/source.ts';
import { checkPlaybook } from './check.ts';
import { mayBeDiscovered } from './check-hosts.ts';
import { readExtraVars } from './extra-vars.ts';
import { tryReadPlaybook } from './read.ts';
import { type SecretNamesOptions, secretNames } from './secret-names.ts';
import { startAt } from './start-at.ts';
import { selectTags } from './tags.ts';

export interface Request {
  readonly playbook: string;
  readonly inventory: readonly string[];
  readonly modules: ReadonlyMap<string, TaskModule>;
  /** Each `-e` as given. */
  readonly extraVars?: readonly string[] | undefined;
  readonly lookup: Scope['lookup'];
  readonly limit?: string | undefined;
  readonly tags?: readonly string[] | undefined;
  readonly skipTags?: readonly string[] | undefined;
  readonly startAtTask?: string | undefined;
  /** The files that `modules` came from. */
  readonly read?: FilesRead | undefined;
}

export interface Prepared {
  /** With the steps that tags and `--start-at-task` leave. */
  readonly playbook: Playbook;
  readonly inventory: Inventory;
  /** With what the inventory decides replaced by paths. */
  readonly limit: HostPattern | undefined;
  readonly extraVars: VarLayer;
  /** Names given with `-e` whose values are secrets and must be kept nowhere. */
  readonly secretVars: readonly string[];
  /** Every file that decides, by content: playbook, imports, variables, inventory, limit, own task modules. */
  readonly files: ReturnType<FilesRead['list']>;
}

/** Reads, checks and cuts down. Throws `InvalidInput` with the problems of all files and flags; nothing is touched. */
export function preparePlaybook(request: Request): Prepared {
  const { modules, lookup } = request;
  const problems: Problem[] = [];
  const { read = new FilesRead() } = request;
  const collect = <T>(body: () => T): T | undefined => collecting(problems, body);
  const extraVars = collect(() => readExtraVars(request.extraVars ?? [], read)) ?? { origin: '-e', vars: new Map() };
  const { inventory: written, problems: inInventory } = tryReadInventory(request.inventory, {
    playbookFolder: dirname(request.playbook),
    lookup,
    read,
  });
  const { playbook, problems: inPlaybook } = tryReadPlaybook(request.playbook, { modules, extraVars, lookup, read });
  const inventory = withLocalhost(written, playbook);
  // Names cannot be judged by an inventory of which parts are missing.
  if (inInventory.length === 0) problems.push(...checkPlaybook(playbook, inventory, modules, { extraVars }));
  const limit = inInventory.length === 0 ? collect(() => limitOf(request.limit, inventory, read)) : undefined;
  const cut = collect(() => cutDown(playbook, request));
  if (limit && problems.length === 0 && inPlaybook.length === 0) {
    problems.push(...idleLimit(limit, playbook, inventory));
  }
  const all = inFileOrder([...inInventory, ...inPlaybook, ...problems]);
  if (all.length > 0 || !cut) throw new InvalidInput(all);
  const secretVars = secretsAmong({ playbook, inventory, modules, extraVars });
  return { playbook: cut, inventory, limit, extraVars, secretVars, files: read.list() };
}

/** Judged by the whole playbook: what tags leave out today uses the same variables. */
function secretsAmong(options: SecretNamesOptions): string[] {
  const given = [...options.extraVars.vars.keys()];
  if (given.length === 0) return [];
  const secret = secretNames(options);
  return given.filter((name) => secret.has(name));
}

/** As in Ansible, a play may be on `localhost` although no inventory names it. */
function withLocalhost(inventory: Inventory, playbook: Playbook): Inventory {
  const named = playbook.plays.some((play) => play.hosts.terms.some((term) => term.text === implicitLocalhost.name));
  if (!named || inventory.hosts.some((host) => host.name === implicitLocalhost.name)) return inventory;
  return { ...inventory, hosts: [...inventory.hosts, implicitLocalhost] };
}

function limitOf(text: string | undefined, inventory: Inventory, read: FilesRead): HostPattern | undefined {
  if (text === undefined) return undefined;
  const hosts = withLimitFiles(text, read);
  const at = { source: { file: '--limit', text: hosts }, start: 0, end: hosts.length };
  const { pattern, problems } = settleLimit(parsePattern(hosts, at), inventory);
  if (problems.length > 0) throw new InvalidInput(problems);
  return pattern;
}

/** A limit that leaves no play a host is a mistake, and a run of nothing would look like success. */
function idleLimit(limit: HostPattern, playbook: Playbook, inventory: Inventory): Problem[] {
  const left = inventory.hosts.filter((host) => limitRole(limit, host) !== 'out');
  const some = playbook.plays.some(
    (play) =>
      play.allowEmpty ||
      select(play.hosts, left).length > 0 ||
      (play.hosts.terms.some(mayBeDiscovered) && left.some((host) => host.kind === 'cloud')),
  );
  if (some) return [];
  const patterns = playbook.plays.map((play) => `"${play.hosts.text}"`).join(', ');
  return [{ message: `"${limit.text}" leaves no play a host`, at: limit.at, hint: `the plays are for ${patterns}` }];
}

function cutDown(playbook: Playbook, { tags = [], skipTags = [], startAtTask }: Request): Playbook {
  const chosen = selectTags(playbook, { tags, skipTags });
  return startAtTask === undefined ? chosen : startAt(chosen, startAtTask);
}

function collecting<T>(problems: Problem[], body: () => T): T | undefined {
  try {
    return body();
  } catch (error) {
    if (!(error instanceof InvalidInput)) throw error;
    problems.push(...error.problems);
    return undefined;
  }
}

/** Files in the order in which they first have a problem, problems by place; those without a place come last. */
export function inFileOrder(problems: readonly Problem[]): Problem[] {
  const files: string[] = [];
  for (const { at } of problems) if (at && !files.includes(at.source.file)) files.push(at.source.file);
  const rank = ({ at }: Problem) => (at ? files.indexOf(at.source.file) : files.length);
  return [...problems].sort((a, b) => rank(a) - rank(b) || (a.at?.start ?? 0) - (b.at?.start ?? 0));
}
