import type { EarlierWrite } from '../../src/connection.ts';
import { assert, type Cases, tests } from '../tests.ts';
import { apiKey, enveloped, secretKey, startCloud } from './cloud.ts';
import { done, jobs } from './jobs.ts';
import { failureText, hostOf, stepOf, withConnections } from './steps.ts';

const JOB = '5f754e06-0a0c-4bce-88ae-bf892b34a1e6';

interface EarlierCase {
  readonly outcome: EarlierWrite['outcome'];
  /** The server took the submission up before the run was cut off. */
  readonly submitted: boolean;
  /** Requests, and when who ordered the job was called. */
  readonly does: readonly string[];
}

const cases: Readonly<Record<string, EarlierCase>> = {
  'a job that an earlier part of the run saw the end of asks nobody': { outcome: 'done', submitted: true, does: [] },
  'a job that an earlier part of the run submitted is followed and not announced again': {
    outcome: 'unknown',
    submitted: true,
    does: ['queryAsyncJobResult', 'queryAsyncJobResult'],
  },
  'a job that never reached the server is announced and submitted': {
    outcome: 'unknown',
    submitted: false,
    does: ['queryAsyncJobResult', 'sending', 'stopSystemVm', 'queryAsyncJobResult'],
  },
  'a job that failed is announced as one that did, and submitted anew': {
    outcome: 'failed',
    submitted: false,
    does: ['sending, which failed once', 'stopSystemVm', 'queryAsyncJobResult'],
  },
};

const earlierTest =
  ({ outcome, submitted, does }: EarlierCase) =>
  async (): Promise<void> => {
    const script = jobs((_, id) => done(id));
    const told: string[] = [];
    const cloud = await startCloud((call, ...more) => {
      told.push(call.command);
      return script(call, ...more);
    });
    try {
      const earlier: EarlierWrite = {
        write: 1,
        outcome,
        job: JOB,
        answer: {},
        assumed: undefined,
        ended: async () => {},
      };
      const known = [earlier];
      const step = { ...stepOf(), earlier: () => known.pop() };
      const host = hostOf({ api_url: cloud.url, api_key: apiKey, secret_key: secretKey });
      await withConnections(async (connections) => {
        if (submitted) await connections.writer(host, stepOf()).cloudstack.call('stopSystemVm', { customjobid: JOB });
        told.length = 0;
        const sending = async (failed: number) =>
          void told.push(failed === 0 ? 'sending' : 'sending, which failed once');
        await connections.writer(host, step).cloudstack.job('stopSystemVm', { id: 'vm-1' }, { sending });
      });
      assert.equal(told, does);
    } finally {
      await cloud.close();
    }
  };

/** What the cloud is asked by a run that wrote a setting before; `value`: what it is now. */
const settingAgain = (value: string, does: readonly string[]) => async (): Promise<void> => {
  const told: string[] = [];
  const cloud = await startCloud(({ command }) => {
    told.push(command);
    return enveloped(
      command,
      command === 'listConfigurations' ? { count: 1, configuration: [{ name: 'x', value }] } : {},
    );
  });
  const earlier = { write: 1, outcome: 'done', job: undefined, answer: {}, assumed: undefined } as const;
  const step = { ...stepOf(), earlier: () => ({ ...earlier, ended: async () => {} }) };
  const host = hostOf({ api_url: cloud.url, api_key: apiKey, secret_key: secretKey });
  try {
    await withConnections(async (connections) => {
      await connections.writer(host, step).cloudstack.call('updateConfiguration', { name: 'x', value: 'new' });
    });
    assert.equal(told, does);
  } finally {
    await cloud.close();
  }
};

/** What the cloud is asked, and told of, by a step that is stopped while it looks whether it may write. */
async function stoppedBefore(): Promise<void> {
  const asked: string[] = [];
  const cloud = await startCloud(({ command }) => {
    asked.push(command);
    return enveloped(command, {});
  });
  const step = stepOf();
  const host = hostOf({ api_url: cloud.url, api_key: apiKey, secret_key: secretKey });
  try {
    await withConnections(async (connections) => {
      const { cloudstack } = connections.writer(host, step);
      const sending = async () => step.stop();
      const job = cloudstack.job('stopSystemVm', { id: 'vm-1' }, { sending });
      assert.is(await failureText(job), 'Failure cancelled: the step was stopped');
    });
    assert.equal([asked, step.told], [[], []]);
  } finally {
    await cloud.close();
  }
}

tests('a step that is stopped', {
  'sends nothing more, and tells of no write that nobody could know of': stoppedBefore,
});

tests('settings of a run that was cut off', {
  'one that was written and holds is not written again': settingAgain('new', ['listConfigurations']),
  'one that was written and moved since is written again': settingAgain('old', [
    'listConfigurations',
    'updateConfiguration',
  ]),
});

tests(
  'jobs of a run that was cut off',
  Object.fromEntries(Object.entries(cases).map(([title, one]) => [title, earlierTest(one)])) as Cases,
);
