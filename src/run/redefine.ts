// `changed_when` and `failed_when`: what counts as changed and as failed, in the playbook's own terms.

import { Failure } from '../errors.ts';
import type { Expression, Result, Task } from '../model.ts';
import { judge, type Truth } from './conditions.ts';
import { BUG, type Reply, toProve } from './reply.ts';
import type { HostScope } from './scope.ts';

type ScopeFor = (result: Result) => HostScope;

/** `changed_when` first, as in Ansible: `failed_when` sees what it made of the result. */
export function redefine(reply: Reply, task: Task, scopeFor: ScopeFor): Reply {
  const { result } = reply;
  if (result.status === 'unreachable' || result.status === 'to_prove' || result.stopsRun || result.code === BUG) {
    return reply;
  }
  let redefined = result;
  if (task.changedWhen) redefined = changedWhen(redefined, task.changedWhen, scopeFor, reply.planned === true);
  if (task.failedWhen && !reply.planned) redefined = failedWhen(redefined, task.failedWhen, scopeFor);
  return redefined === result ? reply : { ...reply, result: redefined };
}

function changedWhen(result: Result, conditions: readonly Expression[], scopeFor: ScopeFor, planned: boolean): Result {
  const changed = judged(conditions, result, scopeFor, 'changed_when');
  if ('result' in changed) return planned ? result : changed.result;
  if (changed.truth === 'unknown') return result;
  if (planned) return changed.truth ? result : toProve(result.change?.summary ?? 'done in a run only');
  if (result.status === 'failed') return { ...result, changedToo: changed.truth || undefined };
  return { ...result, status: changed.truth ? 'changed' : 'ok' };
}

function failedWhen(result: Result, conditions: readonly Expression[], scopeFor: ScopeFor): Result {
  const failed = judged(conditions, result, scopeFor, 'failed_when');
  if ('result' in failed) return failed.result;
  if (failed.truth === 'unknown') return result;
  const values = { ...result.values, failed_when_result: failed.truth };
  if (failed.truth) {
    const texts = conditions.map((condition) => condition.text).join(' and ');
    const message = result.status === 'failed' ? result.message : `failed_when: ${texts}`;
    const changedToo = result.status === 'changed' || result.changedToo || undefined;
    return { ...result, status: 'failed', message, code: result.code ?? 'failed-when', values, changedToo };
  }
  if (result.status !== 'failed') return { ...result, values };
  const { changedToo, ...rest } = result;
  return { ...rest, status: changedToo ? 'changed' : 'ok', hint: undefined, code: undefined, values };
}

/** A condition that cannot be evaluated fails the task; what the task gave is kept. */
function judged(
  conditions: readonly Expression[],
  result: Result,
  scopeFor: ScopeFor,
  keyword: 'changed_when' | 'failed_when',
): Truth | { readonly result: Result } {
  try {
    return judge(conditions, scopeFor(result));
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    const values = { ...result.values, [`${keyword}_result`]: error.message };
    const { message, hint, at } = error;
    return {
      result: { ...result, status: 'failed', message: `${keyword}: ${message}`, hint, at, code: 'condition', values },
    };
  }
}
