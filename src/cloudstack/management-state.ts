// `consoleproxy.management.state`: what the console proxy scanner of the management servers does. Every upload of a
// certificate sets it to ResetSuspending. Up to 4.21 the scanner then restarts all console proxies and sets it back;
// from 4.22 on nobody does, and the next start of a management server keeps all console proxies down.

import type { CloudStackReader, CloudStackWriter } from '../connection.ts';
import { Failure } from '../errors.ts';
import { readConfiguration, writeConfiguration } from './configuration.ts';

export const MANAGEMENT_STATE = 'consoleproxy.management.state';

export async function readManagementState(cloudstack: CloudStackReader): Promise<string> {
  return (await readConfiguration(cloudstack, MANAGEMENT_STATE))?.value ?? 'Auto';
}

/** What the state has to be after an upload: as the operator left it, never what an upload leaves. */
export const restingState = (before: string): string => (before === 'ResetSuspending' ? 'Auto' : before);

/** Sets the state and reads it back; throws `Failure` where it does not hold. */
export async function putBackManagementState(cloudstack: CloudStackWriter, value: string): Promise<void> {
  await writeConfiguration(cloudstack, { name: MANAGEMENT_STATE, value });
  const now = await readManagementState(cloudstack);
  if (now === value) return;
  throw new Failure(`"${MANAGEMENT_STATE}" is ${now} after it was set to ${value}`, {
    code: 'management-state',
    hint: `set it to ${value} before any management server restarts: a server that starts with ${now} keeps all console proxies down`,
  });
}
