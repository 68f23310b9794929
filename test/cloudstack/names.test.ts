import { expectedNames, type NamedVm, nameUnder, systemVmNames } from '../../src/cloudstack/names.ts';
import type { CloudStackReader, Item, Parameters, TaskHost } from '../../src/connection.ts';
import { assert, tests } from '../tests.ts';

const vms: readonly NamedVm[] = [
  { type: 'consoleproxy', zoneId: 'z1', publicIp: '203.0.113.12' },
  { type: 'secondarystoragevm', zoneId: 'z1', publicIp: '203.0.113.11' },
  { type: 'consoleproxy', zoneId: 'z2', publicIp: '203.0.113.20' },
];

const item = ({ type, zoneId, publicIp }: NamedVm): Item => ({
  systemvmtype: type,
  zoneid: zoneId,
  publicip: publicIp,
});

const host = (version: string): TaskHost => ({
  path: 'eu-1',
  name: 'eu-1',
  kind: 'cloud',
  get: (name) => (name === 'version' ? version : undefined),
});

/** Answers with the value of a setting, by name and zone; remembers what was asked. */
function cloud(values: Readonly<Record<string, string>>, asked: string[]): { cloudstack: CloudStackReader } {
  const list = async (command: string, parameters: Parameters = {}): Promise<readonly Item[]> => {
    if (command === 'listSystemVms') return [...vms.map(item), { systemvmtype: 'consoleproxy', zoneid: 'z2' }];
    const key = [parameters['name'], parameters['zoneid']].filter((part) => part !== undefined).join(' ');
    asked.push(key);
    const value = values[key];
    return [{ name: String(parameters['name']), ...(value !== undefined && { value }) }];
  };
  const never = () => Promise.reject(new Error('not asked'));
  return { cloudstack: { list, read: never, probe: never, clockSkewSeconds: () => undefined } };
}

tests('names', {
  'a domain gives names in its three forms': () => {
    assert.is(nameUnder('*.console.example.com', '203.0.113.12'), '203-0-113-12.console.example.com');
    assert.is(nameUnder('console.example.com', '203.0.113.12'), 'console.example.com');
    assert.is(nameUnder('', '203.0.113.12'), undefined);
    assert.is(nameUnder('  ', '203.0.113.12'), undefined);
  },
  'names are listed once, blank domains left out': () => {
    assert.equal(
      systemVmNames(vms, (type) => (type === 'consoleproxy' ? 'console.example.com' : '')),
      ['console.example.com'],
    );
  },
  'from 4.22 on each zone has its own console domain': async () => {
    const asked: string[] = [];
    const values = {
      'consoleproxy.url.domain z1': '*.ams.example.com',
      'consoleproxy.url.domain z2': '*.fra.example.com',
      'secstorage.ssl.cert.domain': '*.storage.example.com',
    };
    assert.equal(await expectedNames(host('4.22.0.1'), cloud(values, asked)), [
      '203-0-113-11.storage.example.com',
      '203-0-113-12.ams.example.com',
      '203-0-113-20.fra.example.com',
    ]);
    assert.is(asked.length, 3);
  },
  'up to 4.21 one domain counts for all zones': async () => {
    const values = { 'consoleproxy.url.domain': '*.console.example.com' };
    assert.equal(await expectedNames(host('4.21.0.0'), cloud(values, [])), [
      '203-0-113-12.console.example.com',
      '203-0-113-20.console.example.com',
    ]);
  },
});
