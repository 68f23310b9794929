// `cs-play PLAYBOOK …`: read and check everything, then list, plan or run.

import { randomBytes } from 'node:crypto';
import { InvalidInput } from '../errors.ts';
import { limitRole } from '../inventory/limit.ts';
import { select } from '../inventory/pattern.ts';
import type { Prepared } from '../playbook/prepare.ts';
import { listHosts, listTags, listTasks } from '../report/listing.ts';
import { paintFor } from '../report/paint.ts';
import { renderProblem } from '../report/problem.ts';
import { find } from './find.ts';
import { help, helpColumns } from './help.ts';
import { inventoryPaths } from './inventory.ts';
import type { Io } from './io.ts';
import { keepRun } from './keeping.ts';
import { packageVersion } from './package.ts';
import { makeReady, preflightOf, type Ready } from './ready.ts';
import { type PlayRequest, readRequest } from './request.ts';
import { reportFor, runReady } from './run-ready.ts';

/**
 * Runs the playbooks in order; the first that does not end well stops the rest. The exit code. `judge` may refuse what
 * is ready before anything is done with it.
 */
export async function playCommand(io: Io, judge: (ready: Ready) => void = () => undefined): Promise<number> {
  const request = readRequest(io.argv);
  if (request === 'help' || request === 'version') {
    io.stdout.write(request === 'help' ? help(helpColumns(io.stdout)) : `cs-play ${packageVersion()}\n`);
    return 0;
  }
  return withReady(request, io, async (ready, inventories) => {
    ready.forEach(judge);
    return request.listing ? list(ready, request, io) : runAll(ready, request, inventories, io);
  });
}

/** What `body` makes of the playbooks that were asked for, all of them checked before the first one touches anything. */
export async function withReady<T>(
  request: PlayRequest,
  io: Io,
  body: (ready: readonly Ready[], inventory: readonly string[]) => Promise<T>,
): Promise<T> {
  const playbooks = request.playbooks.map((name) => find(name, 'playbooks'));
  const inventory = inventoryPaths(request.inventories, io);
  const ready: Ready[] = [];
  try {
    for (const path of playbooks) ready.push(await makeReady(path, inventory, request, io));
    for (const each of ready) await refuseUnfit(each, request);
    for (const each of ready) tellWarnings(each.prepared, io);
    return await body(ready, inventory);
  } finally {
    await Promise.all(ready.map(({ connections }) => connections.close()));
  }
}

/** What only lists or checks the syntax needs no certificate to be there. */
async function refuseUnfit(ready: Ready, { listing }: PlayRequest): Promise<void> {
  const listed = listing !== undefined && listing !== 'syntax';
  const problems = listed ? [] : await preflightOf(ready);
  if (problems.length > 0) throw new InvalidInput(problems);
}

/** What is odd in the inventory, and no reason to stop. */
export function tellWarnings({ inventory }: Prepared, io: Io): void {
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

async function runAll(
  ready: readonly Ready[],
  request: PlayRequest,
  inventories: readonly string[],
  io: Io,
): Promise<number> {
  const seed = randomBytes(8).toString('hex');
  for (const each of ready) {
    const keeping = request.mode === 'run' ? await keepRun(each, request, { inventories, seed }, io) : undefined;
    const code = await runReady(each, request, { report: reportFor(request, io), seed, keeping });
    if (code !== 0) return code;
  }
  return 0;
}
