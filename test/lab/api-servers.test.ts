// Management servers: restarts, failed starts, maintenance.

import { assert, tests } from '../tests.ts';
import { type Lab, presented, withLab } from './client.ts';

const shown = async (lab: Lab, index = 0, asked = 0) =>
  (await lab.call('listManagementServers', {}, asked)).content.managementserver[index];

const refused = (error: unknown): string => (error as { cause?: { code?: string } }).cause?.code ?? String(error);

/** What a stranger sees at the port. */
const probe = (lab: Lab): Promise<string> =>
  lab
    .call('listCapabilities', { apikey: 'nobody' })
    .then(({ status, content }) => (typeof content === 'string' ? `${status} html` : `${status} envelope`), refused);

const two = { managementServers: ['ms1', 'ms2'] };

tests('lab: management servers', {
  'a restart refuses connections until the second its API answers 401, with nothing in between': withLab(
    async (lab) => {
      const seen = new Set<string>();
      lab.world.restartManagementServer('ms1');
      await lab.until('the API', async () => {
        const answer = await probe(lab);
        seen.add(answer === 'ECONNRESET' || answer === 'UND_ERR_SOCKET' ? 'ECONNREFUSED' : answer);
        return answer === '401 envelope';
      });
      assert.equal([...seen], ['ECONNREFUSED', '401 envelope']);
    },
  ),
  'lastserverstart and lastserverstop move with a restart, the first a little late': withLab(async (lab) => {
    const before = await shown(lab);
    assert.is(before.lastserverstop, undefined);
    await lab.restart();
    await lab.until('the start', async () => (await shown(lab)).lastserverstart > before.lastserverstart);
    assert.ok((await shown(lab)).lastserverstop);
  }),
  'a pending job is cut: failed with 530, without a result, and still with its server': withLab(async (lab) => {
    const { id } = lab.storage();
    const { content } = await lab.call('stopSystemVm', { id });
    await lab.restart();
    const job = (await lab.call('queryAsyncJobResult', { jobid: content.jobid })).content;
    const { jobstatus, jobresultcode, jobresult, managementservername, completed } = job;
    assert.equal([jobstatus, jobresultcode, jobresult, managementservername], [2, 530, undefined, 'ms1']);
    assert.ok(completed);
  }),
  'agents of storage VMs show when they lost the server': withLab(async (lab) => {
    const { id } = lab.storage();
    assert.is((await lab.vmItem(id)).disconnected, undefined);
    await lab.restart();
    assert.ok((await lab.vmItem(id)).disconnected);
    await lab.until('the agent', async () => (await lab.vmItem(id)).agentstate === 'Up');
    assert.is(presented(lab.console(), 443), 'old int1 root');
  }),
  'a start that failed answers 503 with a page of HTML until the next restart': withLab(
    async (lab) => {
      lab.world.restartManagementServer('ms1');
      await lab.until('the page', async () => (await probe(lab)) === '503 html');
      await lab.pass(60);
      assert.is(await probe(lab), '503 html');
      await lab.restart();
      assert.is(await probe(lab), '401 envelope');
    },
    { faults: [{ name: 'failed-start' }] },
  ),
  'a slow restart takes minutes and then answers': withLab(
    async (lab) => {
      lab.world.restartManagementServer('ms1');
      await lab.pass(100);
      assert.is(await probe(lab), 'ECONNREFUSED');
      await lab.until('the API', async () => (await probe(lab)) === '401 envelope');
    },
    { faults: [{ name: 'slow-restart' }] },
  ),
  'a single server cannot be put into maintenance': withLab(async (lab) => {
    const { status, content } = await lab.call('prepareForMaintenance', { managementserverid: (await shown(lab)).id });
    assert.is(status, 530);
    assert.is(content.errortext, 'Prepare for maintenance not supported, there is only one active management server');
  }),
  'a server in maintenance refuses jobs and answers lists, while the other takes jobs; after a restart it is Up':
    withLab(async (lab) => {
      const { id } = await shown(lab);
      await lab.call('prepareForMaintenance', { managementserverid: id }, 1);
      await lab.until('Maintenance', async () => (await shown(lab)).state === 'Maintenance');
      const vm = { id: lab.console().id };
      const here = await lab.call('rebootSystemVm', vm);
      assert.is(here.status, 503);
      assert.match(here.content.errortext, /^Maintenance or Shutdown has been initiated/);
      assert.is((await lab.call('listZones')).status, 200);
      assert.is((await lab.call('rebootSystemVm', vm, 1)).status, 200);
      await lab.restart('ms1');
      assert.is((await shown(lab)).state, 'Up');
      const cancelled = await lab.call('cancelMaintenance', { managementserverid: id });
      assert.is(cancelled.content.errortext, 'Management server is not in the right state to cancel maintenance');
    }, two),
  'preparing for shutdown can be cancelled, once': withLab(async (lab) => {
    const managementserverid = (await shown(lab)).id;
    const prepared = (await lab.call('prepareForShutdown', { managementserverid })).content.prepareforshutdown;
    assert.equal([prepared.state, prepared.shutdowntriggered], ['PreparingForShutDown', true]);
    await lab.until('ReadyToShutDown', async () => (await shown(lab)).state === 'ReadyToShutDown');
    assert.is((await lab.call('cancelShutdown', { managementserverid })).content.cancelshutdown.state, 'Up');
    assert.is((await lab.call('cancelShutdown', { managementserverid })).status, 530);
  }),
  'on 4.18 nobody knows of maintenance': withLab(
    async (lab) => {
      const { status } = await lab.call('prepareForMaintenance', { managementserverid: (await shown(lab)).id });
      assert.is(status, 401);
    },
    { profile: '4.18' },
  ),
});
