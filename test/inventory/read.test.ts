import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { scopeOf, winner } from '../../src/inventory/clouds.ts';
import { readInventory } from '../../src/inventory/read.ts';
import { inventorySchema } from '../../src/inventory/schema.ts';
import type { Inventory, Value } from '../../src/model.ts';
import { mismatches } from '../../src/schema/ajv.ts';
import { assert, tests } from '../tests.ts';

type Files = Readonly<Record<string, string>>;

/** Reads `inv/` of a folder with these files; the playbook is in `play/`. */
function inventoryOf(files: Files): Inventory {
  const folder = mkdtempSync(join(tmpdir(), 'cs-play-test-'));
  try {
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, name)), { recursive: true });
      writeFileSync(join(folder, name), text);
    }
    return readInventory([join(folder, 'inv')], {
      playbookFolder: join(folder, 'play'),
      lookup: (_, [name]) => `<${name}>`,
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** What each host gets for a variable, by path. */
function valuesOf(inventory: Inventory, name: string): Record<string, Value | undefined> {
  return Object.fromEntries(inventory.hosts.map((host) => [host.path, scopeOf(host.layers, () => null).get(name)]));
}

const groupsOf = (inventory: Inventory) =>
  Object.fromEntries(inventory.hosts.map((host) => [host.path, host.groups.join(' ')]));

const one = (text: string): Files => ({ 'inv/hosts.yml': text });

/** The places where `x` may be set for host `h` of group `child` in group `parent`, from low to high. */
const places: readonly (readonly [string, Files])[] = [
  ['all in the inventory', { 'inv/all.yml': 'all: { vars: { x: 1 } }' }],
  ['parent group in the inventory', { 'inv/parent.yml': 'parent: { vars: { x: 2 } }' }],
  ['child group in the inventory', { 'inv/child.yml': 'child: { vars: { x: 3 } }' }],
  ['group_vars/all beside the inventory', { 'inv/group_vars/all.yml': 'x: 4' }],
  ['group_vars/all beside the playbook', { 'play/group_vars/all.yml': 'x: 5' }],
  ['group_vars of the parent', { 'inv/group_vars/parent.json': '{"x": 6}' }],
  ['group_vars of the child', { 'inv/group_vars/child/a.yml': 'x: 7' }],
  ['group_vars beside the playbook', { 'play/group_vars/parent.yml': 'x: 8' }],
  ['the host in the inventory', { 'inv/h.yml': 'child: { hosts: { h: { x: 9 } } }' }],
  ['host_vars beside the inventory', { 'inv/host_vars/h.yaml': 'x: 10' }],
  ['host_vars beside the playbook', { 'play/host_vars/h.yml': 'x: 11' }],
];

const nested: Files = {
  'inv/0.yml': 'parent: { children: { child: { hosts: { h: } } } }',
};

tests('readInventory', {
  ...Object.fromEntries(
    places.slice(1).map(([title, files], index) => [
      `${title} wins over ${places[index]?.[0]}`,
      () => {
        const inventory = inventoryOf({ ...nested, ...places[index]?.[1], ...files });
        assert.equal(valuesOf(inventory, 'x'), { h: index + 2 });
      },
    ]),
  ),
  'of groups of the same depth the last in the alphabet wins': () =>
    assert.equal(
      valuesOf(inventoryOf(one('b: { hosts: { h: }, vars: { x: b } }\na: { hosts: { h: }, vars: { x: a } }\n')), 'x'),
      { h: 'b' },
    ),
  'a priority wins over the alphabet': () =>
    assert.equal(
      valuesOf(
        inventoryOf(
          one(
            'b: { hosts: { h: }, vars: { x: b } }\na: { hosts: { h: }, vars: { x: a, ansible_group_priority: 10 } }\n',
          ),
        ),
        'x',
      ),
      { h: 'a' },
    ),
  'groups come parents first, and a host without any is ungrouped': () =>
    assert.equal(
      groupsOf(
        inventoryOf(
          one('all: { hosts: { lone: } }\nprod: { children: { web: { hosts: { w1: } } } }\ndb: { hosts: { w1: } }\n'),
        ),
      ),
      { lone: 'ungrouped', w1: 'db prod web' },
    ),
  'ranges in host names expand in order, zeros kept': () =>
    assert.equal(
      inventoryOf(one('web: { hosts: { "w[08:11]": , "d-[a:c].x": , "r[0:6:3]b[1:2]": } }')).hosts.map(
        (host) => host.name,
      ),
      ['w08', 'w09', 'w10', 'w11', 'd-a.x', 'd-b.x', 'd-c.x', 'r0b1', 'r0b2', 'r3b1', 'r3b2', 'r6b1', 'r6b2'],
    ),
  'a folder is read file by file, notes and schemas left out': () =>
    assert.equal(
      inventoryOf({
        'inv/b': 'g: { hosts: { b: } }',
        'inv/a.yml': 'g: { hosts: { a: } }',
        'inv/schema.json': '{',
        'inv/README.md': '#',
      }).files.map((file) => file.split('/').pop()),
      ['a.yml', 'b'],
    ),
  'a host with an api_url is a cloud, with its management servers after it': () => {
    const inventory = inventoryOf(
      one(
        "eu:\n  hosts:\n    eu-1:\n      api_url: https://eu.example.com/client/api\n      api_key: k1k1k1\n      secret_key: \"{{ lookup('env', 'SECRET') }}\"\n      management_servers: [ms1, { name: ms2, ansible_port: 2222 }]\n  vars: { ansible_user: root }\nall: { hosts: { other: } }\n",
      ),
    );
    assert.equal(
      inventory.hosts.map(({ path, kind, groups, parent }) => [path, kind, groups.join(' '), parent?.path]),
      [
        ['eu-1', 'cloud', 'eu clouds', undefined],
        ['eu-1/ms1', 'management_server', 'eu-1 management_servers', 'eu-1'],
        ['eu-1/ms2', 'management_server', 'eu-1 management_servers', 'eu-1'],
        ['other', 'host', 'ungrouped', undefined],
      ],
    );
    assert.equal(valuesOf(inventory, 'ansible_port'), {
      'eu-1': undefined,
      'eu-1/ms1': undefined,
      'eu-1/ms2': 2222,
      other: undefined,
    });
  },
  'a template may name the management servers': () => {
    const files = one(
      'clouds:\n  hosts:\n    eu-1:\n      api_url: http://eu\n      api_key: a\n      secret_key: b\n      first: ms1\n      management_servers: ["{{ first }}"]\n',
    );
    assert.equal(
      inventoryOf(files).hosts.map((host) => host.path),
      ['eu-1', 'eu-1/ms1'],
    );
  },
  'a management server that is also a host of its own stands below its cloud, with its variables': () => {
    const inventory = inventoryOf(
      one(
        'clouds:\n  hosts:\n    eu-1: { api_url: http://eu, api_key: a, secret_key: b, management_servers: [ms1], x: cloud }\nms: { hosts: { ms1: { y: own } } }\nall: { vars: { x: all } }\n',
      ),
    );
    assert.equal(
      inventory.hosts.map((host) => host.path),
      ['eu-1', 'eu-1/ms1'],
    );
    assert.equal(valuesOf(inventory, 'y'), { 'eu-1': undefined, 'eu-1/ms1': 'own' });
    // What holds for all is the cloud's to give: here it would win over the cloud's own.
    assert.equal(valuesOf(inventory, 'x'), { 'eu-1': 'cloud', 'eu-1/ms1': undefined });
  },
  'keys are secrets from the moment they are read, written out or looked up': () => {
    const [cloud] = inventoryOf(
      one(
        "clouds: { hosts: { eu-1: { api_url: http://eu, api_key: in-clear-text, secret_key: \"{{ lookup('env', 'S') }}\" } } }",
      ),
    ).hosts;
    const layers = cloud?.layers ?? [];
    const scope = scopeOf(layers, () => 'looked-up');
    assert.is(winner(layers, 'api_key')?.text, '***');
    assert.equal([String(scope.get('api_key')), String(scope.get('secret_key'))], ['***', '***']);
  },
  'variables of groups that hosts are discovered into are kept': () => {
    const inventory = inventoryOf({
      ...one('system_vms: { vars: { system_vm_ssh: jump } }\nall: { hosts: { h: } }\n'),
      'inv/group_vars/zones.yml': 'x: 1',
    });
    const value = (group: string, name: string) => scopeOf(inventory.groupVars?.get(group) ?? [], () => null).get(name);
    assert.equal(
      [value('system_vms', 'system_vm_ssh'), value('zones', 'x'), value('clouds', 'x')],
      ['jump', 1, undefined],
    );
  },
  'what is near to a known name is warned of': () => {
    const inventory = inventoryOf({
      ...one('prod: { hosts: { h: { ansible_prot: 22 } } }'),
      'inv/group_vars/prd.yml': 'x: 1',
    });
    assert.equal(
      inventory.warnings.map(({ message, hint }) => `${message}; ${hint}`),
      [
        'group_vars has "prd", but there is no such group; did you mean "prod"?',
        '"ansible_prot" is a variable of your own, but looks like one that cs-play reads; did you mean "ansible_port"?',
      ],
    );
  },
  'ten thousand hosts are read, groups and all': () => {
    const lines = Array.from(
      { length: 10_000 },
      (_, n) => `    h${n}: { ansible_host: 10.0.${n >> 8}.${n & 255}, rack: r${n % 40} }`,
    );
    const inventory = inventoryOf(one(`web:\n  hosts:\n${lines.join('\n')}\n  vars: { x: 1 }\n`));
    assert.is(inventory.hosts.length, 10_000);
    assert.is(inventory.groups.get('web')?.length, 10_000);
    assert.is(scopeOf(inventory.hosts[9_999]?.layers ?? [], () => null).get('ansible_host'), '10.0.39.15');
  },
  'the editor schema accepts a whole inventory and refuses a group key that does not exist': () => {
    const schema = inventorySchema();
    const eu = { api_url: 'https://eu/client/api', management_servers: ['ms1'], own: [1] };
    assert.equal(
      mismatches(schema, { clouds: { hosts: { 'eu-1': eu, 'eu-2': null }, vars: { x: 1 } }, empty: null }),
      [],
    );
    assert.is(mismatches(schema, { clouds: { host: {} } })[0]?.params['additionalProperty'], 'host');
  },
});
