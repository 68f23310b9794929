// `cs-play plan PLAYBOOK …`: what `--check` shows, and with `-o` saved to be applied.

import { randomUUID } from 'node:crypto';
import { dirname, resolve } from 'node:path';
import { quoteWords } from '../connections/quoting.ts';
import { InvalidInput } from '../errors.ts';
import type { Event } from '../model.ts';
import { timeWords } from '../moment.ts';
import { type PlanMade, planOf, type SavedPlan } from '../plan/file.ts';
import { checkAgainReadable, checkPlace, writePlan } from '../plan/store.ts';
import type { Report } from '../report/report.ts';
import { askedOf } from './asked.ts';
import { describeFlags } from './flags.ts';
import { helpColumns } from './help.ts';
import type { Io } from './io.ts';
import { look } from './look.ts';
import { packageVersion } from './package.ts';
import { type PlanRequest, planFlags, readPlanRequest } from './plan-request.ts';
import { withReady } from './play.ts';
import type { Ready } from './ready.ts';
import { reportFor } from './run-ready.ts';

/** Something is to be changed (`--exit-code`). */
const CHANGES_PENDING = 6;

const help = (columns: number) => `usage: cs-play plan PLAYBOOK [flags]

Prints what a run would do, as cs-play PLAYBOOK --check does; with -o it is also
saved, to be shown (cs-play show FILE) and applied (cs-play apply FILE).

flags:
${describeFlags(planFlags, columns)}
`;

/** Plans; the exit code. A plan that failed is not saved. */
export async function planCommand(io: Io): Promise<number> {
  const request = readPlanRequest(io.argv);
  if (request === 'help') {
    io.stdout.write(help(helpColumns(io.stdout)));
    return 0;
  }
  if (request.out !== undefined) checkPlace(request.out, request.force);
  return withReady(request.play, io, async (ready, inventory) => {
    if (request.out !== undefined) {
      refuseAmongInventory(request.out, inventory);
      for (const { prepared } of ready) checkAgainReadable(prepared.files);
    }
    let changes = 0;
    for (const each of ready) {
      const counted = new ChangeCount(reportFor(request.play, io));
      const code = await planOne(each, inventory, request, counted, io);
      if (code !== 0) return code;
      changes += counted.changes;
    }
    return request.exitCode && changes > 0 ? CHANGES_PENDING : 0;
  });
}

/** Every file of an inventory's folder is read as a part of it. */
function refuseAmongInventory(out: string, inventory: readonly string[]): void {
  const folder = dirname(resolve(out));
  if (!inventory.some((path) => resolve(path) === folder)) return;
  const message = `"${out}" would be read as a part of the inventory in "${folder}"`;
  throw new InvalidInput([{ message, hint: 'save the plan in another folder' }]);
}

/** Counts what a plan would change, as its recap has it. */
class ChangeCount implements Report {
  changes = 0;
  readonly #report: Report;

  constructor(report: Report) {
    this.#report = report;
  }

  take(event: Event): void {
    if (event.type === 'run-ended') this.changes = event.recap.reduce((sum, { changed }) => sum + changed, 0);
    this.#report.take(event);
  }

  close(): void {
    this.#report.close();
  }
}

async function planOne(
  ready: Ready,
  inventory: readonly string[],
  { play, out, validSeconds }: PlanRequest,
  report: Report,
  io: Io,
): Promise<number> {
  const created = new Date();
  const seed = randomUUID();
  const { exitCode, events, hosts } = await look(ready, play, seed, report);
  if (out === undefined) return exitCode;
  // With JSON, events are all that standard output has.
  const say = play.output === 'json' ? io.stderr : io.stdout;
  if (exitCode !== 0) {
    say.write('\nThe plan is not saved: it did not end well.\n');
    return exitCode;
  }
  const { prepared, path } = ready;
  const asked = askedOf(play, { playbook: path, inventories: inventory }, prepared);
  const made: PlanMade = {
    madeBy: packageVersion(),
    created,
    validSeconds,
    asked,
    files: prepared.files,
    seed,
    hosts,
    events,
  };
  const plan = planOf(made);
  writePlan(out, plan);
  say.write(savedWords(out, plan));
  return 0;
}

function savedWords(out: string, plan: SavedPlan): string {
  const secrets = plan.asked.secretVars.map((name) => ` -e ${name}=…`).join('');
  return `
Saved as ${resolve(out)}, to be applied until ${timeWords(plan.expires)}:
  ${quoteWords(['cs-play', 'show', out])}
  ${quoteWords(['cs-play', 'apply', out])}${secrets}
`;
}
