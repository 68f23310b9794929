// A fault of the lab at a place where it can strike a rotation: what the operator reads, and what was done.

import type { Fault, FaultName } from '../../src/lab/faults.ts';
import { type LabOptions, makeLabCertificates } from '../../src/lab/lab.ts';
import { labCertificates } from '../certificates.ts';
import { type Rig, withLab } from '../rig.ts';
import { assert, type Cases } from '../tests.ts';
import { SWITCHED_ON, UPLOADED, WITHOUT_TLS } from './lab-states.ts';
import { sideBySide } from './side-by-side.ts';
import { eventsOf, failuresOf } from './told.ts';

export interface FaultCase {
  readonly title: string;
  readonly faults: readonly Fault[];
  readonly world?: LabOptions['world'];
  /** The new certificate comes from another authority than the one that is served. */
  readonly otherAuthority?: boolean;
  /** Besides the playbook: the time that what will never come is given. */
  readonly words: readonly string[];
  readonly ends: number;
  /** The failures, message and hint; empty where the run succeeds. */
  readonly says: string;
  /** What it may say instead: CloudStack's scanner, not this run, made the last start, or is at it. */
  readonly orSays?: readonly string[];
  /** What the lab was made to do, the starts of VMs apart. */
  readonly writes: readonly string[];
}

export const ROTATED = [...UPLOADED, 'stop v-1-VM'];

/** What a fault that ends the run comes to. */
interface Stop {
  readonly order?: Omit<Fault, 'name'>;
  readonly words?: readonly string[];
  readonly world?: LabOptions['world'];
  readonly otherAuthority?: boolean;
  /** Default: 2, failed. */
  readonly ends?: number;
  readonly says: readonly [failure: string, hint: string];
  readonly orSays?: readonly string[];
  readonly writes: readonly string[];
}

export const FOR_GOOD = 10_000;

/** So many seconds for what will never come. */
export const short = (seconds: number, name: 'upload' | 'system_vm' | 'management'): readonly string[] => [
  '-e',
  `${name}_timeout=${seconds}`,
];

/** Faults that the run gets over: all is done, and done once. Each strikes in turn in one run. */
export function passes(
  name: FaultName,
  places: string,
  orders: readonly Omit<Fault, 'name'>[],
  first = false,
): FaultCase {
  return {
    title: `${name} ${places}: the run gets over it, and nothing is done twice`,
    faults: orders.map((order) => ({ name, ...order })),
    world: first ? WITHOUT_TLS : {},
    words: [],
    ends: 0,
    says: '',
    writes: first ? [...SWITCHED_ON, ...ROTATED] : ROTATED,
  };
}

export function stops(name: FaultName, place: string, stop: Stop): FaultCase {
  const { order, says, orSays, ...rest } = stop;
  const [, hint] = says;
  return {
    title: `${name} ${place}: the run says so`,
    faults: [{ name, ...order }],
    words: [],
    ends: 2,
    ...rest,
    says: says.join('\n  hint: '),
    ...(orSays && { orSays: orSays.map((failure) => `${failure}\n  hint: ${hint}`) }),
  };
}

const [certificates, otherCertificates] = await Promise.all([labCertificates(), makeLabCertificates()]);

/** What was done to the cloud; starts apart, since CloudStack's scanner may be first. */
function done(rig: Rig): string[] {
  return rig.lab
    .writes()
    .filter(({ command }) => command !== 'startSystemVm')
    .map(({ did }) => did);
}

/** Runs the rotation under the case's faults, and compares what it said, how it ended and what it did. */
function strikes({ faults, world, otherAuthority, words, ends, says, orSays, writes }: FaultCase): () => Promise<void> {
  const given = otherAuthority ? { ...certificates, renewed: otherCertificates.renewed } : certificates;
  return () =>
    withLab(
      { profile: '4.22', zones: 1, timeFactor: 0.01, certificates: given, faults, world: world ?? {} },
      async (rig) => {
        const run = await rig.playHere(['rotate-certs.yml', '--output', 'json', ...words]);
        const said = failuresOf(eventsOf(run));
        assert.is(said, orSays?.find((other) => other === said) ?? says, run.stderr);
        assert.is(run.code, ends);
        assert.equal(done(rig), writes);
      },
    );
}

/** The cases as tests, two at a time. */
export const faultTests = (cases: readonly FaultCase[]): Cases =>
  sideBySide(Object.fromEntries(cases.map((each) => [each.title, strikes(each)])));
