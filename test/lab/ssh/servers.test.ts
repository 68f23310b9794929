import type { Fault } from '../../../src/lab/faults.ts';
import { generateSshKeys } from '../../../src/lab/ssh/keys.ts';
import { type SshServers, startSshServers } from '../../../src/lab/ssh/servers.ts';
import { claimPorts } from '../../../src/lab/vm/ports.ts';
import { createWorld } from '../../../src/lab/world/create.ts';
import type { World } from '../../../src/lab/world/world.ts';
import { labCertificates } from '../../certificates.ts';
import { assert, tests } from '../../tests.ts';
import { type Ran, type SshTarget, sshRun, sshRunBehind } from './client.ts';

const certificates = await labCertificates();
const keys = generateSshKeys();

interface Place {
  readonly world: World;
  readonly servers: SshServers;
  on(name: string): SshTarget;
}

async function withCloud(body: (place: Place) => Promise<void>, faults: readonly Fault[] = []): Promise<void> {
  const world = createWorld({
    profile: '4.22',
    name: 'lab',
    zones: ['ams', 'fra'],
    managementServers: ['ms1.lab.example'],
    timeFactor: 0.001,
    apiKey: 'key',
    secretKey: 'secret',
    material: certificates.served,
    realhostip: certificates.realhostip,
    snakeoil: certificates.snakeoil,
    consoleDomain: '*.console.lab.example',
    storageDomain: '*.console.lab.example',
    faults,
  });
  const ports = await claimPorts(8);
  const servers = await startSshServers(world, ports, keys).catch(async (error: unknown) => {
    await ports.close();
    world.close();
    throw error;
  });
  const on = (name: string): SshTarget => {
    const host = servers.hosts.find((each) => each.name.startsWith(name));
    if (host === undefined) throw new Error(`no host ${name}`);
    return { port: host.localPort, privateKey: keys.private };
  };
  try {
    await body({ world, servers, on });
  } finally {
    await servers.close();
    await ports.close();
    world.close();
  }
}

const STRANGER = '-o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -o BatchMode=yes -o LogLevel=ERROR';

function storageVm(world: World, zone = 'ams') {
  const machine = world.machines().find((each) => each.zone === zone && each.type === 'secondarystoragevm');
  if (machine === undefined) throw new Error('no storage VM');
  return machine;
}

/** As operators type it: on the hypervisor, with the key that lies there. */
function inVm(place: Place, command: string, options = `-i /root/.ssh/id_rsa.cloud -p 3922 ${STRANGER}`): Promise<Ran> {
  const { hypervisor, linkLocalIp } = storageVm(place.world);
  return sshRun(place.on(hypervisor), `ssh ${options} root@${linkLocalIp} -- ${command}`);
}

