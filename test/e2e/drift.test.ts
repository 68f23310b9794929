// Drift: whatever changes between a plan and its apply is found and named, item by item, and nothing is touched.

import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { withLab } from '../rig.ts';
import { assert, tests } from '../tests.ts';
import { DriftBench } from './drift-bench.ts';
import { certificates } from './rotation-proof.ts';

interface Drift {
  /** Changes something after the plan was saved. */
  readonly change: (bench: DriftBench) => void | Promise<void>;
  /** Without it a new plan is made for the next case. */
  readonly undo?: (bench: DriftBench) => void | Promise<void>;
  /** What is told besides drift: the plan itself is not to be applied any more. */
  readonly reasons?: readonly string[];
  readonly drift: readonly string[];
}

/** A file of the project with another content, and back. */
function edited(name: string, text: string): Pick<Drift, 'change' | 'undo' | 'drift'> {
  let before = '';
  return {
    change: (bench) => {
      before = bench.read(name);
      bench.write(name, before + text);
    },
    undo: (bench) => bench.write(name, before),
    drift: [`PROJECT/${name} has changed`],
  };
}

/** Told without a single request. */
const files: Readonly<Record<string, Drift>> = {
  'the playbook': edited('play.yml', '# changed\n'),
  'a playbook that it imports': edited('rotate-certs.yml', '# changed\n'),
  'a file of tasks that it imports': edited('more.yml', '# changed\n'),
  'a file of variables': edited('vars.yml', '# changed\n'),
  'the inventory': edited('inv/inventory.yml', '# changed\n'),
  'variables of a group': edited('inv/group_vars/clouds.yml', '# changed\n'),
  'a file given with -e': edited('extra.yml', '# changed\n'),
  'the file of the limit': edited('hosts.txt', '\n'),
  'an own task module': edited('tasks/own_look.mjs', '// changed\n'),
  'what an own task module imports': edited('tasks/words/words.mjs', '// changed\n'),
  'a file that is gone, and two others': {
    change: (bench) => {
      rmSync(join(bench.folder, 'vars.yml'));
      bench.write('more.yml', `${bench.read('more.yml')}\n`);
      bench.write('play.yml', `${bench.read('play.yml')}\n`);
    },
    undo: (bench) => {
      bench.write('vars.yml', 'greeting: hello\n');
      for (const name of ['more.yml', 'play.yml']) bench.write(name, bench.read(name).replace(/\n$/, ''));
    },
    drift: ['PROJECT/more.yml has changed', 'PROJECT/play.yml has changed', 'PROJECT/vars.yml is gone'],
  },
  'variables that nobody had': {
    change: (bench) => bench.write('inv/host_vars/lab.yml', 'tone: soft\n'),
    undo: (bench) => rmSync(join(bench.folder, 'inv/host_vars/lab.yml')),
    drift: ['PROJECT/inv/host_vars/lab.yml is new'],
  },
  'a bundle of which a part is gone': {
    change: (bench) => rmSync(join(bench.rig.lab.folder, 'privkey.pem')),
    undo: (bench) => writeFileSync(join(bench.rig.lab.folder, 'privkey.pem'), certificates.renewed.key),
    drift: ['the file "FOLDER/lab/privkey.pem" is missing'],
  },
  'its time': {
    change: (bench) => bench.alter({ expires: '2026-01-02T03:04:05.678Z' }),
    undo: (bench) => bench.restore(),
    reasons: ['the plan has expired: it was valid until 2026-01-02 03:04:05 UTC'],
    drift: [],
  },
  'the version of cs-play': {
    change: (bench) => bench.alter({ madeBy: '99.1.0' }),
    undo: (bench) => bench.restore(),
    reasons: ['the plan was made by cs-play 99.1.0, and this is VERSION'],
    drift: [],
  },
};

