// Asynchronous jobs as a server of the tests answers them.

import { enveloped, type Reply, refusal, type Script } from './cloud.ts';

/** The server's side of jobs: submitted ids, and what a job answers to its n-th look. */
export function jobs(
  looks: (look: number, id: string) => unknown,
  submit: (attempt: number) => Reply | 'cut' | 'silent' | 'cut-after' | undefined = () => undefined,
): Script {
  const ids: string[] = [];
  let looked = 0;
  let submitted = 0;
  return ({ command, parameters }) => {
    if (command === 'queryAsyncJobResult') {
      const id = parameters['jobid'] ?? '';
      if (!ids.includes(id)) return refusal(command, 431, unknownJob(id));
      return enveloped(command, looks(looked++, id) as object);
    }
    const id = parameters['customjobid'] ?? '';
    const special = submit(submitted++);
    if (special !== undefined && special !== 'cut-after') return special;
    if (ids.includes(id)) return { ...refusal(command, 530, 'Entity already exists ') };
    ids.push(id);
    return special === 'cut-after' ? 'cut' : enveloped(command, { jobid: id });
  };
}

export const unknownJob = (id: string): string =>
  `Unable to execute API command queryasyncjobresult due to invalid value. Invalid parameter jobid value=${id} due to incorrect long value format, or entity does not exist or due to incorrect parameter annotation for the field in api cmd class`;

export const pending = (jobid: string) => ({ jobid, jobstatus: 0, jobresultcode: 0, managementserverid: 1 });
export const done = (jobid: string) => ({
  jobid,
  jobstatus: 1,
  jobresultcode: 0,
  jobresulttype: 'object',
  jobresult: { systemvm: { name: 'v-1-VM', state: 'Stopped' } },
});
