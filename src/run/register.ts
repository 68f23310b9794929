// What `register` keeps of a result, and what a rescue is told of a failure.

import type { Host, ItemResult, Play, Result, Task, Value } from '../model.ts';
import type { Store } from './store.ts';

/** Keeps a step's result under its `register`, and a failure that a rescue follows under Ansible's names for it. */
export function keepResult(
  store: Store,
  hosts: readonly Host[],
  step: Task | Play,
  name: string,
  result: Result,
  rescued: boolean,
): void {
  const set = (variable: string, value: Value) => {
    for (const host of hosts) store.set(host, variable, value);
  };
  if (step.register !== undefined) set(step.register, registered(result, name));
  // A host that cannot be reached is not rescued; the one that a play stands on can be.
  const fell = result.status === 'failed' || (result.status === 'unreachable' && step.kind === 'play');
  if (!fell || result.ignored || !rescued) return;
  set('ansible_failed_task', { name, action: step.kind === 'task' ? step.module : 'play' });
  set('ansible_failed_result', registered(result, name));
}

/** What `register` makes of a result: Ansible's shape. */
export function registered(result: Result, name: string): Value {
  if (result.status === 'to_prove') return { unknown: true, reason: `registered by "${name}"` };
  if (result.items) return registeredLoop(result, result.items);
  const { status, values, message } = result;
  return {
    ...(message !== undefined && status !== 'skipped' ? { msg: message } : {}),
    ...values,
    changed: status === 'changed' || result.changedToo === true,
    failed: status === 'failed',
    ...(status === 'skipped' ? { skipped: true } : {}),
    ...(status === 'unreachable' ? { unreachable: true } : {}),
  };
}

const loopMessages: Partial<Record<Result['status'], string>> = {
  failed: 'One or more items failed',
  unreachable: 'One or more items could not be reached',
  skipped: 'All items skipped',
};

function registeredLoop(result: Result, items: readonly ItemResult[]): Value {
  const { status } = result;
  return {
    ...(items.length === 0
      ? { skipped_reason: 'No items in the list' }
      : { msg: loopMessages[status] ?? 'All items completed' }),
    ...result.values,
    changed: status === 'changed' || result.changedToo === true,
    failed: status === 'failed',
    ...(status === 'skipped' ? { skipped: true } : {}),
    ...(status === 'unreachable' ? { unreachable: true } : {}),
  };
}
