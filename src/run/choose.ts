// Which hosts a play is for, and whether what lies below a cloud has to be found out first.

import type { Host, HostPattern, PatternTerm, Play } from '../model.ts';
import type { Shared, Standing } from './batch.ts';
import { type Process, perform } from './process.ts';
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
  const missing = undiscovered(shared, chooser, play, standing);
  const failure = yield* discover(shared, play, standing, missing);
  if (failure) return { outcome: failure };
  const candidates = standing
    ? shared.tree.descendants(standing.member.host)
    : needsDiscovery(chooser, play.hosts, shared.tree.written, false)
      ? shared.tree.all()
      : shared.tree.written;
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

/** The clouds to look into before the play's hosts can be named. */
function undiscovered(shared: Shared, chooser: Chooser, play: Play, standing: Standing | undefined): Host[] {
  const clouds = standing ? [standing.member.host] : shared.tree.written;
  const unknown = clouds.filter(
    (host) =>
      host.kind === 'cloud' &&
      !shared.discovered.has(host.path) &&
      !shared.casualties.has(host.path) &&
      chooser.role(host) !== 'out',
  );
  if (unknown.length === 0) return [];
  const known = standing ? shared.tree.descendants(standing.member.host) : shared.tree.written;
  return needsDiscovery(chooser, play.hosts, known, standing !== undefined) ? unknown : [];
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

function* discover(
  shared: Shared,
  play: Play,
  standing: Standing | undefined,
  clouds: readonly Host[],
): Process<PlayOutcome | undefined> {
  if (clouds.length === 0) return undefined;
  const scene: Scene = standing?.batch.scene ?? {
    play,
    on: undefined,
    batch: clouds,
    all: clouds,
    alive: () => clouds,
  };
  const covered = standing?.batch.covered(standing.section) ?? { failed: false, unreachable: false };
  const works = clouds.map(
    (host): DiscoverWork => ({
      kind: 'discover',
      step: play,
      id: shared.nextId(),
      host,
      scene,
      covered,
      rescuedHere: standing?.section.rescue ?? false,
    }),
  );
  const results = yield* perform(works);
  const fallen = clouds.filter((_, index) => results[index]?.status !== 'ok');
  clouds.forEach((cloud, index) => {
    const status = results[index]?.status;
    if (status === 'ok') shared.discovered.add(cloud.path);
    else if (!standing) shared.casualties.set(cloud.path, status === 'unreachable' ? 'unreachable' : 'failed');
  });
  if (fallen.length === 0) return undefined;
  if (!standing && fallen.length < clouds.length && !hasBudget(play)) return undefined;
  const first = results[clouds.indexOf(fallen[0] as Host)];
  return {
    status: first?.status === 'unreachable' ? 'unreachable' : 'failed',
    message: `what lies below ${fallen.map((host) => host.path).join(', ')} is not known: ${first?.message ?? ''}`,
    hint: first?.hint,
    fallen: fallen.map((host) => host.path),
    stopped: standing === undefined,
  };
}

const hasBudget = (play: Play): boolean => play.maxFailPercentage !== undefined || play.anyErrorsFatal;

/** Whether neither the host nor anything above it is out of the run. */
export function isAlive(shared: Shared, host: Host): boolean {
  if (shared.casualties.size === 0) return true;
  for (const at of upwards(host)) if (shared.casualties.has(at.path)) return false;
  return true;
}
