// Names of runs.

import { randomBytes } from 'node:crypto';

/** `YYYYMMDD-HHMMSS-xxxx`, UTC. */
export function newRunId(): string {
  const time = new Date()
    .toISOString()
    .replace(/[-:]|\..*/g, '')
    .replace('T', '-');
  return `${time}-${randomBytes(2).toString('hex')}`;
}
