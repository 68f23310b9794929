import { InvalidInput } from '../../src/errors.ts';
import { limitRole, settleLimit } from '../../src/inventory/limit.ts';
import { parsePattern, select } from '../../src/inventory/pattern.ts';
import type { Host, HostKind, Inventory } from '../../src/model.ts';
import { assert, tests } from '../tests.ts';

function host(path: string, groups: readonly string[] = [], kind: HostKind = 'host', parent?: Host): Host {
  return { path, name: path.split('/').pop() ?? path, kind, parent, groups, layers: [], facts: {} };
}

function parse(text: string) {
  return parsePattern(text, { source: { file: '--limit', text }, start: 0, end: text.length });
}

const machines = [
  host('w1', ['prod', 'web', 'zone1']),
  host('w2', ['prod', 'web']),
  host('w3', ['prod', 'web', 'db']),
  host('d1', ['db', 'zone1']),
];

/** Ansible's own answers, but for the order of `all`, which is that of the inventory here. */
const flat: Readonly<Record<string, string>> = {
  all: 'w1 w2 w3 d1',
  '*': 'w1 w2 w3 d1',
  web: 'w1 w2 w3',
  'web,db': 'w1 w2 w3 d1',
  'db:web': 'w3 d1 w1 w2',
  'd1,web': 'd1 w1 w2 w3',
  'web:&zone1': 'w1',
  'web:!zone1': 'w2 w3',
  '!zone1': 'w2 w3',
  '&zone1': 'w1 d1',
  '!w1:web': 'w2 w3',
  'web, !w2': 'w1 w3',
  '~w[12]': 'w1 w2',
  '~w\\d': 'w1 w2 w3',
  '~.*1$': 'w1 d1',
  '~1': '',
  'w?': 'w1 w2 w3',
  'w*': 'w1 w2 w3',
  'd*': 'w3 d1',
  '[wd]1': 'w1 d1',
  '[!w]1': 'd1',
  'web[0]': 'w1',
  'web[-1]': 'w3',
  'web[0:1]': 'w1 w2',
  'web[0-1]': 'w1 w2',
  'web[1:]': 'w2 w3',
  'web[5]': '',
  'all:!web[0]': 'w2 w3 d1',
  WEB: '',
  'web:nosuch': 'w1 w2 w3',
};

const cloud = host('eu-1', ['clouds'], 'cloud');
const ms = host('eu-1/ms1', ['eu-1', 'management_servers'], 'management_server', cloud);
const ams = host('eu-1/ams', ['zones', 'eu-1', 'ams'], 'zone', cloud);
const console1 = host('eu-1/ams/v-12-VM', ['system_vms', 'console_proxies', 'eu-1', 'ams'], 'system_vm', ams);
const storage1 = host('eu-1/ams/s-11-VM', ['system_vms', 'secondary_storage_vms', 'eu-1', 'ams'], 'system_vm', ams);
const fra = host('eu-1/fra', ['zones', 'eu-1', 'fra'], 'zone', cloud);
const console2 = host('eu-1/fra/v-3-VM', ['system_vms', 'console_proxies', 'eu-1', 'fra'], 'system_vm', fra);
const other = host('us-1', ['clouds'], 'cloud');
const tree = [cloud, ms, ams, console1, storage1, fra, console2, other];

const deep: Readonly<Record<string, string>> = {
  'eu-1': 'eu-1',
  clouds: 'eu-1 us-1',
  zones: 'eu-1/ams eu-1/fra',
  ams: 'eu-1/ams eu-1/ams/v-12-VM eu-1/ams/s-11-VM',
  'eu-1/ams': 'eu-1/ams',
  'eu-1/*': 'eu-1/ms1 eu-1/ams eu-1/fra',
  'eu-1/**': 'eu-1/ms1 eu-1/ams eu-1/ams/v-12-VM eu-1/ams/s-11-VM eu-1/fra eu-1/fra/v-3-VM',
  '*/*/v-*': 'eu-1/ams/v-12-VM eu-1/fra/v-3-VM',
  '**/v-12-VM': 'eu-1/ams/v-12-VM',
  'v-12-VM': 'eu-1/ams/v-12-VM',
  'system_vms:&eu-1/ams/*': 'eu-1/ams/v-12-VM eu-1/ams/s-11-VM',
  'console_proxies:!eu-1/fra/**': 'eu-1/ams/v-12-VM',
  'console_proxies[1]': 'eu-1/fra/v-3-VM',
  'us-?': 'us-1',
};

