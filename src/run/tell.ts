// The scheduler's notices and the executor's outcomes, as events.

import type { WorkEnded } from '../journal/entry.ts';
import type { EventBody, Host } from '../model.ts';
import type { Done } from './executor.ts';
import { keptResult, keptVariables, shown } from './no-log.ts';
import { HostScope, type ScopeWorld } from './scope.ts';
import { soakId, soakName } from './soak.ts';
import { nameOf } from './words.ts';
import type { Notice, Scene, Work } from './work.ts';

const paths = (hosts: readonly Host[]): string[] => hosts.map((host) => host.path);

/** A name is that on the first host it is told for; without any host it stays as written. */
function named(step: Parameters<typeof nameOf>[0], world: ScopeWorld, scene: Scene, host: Host | undefined): string {
  if (!host || step.name?.constant !== false) return nameOf(step, { get: () => undefined, lookup: () => null });
  return nameOf(step, new HostScope(world, host, scene, step.vars));
}

export function noticeEvent(notice: Notice, world: ScopeWorld): EventBody {
  switch (notice.type) {
    case 'play-started': {
      const { scene, batch, batches, notReached } = notice;
      const name = named(scene.play, world, scene, scene.on ?? scene.batch[0]);
      const hosts = paths(scene.batch);
      return {
        type: notice.type,
        play: scene.play.id,
        name,
        on: scene.on?.path,
        batch,
        batches,
        hosts,
        notReached: paths(notReached),
      };
    }
    case 'play-ended':
      return { type: notice.type, play: notice.scene.play.id, on: notice.scene.on?.path, batch: notice.batch };
    case 'task-started': {
      const { step, handler, scene, hosts } = notice;
      const name = named(step, world, scene, hosts[0]);
      const module = step.kind === 'task' ? step.module : 'play';
      return { type: notice.type, task: step.id, name, module, handler, on: scene.on?.path, hosts: paths(hosts) };
    }
    case 'soak-started': {
      const { scene, soak, hosts } = notice;
      const step = { task: soakId(scene.play), name: soakName(soak), module: 'soak', handler: false };
      return { type: 'task-started', ...step, on: scene.on?.path, hosts: paths(hosts) };
    }
    case 'budget-broken': {
      const { scene, message, notReached } = notice;
      return { type: notice.type, play: scene.play.id, on: scene.on?.path, message, notReached: paths(notReached) };
    }
    case 'rescue-withheld':
      return { type: notice.type, block: notice.block.id, hosts: paths(notice.hosts) };
    case 'warning':
      return { type: notice.type, message: notice.message, hint: notice.hint, host: notice.host?.path };
  }
}

/** `step-started` of a work that is told of. */
export function startEvent(work: Work): EventBody | undefined {
  if (work.kind === 'task') return { type: 'step-started', task: work.task.id, host: work.host.path };
  return undefined;
}

/** `step-ended` of a work that is a result of its host. */
export function endEvent(work: Work, { result, name, delegatedTo }: Done): EventBody | undefined {
  if (!isTold(work, result.status)) return undefined;
  const step = work.kind === 'task' ? work.task : work.step;
  const failed = result.status === 'failed' || result.status === 'unreachable';
  const rescued =
    failed && !result.ignored && !result.stopsRun && work.covered[result.status as 'failed' | 'unreachable'];
  const notified = step.kind !== 'meta' && result.status === 'changed' ? step.notify : [];
  const module = step.kind === 'task' ? step.module : work.kind === 'soak' ? 'soak' : step.kind;
  return {
    type: 'step-ended',
    task: work.kind === 'soak' ? soakId(work.step) : step.id,
    host: work.host.path,
    name,
    module,
    delegatedTo,
    result: shown(result),
    rescued,
    notified,
  };
}

/** What a work came to as a journal keeps it. */
export function endEntry(work: Work, { result, name, delegatedTo, facts, variables, discovery }: Done): WorkEnded {
  return {
    kind: work.kind,
    step: work.kind === 'task' ? work.task.id : work.step.id,
    host: work.host.path,
    name,
    delegatedTo,
    result: keptResult(result),
    facts,
    variables: keptVariables(variables, result),
    discovery,
  };
}

function isTold(work: Work, status: Done['result']['status']): boolean {
  switch (work.kind) {
    case 'task':
    case 'leave':
      return true;
    case 'enter':
      return work.step.kind === 'play' ? status !== 'ok' : status === 'failed';
    case 'discover':
      return status !== 'ok';
    case 'soak':
      return status !== 'skipped' && status !== 'to_prove';
    case 'confirm':
      return false;
  }
}
