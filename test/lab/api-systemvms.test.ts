// Operations on system VMs that meet, and what they change.

import { assert, tests } from '../tests.ts';
import { type Content, type Lab, withLab } from './client.ts';

/** A console proxy in the middle of a start of its own. */
async function starting(lab: Lab): Promise<string> {
  const { id } = lab.console();
  await lab.job('stopSystemVm', { id });
  await lab.call('startSystemVm', { id });
  await lab.until('Starting', async () => (await lab.vmItem(id)).state === 'Starting');
  return id;
}

const still = { still: true };
/** Slow enough to meet an operation in its middle on a busy machine. */
const slow = { still: true, timeFactor: 0.03 };

tests('lab: operations on system VMs', {
  'while a stop runs, the job, the VM and the list of jobs say so': withLab(
    async (lab) => {
      const { id } = lab.console();
      const { content } = await lab.call('stopSystemVm', { id });
      let vm: Content;
      await lab.until('Stopping', async () => {
        vm = await lab.vmItem(id);
        return vm.state === 'Stopping';
      });
      assert.equal([vm.jobid, vm.jobstatus], [content.jobid, 0]);
      const job = (await lab.call('queryAsyncJobResult', { jobid: content.jobid })).content;
      assert.equal(
        [job.jobstatus, job.jobresult, job.completed, job.jobinstanceid, job.managementservername],
        [0, undefined, undefined, id, 'ms1'],
      );
      assert.is((await lab.call('listAsyncJobs')).content.count, 1);
      await lab.ended(content.jobid);
      assert.equal((await lab.call('listAsyncJobs')).content, {});
    },
    { ...still, timeFactor: 0.05 },
  ),
  'a start while one is under way fails': withLab(async (lab) => {
    const job = await lab.job('startSystemVm', { id: await starting(lab) });
    assert.equal([job.jobstatus, job.jobresult], [2, { errorcode: 530, errortext: 'Fail to start system vm' }]);
  }, slow),
  'a plain reboot in the middle of a start succeeds at once and does nothing': withLab(async (lab) => {
    const job = await lab.job('rebootSystemVm', { id: await starting(lab) });
    assert.equal([job.jobstatus, job.jobresult.systemvm.state], [1, 'Starting']);
  }, slow),
  'a stop in the middle of a start waits for it': withLab(async (lab) => {
    const job = await lab.job('stopSystemVm', { id: await starting(lab) });
    assert.equal([job.jobstatus, job.jobresult.systemvm.state], [1, 'Stopped']);
  }, slow),
  'a stop of a stopped and a start of a running VM succeed': withLab(async (lab) => {
    const { id } = lab.console();
    assert.is((await lab.job('startSystemVm', { id })).jobstatus, 1);
    await lab.job('stopSystemVm', { id });
    assert.is((await lab.job('stopSystemVm', { id })).jobstatus, 1);
  }, still),
  'a start changes the private addresses and leaves the public one': withLab(async (lab) => {
    const before = lab.console();
    await lab.job('stopSystemVm', { id: before.id });
    await lab.job('startSystemVm', { id: before.id });
    const after = lab.console();
    assert.is(after.publicIp, before.publicIp);
    assert.is.not(after.privateIp, before.privateIp);
    assert.is.not(after.linkLocalIp, before.linkLocalIp);
  }, still),
  'a plain reboot ends its job at once; state stays Running and the agent comes back later': withLab(async (lab) => {
    const { id } = lab.storage();
    const job = await lab.job('rebootSystemVm', { id });
    assert.is(job.jobresult.systemvm.state, 'Running');
    assert.is(lab.storage().power, 'booting');
    assert.is((await lab.vmItem(id)).agentstate, 'Disconnected');
    await lab.until('the agent', async () => (await lab.vmItem(id)).agentstate === 'Up');
  }, still),
  'an agent that lost its connection twice shows two different times, however fast the lab is': withLab(async (lab) => {
    const { id } = lab.storage();
    const lost = async (): Promise<Content> => {
      await lab.job('rebootSystemVm', { id });
      await lab.until('the agent', async () => (await lab.vmItem(id)).agentstate === 'Up');
      return (await lab.vmItem(id)).disconnected;
    };
    assert.is.not(await lost(), await lost());
  }, still),
  'a second destroy and a list by the id of what is gone answer as CloudStack does': withLab(async (lab) => {
    const { id } = lab.console();
    await lab.job('destroySystemVm', { id });
    assert.equal((await lab.call('listSystemVms', { id })).content, {});
    const again = await lab.call('destroySystemVm', { id });
    assert.is(again.status, 431);
    assert.is(again.content.errortext, 'Unable to find UUID for id [1] of type [VirtualMachine]');
  }, still),
  'sessions are counted at the console proxy and end with a restart': withLab(async (lab) => {
    const { id } = lab.console();
    lab.world.openSessions(id, 3);
    assert.is((await lab.vmItem(id)).activeviewersessions, 3);
    await lab.job('rebootSystemVm', { id });
    assert.is((await lab.vmItem(id)).activeviewersessions, 0);
  }, still),
  'the same custom job id is refused the second time, and the first job can be read by it': withLab(async (lab) => {
    const { id } = lab.console();
    const customjobid = '11111111-2222-4333-8444-555555555555';
    assert.is((await lab.call('rebootSystemVm', { id, customjobid })).content.jobid, customjobid);
    const again = await lab.call('rebootSystemVm', { id, customjobid });
    assert.equal([again.status, again.content.errortext], [530, 'Entity already exists ']);
    assert.is((await lab.ended(customjobid)).jobstatus, 1);
  }, still),
});
