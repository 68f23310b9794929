// Which hosts a play is for, and whether what lies below a cloud has to be found out first.

import type { Host, HostPattern, PatternTerm, Play, Step } from '../model.ts';
import { type Batch, type Section, type Shared, type Standing, workOf } from './batch.ts';
import { type Process, perform } from './process.ts';
import { judge } from './settle.ts';
import { upwards } from './tree.ts';
import type { DiscoverWork, PlayOutcome, Scene } from './work.ts';

/** A host's part under `--limit`. */
export type Role = 'selected' | 'on the way' | 'out';

export interface Chooser {
  select(pattern: HostPattern, candidates: readonly Host[]): readonly Host[];
  role(host: Host): Role;
  /** Whether `--limit` was given: a play may then be left without hosts. */
  readonly limited: boolean;
}

export type Choice = { readonly hosts: readonly Host[] } | { readonly outcome: PlayOutcome };

/** Chooses a play's hosts: among all hosts for a play on top, among what lies below its host for an inner one. */
export function* choose(shared: Shared, chooser: Chooser, play: Play, standing: Standing | undefined): Process<Choice> {
  const { tree } = shared;
  let candidates = standing ? tree.descendants(standing.member.host) : tree.written;
  if (!standing && needsDiscovery(chooser, play.hosts, tree.written, false)) {
    const failure = yield* discoverAll(shared, chooser, play);
    if (failure) return { outcome: failure };
    candidates = tree.all();
  }
  const hosts = chooser.select(play.hosts, candidates).filter((host) => chooser.role(host) !== 'out');
  for (const host of hosts) shared.selected.add(host.path);
  if (hosts.length === 0) return { outcome: empty(chooser, play, standing) };
  return { hosts };
}

function empty(chooser: Chooser, play: Play, standing: Standing | undefined): PlayOutcome {
  const fine = { status: 'skipped', message: 'no host matched', fallen: [], stopped: false } as const;
  if (chooser.limited || play.allowEmpty) return fine;
  const where = standing ? ` below ${standing.member.host.path}` : '';
  return {
    ...fine,
    status: 'failed',
    message: `no host${where} matches "${play.hosts.text}"`,
    hint: '"allow_empty: true" lets a play be skipped where it has no hosts',
    stopped: standing === undefined,
  };
}

/**
 * Whether a pattern can mean more than the known hosts. On top `all` and plain globs mean the inventory's own hosts,
 * so that they mean the same before and after a cloud was looked into.
 */
function needsDiscovery(chooser: Chooser, pattern: HostPattern, known: readonly Host[], below: boolean): boolean {
  const unions = pattern.terms.filter((term) => term.operator === 'or');
  if (unions.length === 0) return below;
  const paths = new Set(known.map((host) => host.path));
  return unions.some((term) => {
    if (paths.has(term.text)) return false;
    if (below ? isOpen(term) : term.text.includes('/')) return true;
    return chooser.select({ ...pattern, terms: [term] }, known).length === 0;
  });
}

const isOpen = (term: PatternTerm): boolean => term.text === 'all' || /[*?[~/]/.test(term.text);

/** Looks into every cloud that is not known yet, for a play on top. A cloud that cannot be looked into is out. */
function* discoverAll(shared: Shared, chooser: Chooser, play: Play): Process<PlayOutcome | undefined> {
  const clouds = shared.tree.written.filter(
    (host) => isUnexplored(shared, host) && !shared.casualties.has(host.path) && chooser.role(host) !== 'out',
  );
  if (clouds.length === 0) return undefined;
  const scene: Scene = { play, on: undefined, batch: clouds, all: clouds, alive: () => clouds };
  const covered = { failed: false, unreachable: false };
  const works = clouds.map(
    (host): DiscoverWork => ({
      kind: 'discover',
      step: play,
      id: shared.nextId(),
      host,
      scene,
      covered,
      rescuedHere: false,
    }),
  );
  const results = yield* perform(works);
  const fallen = clouds.filter((_, index) => results[index]?.status !== 'ok');
  clouds.forEach((cloud, index) => {
    const status = results[index]?.status;
    if (status === 'ok') shared.discovered.add(cloud.path);
    else shared.casualties.set(cloud.path, status === 'unreachable' ? 'unreachable' : 'failed');
  });
  if (fallen.length === 0 || (fallen.length < clouds.length && !hasBudget(play))) return undefined;
  const first = results[clouds.indexOf(fallen[0] as Host)];
  return {
    status: first?.status === 'unreachable' ? 'unreachable' : 'failed',
    message: `what lies below ${fallen.map((host) => host.path).join(', ')} is not known: ${first?.message ?? ''}`,
    hint: first?.hint,
    fallen: fallen.map((host) => host.path),
    stopped: true,
  };
}

/**
 * Looks into the clouds of a batch that inner plays of its play need to know, before the first task: as with Ansible's
 * facts, a cloud that cannot be looked into is out of the play.
 */
export function* discoverBatch(batch: Batch, chooser: Chooser): Process<void> {
  const { shared, play } = batch;
  const inner = innerPlays([...play.tasks, ...play.handlers]);
  const members = batch.members.filter(({ host }) => {
    if (!isUnexplored(shared, host)) return false;
    const known = shared.tree.descendants(host);
    return inner.some(({ hosts }) => needsDiscovery(chooser, hosts, known, true));
  });
  if (members.length === 0) return;
  const section: Section = { rescue: false, shielded: false, fatal: play.anyErrorsFatal };
  const works = members.map(
    (member): DiscoverWork => ({ kind: 'discover', step: play, ...workOf(batch, member, section) }),
  );
  const results = yield* perform(works);
  const lost = members.filter((member, index) => {
    const status = results[index]?.status;
    if (status === 'ok') shared.discovered.add(member.host.path);
    if (status === 'failed' || status === 'unreachable') batch.lose(member, status, { status, final: true });
    return member.fault !== undefined;
  });
  if (lost.length > 0) judge(batch, play, lost, section);
}

/** The plays that stand on a play's own hosts. */
function innerPlays(steps: readonly Step[]): Play[] {
  return steps.flatMap((step) => {
    if (step.kind === 'play') return [step];
    return step.kind === 'block' ? innerPlays([...step.block, ...step.rescue, ...step.always]) : [];
  });
}

const isUnexplored = (shared: Shared, host: Host): boolean =>
  host.kind === 'cloud' && !shared.discovered.has(host.path);

const hasBudget = (play: Play): boolean => play.maxFailPercentage !== undefined || play.anyErrorsFatal;

/** Whether neither the host nor anything above it is out of the run. */
export function isAlive(shared: Shared, host: Host): boolean {
  if (shared.casualties.size === 0) return true;
  for (const at of upwards(host)) if (shared.casualties.has(at.path)) return false;
  return true;
}
