// Lets a row of the table happen: the rotation under its fault, the list of runs, the fault taken away, the resume.

import { type FaultName, faultNames } from '../../../src/lab/faults.ts';
import type { LabOptions } from '../../../src/lab/lab.ts';
import type { Event } from '../../../src/model.ts';
import { type Done, type Rig, withLab } from '../../rig.ts';
import { WITHOUT_TLS } from '../lab-states.ts';
import { failuresOf, steady } from '../told.ts';
import { certificates, otherCertificates } from './authorities.ts';
import { struck } from './blow.ts';
import { byHand } from './by-hand.ts';
import { Deeds, standing } from './cloud.ts';
import type { FaultRow } from './row.ts';

const PLAYBOOK = 'rotate-certs.yml';

/** What came of a row: its own fields as they were observed. */
export interface Outcome extends Pick<FaultRow, 'says' | 'writes' | 'stands'> {
  /** Null where a signal ended the process. */
  readonly exit: number | null;
  /** Of the resume that is to finish; without `after` the state right after the run. */
  readonly after?: {
    readonly refused?: readonly string[];
    readonly exit: number | null;
    readonly says: readonly string[];
    readonly writes: readonly string[];
    readonly stands: string;
  };
  readonly standing: string;
}

type Given = Pick<
  FaultRow,
  'fault' | 'timeFactor' | 'orders' | 'found' | 'blow' | 'profile' | 'first' | 'world' | 'otherAuthority' | 'seconds'
> & {
  readonly after?: Pick<NonNullable<FaultRow['after']>, 'spoilt' | 'mend' | 'words' | 'refused' | 'anew'>;
};

function labOf({ profile, first, world, otherAuthority, timeFactor = 0.01 }: Given): Omit<LabOptions, 'folder'> {
  return {
    profile: profile ?? '4.22',
    zones: 1,
    timeFactor,
    certificates: otherAuthority ? { ...certificates, renewed: otherCertificates.renewed } : certificates,
    world: { ...(first && WITHOUT_TLS), ...world },
  };
}

/** How the cloud stands after a rotation without a fault. */
export function undisturbed(row: Given): Promise<string> {
  const key = JSON.stringify(labOf(row).world) + row.profile + String(row.otherAuthority);
  const known = rotations.get(key);
  if (known) return known;
  const made = withLab(labOf(row), async (rig) => {
    const { code, stdout } = await rig.playHere([PLAYBOOK, '--output', 'json']);
    if (code !== 0) throw new Error(stdout.slice(-2000));
    return standing(rig);
  });
  rotations.set(key, made);
  return made;
}

const rotations = new Map<string, Promise<string>>();

export function strike(row: Given): Promise<Outcome> {
  return withLab(labOf(row), async (rig) => {
    const deeds = new Deeds(rig);
    order(rig, row);
    if (row.found) await byHand[row.found](rig);
    const words = [PLAYBOOK, '--output', 'json', ...timesOf(row)];
    const run = row.blow ? await struck(rig, words, row.blow) : await rig.playHere(words);
    const before = { exit: run.code, says: saidBy(run), writes: deeds.all(), stands: await standsOf(rig) };
    if (!row.after) return { ...before, standing: await standing(rig) };
    if (isFault(row.fault)) for (const { world } of rig.lab.clouds) world.withdraw(row.fault);
    return { ...before, after: await goOn(rig, row.after, deeds), standing: await standing(rig) };
  });
}

const isFault = (name: string): name is FaultName => faultNames.some((each) => each === name);

/** A fault that is named and nothing else strikes whatever it can. */
function order({ lab }: Rig, { fault, orders = [{}] }: Given): void {
  if (!isFault(fault)) return;
  for (const { world } of lab.clouds) for (const each of orders) world.order({ name: fault, ...each });
}

const timesOf = ({ seconds = {} }: Given): string[] =>
  Object.entries(seconds).flatMap(([name, value]) => ['-e', `${name}_timeout=${value}`]);

async function goOn(
  rig: Rig,
  after: NonNullable<Given['after']>,
  deeds: Deeds,
): Promise<NonNullable<Outcome['after']>> {
  const writes: string[] = [];
  const typed = async (words: readonly string[]): Promise<Done> => {
    const before = deeds.all().length;
    const done = await (after.anew ? rig.playHere(words) : rig.here(words));
    writes.push(...deeds.all().slice(before));
    return done;
  };
  const resume = (words: readonly string[]) => typed(['resume', '--output', 'json', ...words]);
  if (after.spoilt) await byHand[after.spoilt](rig);
  const first = after.refused ? await resume([]) : undefined;
  if (after.mend) await byHand[after.mend](rig);
  const last = after.anew ? await typed([PLAYBOOK, '--output', 'json']) : await resume(after.words ?? []);
  return {
    ...(first && { refused: [`exit ${first.code}`, ...saidBy(first)] }),
    exit: last.code,
    says: saidBy(last),
    writes,
    stands: await standsOf(rig),
  };
}

/** The failures with their hints, why the run was stopped, and what is not an event. */
function saidBy({ stdout, stderr }: Done): string[] {
  const events = stdout.split('\n').flatMap(eventIn);
  const end = events.findLast((event) => event.type === 'run-ended');
  const why = end?.type === 'run-ended' && end.exitCode >= 5 ? [end.message ?? ''] : [];
  const failures = failuresOf(events);
  return [...(failures ? failures.split('\n') : []), ...why, ...stderr.trim().split('\n')]
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .map((line) => VARYING.reduce((text, [pattern, word]) => text.replaceAll(pattern, word), steady(line)));
}

/** What a failure of a step does not say, and a lock or a journal does. */
const VARYING: readonly (readonly [RegExp, string])[] = [
  [/\b(?!20261124-)\d{8}-\d{6}-[0-9a-f]{4}\b/g, 'RUN'],
  [/ of \S+ \(pid \d+\)/g, ' of WHO (pid N)'],
  [/\bDAY \d\d:\d\d:\d\d UTC/g, 'TIME'],
  [/\b[0-9a-f]{64}\b/g, 'SHA256'],
];

/** A process that was killed leaves half a line. */
function eventIn(line: string): Event[] {
  try {
    return [JSON.parse(line) as Event];
  } catch (error) {
    if (error instanceof SyntaxError) return [];
    throw error;
  }
}

/** The newest run: where it stands, whether it can go on, and the writes of which nobody knows, starts of VMs apart. */
async function standsOf(rig: Rig): Promise<string> {
  const { stdout } = await rig.here(['runs']);
  const [, run = '', ...rest] = stdout.trim().split('\n');
  if (run === '') return 'not kept';
  const [id = '', , , stands = ''] = run.split(/ {2,}/);
  const goesOn = rest.at(-1)?.endsWith(`cs-play resume ${id}`) ? 'can go on' : 'has ended';
  const shown = await rig.here(['runs', 'show', id]);
  const unknown = [...shown.stdout.matchAll(/^ {2}write \d+ {2}\S+ {2}(.*)$/gm)].map(([, what = '']) =>
    what.split(' '),
  );
  const commands = unknown.map(([first = '', ...more]) => (first === 'ssh' ? more.slice(1, 3).join(' ') : first));
  return [
    stands,
    goesOn,
    ...commands.filter((each) => each !== 'startSystemVm').map((each) => `unknown: ${each}`),
  ].join(', ');
}
