// A row of the table of faults: what goes wrong where, what the operator reads, and how the run goes on afterwards.

import type { Fault } from '../../../src/lab/faults.ts';
import type { LabOptions } from '../../../src/lab/lab.ts';
import type { Profile } from '../../../src/lab/world/world.ts';
import type { Blow } from './blow.ts';
import type { ByHand } from './by-hand.ts';

export interface FaultRow {
  /** The lab's name of it, or what becomes of the process in a few words. */
  readonly fault: string;
  /** Where it strikes a rotation of one zone, as the end of a sentence: `at the upload of the root`. */
  readonly place: string;
  /** Ordered from the lab before the run; by default the one of that name, at any place. */
  readonly orders?: readonly Omit<Fault, 'name'>[];
  /** What somebody has done before. */
  readonly found?: ByHand;
  /** What is done to the process or to its files. */
  readonly blow?: Blow;
  /** Default: 4.22. */
  readonly profile?: Profile;
  /** An install that never had TLS: settings are made and the management server is restarted. */
  readonly first?: boolean;
  readonly world?: LabOptions['world'];
  /** The new certificate comes from another authority than the one that is served. */
  readonly otherAuthority?: boolean;
  /** Seconds that what will never come is given, by the part of the playbook: `{ system_vm: 3 }`. */
  readonly seconds?: Readonly<Partial<Record<'upload' | 'system_vm' | 'management', number>>>;
  /** Seconds of ours for one of CloudStack, where the default of 0.01 is too fast for the fault. */
  readonly timeFactor?: number;
  /** Null where a signal ends the process. */
  readonly exit: number | null;
  /** Each failure and its hint, then why the run stopped; nothing where it gets over the fault. */
  readonly says: readonly string[];
  /** What it may say instead, where CloudStack's scanner and not this run made the last start, or is at it. */
  readonly orSays?: readonly (readonly string[])[];
  /** What the cloud was made to do, the starts of VMs apart: its scanner may be first. */
  readonly writes: readonly string[];
  /** What it may have been made to do instead, where a job runs sooner or later than the run looks. */
  readonly orWrites?: readonly string[];
  /** Where the run stands, as `cs-play runs` has it, and of how many writes nobody knows. */
  readonly stands: string;
  /** What follows; undefined where the run came to its end and there is nothing to go on with. */
  readonly after?: After;
}

/** How the run goes on. It comes to its end with exit code 0, and the cloud is as after a rotation without a fault. */
export interface After {
  /** What somebody does before a first resume, which cannot go on then. */
  readonly spoilt?: ByHand;
  /** A first resume that cannot finish: its exit code, and what it says. */
  readonly refused?: readonly string[];
  /** What a person does besides taking the fault away, before the resume that finishes. */
  readonly mend?: ByHand;
  /** The run never began: it is begun anew, not gone on with. */
  readonly anew?: true;
  /** What is typed besides `cs-play resume`. */
  readonly words?: readonly string[];
  /** What the cloud is made to do then. */
  readonly writes: readonly string[];
  /** Why what was done already is among them: it had no effect. */
  readonly repeats?: string;
}

export const FOR_GOOD = 10_000;
