import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SshWriter } from '../../../src/connection.ts';
import type { ValueMap } from '../../../src/model.ts';
import { assert, tests } from '../../tests.ts';
import { failureText, hostOf, stepOf, type TestStep, withConnections } from '../steps.ts';
import { newKey, type ServerOptions, startServer, type TestServer } from './server.ts';

const folder = mkdtempSync(join(tmpdir(), 'cs-play-vm-'));
process.on('exit', () => rmSync(folder, { recursive: true }));
const hostKey = newKey();
const userKey = newKey();
const keyFile = join(folder, 'key');
writeFileSync(keyFile, userKey.private, { mode: 0o600 });
const configFile = join(folder, 'config');
writeFileSync(configFile, '');

/**
 * A PATH whose `ssh` stands for the one on the hypervisor: it tells its arguments on descriptor 2, then runs the last
 * one with a shell as sshd in the VM would, or fails as the script says.
 */
function machineWith(script: string): NodeJS.ProcessEnv {
  const bin = mkdtempSync(join(folder, 'bin-'));
  writeFileSync(join(bin, 'ssh'), `#!/bin/sh\n${script}\n`);
  chmodSync(join(bin, 'ssh'), 0o755);
  return { PATH: `${bin}:${process.env['PATH']}` };
}
const RUNS = 'for last; do :; done; exec /bin/sh -c "$last"';
const TELLS = 'printf "%s\\n" "$@"';
const fails = (text: string, code = 255) => `echo '${text}' >&2; exit ${code}`;

interface Setting {
  readonly script?: string;
  readonly facts?: ValueMap;
  readonly server?: Partial<ServerOptions>;
}

interface Scene {
  readonly ssh: SshWriter;
  readonly step: TestStep;
  readonly server: TestServer;
}

/** A console proxy on a hypervisor whose SSH is the test's. */
async function withVm<T>(
  { script = RUNS, facts = {}, server: options = {} }: Setting,
  body: (scene: Scene) => Promise<T>,
): Promise<T> {
  const server = await startServer({ hostKey, users: [userKey], environment: machineWith(script), ...options });
  const knownHosts = join(folder, `known-${server.port}`);
  writeFileSync(knownHosts, `10.1.0.5,ms1.example ${hostKey.line}\n`);
  const vm = hostOf(
    {
      hypervisor: 'KVM',
      hypervisor_address: '10.1.0.5',
      linklocalip: '169.254.3.7',
      privateip: '10.1.9.9',
      connect_to: [`10.1.0.5:22:127.0.0.1:${server.port}`, `ms1.example:22:127.0.0.1:${server.port}`],
      ansible_ssh_private_key_file: keyFile,
      ssh_known_hosts_file: knownHosts,
      ssh_config_file: configFile,
      // Inherited from the cloud for its management servers: not for its system VMs.
      ansible_host: 'ms1.example',
      ansible_port: 2222,
      ansible_user: 'cloud',
      ...facts,
    },
    'system_vm',
    'v-12-VM',
  );
  const step = stepOf();
  try {
    return await withConnections((connections) => body({ ssh: connections.writer(vm, step).ssh, step, server }), {
      environment: { PATH: process.env['PATH'] },
    });
  } finally {
    await server.close();
  }
}

const options = [
  '-o StrictHostKeyChecking=no',
  '-o UserKnownHostsFile=/dev/null',
  '-o BatchMode=yes',
  '-o ConnectTimeout=10',
  '-o LogLevel=ERROR',
].join(' ');

