// What tasks can say against a run from files alone, before a host is contacted: a bundle that would be refused anyway.

import { dirname, resolve } from 'node:path';
import type { Connections, StepDoor } from '../connection.ts';
import { Failure, type Problem } from '../errors.ts';
import { limitRole } from '../inventory/limit.ts';
import { select } from '../inventory/pattern.ts';
import type { Host, HostPattern, Inventory, Playbook, Step, Task, ValueMap, VarLayer } from '../model.ts';
import { argumentsOf } from '../schema/evaluate.ts';
import type { TaskModule } from '../task.ts';
import { unknownIn } from '../template/thing.ts';
import { judge } from './conditions.ts';
import { scopeWorld } from './hostvars.ts';
import { HostScope, type ScopeWorld } from './scope.ts';
import { Store } from './store.ts';
import { Tree } from './tree.ts';

export interface PreflightOptions {
  readonly playbook: Playbook;
  readonly inventory: Inventory;
  readonly modules: ReadonlyMap<string, TaskModule>;
  /** Only its files and its clock are used. */
  readonly connections: Connections;
  readonly extraVars: VarLayer;
  readonly limit: HostPattern | undefined;
}

/** Every problem once, at its task. A task whose arguments only a run can know is left to the run. */
export async function preflight(options: PreflightOptions): Promise<Problem[]> {
  const world = worldOf(options);
  const problems = new Map<string, Problem>();
  for (const play of options.playbook.plays) {
    const hosts = select(play.hosts, options.inventory.hosts).filter((host) => isMeant(options.limit, host));
    for (const task of tasksIn(play.tasks)) {
      const module = options.modules.get(task.module);
      if (!module?.preflight || task.loop) continue;
      for (const host of hosts) {
        for (const problem of await problemsOf(
          task,
          module,
          new HostScope(world, host, undefined, task.vars),
          options,
        )) {
          problems.set(`${task.id} ${problem.message} ${problem.hint}`, problem);
        }
      }
    }
  }
  return [...problems.values()];
}

function worldOf({ playbook, inventory, connections, extraVars }: PreflightOptions): ScopeWorld {
  return scopeWorld({
    tree: new Tree(inventory.hosts),
    store: new Store(),
    extraVars,
    planning: true,
    playbookFolder: resolve(dirname(playbook.file)),
    inventoryFolder: resolve(dirname(inventory.files[0] ?? '.')),
    lookup: (kind, terms) => connections.lookup(kind, terms),
  });
}

const isMeant = (limit: HostPattern | undefined, host: Host) => limit === undefined || limitRole(limit, host) !== 'out';

/** Inner plays are left out: their hosts are not known yet. */
function tasksIn(steps: readonly Step[]): Task[] {
  return steps.flatMap((step) => {
    if (step.kind === 'task') return [step];
    return step.kind === 'block' ? tasksIn([...step.block, ...step.rescue, ...step.always]) : [];
  });
}

async function problemsOf(
  task: Task,
  module: TaskModule,
  scope: HostScope,
  options: PreflightOptions,
): Promise<Problem[]> {
  const args = knownArguments(task, module, scope);
  if (!args || !module.preflight) return [];
  const { files, clock } = options.connections.reader(scope.asTaskHost(), onlyFiles);
  try {
    const problems = await module.preflight(args, { files, clock });
    return problems.map((problem) => ({ ...problem, at: problem.at ?? task.at }));
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return [{ message: error.message, hint: error.hint, at: error.at ?? task.at }];
  }
}

/** The arguments, where neither they nor the task's conditions need what only a run can know. */
function knownArguments(task: Task, module: TaskModule, scope: HostScope): ValueMap | undefined {
  try {
    if (judge(task.when, scope).truth !== true) return undefined;
    const args = argumentsOf(module, task.args, scope);
    return Object.values(args).some((value) => unknownIn(value)) ? undefined : args;
  } catch (error) {
    // A name that an earlier task registers, or a fact that discovery brings.
    if (error instanceof Failure) return undefined;
    throw error;
  }
}

/** A door that leads nowhere but to files. */
const onlyFiles: StepDoor = {
  deadline: new Date(8_640_000_000_000_000),
  signal: new AbortController().signal,
  planning: true,
  waiting: () => undefined,
  note: () => undefined,
  warn: () => undefined,
  earlier: () => undefined,
  writing: () => {
    throw new TypeError('a preflight writes nothing');
  },
};