/** What a limit says of each host of the tree: selected hosts, then `|`, then those on the way. */
const limits: Readonly<Record<string, string>> = {
  all: 'eu-1 eu-1/ms1 eu-1/ams eu-1/ams/v-12-VM eu-1/ams/s-11-VM eu-1/fra eu-1/fra/v-3-VM us-1 |',
  'eu-1': 'eu-1 eu-1/ms1 eu-1/ams eu-1/ams/v-12-VM eu-1/ams/s-11-VM eu-1/fra eu-1/fra/v-3-VM |',
  'eu-1/ams': 'eu-1/ams eu-1/ams/v-12-VM eu-1/ams/s-11-VM | eu-1',
  'eu-1/ams/v-*': 'eu-1/ams/v-12-VM | eu-1 eu-1/ams',
  'eu-*/fra': 'eu-1/fra eu-1/fra/v-3-VM | eu-1',
  '**/v-3-VM': 'eu-1/fra/v-3-VM | eu-1 eu-1/ams eu-1/fra us-1',
  console_proxies: 'eu-1/ams/v-12-VM eu-1/fra/v-3-VM | eu-1 eu-1/ams eu-1/fra us-1',
  'console_proxies:&eu-1/ams': 'eu-1/ams/v-12-VM | eu-1 eu-1/ams',
  'clouds:!eu-1/ams': 'eu-1 eu-1/ms1 eu-1/fra eu-1/fra/v-3-VM us-1 |',
  'eu-1:!secondary_storage_vms': 'eu-1 eu-1/ms1 eu-1/ams eu-1/ams/v-12-VM eu-1/fra eu-1/fra/v-3-VM |',
  '!eu-1': 'us-1 |',
  'clouds[0]:&zones': 'eu-1/ams eu-1/ams/v-12-VM eu-1/ams/s-11-VM eu-1/fra eu-1/fra/v-3-VM | eu-1',
  ms1: 'eu-1/ms1 | eu-1',
};

const inventory: Inventory = {
  files: ['i.yml'],
  hosts: [cloud, ms, other],
  groups: new Map([
    ['clouds', [cloud, other]],
    ['management_servers', [ms]],
  ]),
  warnings: [],
};

const unknown: Readonly<Record<string, string>> = {
  'eu-2': 'no host or group is named "eu-2" (did you mean "eu-1"?)',
  'v-12-VM': 'no host or group is named "v-12-VM" (a host below a cloud is named by its path: "**/v-12-VM")',
  'clouds:nosuchthing':
    'no host or group is named "nosuchthing" (a host below a cloud is named by its path: "**/nosuchthing")',
  system_vm: 'no host or group is named "system_vm" (did you mean "system_vms"?)',
  'asia-1/ams': '"asia-1/ams" is below no host of the inventory (the clouds are eu-1, us-1)',
  'clouds[7]': '"clouds[7]" means no host of the inventory ("clouds" has 2 hosts, counted from 0)',
  'eu-1/nowhere': '',
  '~eu-': '',
};

const malformed: Readonly<Record<string, string>> = {
  '': 'a host pattern must not be empty (write "all" for every host)',
  ',': 'a host pattern must not be empty (write "all" for every host)',
  'web:!': '"!" in a host pattern has nothing after it',
  '~(': '"~(" is not a regular expression: Invalid regular expression: /^(?:()/: Unterminated group',
  '@hosts.txt': '"@hosts.txt" is not there yet: a file of hosts (list the hosts with commas)',
};

function problemOf(text: string): string {
  try {
    parse(text);
  } catch (error) {
    if (!(error instanceof InvalidInput)) throw error;
    return error.problems.map(({ message, hint }) => message + (hint ? ` (${hint})` : '')).join('; ');
  }
  return '';
}

const paths = (hosts: readonly Host[]) => hosts.map((each) => each.path).join(' ');
const each = (cases: Readonly<Record<string, string>>, what: string, got: (text: string) => string) =>
  Object.fromEntries(
    Object.entries(cases).map(([text, want]) => [`${what} "${text}"`, () => assert.is(got(text), want)]),
  );

function rolesOf(text: string): string {
  const { pattern } = settleLimit(parse(text), inventory);
  const by = (role: string) => paths(tree.filter((one) => limitRole(pattern, one) === role));
  return `${by('selected')} | ${by('on the way')}`.trim();
}

tests('host patterns', {
  ...each(flat, 'among machines', (text) => paths(select(parse(text), machines))),
  ...each(deep, 'in the tree', (text) => paths(select(parse(text), tree))),
  ...each(limits, 'limit', rolesOf),
  ...each(unknown, 'unknown in', (text) => {
    const { problems } = settleLimit(parse(text), inventory);
    return problems.map(({ message, hint }) => message + (hint ? ` (${hint})` : '')).join('; ');
  }),
  ...each(malformed, 'malformed', problemOf),
});