tests('SSH to system VMs', {
  'a program goes by way of the hypervisor, with the key that lies there': async () => {
    await withVm({}, async ({ ssh, server, step }) => {
      assert.equal(await ssh.run(['printf', '%s|', "it's", '$HOME'], { stdin: 'x' }), {
        code: 0,
        stdout: "it's|$HOME|",
        stderr: '',
      });
      assert.equal(server.logins, ['root']);
      assert.equal(server.lines, [
        `ssh -i /root/.ssh/id_rsa.cloud -p 3922 ${options} root@169.254.3.7 -- 'printf '\\''%s|'\\'' '\\''it'\\''\\'\\'''\\''s'\\'' '\\''$HOME'\\'''`,
      ]);
      assert.equal(
        step.told.map(({ what, outcome }) => [what, outcome]),
        [["ssh v-12-VM: printf '%s|' 'it'\\''s' '$HOME'", 'done']],
      );
    });
  },
  'the exit code is that of the program in the VM': async () => {
    await withVm({}, async ({ ssh }) => {
      assert.is((await ssh.read(['test', '-e', '/nowhere'])).code, 1);
      assert.equal(await ssh.run(['sh', '-c', 'echo no >&2; exit 255']), { code: 255, stdout: '', stderr: 'no\n' });
    });
  },
  'another key and another user of the hypervisor are taken from the inventory': async () => {
    const facts = { system_vm_ssh_key: '/etc/vm.key', hypervisor_user: 'admin' };
    await withVm({ script: TELLS, facts }, async ({ ssh, server }) => {
      const { stdout } = await ssh.run(['id']);
      assert.equal(stdout.split('\n').slice(0, 4), ['-i', '/etc/vm.key', '-p', '3922']);
      assert.equal(server.logins, ['admin']);
    });
  },
  'all VMs of a hypervisor share its connection': async () => {
    await withVm({}, async ({ ssh, server }) => {
      await Promise.all([ssh.read(['true']), ssh.read(['true']), ssh.read(['true'])]);
      assert.is(server.connections(), 1);
    });
  },
  'a VM whose sshd does not answer is told from a hypervisor that does not': async () => {
    const text = 'ssh: connect to host 169.254.3.7 port 3922: No route to host';
    await withVm({ script: fails(text) }, async ({ ssh, step }) => {
      assert.is(
        await failureText(ssh.run(['true'])),
        `Unreachable vm-ssh: "v-12-VM" (169.254.3.7) from root@10.1.0.5:22: the VM's SSH cannot be reached: ${text}\n` +
          'hint: the machine itself answers; the VM may be starting, stopped, or run on another host by now',
      );
      assert.is(step.told[0]?.outcome, 'failed');
    });
  },
  'a VM that refuses the key is told with where to set another': async () => {
    const text = 'root@169.254.3.7: Permission denied (publickey).';
    await withVm({ script: fails(text) }, async ({ ssh }) => {
      assert.is(
        await failureText(ssh.read(['true'])),
        `Unreachable vm-ssh-login: "v-12-VM" (169.254.3.7) from root@10.1.0.5:22: the VM refuses the login with /root/.ssh/id_rsa.cloud: ${text}\n` +
          'hint: is /root/.ssh/id_rsa.cloud the cloud\'s key on that machine? set "system_vm_ssh_key" to where it lies',
      );
    });
  },
  'a connection that breaks between hypervisor and VM leaves the outcome unknown': async () => {
    const text = 'Connection to 169.254.3.7 closed by remote host.';
    await withVm({ script: fails(text) }, async ({ ssh, step }) => {
      assert.is(
        await failureText(ssh.run(['systemctl', 'restart', 'cloud'])),
        `Unreachable ssh-lost: "v-12-VM" (169.254.3.7) from root@10.1.0.5:22: the connection was lost: ${text}`,
      );
      assert.is(step.told[0]?.outcome, 'unknown');
    });
  },
  'a hypervisor that refuses connections is told as that': async () => {
    await withVm({ facts: { connect_to: ['10.1.0.5:22:127.0.0.1:1'] } }, async ({ ssh }) => {
      assert.is(
        await failureText(ssh.read(['true'])),
        'Unreachable ssh-hypervisor: "v-12-VM" cannot be reached: 10.1.0.5 port 22 refuses connections',
      );
    });
  },
  'a hypervisor with a changed key is a failure of its own': async () => {
    await withVm({ server: { hostKey: newKey() } }, async ({ ssh }) => {
      assert.match(
        await failureText(ssh.read(['true'])),
        /^Failure ssh-host-key-changed: the host key of root@10\.1\.0\.5:22 has changed/,
      );
    });
  },
  'a VM on VMware is reached from a management server, at its private address': async () => {
    const facts = {
      hypervisor: 'VMware',
      management_servers: [{ name: 'ms1', ansible_host: 'ms1.example', ansible_port: 22 }],
      system_vm_ssh_key: '/var/cloudstack/key',
    };
    await withVm({ facts, script: TELLS }, async ({ ssh, server }) => {
      const { stdout } = await ssh.run(['id']);
      assert.is(stdout.split('\n').at(-4), 'root@10.1.9.9');
      assert.equal(server.logins, ['cloud']);
    });
  },
  'without a key that can be read on the management server it is said which were looked for': async () => {
    const facts = { hypervisor: 'VMware', management_servers: [{ name: 'ms1.example', ansible_port: 22 }] };
    await withVm({ facts }, async ({ ssh }) => {
      assert.is(
        await failureText(ssh.read(['true'])),
        'Failure vm-ssh-key: on cloud@ms1.example:22 none of the keys for system VMs can be read: /var/cloudstack/management/.ssh/id_rsa, /var/lib/cloudstack/management/.ssh/id_rsa, /usr/share/cloudstack-common/scripts/vm/systemvm/id_rsa.cloud\n' +
          'hint: log in as a user who may read it ("ansible_user"), or set "system_vm_ssh_key"',
      );
    });
  },
  'a management server that is down is passed over': async () => {
    const facts = {
      hypervisor: 'VMware',
      management_servers: [
        { name: 'down', ansible_host: '127.0.0.1', ansible_port: 1 },
        { name: 'ms1.example', ansible_port: 22 },
      ],
      system_vm_ssh_key: '/key',
    };
    await withVm({ facts, script: RUNS }, async ({ ssh }) => {
      assert.is((await ssh.read(['true'])).code, 0);
    });
  },
  'as a jump host the hypervisor only forwards, and the key is ours': async () => {
    const vm = await startServer({ hostKey: newKey(), users: [userKey] });
    try {
      await withVm({ facts: { system_vm_ssh: 'jump' }, server: { forwardTo: vm.port } }, async ({ ssh, server }) => {
        assert.equal(await ssh.run(['printf', 'a b']), { code: 0, stdout: 'a b', stderr: '' });
        assert.equal(server.forwards, ['169.254.3.7:3922']);
        assert.equal([server.lines, vm.lines, vm.logins], [[], ["printf 'a b'"], ['root']]);
      });
    } finally {
      await vm.close();
    }
  },
  'a jump that the hypervisor does not make is told': async () => {
    await withVm({ facts: { system_vm_ssh: 'jump' } }, async ({ ssh }) => {
      assert.match(
        await failureText(ssh.read(['true'])),
        /^Unreachable ssh-jump: 169\.254\.3\.7:3922 cannot be reached through root@10\.1\.0\.5:22: /,
      );
    });
  },
  'a VM that does not run has no way': async () => {
    await withVm({ facts: { hypervisor_address: '' } }, async ({ ssh }) => {
      assert.is(
        await failureText(ssh.read(['true'])),
        'Failure variable: host "v-12-VM" has no variable "hypervisor_address"\n' +
          'hint: a VM that does not run has no hypervisor; is it running, and does listHosts show its host?',
      );
    });
  },
});
