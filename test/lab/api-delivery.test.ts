// What system VMs serve after an upload, by release line.

import { generateKeyPairSync } from 'node:crypto';
import type { Profile } from '../../src/lab/world/world.ts';
import { assert, tests } from '../tests.ts';
import { certificates, DOMAIN, type Lab, presented, withLab } from './client.ts';

const { renewed, served } = certificates;

const pkcs8 = (key: ReturnType<typeof generateKeyPairSync>['privateKey']): string =>
  key.export({ type: 'pkcs8', format: 'pem' }).toString();

/** Stops it and waits until it is back with its agent. */
async function stopAndStart(lab: Lab, id: string): Promise<void> {
  await lab.job('stopSystemVm', { id });
  await lab.job('startSystemVm', { id });
  await lab.until('the agent', async () => (await lab.vmItem(id))?.agentstate === 'Up');
}

const hasStorage = (lab: Lab): boolean =>
  lab.world.machines().some(({ zone, type }) => zone === 'ams' && type === 'secondarystoragevm');

const chainRow = (name: string, id: number, certificate: string, domainsuffix = DOMAIN) => ({
  name,
  id: String(id),
  certificate,
  domainsuffix,
});

/** Keys that pass the upload and then leave Apache down. */
const deadly: Readonly<Record<string, () => string>> = {
  'another key': () => pkcs8(generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey),
  'an RSA-PSS key': () => pkcs8(generateKeyPairSync('rsa-pss', { modulusLength: 2048 }).privateKey),
  'a key without line breaks': () => renewed.key.trim().replaceAll('\n', ''),
};

const apacheFails = Object.fromEntries(
  Object.entries(deadly).map(([what, key]) => [
    `${what} passes the upload and leaves Apache down`,
    withLab(async (lab) => {
      const job = await lab.job('uploadCustomCertificate', {
        certificate: renewed.leaf,
        privatekey: key(),
        domainsuffix: DOMAIN,
      });
      assert.is(job.jobstatus, 1);
      await lab.until('Apache', () => lab.storage().services['apache2'] === 'failed');
      assert.is(presented(lab.storage(), 443), 'closed');
    }),
  ]),
);

const trustStores: Readonly<Record<Profile, string>> = {
  '4.18': 'realhostip.keystore',
  '4.21': 'realhostip.keystore',
  '4.22': 'realhostip.keystore',
  '4.23': 'systemvm.keystore',
};

const trustStoreCases = Object.fromEntries(
  Object.entries(trustStores).map(([profile, file]) => [
    `on ${profile} the root is in ${file} as cpvmcertificate`,
    withLab(
      async (lab) => {
        const { files, trustStore } = lab.storage();
        const { path, entries } = trustStore;
        assert.is(path, `/usr/local/cloud/systemvm/certs/${file}`);
        assert.match(files['/usr/local/cloud/systemvm/_run.sh'] ?? '', `trustStore=./certs/${file} `);
        assert.is(entries.length, 149);
        assert.is(entries.find(({ alias }) => alias === 'cpvmcertificate')?.pem.trim(), served.root.trim());
        const console = lab.console().trustStore.entries.map(({ alias }) => alias);
        assert.equal(console, ['cross', 'intermed', 'root', 'realhostip']);
      },
      { profile: profile as Profile },
    ),
  ]),
);

