import type { CloudStackWriter } from '../../src/connection.ts';
import { SafetyStop } from '../../src/errors.ts';
import { Secret } from '../../src/secret.ts';
import { assert, tests } from '../tests.ts';
import { apiKey, type Cloud, enveloped, refusal, type Script, secretKey, startCloud } from './cloud.ts';
import { done, jobs, pending, unknownJob } from './jobs.ts';
import { failureText, hostOf, stepOf, type TestStep, withConnections } from './steps.ts';

async function withCloud<T>(
  script: Script,
  body: (writer: CloudStackWriter, step: TestStep, cloud: Cloud) => Promise<T>,
  { vars = {}, seconds = 20 }: { vars?: Record<string, string>; seconds?: number } = {},
): Promise<T> {
  const cloud = await startCloud(script);
  const step = stepOf(seconds);
  try {
    const host = hostOf({ api_url: cloud.url, api_key: apiKey, secret_key: secretKey, ...vars });
    return await withConnections((connections) => body(connections.writer(host, step).cloudstack, step, cloud));
  } finally {
    await cloud.close();
  }
}

const stopped = { systemvm: { name: 'v-1-VM', state: 'Stopped' } };
const submissions = (cloud: Cloud) => cloud.calls.filter(({ command }) => command === 'stopSystemVm');
const outcomes = (step: TestStep) => step.told.map(({ what, job, outcome }) => [what, job !== undefined, outcome]);
const lowerCaseUuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** Answers to a look at a job that are not what CloudStack answers, and what is said of each. */
const oddLooks: Readonly<Record<string, { readonly look: unknown; readonly says: string; readonly outcome?: string }>> =
  {
    'without a status': {
      look: {},
      says: 'Failure job-status: stopSystemVm: job ID has no status; its outcome is unknown',
    },
    'with a text for a status': {
      look: { jobstatus: '1' },
      says: 'Failure job-status: stopSystemVm: job ID has status "1"; its outcome is unknown',
    },
    'that was cancelled': {
      look: { jobstatus: 3 },
      says: 'Failure job-cancelled: stopSystemVm: job ID was cancelled',
      outcome: 'failed',
    },
    'that failed with a bare text': {
      look: { jobstatus: 2, jobresultcode: 530, jobresult: 'no host' },
      says: 'Failure job-530: stopSystemVm: its job failed: no host (530)',
      outcome: 'failed',
    },
    'that failed without a code': {
      look: { jobstatus: 2, jobresult: { errortext: 'no host' } },
      says: 'Failure job-0: stopSystemVm: its job failed: no host (0)',
      outcome: 'failed',
    },
  };

