// What makes a run one that is kept: its id, its journal, the state folder that it locks clouds in.

import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Header } from '../journal/entry.ts';
import { createRun, type Journal } from '../journal/runs.ts';
import { thisProcess } from '../process-identity.ts';
import type { Earlier } from '../run/comeback.ts';
import type { Approvals } from '../run/confirm.ts';
import { stateFolder } from '../state.ts';
import { userAtHost } from '../user.ts';
import { askedOf } from './asked.ts';
import { approvalsFor } from './confirm.ts';
import type { Io } from './io.ts';
import { packageVersion } from './package.ts';
import type { Ready } from './ready.ts';
import type { PlayRequest } from './request.ts';

/** A run that is kept. */
export interface Keeping {
  readonly state: string;
  /** Closed by whoever runs it. */
  readonly journal: Journal;
  /** Where `confirm:` is asked. */
  readonly approvals: Approvals;
  /** The part of it that ran before. */
  readonly earlier?: Earlier | undefined;
}

/** Who does it, in which process, with which version, since now. Throws `SafetyStop` where nobody can say which process. */
export const partOfRun = (): Pick<Header, 'version' | 'started' | 'who' | 'process'> => ({
  version: packageVersion(),
  started: new Date().toISOString(),
  who: userAtHost(),
  process: thisProcess(),
});

export interface KeepOptions {
  /** The inventory files as they were found. */
  readonly inventories: readonly string[];
  readonly seed: string;
  /** The id of the saved plan that is applied. */
  readonly plan?: string | undefined;
}

/** Begins to keep a run: its folder and its journal's header are on the disk when this resolves. */
export async function keepRun(
  { path, prepared }: Ready,
  request: PlayRequest,
  { inventories, seed, plan }: KeepOptions,
  io: Io,
): Promise<Keeping> {
  const state = stateFolder(io.environment);
  const asked = askedOf(request, { playbook: path, inventories }, prepared);
  const header = { journal: 1, ...partOfRun(), asked, files: prepared.files, seed, plan } as const;
  const journal = await createRun(state, header);
  return { state, journal, approvals: approvalsFor(io, request.output, journal.folder) };
}

/** Where a run that applies a saved plan keeps it, so that what goes on goes on by it. */
export const planOfRun = (folder: string): string => join(folder, 'plan');

/** A run that did not begin after all leaves nothing behind. */
export async function forgetRun({ journal }: Keeping): Promise<void> {
  await journal.close();
  rmSync(journal.folder, { recursive: true, force: true });
}