tests('lab: delivery of certificates', {
  'a console proxy presents the leaf and then every chain row, highest seq first, root last, on both ports': withLab(
    async (lab) => {
      assert.is(presented(lab.console(), 443), 'old int1 root');
      assert.is(presented(lab.console(), 8443), 'old int1 root');
    },
  ),
  'a storage VM presents the leaf and the chain file': withLab(async (lab) => {
    assert.is(presented(lab.storage(), 443), 'old int1 root');
  }),
  'an upload reboots storage VMs, which serve snakeoil until the agent has connected, then the new chain': withLab(
    async (lab) => {
      await lab.upload(renewed);
      await lab.until('snakeoil', () => presented(lab.storage(), 443) === 'snakeoil');
      await lab.until('the new chain', () => presented(lab.storage(), 443) === 'new int1 root');
    },
  ),
  'on 4.22 console proxies keep the old certificate until they are restarted, one by one': withLab(async (lab) => {
    await lab.upload(renewed);
    await lab.pass(120);
    assert.is(presented(lab.console('ams'), 443), 'old int1 root');
    await stopAndStart(lab, lab.console('ams').id);
    await lab.until('the new chain', () => presented(lab.console('ams'), 443) === 'new int1 root');
    assert.is(presented(lab.console('ams'), 8443), 'new int1 root');
    assert.is(presented(lab.console('fra'), 443), 'old int1 root');
  }),
  'on 4.21 the upload alone brings the new certificate to the console proxies of all zones': withLab(
    async (lab) => {
      await lab.upload(renewed);
      for (const zone of ['ams', 'fra']) {
        await lab.until('the new chain', () => presented(lab.console(zone), 443) === 'new int1 root');
      }
      assert.is(await lab.state(), 'Auto');
    },
    { profile: '4.21' },
  ),
  'a chain row of another domain suffix is served by console proxies and not by storage VMs': withLab(async (lab) => {
    await lab.job('uploadCustomCertificate', chainRow('stranger', 9, renewed.root, 'other.example'));
    await stopAndStart(lab, lab.console().id);
    await stopAndStart(lab, lab.storage().id);
    await lab.until('the console proxy', () => presented(lab.console(), 443) === 'old root int1 root');
    await lab.until('the storage VM', () => presented(lab.storage(), 443) === 'old int1 root');
  }),
  'a server certificate of another domain suffix than its chain is served alone by a storage VM': withLab(
    async (lab) => {
      await lab.job('uploadCustomCertificate', {
        certificate: renewed.leaf,
        privatekey: renewed.key,
        domainsuffix: 'other.example',
      });
      // The chain file of before is left over, and is still sent.
      await lab.until('the new leaf', () => presented(lab.storage(), 443) === 'new int1 root');
      await lab.job('destroySystemVm', { id: lab.storage().id });
      await lab.until('a new VM', () => hasStorage(lab) && presented(lab.storage(), 443) === 'new');
    },
  ),
  'of a bundle in one value a console proxy sends the first block only': withLab(async (lab) => {
    const bundle = `${renewed.intermediates[0] ?? ''}${renewed.root}`;
    await lab.job('uploadCustomCertificate', chainRow('intermediate1', 2, bundle));
    await stopAndStart(lab, lab.console().id);
    await lab.until('the chain', () => presented(lab.console(), 443) === 'old int1 root');
  }),
  'a plain reboot keeps the boot arguments: TLS that was switched on is not there': withLab(
    async (lab) => {
      await lab.set('consoleproxy.sslEnabled', 'true');
      await lab.restart();
      await lab.job('rebootSystemVm', { id: lab.console().id });
      await lab.until('the reboot', () => lab.console().power === 'booting');
      await lab.until('the agent', () => lab.console().ports[80] !== undefined);
      assert.is(presented(lab.console(), 443), 'closed');
      await stopAndStart(lab, lab.console().id);
      await lab.until('TLS', () => presented(lab.console(), 443) === 'old int1 root');
    },
    { settings: { 'consoleproxy.sslEnabled': 'false' } },
  ),
  'a global setting that is not dynamic counts only after a restart of the management server': withLab(
    async (lab) => {
      await lab.set('consoleproxy.url.domain', DOMAIN);
      await stopAndStart(lab, lab.console().id);
      await lab.pass(40);
      assert.is(presented(lab.console(), 443), 'closed');
      await lab.restart();
      await stopAndStart(lab, lab.console().id);
      await lab.until('TLS', () => presented(lab.console(), 443) === 'old int1 root');
    },
    { settings: { 'consoleproxy.url.domain': '' } },
  ),
  'without encryption of copies a storage VM serves the expired pair': withLab(
    async (lab) => {
      assert.is(presented(lab.storage(), 443), 'realhostip');
    },
    { settings: { 'secstorage.encrypt.copy': 'false' } },
  ),
  'a restart of the management server delivers to storage VMs again, without a reboot, and not to console proxies':
    withLab(async (lab) => {
      await lab.set('secstorage.encrypt.copy', 'false');
      await lab.restart();
      await lab.until('the storage VM', () => presented(lab.storage(), 443) === 'realhostip int1 root');
      assert.is(presented(lab.console(), 443), 'old int1 root');
    }),
  'a restart of the service "cloud" inside a console proxy is enough for a new certificate': withLab(async (lab) => {
    await lab.upload(renewed);
    lab.world.restartService(lab.console().id, 'cloud');
    await lab.until('the new chain', () => presented(lab.console(), 443) === 'new int1 root');
  }),
  ...apacheFails,
  ...trustStoreCases,
});