tests('writing to the CloudStack API', {
  ...Object.fromEntries(
    Object.entries(oddLooks).map(([title, { look, says, outcome = 'unknown' }]) => [
      `a job ${title} is a failure that says so`,
      () =>
        withCloud(
          jobs(() => look),
          async (writer, step) => {
            const text = await failureText(writer.job('stopSystemVm', { id: 'vm-1' }));
            assert.is(text.split('\n')[0]?.replace(step.told[0]?.job ?? '', 'ID'), says);
            assert.is(step.told[0]?.outcome, outcome);
          },
        ),
    ]),
  ),
  'lasting work goes on after its step was stopped, and closing waits for it': async () => {
    const writes: string[] = [];
    const cloud = await startCloud(({ command, parameters }) => {
      writes.push(`${command} ${parameters['name'] ?? ''}`.trim());
      return enveloped(command, { success: true });
    });
    const step = stepOf();
    let outcome: Promise<string> | undefined;
    try {
      const host = hostOf({ api_url: cloud.url, api_key: apiKey, secret_key: secretKey });
      await withConnections(async (connections) => {
        const { cloudstack } = connections.writer(host, step);
        const work = cloudstack.lasting(async (lasting) => {
          const upload = failureText(cloudstack.call('updateConfiguration', { name: 'of the step' }));
          step.stop();
          assert.match(await upload, /the step was stopped/);
          await lasting.call('updateConfiguration', { name: 'lasting' });
          await lasting.list('listConfigurations');
        });
        outcome = failureText(work);
      });
      // The connections are closed by now, and the work is done all the same.
      assert.is(writes.at(-1), 'listConfigurations');
      assert.ok(writes.includes('updateConfiguration lasting'));
      assert.is(await outcome, 'no failure');
    } finally {
      await cloud.close();
    }
  },
  'the id of a job may be a number': async () => {
    const script: Script = ({ command, parameters }) =>
      enveloped(command, command === 'queryAsyncJobResult' ? done(parameters['jobid'] ?? '') : { jobid: 17 });
    await withCloud(script, async (writer, _, cloud) => {
      assert.equal(await writer.job('stopSystemVm', { id: 'vm-1' }), stopped);
      assert.is(cloud.calls[1]?.parameters['jobid'], '17');
    });
  },
  'an empty answer to a job is not taken for done': async () => {
    await withCloud(
      ({ command }) => enveloped(command, {}),
      async (writer, step) => {
        const text = await failureText(writer.job('stopSystemVm', { id: 'vm-1' }));
        assert.match(text, /^Unreachable answer-lost: stopSystemVm: the answer names neither a job nor a result/);
        assert.is(step.told[0]?.outcome, 'unknown');
      },
    );
  },
  'a job whose look is refused is not called failed': async () => {
    const plain = jobs(() => ({}));
    const script: Script = (call, index) =>
      call.command === 'queryAsyncJobResult' ? refusal(call.command, 401, 'unable to verify') : plain(call, index);
    await withCloud(script, async (writer, step) => {
      const text = await failureText(writer.job('stopSystemVm', { id: 'vm-1' }));
      assert.match(text, /^Failure job-unseen: stopSystemVm: job \S+ was begun, and the look for it fails/);
      assert.is(step.told[0]?.outcome, 'unknown');
    });
  },
  'a page of a load balancer between two looks at a job is passed over': async () => {
    let looks = 0;
    const plain = jobs((_, id) => done(id));
    const script: Script = (call, index) =>
      call.command === 'queryAsyncJobResult' && looks++ === 0 ? { body: '<title>Sorry</title>' } : plain(call, index);
    await withCloud(script, async (writer) => {
      assert.equal(await writer.job('stopSystemVm', { id: 'vm-1' }), stopped);
    });
  },
  'a job is submitted under an id of ours that was told before, and awaited': async () => {
    const script = jobs((look, id) => (look < 2 ? pending(id) : done(id)));
    await withCloud(script, async (writer, step, cloud) => {
      assert.equal(await writer.job('stopSystemVm', { id: 'vm-1' }), stopped);
      assert.equal(outcomes(step), [['stopSystemVm id=vm-1', true, 'done']]);
      assert.match(step.told[0]?.job ?? '', lowerCaseUuid);
      assert.is(submissions(cloud)[0]?.parameters['customjobid'], step.told[0]?.job);
      assert.equal(step.waited, ['the job of stopSystemVm']);
    });
  },
  'an answer lost after the work was begun does not begin it twice': async () => {
    const script = jobs(
      (_, id) => done(id),
      (attempt) => (attempt === 0 ? 'cut-after' : undefined),
    );
    await withCloud(script, async (writer, step, cloud) => {
      assert.equal(await writer.job('stopSystemVm', { id: 'vm-1' }), stopped);
      assert.is(submissions(cloud).length, 1);
      assert.equal(outcomes(step), [['stopSystemVm id=vm-1', true, 'done']]);
    });
  },
  'a request that never arrived is sent again under the same id': async () => {
    const script = jobs(
      (_, id) => done(id),
      (attempt) => (attempt === 0 ? 'cut' : undefined),
    );
    await withCloud(script, async (writer, _, cloud) => {
      const sent: number[] = [];
      const sending = async () => void sent.push(submissions(cloud).length);
      assert.equal(await writer.job('stopSystemVm', { id: 'vm-1' }, { sending }), stopped);
      assert.equal(sent, [0, 1], 'who asked is called before each submission');
      const ids = submissions(cloud).map(({ parameters }) => parameters['customjobid']);
      assert.is(ids.length, 2);
      assert.is(ids[0], ids[1]);
    });
  },
  'what is thrown before a submission is no write': async () => {
    await withCloud(
      jobs(() => {}),
      async (writer, step, cloud) => {
        const sending = () => Promise.reject(new SafetyStop('not now'));
        assert.is(
          await failureText(writer.job('stopSystemVm', { id: 'vm-1' }, { sending })),
          'SafetyStop undefined: not now',
        );
        assert.equal([cloud.calls, step.told], [[], []]);
      },
    );
  },
  'a request without an answer in time is looked up as well': async () => {
    const script = jobs(
      (_, id) => done(id),
      (attempt) => (attempt === 0 ? 'silent' : undefined),
    );
    await withCloud(
      script,
      async (writer, _, cloud) => {
        assert.equal(await writer.job('stopSystemVm', { id: 'vm-1' }), stopped);
        assert.is(submissions(cloud).length, 2);
      },
      { vars: { api_timeout: '0.2' } },
    );
  },
  'a second submission that meets the first one follows that job': async () => {
    let submitted = '';
    const script: Script = ({ command, parameters }, index) => {
      if (command === 'queryAsyncJobResult') {
        // The first look comes before the first submission has got through.
        if (index === 1) return refusal(command, 431, unknownJob(parameters['jobid'] ?? ''));
        return enveloped(command, done(submitted));
      }
      submitted = parameters['customjobid'] ?? '';
      return index === 0 ? 'cut' : refusal(command, 530, 'Entity already exists ');
    };
    await withCloud(script, async (writer) => {
      assert.equal(await writer.job('stopSystemVm', { id: 'vm-1' }), stopped);
    });
  },
  'a submission that a busy server refused is repeated': async () => {
    const busy = refusal('stopSystemVm', 429, 'please retry after [10] ms.');
    const script = jobs(
      (_, id) => done(id),
      (attempt) => (attempt === 0 ? busy : undefined),
    );
    await withCloud(script, async (writer) => {
      assert.equal(await writer.job('stopSystemVm', { id: 'vm-1' }), stopped);
    });
  },
  'a job that fails says why, and where more is to be found': async () => {
    const failed = {
      jobstatus: 2,
      jobresultcode: 530,
      jobresult: { errorcode: 530, errortext: 'Fail to start system vm' },
    };
    await withCloud(
      jobs(() => failed),
      async (writer, step) => {
        const text = await failureText(writer.job('startSystemVm', { id: 'vm-1' }));
        const id = step.told[0]?.job;
        assert.is(
          text,
          'Failure job-530: startSystemVm: its job failed: Fail to start system vm (530)\n' +
            `hint: the reason is in /var/log/cloudstack/management/management-server.log: grep ${id}`,
        );
        assert.equal(outcomes(step), [['startSystemVm id=vm-1', true, 'failed']]);
      },
    );
  },
  'a job that a restart cut is not called failed, and its outcome is unknown': async () => {
    await withCloud(
      jobs(() => ({ jobstatus: 2, jobresultcode: 530 })),
      async (writer, step) => {
        const text = await failureText(writer.job('stopSystemVm', { id: 'vm-1' }));
        assert.is(
          text,
          `Failure job-cut: stopSystemVm: job ${step.told[0]?.job} was cut by a restart of the management server; the work may have been done\n` +
            'hint: run it again: every task looks before it acts',
        );
        assert.equal(outcomes(step), [['stopSystemVm id=vm-1', true, 'unknown']]);
      },
    );
  },
  'a job that ends without success is a failure': async () => {
    await withCloud(
      jobs(() => ({ jobstatus: 1, jobresult: { success: false, details: 'agent is away' } })),
      async (writer) => {
        assert.is(
          await failureText(writer.job('provisionCertificate', { hostid: 'h' })),
          'Failure job-no-success: provisionCertificate: its job ended without success: agent is away',
        );
      },
    );
  },
  'a job that never ends is given up at its time limit': async () => {
    await withCloud(
      jobs((_, id) => pending(id)),
      async (writer, step) => {
        const text = await failureText(writer.job('stopSystemVm', { id: 'vm-1' }, { timeoutSeconds: 0.6 }));
        const id = step.told[0]?.job;
        assert.is(
          text,
          `Failure job-timeout: stopSystemVm: job ${id} has not ended after 1 s; its outcome is unknown\n` +
            `hint: it may still end: queryAsyncJobResult jobid=${id}; a longer "timeout:" waits longer`,
        );
        assert.equal(outcomes(step), [['stopSystemVm id=vm-1', true, 'unknown']]);
      },
    );
  },
  'a server that restarts under a job is awaited': async () => {
    let looks = 0;
    const plain = jobs((_, id) => done(id));
    const script: Script = (call, index) =>
      call.command === 'queryAsyncJobResult' && looks++ < 6 ? 'cut' : plain(call, index);
    await withCloud(script, async (writer) => {
      assert.equal(await writer.job('stopSystemVm', { id: 'vm-1' }), stopped);
    });
  },
  'a command that the server does at once gives its answer': async () => {
    await withCloud(
      ({ command }) => enveloped(command, { userkeys: { apikey: 'x' } }),
      async (writer) => {
        assert.equal(await writer.job('registerUserKeys', { id: 'u' }), { userkeys: { apikey: 'x' } });
      },
    );
  },
  'a synchronous write is told of, without secrets and long texts': async () => {
    await withCloud(
      ({ command }) => enveloped(command, { success: true }),
      async (writer, step) => {
        await writer.call('updateConfiguration', { name: 'a.b', value: new Secret('hush-hush'), note: 'x\ny' });
        assert.equal(outcomes(step), [['updateConfiguration name=a.b value=*** note=(3 characters)', false, 'done']]);
      },
    );
  },
  'a setting whose answer is lost is looked at, and what is seen is known': async () => {
    const listed = { count: 1, configuration: [{ name: 'a', value: 'new' }] };
    await withCloud(
      ({ command }) => (command === 'listConfigurations' ? enveloped(command, listed) : 'cut'),
      async (writer, step, cloud) => {
        await writer.call('updateConfiguration', { name: 'a', value: 'new' });
        assert.equal(
          cloud.calls.map(({ command }) => command),
          ['updateConfiguration', 'listConfigurations'],
        );
        assert.equal(outcomes(step), [['updateConfiguration name=a value=new', false, 'done']]);
      },
    );
  },
  'a synchronous write whose answer is lost is not repeated, and its outcome is unknown': async () => {
    await withCloud(
      () => 'cut',
      async (writer, step, cloud) => {
        assert.is(
          await failureText(writer.call('updateConfiguration', { name: 'a' })),
          `Unreachable answer-lost: updateConfiguration: 127.0.0.1:${cloud.port} closed the connection without an answer; its outcome is unknown\n` +
            'hint: run it again: every task looks before it acts',
        );
        assert.is(cloud.calls.filter(({ command }) => command === 'updateConfiguration').length, 1);
        assert.equal(outcomes(step), [['updateConfiguration name=a', false, 'unknown']]);
      },
    );
  },
  'a write that is refused has failed, and that is known': async () => {
    await withCloud(
      ({ command }) => refusal(command, 431, "Config parameter with name a doesn't exist"),
      async (writer, step) => {
        assert.is(
          await failureText(writer.call('updateConfiguration', { name: 'a' })),
          "Failure api-431: updateConfiguration: Config parameter with name a doesn't exist (431)",
        );
        assert.equal(outcomes(step), [['updateConfiguration name=a', false, 'failed']]);
      },
    );
  },
  'a write to a server that is not there was never sent, and has failed': async () => {
    await withCloud(
      () => 'cut',
      async (writer, step, cloud) => {
        await cloud.close();
        assert.match(
          await failureText(writer.call('updateConfiguration', { name: 'a' })),
          /^Unreachable api-refused: /,
        );
        assert.equal(outcomes(step), [['updateConfiguration name=a', false, 'failed']]);
      },
    );
  },
  'a read at the writing door is not counted as a write': async () => {
    await withCloud(
      ({ command }) => enveloped(command, {}),
      async (writer, step) => {
        await writer.call('listZones');
        await writer.list('listZones');
        assert.equal(step.told, []);
      },
    );
  },
  'a step that is stopped leaves its job unknown': async () => {
    await withCloud(
      jobs((_, id) => pending(id)),
      async (writer, step) => {
        const text = failureText(writer.job('stopSystemVm', { id: 'vm-1' }));
        setTimeout(() => step.stop(), 150);
        assert.is(await text, 'Failure cancelled: the step was stopped');
        assert.equal(outcomes(step), [['stopSystemVm id=vm-1', true, 'unknown']]);
      },
    );
  },
  'the key of an upload may be long and is sent in the body': async () => {
    const key = new Secret('k'.repeat(5000));
    await withCloud(
      jobs((_, id) => done(id)),
      async (writer, step, cloud) => {
        await writer.job('uploadCustomCertificate', {
          certificate: 'c'.repeat(5000),
          privatekey: key,
          domainsuffix: '*.a.example',
        });
        assert.equal(outcomes(step), [
          [
            'uploadCustomCertificate certificate=(5000 characters) privatekey=*** domainsuffix=*.a.example',
            true,
            'done',
          ],
        ]);
        assert.is(cloud.calls[0]?.parameters['privatekey'], key.reveal());
        assert.is(cloud.calls[0]?.signed, true);
      },
    );
  },
});
