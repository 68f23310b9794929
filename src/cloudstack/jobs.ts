// Pending async jobs, told apart by what a restart of a management server would do to a rotation.

import type { CloudStackReader } from '../connection.ts';

export interface PendingJob {
  readonly id: string;
  /** The command's class without package and ending: `UploadCustomCertificate`. */
  readonly command: string;
}

/** Commands that a rotation starts; cut by a restart, nobody knows what they have done. */
const ROTATION = /^(UploadCustomCertificate|(Start|Stop|Reboot|Destroy|Patch)SystemVM)$/i;

/** Commands that move data through a secondary storage VM. */
const TRANSFER = /^(Copy|Extract|Register|Upload|Migrate|Create)[A-Za-z]*(Template|Iso|Volume|Snapshot)/i;

export const isRotation = (job: PendingJob): boolean => ROTATION.test(job.command);
export const isTransfer = (job: PendingJob): boolean => TRANSFER.test(job.command);

/** `listAsyncJobs` shows unfinished jobs only. */
export async function pendingJobs(cloudstack: CloudStackReader): Promise<readonly PendingJob[]> {
  const jobs = await cloudstack.list('listAsyncJobs', { listall: true });
  return jobs.map((job) => ({
    id: String(job['jobid']),
    command: String(job['cmd']).replace(/^.*\./, '').replace(/Cmd$/, ''),
  }));
}
