// What the scanners do by themselves, and what the management state makes of it.

import type { Profile } from '../../src/lab/world/world.ts';
import { assert, tests } from '../tests.ts';
import { type Content, certificates, DOMAIN, type Lab, withLab } from './client.ts';

const states = async (lab: Lab, type: string): Promise<string[]> => {
  const { content } = await lab.call('listSystemVms', { systemvmtype: type });
  return content.systemvm.map((vm: Content) => vm.state as string);
};

const consoles = (lab: Lab): Promise<string[]> => states(lab, 'consoleproxy');

const all = (wanted: string, list: readonly string[]): boolean =>
  list.length === 2 && list.every((one) => one === wanted);

/** Where the server's log says so; -1 where it does not. */
const told = (lab: Lab, text: string): number => lab.world.log.findIndex((line) => line.includes(text));

const uploadKey = (lab: Lab) =>
  lab.job('uploadCustomCertificate', {
    certificate: certificates.renewed.leaf,
    privatekey: certificates.renewed.key,
    domainsuffix: DOMAIN,
  });

/** A stopped VM is running again, started by a scanner. */
const startsAgain = (type: 'consoleproxy' | 'secondarystoragevm') =>
  withLab(async (lab) => {
    await lab.pass(65);
    const { id } = lab.machine('ams', type);
    await lab.job('stopSystemVm', { id });
    await lab.until('the start', async () => (await lab.vmItem(id)).state === 'Running', 120);
    assert.ok(lab.world.writes.every(({ command }) => command !== 'startSystemVm'));
  });

/** From 4.22 on: the state that an upload leaves bites at the next start of the server. */
const bites = (profile: Profile) =>
  withLab(
    async (lab) => {
      await uploadKey(lab);
      assert.is(await lab.state(), 'ResetSuspending');
      await lab.pass(100);
      assert.equal(await consoles(lab), ['Running', 'Running']);
      await lab.restart();
      await lab.until('the stop', async () => all('Stopped', await consoles(lab)), 150);
      assert.is(await lab.state(), 'Auto');
      const { id } = lab.console();
      assert.is((await lab.job('startSystemVm', { id })).jobstatus, 1);
      await lab.until('the second stop', async () => all('Stopped', await consoles(lab)), 80);
      await lab.restart();
      await lab.until('the cure', async () => all('Running', await consoles(lab)), 250);
    },
    { profile },
  );

tests('lab: scanners', {
  'a stopped console proxy is started again': startsAgain('consoleproxy'),
  'a stopped storage VM is started again': startsAgain('secondarystoragevm'),
  'a destroyed VM is replaced by one with a new id and name': withLab(async (lab) => {
    const { id, name } = lab.console();
    assert.is((await lab.job('destroySystemVm', { id })).jobstatus, 1);
    assert.equal((await lab.call('listSystemVms', { id })).content, {});
    await lab.until('the new one', async () => all('Running', await consoles(lab)), 200);
    assert.is.not(lab.console().id, id);
    assert.is.not(lab.console().name, name);
  }),
  'a zone that is disabled gets its stopped console proxy back only when it is enabled': withLab(async (lab) => {
    const zone = lab.world.zones[1];
    assert.ok(zone);
    const { id } = lab.console('fra');
    await lab.call('updateZone', { id: zone.id, allocationstate: 'Disabled' });
    await lab.job('stopSystemVm', { id });
    await lab.pass(130);
    assert.is((await lab.vmItem(id)).state, 'Stopped');
    await lab.call('updateZone', { id: zone.id, allocationstate: 'Enabled' });
    await lab.until('the start', async () => (await lab.vmItem(id)).state === 'Running', 120);
  }),
  'on 4.21 one chain certificate alone takes every console proxy down and back, and the state goes to Auto': withLab(
    async (lab) => {
      await lab.job('uploadCustomCertificate', {
        certificate: certificates.renewed.root,
        name: 'root',
        id: '1',
        domainsuffix: DOMAIN,
      });
      assert.is(await lab.state(), 'ResetSuspending');
      for (const name of ['v-1-VM', 'v-3-VM']) {
        await lab.until('the stop', () => told(lab, `${name} is stopped`) >= 0);
        await lab.until('the start', () => told(lab, `${name} is running`) > told(lab, `${name} is stopped`));
      }
      assert.is(await lab.state(), 'Auto');
    },
    { profile: '4.21' },
  ),
  'on 4.22 the state stays ResetSuspending, stops all console proxies at the next restart, and a second one cures it':
    bites('4.22'),
  'on 4.23 as well': bites('4.23'),
  'on 4.22 Auto before the restart is the remedy': withLab(async (lab) => {
    await uploadKey(lab);
    await lab.set('consoleproxy.management.state', 'Auto');
    await lab.restart();
    await lab.pass(120);
    assert.equal(await consoles(lab), ['Running', 'Running']);
  }),
  'on 4.22 Auto after the restart is too late': withLab(async (lab) => {
    await uploadKey(lab);
    await lab.restart();
    await lab.set('consoleproxy.management.state', 'Auto');
    await lab.until('the stop', async () => all('Stopped', await consoles(lab)), 150);
    await lab.pass(100);
    assert.equal(await consoles(lab), ['Stopped', 'Stopped']);
  }),
  'a console proxy that hangs in Starting keeps the stopped ones of other zones down': withLab(
    async (lab) => {
      const [ams, fra] = [lab.console('ams').id, lab.console('fra').id];
      await lab.job('stopSystemVm', { id: ams });
      await lab.call('startSystemVm', { id: ams });
      await lab.until('Starting', async () => (await lab.vmItem(ams)).state === 'Starting');
      await lab.job('stopSystemVm', { id: fra });
      assert.is((await lab.vmItem(ams)).state, 'Starting');
      await lab.until('the failed start', () => told(lab, 'v-1-VM did not start') >= 0);
      assert.is(told(lab, 'v-3-VM is running'), -1);
    },
    { faults: [{ name: 'vm-does-not-come-back', target: 'ams/consoleproxy' }], timeFactor: 0.03 },
  ),
  'without consoleproxy.restart a stopped storage VM stays down': withLab(async (lab) => {
    await lab.set('consoleproxy.restart', 'false');
    const { id } = lab.storage();
    await lab.job('stopSystemVm', { id });
    await lab.pass(120);
    assert.is((await lab.vmItem(id)).state, 'Stopped');
  }),
});
