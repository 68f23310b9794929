// Every fault of the API and of the VMs does what its name says.

import { assert, tests } from '../tests.ts';
import { certificates, type Lab, presented, withLab } from './client.ts';

const cut = (lab: Lab, command: string, parameters: Record<string, string> = {}): Promise<string> =>
  lab.call(command, parameters).then(
    ({ status }) => `answered ${status}`,
    () => 'cut',
  );

const refuses = (name: 'http-401' | 'http-429' | 'http-503', status: number, text: RegExp) =>
  withLab(
    async (lab) => {
      assert.is((await lab.call('listHosts')).status, 200);
      const refused = await lab.call('listZones');
      assert.is(refused.status, status);
      assert.match(refused.content.errortext, text);
      assert.is((await lab.call('listZones')).status, 200);
    },
    { still: true, faults: [{ name, command: 'listZones' }] },
  );

tests('lab: faults', {
  'http-401': refuses('http-401', 401, /^unable to verify/),
  'http-429': refuses('http-429', 429, /api limit, please retry after \[1000\] ms/),
  'http-503': refuses('http-503', 503, /^Maintenance or Shutdown/),
  'connection-reset: nothing is done and nothing answered, once': withLab(
    async (lab) => {
      assert.is(await cut(lab, 'stopSystemVm', { id: lab.console().id }), 'cut');
      assert.equal(lab.world.writes, []);
      assert.is(await cut(lab, 'listZones'), 'answered 200');
    },
    { still: true, faults: [{ name: 'connection-reset' }] },
  ),
  'answer-lost: the write is done, its answer is not seen, and its job can be found': withLab(
    async (lab) => {
      assert.is(await cut(lab, 'listZones'), 'answered 200');
      const customjobid = '11111111-2222-4333-8444-555555555555';
      assert.is(await cut(lab, 'stopSystemVm', { id: lab.console().id, customjobid }), 'cut');
      assert.is((await lab.ended(customjobid)).jobstatus, 1);
      assert.is(lab.console().power, 'off');
    },
    { still: true, faults: [{ name: 'answer-lost' }] },
  ),
  'job-fails: the job ends with 530 and nothing was done': withLab(
    async (lab) => {
      const job = await lab.job('stopSystemVm', { id: lab.console().id });
      assert.equal([job.jobstatus, job.jobresultcode], [2, 530]);
      assert.is(lab.console().power, 'on');
    },
    { still: true, faults: [{ name: 'job-fails', command: 'stopSystemVm' }] },
  ),
  'job-never-ends: it stays pending until the server is restarted': withLab(
    async (lab) => {
      const { content } = await lab.call('stopSystemVm', { id: lab.console().id });
      await lab.pass(120);
      assert.is((await lab.call('listAsyncJobs')).content.asyncjobs[0].jobid, content.jobid);
      await lab.restart();
      assert.is((await lab.ended(content.jobid)).jobstatus, 2);
    },
    { still: true, faults: [{ name: 'job-never-ends' }] },
  ),
  'job-never-ends: once it is withdrawn, what hung goes on': withLab(
    async (lab) => {
      const { content } = await lab.call('stopSystemVm', { id: lab.console().id });
      await lab.pass(10);
      assert.is(lab.console().power, 'on');
      lab.world.withdraw('job-never-ends');
      assert.is((await lab.ended(content.jobid)).jobstatus, 1);
      assert.is(lab.console().power, 'off');
    },
    { still: true, faults: [{ name: 'job-never-ends' }] },
  ),
  'a fault that is aimed at a parameter strikes no call without it': withLab(
    async (lab) => {
      assert.is((await lab.call('listConfigurations', { name: 'other' })).status, 200);
      assert.is((await lab.call('listConfigurations', { name: 'host' })).status, 401);
    },
    { still: true, faults: [{ name: 'http-401', command: 'listConfigurations', parameter: 'name=host' }] },
  ),
  'clock-skew: a signed call whose time is up by the server is refused, and the Date header says why': withLab(
    async (lab) => {
      const expires = new Date(Date.now() + 600_000).toISOString().replace(/\.\d+Z$/, '+0000');
      assert.is((await lab.call('listZones', { signatureversion: '3', expires })).status, 401);
      lab.world.withdraw('clock-skew');
      assert.is((await lab.call('listZones', { signatureversion: '3', expires })).status, 200);
    },
    { still: true, faults: [{ name: 'clock-skew' }] },
  ),
  'vm-does-not-come-back: a start ends Stopped with a failed job': withLab(
    async (lab) => {
      const { id } = lab.console();
      await lab.job('stopSystemVm', { id });
      const job = await lab.job('startSystemVm', { id });
      assert.equal([job.jobstatus, job.jobresult.errortext], [2, 'Command failed due to Internal Server Error']);
      assert.is((await lab.vmItem(id)).state, 'Stopped');
    },
    { still: true, faults: [{ name: 'vm-does-not-come-back', target: 'ams/consoleproxy' }] },
  ),
  'vm-does-not-come-back: a rebooted VM stays off under the state Running': withLab(
    async (lab) => {
      const { id } = lab.storage();
      await lab.job('rebootSystemVm', { id });
      await lab.pass(120);
      const vm = await lab.vmItem(id);
      assert.equal([vm.state, vm.agentstate, lab.storage().power], ['Running', 'Disconnected', 'off']);
    },
    { still: true, faults: [{ name: 'vm-does-not-come-back', target: 'secondarystoragevm' }] },
  ),
  'agent-never-up: the VM runs, its agent does not connect, and nothing is delivered': withLab(
    async (lab) => {
      const { id } = lab.storage();
      await lab.job('rebootSystemVm', { id });
      await lab.pass(120);
      assert.is((await lab.vmItem(id)).agentstate, 'Disconnected');
      assert.is(presented(lab.storage(), 443), 'snakeoil');
    },
    { still: true, faults: [{ name: 'agent-never-up', target: 's-2-VM' }] },
  ),
  'apache-keeps-old-chain: the new leaf comes with the chain file of before': withLab(
    async (lab) => {
      const stranger = certificates.realhostip.certificate;
      await lab.job('uploadCustomCertificate', {
        certificate: stranger,
        name: 'extra',
        id: '9',
        domainsuffix: '*.console.lab.example',
      });
      await lab.upload(certificates.renewed);
      await lab.until('the new leaf', () => presented(lab.storage(), 443) === 'new int1 root');
      assert.match(presented(lab.console(), 443), /^old/);
    },
    { still: true, faults: [{ name: 'apache-keeps-old-chain' }] },
  ),
  'no-listener-8443: 443 is served, 8443 is closed': withLab(
    async (lab) => {
      assert.is(presented(lab.console('ams'), 443), 'old int1 root');
      assert.is(presented(lab.console('ams'), 8443), 'closed');
      assert.is(presented(lab.console('fra'), 8443), 'old int1 root');
    },
    { still: true, faults: [{ name: 'no-listener-8443', target: 'ams/consoleproxy' }] },
  ),
});