/** Told after a look at everything. */
const world: Readonly<Record<string, Drift>> = {
  'a setting that was right': {
    change: (bench) => bench.setting('consoleproxy.sslEnabled', 'false'),
    undo: (bench) => bench.setting('consoleproxy.sslEnabled', 'true'),
    drift: ['lab "Consoles speak TLS": value was true, is false'],
  },
  'a setting that somebody else has set already': {
    change: (bench) => bench.setting('secstorage.encrypt.copy', 'true'),
    undo: (bench) => bench.setting('secstorage.encrypt.copy', 'false'),
    drift: [
      'lab "Downloads speak TLS": value was false, is true',
      'lab/ms1.lab.example "The new settings count": was to be changed ("restart the management server ms1.lab.example"), is not looked at',
    ],
  },
  'a value that is looked up where nobody pins it': {
    change: (bench) => bench.write('most.txt', '7\n'),
    undo: (bench) => bench.write('most.txt', '5\n'),
    drift: ['lab "Consoles at most": was "set consoleproxy.session.max to 5", is "set consoleproxy.session.max to 7"'],
  },
  'the state of the consoles': {
    change: (bench) => bench.setting('consoleproxy.management.state', 'Suspending'),
    undo: (bench) => bench.setting('consoleproxy.management.state', 'Auto'),
    drift: [
      'lab/ms1.lab.example "The new settings count": was to be changed ("restart the management server ms1.lab.example"), is failing ("consoleproxy.management.state" is Suspending: a server that starts now would keep all console proxies down)',
    ],
  },
  'a zone that was disabled': {
    change: (bench) => bench.zone('Disabled'),
    undo: (bench) => bench.zone('Enabled'),
    drift: ['lab/ams: allocation state was Enabled, is Disabled'],
  },
  'a system VM that was stopped': {
    change: async (bench) => {
      // Its scanner would start the VM again.
      await bench.zone('Disabled');
      await bench.order('stopSystemVm', { id: bench.vm('v-1-VM')?.id ?? '' });
      await bench.until(() => bench.state('v-1-VM', 'Stopped'));
    },
    undo: async (bench) => {
      await bench.zone('Enabled');
      await bench.until(() => bench.agentsUp());
    },
    drift: [
      'lab "The chain is in CloudStack": served by v-1-VM was SHA, is not there',
      'lab/ams/v-1-VM "The system VMs serve it": agent was Up, is Disconnected',
      'lab/ams/v-1-VM "The system VMs serve it": hypervisor was kvm1.ams.lab.example, is none',
      'lab/ams/v-1-VM "The system VMs serve it": served on 443 was SHA, is not there',
      'lab/ams/v-1-VM "The system VMs serve it": served on 8443 was SHA, is not there',
      'lab/ams/v-1-VM "The system VMs serve it": state was Running, is Stopped',
      'lab/ams: allocation state was Enabled, is Disabled',
    ],
  },
  'a chain that somebody else has begun to upload': {
    change: async (bench) => {
      const writes = bench.rig.lab.writes().length;
      const domainsuffix = bench.world.options.consoleDomain;
      const { root: certificate } = certificates.served;
      await bench.order('uploadCustomCertificate', { id: '1', name: 'root', certificate, domainsuffix });
      await bench.until(() => bench.rig.lab.writes().length > writes);
      await bench.setting('consoleproxy.management.state', 'Auto');
    },
    drift: ['lab "The chain is in CloudStack": newest upload was none, is TIME (user admin), event ID'],
  },
  'a management server that was restarted': {
    change: async (bench) => {
      bench.world.restartManagementServer('ms1.lab.example');
      await bench.until(() => bench.world.managementServers[0]?.api === 'answers');
      await bench.until(() => bench.agentsUp());
    },
    drift: ['lab/ms1.lab.example "The new settings count": last start was TIME, is TIME'],
  },
  'a system VM that was destroyed and made anew': {
    change: async (bench) => {
      await bench.order('destroySystemVm', { id: bench.vm('v-1-VM')?.id ?? '' });
      await bench.until(() => bench.vm('v-1-VM') === undefined);
      await bench.until(() => bench.agentsUp());
    },
    drift: [
      'lab "The chain is in CloudStack": served by v-1-VM was SHA, is not there',
      'lab "The chain is in CloudStack": served by v-3-VM was not there, is SHA',
      'lab/ams/v-1-VM: the system VM is gone',
      'lab/ams: there is a new system VM lab/ams/v-3-VM',
    ],
  },
  'a bundle that was replaced by another good one': {
    change: (bench) => bench.replaceBundle(),
    drift: [
      'lab "The chain is in CloudStack": rows was root, intermediate1, is root',
      'lab "The new certificate is fit for this cloud": certificate was SHA, is SHA',
      'lab "The new certificate is fit for this cloud": intermediates was SHA, is none',
      'lab "The new certificate is fit for this cloud": key was SHA, is SHA',
      'lab "The new certificate is fit for this cloud": root was SHA, is SHA',
      'lab "The new certificate is fit for this cloud": until was DAY, is DAY',
    ],
  },
};

