// Asynchronous jobs, as every management server of the install shows them.

import type { Install } from '../../world/install.ts';
import type { Job } from '../../world/jobs.ts';
import { invalid, malformed } from '../../world/refusal.ts';
import { type Content, dateText } from '../answer.ts';
import type { Command, CommandCall } from '../command.ts';
import { listOf } from '../lists.ts';

/** The server is named while the job is pending or when it was cut; a result is there only for one that ended by itself. */
export function jobItem(install: Install, job: Job): Content {
  const { identity, servers } = install;
  const server = servers.find(({ id }) => id === job.server);
  const named = job.status === 0 || job.cut;
  return {
    accountid: identity.accountId,
    account: 'admin',
    domainid: identity.domainId,
    domainpath: 'ROOT',
    userid: identity.userId,
    cmd: `org.apache.cloudstack.api.command.${job.class}`,
    jobprocstatus: 0,
    jobresultcode: job.resultCode,
    ...(job.result ? { jobresulttype: 'object', jobresult: job.result } : {}),
    ...(job.instance ? { jobinstancetype: job.instance.type, jobinstanceid: job.instance.id } : {}),
    ...(named ? { managementserverid: job.server, managementservername: server?.name } : {}),
    created: dateText(job.created),
    ...(job.completed ? { completed: dateText(job.completed) } : {}),
    jobid: job.id,
    jobstatus: job.status,
  };
}

function queryAsyncJobResult(call: CommandCall): Content {
  const id = call.text('jobid');
  if (id === undefined) {
    if (call.install.options.profile === '4.23') {
      throw invalid('Expected parameter job id or parameters resource type and resource id');
    }
    throw malformed('Unable to execute API command queryasyncjobresult due to missing parameter jobid');
  }
  const job = call.install.jobs.find(id);
  if (job === undefined) throw invalid(`Unable to find a job by id ${id}`);
  return jobItem(call.install, job);
}

/** Unfinished ones only. */
function listAsyncJobs(call: CommandCall): Content {
  const { install } = call;
  return listOf(
    call,
    'asyncjobs',
    install.jobs.pending().map((job) => jobItem(install, job)),
  );
}

export const jobCommands: readonly Command[] = [
  {
    name: 'queryAsyncJobResult',
    kind: 'read',
    parameters: [{ name: 'jobid', type: 'uuid', entity: 'job' }],
    run: queryAsyncJobResult,
  },
  { name: 'listAsyncJobs', kind: 'read', parameters: [], run: listAsyncJobs },
];
