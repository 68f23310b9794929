// All that can be said of a playbook and an inventory together before anything runs.

import type { Problem } from '../errors.ts';
import type { Inventory, Playbook, VarLayer } from '../model.ts';
import type { TaskModule } from '../task.ts';
import { checkHandlers } from './check-handlers.ts';
import { checkHosts } from './check-hosts.ts';
import { checkVariables } from './check-variables.ts';

export interface CheckOptions {
  readonly extraVars: VarLayer;
}

/**
 * Every problem of names between playbook, inventory and modules: hosts, handlers, variables. Modules, keywords and
 * arguments have been checked when the playbook was read.
 */
export function checkPlaybook(
  playbook: Playbook,
  inventory: Inventory,
  modules: ReadonlyMap<string, TaskModule>,
  options: CheckOptions,
): Problem[] {
  // Without any host, every variable of the inventory would be missed as well: only noise around the one reason.
  const variables = inventory.hosts.length === 0 ? [] : checkVariables(playbook, inventory, modules, options.extraVars);
  return [...checkHosts(playbook, inventory), ...checkHandlers(playbook), ...variables];
}