tests('SSH of the lab', {
  'the key of the lab is let in and a command runs': () =>
    withCloud(async ({ on }) => {
      assert.equal(await sshRun(on('kvm1.ams'), 'hostname'), { code: 0, stdout: 'kvm1.ams.lab.example\n', stderr: '' });
    }),
  'another key is not let in': () =>
    withCloud(async ({ on }) => {
      const other = generateSshKeys();
      const error = await sshRun({ ...on('kvm1.ams'), privateKey: other.private }, 'id').catch(
        (caught: Error) => caught,
      );
      assert.instance(error, Error);
      assert.match((error as Error).message, 'authentication methods failed');
    }),
  'another user is not let in': () =>
    withCloud(async ({ on }) => {
      const error = await sshRun({ ...on('kvm1.ams'), username: 'admin' }, 'id').catch((caught: Error) => caught);
      assert.instance(error, Error);
    }),
  'a system VM is reached by its link-local address from its hypervisor': () =>
    withCloud(async (place) => {
      const { name } = storageVm(place.world);
      assert.equal(await inVm(place, 'hostname'), { code: 0, stdout: `${name}\n`, stderr: '' });
    }),
  'words that were quoted twice arrive as one': () =>
    withCloud(async (place) => {
      const ran = await inVm(place, `'echo' "'a  b'\\''c'"`);
      assert.equal(ran, { code: 0, stdout: "a  b'c\n", stderr: '' });
    }),
  'the code of the command comes back through both shells': () =>
    withCloud(async (place) => {
      assert.equal(await inVm(place, 'test -e /nowhere'), { code: 1, stdout: '', stderr: '' });
    }),
  'a system VM of another hypervisor has no route': () =>
    withCloud(async (place) => {
      const { linkLocalIp } = storageVm(place.world, 'fra');
      const command = `ssh -i /root/.ssh/id_rsa.cloud -p 3922 ${STRANGER} root@${linkLocalIp} -- true`;
      const stderr = `ssh: connect to host ${linkLocalIp} port 3922: No route to host\n`;
      assert.equal(await sshRun(place.on('kvm1.ams'), command), { code: 255, stdout: '', stderr });
    }),
  'without the key of the system VMs nobody gets in': () =>
    withCloud(async (place) => {
      const { linkLocalIp } = storageVm(place.world);
      const ran = await inVm(place, 'true', `-i /root/.ssh/id_rsa -p 3922 ${STRANGER}`);
      const stderr = `Warning: Identity file /root/.ssh/id_rsa not accessible: No such file or directory.\nroot@${linkLocalIp}: Permission denied (publickey).\n`;
      assert.equal(ran, { code: 255, stdout: '', stderr });
    }),
  'sshd of a system VM is not on port 22': () =>
    withCloud(async (place) => {
      const { linkLocalIp } = storageVm(place.world);
      const ran = await inVm(place, 'true', `-i /root/.ssh/id_rsa.cloud ${STRANGER}`);
      assert.equal(ran, {
        code: 255,
        stdout: '',
        stderr: `ssh: connect to host ${linkLocalIp} port 22: Connection refused\n`,
      });
    }),
  'an unknown host key stops a strict client': () =>
    withCloud(async (place) => {
      const ran = await inVm(place, 'true', '-i /root/.ssh/id_rsa.cloud -p 3922');
      assert.equal(ran, { code: 255, stdout: '', stderr: 'Host key verification failed.\n' });
    }),
  'the standard input reaches a program in the VM': () =>
    withCloud(async (place) => {
      const { hypervisor, linkLocalIp } = storageVm(place.world);
      const command = `ssh -i /root/.ssh/id_rsa.cloud -p 3922 ${STRANGER} root@${linkLocalIp} -- sha256sum`;
      const ran = await sshRun(place.on(hypervisor), command, 'abc');
      assert.is(ran.stdout, 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad  -\n');
    }),
  'a jump through the hypervisor reaches an SSH server of the VM': () =>
    withCloud(async (place) => {
      const { hypervisor, linkLocalIp, name } = storageVm(place.world);
      const ran = await sshRunBehind(place.on(hypervisor), linkLocalIp, 3922, 'hostname');
      assert.equal(ran, { code: 0, stdout: `${name}\n`, stderr: '' });
    }),
  'a jump to a port that nothing listens on is refused': () =>
    withCloud(async (place) => {
      const { hypervisor, linkLocalIp } = storageVm(place.world);
      const error = await sshRunBehind(place.on(hypervisor), linkLocalIp, 22, 'hostname').catch(
        (caught: Error) => caught,
      );
      assert.instance(error, Error);
    }),
  'a host presents the key that its users know': () =>
    withCloud(async ({ on, servers }) => {
      const seen: string[] = [];
      await sshRun(on('kvm1.fra'), 'true', '', seen);
      const known = servers.hosts.find(({ name }) => name.startsWith('kvm1.fra'))?.knownKey.split(' ')[1];
      assert.equal(seen, [known]);
    }),
  'under host-key-changed that host, and no other, presents another key': () =>
    withCloud(
      async ({ on, servers }) => {
        const known = (name: string) =>
          servers.hosts.find((host) => host.name.startsWith(name))?.knownKey.split(' ')[1];
        const seen: string[] = [];
        await sshRun(on('kvm1.ams'), 'true', '', seen);
        await sshRun(on('kvm1.fra'), 'true', '', seen);
        assert.is.not(seen[0], known('kvm1.ams'));
        assert.is(seen[1], known('kvm1.fra'));
      },
      [{ name: 'host-key-changed', target: 'kvm1.ams.lab.example' }],
    ),
  'host-key-changed ordered later holds from the next connection until it is withdrawn': () =>
    withCloud(async ({ on, servers, world }) => {
      const known = servers.hosts.find(({ name }) => name.startsWith('kvm1.ams'))?.knownKey.split(' ')[1];
      const seen: string[] = [];
      await sshRun(on('kvm1.ams'), 'true', '', seen);
      world.order({ name: 'host-key-changed' });
      await sshRun(on('kvm1.ams'), 'true', '', seen);
      world.withdraw('host-key-changed');
      await sshRun(on('kvm1.ams'), 'true', '', seen);
      assert.equal(
        seen.map((key) => key === known),
        [true, false, true],
      );
    }),
  'under program-fails the program, and no other, ends with an error': () =>
    withCloud(
      async ({ on }) => {
        assert.is((await sshRun(on('kvm1.ams'), 'true')).code, 0);
        assert.equal(await sshRun(on('kvm1.ams'), 'uptime'), {
          code: 1,
          stdout: '',
          stderr: 'uptime: Input/output error\n',
        });
        assert.is((await sshRun(on('kvm1.ams'), 'uptime')).code, 0, 'once');
      },
      [{ name: 'program-fails', command: 'uptime' }],
    ),
  'under ssh-lost the program does its work, and who called it does not hear of it': () =>
    withCloud(
      async ({ on, world }) => {
        const down = new Promise<void>((resolve) => world.onManagementServer(() => resolve()));
        const { code } = await sshRun(on('ms1'), 'systemctl restart cloudstack-management');
        assert.not.type(code, 'number');
        await down;
      },
      [{ name: 'ssh-lost', command: 'systemctl' }],
    ),
  'a restart of the service on a management server restarts it': () =>
    withCloud(async ({ on, world }) => {
      const target = on('ms1');
      const states: string[] = [];
      const answersAgain = new Promise<void>((resolve) => {
        world.onManagementServer(({ api }) => {
          states.push(api);
          if (api === 'answers') resolve();
        });
      });
      assert.equal(await sshRun(target, 'systemctl restart cloudstack-management'), {
        code: 0,
        stdout: '',
        stderr: '',
      });
      await answersAgain;
      assert.equal(states, ['refuses', 'answers']);
      assert.equal(await sshRun(target, 'systemctl is-active cloudstack-management'), {
        code: 0,
        stdout: 'active\n',
        stderr: '',
      });
    }),
});
