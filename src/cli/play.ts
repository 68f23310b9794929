// `cs-play PLAYBOOK …`: read and check everything, then list, plan or run.

import { dirname, join } from 'node:path';
import type { Connections } from '../connection.ts';
import { openConnections } from '../connections/index.ts';
import { InvalidInput } from '../errors.ts';
import { limitRole } from '../inventory/limit.ts';
import { select } from '../inventory/pattern.ts';
import type { Event, EventBody } from '../model.ts';
import { type Prepared, preparePlaybook } from '../playbook/prepare.ts';
import { listHosts, listTags, listTasks } from '../report/listing.ts';
import { ndjsonReport } from '../report/ndjson.ts';
import { paintFor } from '../report/paint.ts';
import { planReport } from '../report/plan.ts';
import { renderProblem } from '../report/problem.ts';
import type { Report } from '../report/report.ts';
import { terminalReport } from '../report/terminal.ts';
import { preflight } from '../run/preflight.ts';
import { run } from '../run/run.ts';
import type { TaskModule } from '../task.ts';
import { FilesRead } from '../yaml/source.ts';
import { find } from './find.ts';
import { help, helpColumns } from './help.ts';
import { interruptOnSignals } from './interrupt.ts';
import { inventoryPaths } from './inventory.ts';
import type { Io } from './io.ts';
import { taskModulesFor } from './modules.ts';
import { packageVersion } from './package.ts';
import { type PlayRequest, readRequest } from './request.ts';

/** One playbook with all that it needs, checked. */
interface Ready {
  readonly path: string;
  readonly modules: ReadonlyMap<string, TaskModule>;
  readonly connections: Connections;
  readonly prepared: Prepared;
}

/** Runs the playbooks in order; the first that does not end well stops the rest. The exit code. */
export async function playCommand(io: Io): Promise<number> {
  const request = readRequest(io.argv);
  if (request === 'help' || request === 'version') {
    io.stdout.write(request === 'help' ? help(helpColumns(io.stdout)) : `cs-play ${packageVersion()}\n`);
    return 0;
  }
  const inventory = inventoryPaths(request.inventories, io);
  const ready: Ready[] = [];
  try {
    // All of them are checked before the first one touches anything.
    for (const name of request.playbooks) ready.push(await prepare(find(name, 'playbooks'), inventory, request, io));
    for (const each of ready) tellWarnings(each.prepared, io);
    if (request.listing) return list(ready, request, io);
    return await runAll(ready, request, io);
  } finally {
    await Promise.all(ready.map(({ connections }) => connections.close()));
  }
}

async function prepare(path: string, inventory: readonly string[], request: PlayRequest, io: Io): Promise<Ready> {
  const folder = dirname(path);
  const read = new FilesRead();
  const modules = await taskModulesFor([join(folder, 'tasks')], read);
  const connections = openConnections({ playbookFolder: folder, environment: io.environment });
  const prepared = preparePlaybook({
    playbook: path,
    inventory,
    modules,
    extraVars: request.extraVars,
    lookup: connections.lookup,
    limit: request.limit,
    tags: request.tags,
    skipTags: request.skipTags,
    startAtTask: request.startAtTask,
    read,
  });
  const listed = request.listing !== undefined && request.listing !== 'syntax';
  const problems = listed ? [] : await preflight({ ...prepared, modules, connections });
  if (problems.length > 0) throw new InvalidInput(problems);
  return { path, modules, connections, prepared };
}

function tellWarnings({ inventory }: Prepared, io: Io): void {
  const paint = paintFor(io.stderr, io.environment);
  for (const warning of inventory.warnings) {
    io.stderr.write(renderProblem(warning, paint, 'warning'));
  }
}

function list(ready: readonly Ready[], request: PlayRequest, io: Io): number {
  for (const { prepared } of ready) {
    const { playbook, inventory, limit } = prepared;
    const hosts = inventory.hosts.filter((host) => !limit || limitRole(limit, host) !== 'out');
    if (request.listing === 'tasks') io.stdout.write(`${listTasks(playbook)}\n`);
    if (request.listing === 'tags') io.stdout.write(`${listTags(playbook)}\n`);
    if (request.listing === 'hosts') io.stdout.write(`${listHosts(playbook, (pattern) => select(pattern, hosts))}\n`);
    if (request.listing === 'syntax') io.stdout.write(`playbook: ${playbook.file}: no problems\n`);
  }
  return 0;
}

async function runAll(ready: readonly Ready[], request: PlayRequest, io: Io): Promise<number> {
  for (const each of ready) {
    const code = await runOne(each, request, io);
    if (code !== 0) return code;
  }
  return 0;
}

async function runOne(each: Ready, request: PlayRequest, io: Io): Promise<number> {
  const report = reportFor(request, io);
  const emit = (event: EventBody) => report.take({ at: new Date().toISOString(), ...event } as Event);
  const interrupt = interruptOnSignals((message) => emit({ type: 'warning', message }));
  const { playbook, inventory, limit, extraVars } = each.prepared;
  try {
    const { exitCode } = await run({
      mode: request.mode,
      playbook,
      inventory,
      modules: each.modules,
      connections: each.connections,
      extraVars,
      limit,
      forks: request.forks,
      forceHandlers: request.forceHandlers,
      version: packageVersion(),
      emit,
      signal: interrupt.signal,
      kill: interrupt.kill,
    });
    return exitCode;
  } finally {
    interrupt.release();
    report.close();
  }
}

function reportFor(request: PlayRequest, io: Io): Report {
  if (request.output === 'json') return ndjsonReport(io.stdout);
  const options = { paint: paintFor(io.stdout, io.environment), verbosity: request.verbosity, diff: request.diff };
  return request.mode === 'plan' ? planReport(io.stdout, options) : terminalReport(io.stdout, options);
}