/** What is another each time. */
function steady(text: string, { folder, rig }: DriftBench): string {
  return text
    .replaceAll(folder, 'PROJECT')
    .replaceAll(rig.folder, 'FOLDER')
    .replaceAll(/this is \d+\.\d+\.\d+/g, 'this is VERSION')
    .replaceAll(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+0000/g, 'TIME')
    .replaceAll(/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC(?= \()/g, 'TIME')
    .replaceAll(/event [-0-9a-f]{36}/g, 'event ID')
    .replaceAll(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/g, 'DAY')
    .replaceAll(/\b[0-9a-f]{4}…[0-9a-f]{2}\b/g, 'SHA');
}

function told({ reasons = [], drift }: Drift): string {
  const things = drift.length === 1 ? 'one thing has' : `${drift.length} things have`;
  const why = [...reasons, ...(drift.length > 0 ? [`${things} changed since it was made`] : [])].join('; ');
  return [
    `error: FOLDER/rotation.plan is not applied, nothing was touched: ${why}`,
    ...drift.map((line) => `drift: ${line}`),
    'hint: plan again: cs-play plan PROJECT/play.yml -i PROJECT/inv -l @PROJECT/hosts.txt -e @PROJECT/extra.yml -o FOLDER/rotation.plan',
    '',
  ].join('\n');
}

let bench: DriftBench;

/** Changes, applies: the whole text, and nothing written. */
async function drifts(name: string, each: Drift, looks: boolean): Promise<void> {
  await each.change(bench);
  const [requests, writes] = [bench.rig.lab.requests(), bench.rig.lab.writes().length];
  const { code, stdout, stderr } = await bench.apply();
  const written = bench.rig.lab.writes().length - writes;
  await each.undo?.(bench);
  assert.is(steady(stderr, bench), told(each), name);
  assert.equal([code, stdout, written], [5, '', 0], name);
  assert.is(bench.rig.lab.requests() > requests, looks, name);
}

tests('what has changed since a plan was made is named, and nothing is touched', {
  'of its files, its time and its version, without a request; of the world after a look': () =>
    withLab(
      {
        profile: '4.22',
        zones: 1,
        timeFactor: 0.002,
        certificates,
        world: { settings: { 'secstorage.encrypt.copy': 'false' } },
      },
      async (rig) => {
        bench = new DriftBench(rig);
        const cases = [files, world].flatMap((table) =>
          Object.entries(table).map(([name, each]) => ({ name, each, looks: table === world })),
        );
        let planned = false;
        for (const { name, each, looks } of cases) {
          if (!planned) await bench.save();
          await drifts(name, each, looks);
          planned = each.undo !== undefined;
        }
        const among = await rig.here(['plan', ...bench.words, '-o', join(bench.folder, 'inv/rotation.plan')]);
        assert.is(
          steady(among.stderr, bench),
          `error: "PROJECT/inv/rotation.plan" would be read as a part of the inventory in "PROJECT/inv"
hint: save the plan in another folder
`,
        );
      },
    ),
});
