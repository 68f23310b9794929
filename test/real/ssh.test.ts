// The real sshd, unprivileged, on loopback: what our own test servers may have got wrong.

import { execFileSync, spawn } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, connect, createServer } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import type { Connections } from '../../src/connection.ts';
import { failureText, hostOf, stepOf, withConnections } from '../connections/steps.ts';
import { assert, type Cases, tests } from '../tests.ts';

const SSHD = '/usr/sbin/sshd';
const KEYGEN = '/usr/bin/ssh-keygen';
const needed = [SSHD, KEYGEN, '/usr/bin/ssh', '/usr/bin/ssh-agent'];
const missing = needed.filter((program) => !existsSync(program));
// As root, sshd wants the folder that Debian's init script makes before it.
if (missing.length === 0 && process.getuid?.() === 0) mkdirSync('/run/sshd', { recursive: true, mode: 0o755 });

interface Sshd {
  readonly port: number;
  readonly folder: string;
  /** Makes a key that may log in; `arguments` of ssh-keygen. */
  key(name: string, ...words: string[]): string;
  allow(publicLine: string): void;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    const settle = (up: boolean) => {
      socket.destroy();
      resolve(up);
    };
    socket.once('data', () => settle(true));
    socket.once('error', () => settle(false));
    socket.once('close', () => settle(false));
  });
}

async function withSshd<T>(body: (sshd: Sshd) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'cs-play-sshd-'));
  const port = await freePort();
  const authorized = join(folder, 'authorized_keys');
  const keygen = (name: string, words: readonly string[]): string => {
    const file = join(folder, name);
    execFileSync(KEYGEN, ['-q', '-f', file, ...words]);
    return file;
  };
  writeFileSync(authorized, '', { mode: 0o600 });
  const hostKey = keygen('host', ['-t', 'ed25519', '-N', '']);
  const settings = [
    'UsePAM no',
    'StrictModes no',
    `HostKey ${hostKey}`,
    `AuthorizedKeysFile ${authorized}`,
    `PidFile ${folder}/pid`,
  ];
  writeFileSync(join(folder, 'sshd_config'), [`ListenAddress 127.0.0.1:${port}`, ...settings, ''].join('\n'));
  const server = spawn(SSHD, ['-D', '-e', '-f', join(folder, 'sshd_config')], { stdio: 'ignore' });
  try {
    while (!(await answers(port))) {
      if (server.exitCode !== null) throw new Error(`sshd ended with ${server.exitCode}`);
      await new Promise((resolve) => setTimeout(resolve, 30));
    }
    const hostLine = readFileSync(`${hostKey}.pub`, 'utf8');
    writeFileSync(join(folder, 'known_hosts'), `[127.0.0.1]:${port} ${hostLine}`);
    writeFileSync(join(folder, 'config'), '');
    const allow = (line: string) => writeFileSync(authorized, `${line}\n`, { flag: 'a' });
    const key = (name: string, ...words: string[]): string => {
      const file = keygen(name, words);
      allow(readFileSync(`${file}.pub`, 'utf8'));
      return file;
    };
    return await body({ port, folder, key, allow });
  } finally {
    server.kill('SIGTERM');
    rmSync(folder, { recursive: true });
  }
}

/** One program by the real sshd, logged in with that key file: what it gives, or the failure's words. */
async function whoAmI({ port, folder }: Sshd, key: string, environment: NodeJS.ProcessEnv = {}): Promise<string> {
  const vars = {
    ansible_host: '127.0.0.1',
    ansible_port: port,
    ansible_user: userInfo().username,
    ssh_known_hosts_file: join(folder, 'known_hosts'),
    ssh_config_file: join(folder, 'config'),
    ...(key === '' ? {} : { ansible_ssh_private_key_file: key }),
  };
  const ask = async (connections: Connections): Promise<string> => {
    const reading = connections.reader(hostOf(vars, 'host', 'here'), stepOf()).ssh.read(['whoami']);
    const text = await failureText(reading);
    return text === 'no failure' ? (await reading).stdout.trim() : text;
  };
  return withConnections(ask, { environment: { PATH: process.env['PATH'], ...environment } });
}

const me = userInfo().username;

const cases: Cases = {
  'keys in OpenSSH and PEM form log in': async () => {
    await withSshd(async (sshd) => {
      const keys = [
        sshd.key('ed25519', '-t', 'ed25519', '-N', ''),
        sshd.key('rsa', '-t', 'rsa', '-b', '2048', '-N', ''),
        sshd.key('pem', '-t', 'rsa', '-b', '2048', '-m', 'PEM', '-N', ''),
        sshd.key('ecdsa', '-t', 'ecdsa', '-N', ''),
      ];
      assert.equal(await Promise.all(keys.map((key) => whoAmI(sshd, key))), [me, me, me, me]);
    });
  },
  'keys in PKCS#8 form log in, RSA, EC and Ed25519': async () => {
    await withSshd(async (sshd) => {
      const pairs = [
        generateKeyPairSync('rsa', { modulusLength: 2048 }),
        generateKeyPairSync('ec', { namedCurve: 'P-256' }),
        generateKeyPairSync('ed25519'),
      ];
      const keys = pairs.map(({ privateKey }, index) => {
        const file = join(sshd.folder, `pkcs8-${index}`);
        writeFileSync(file, privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 });
        return file;
      });
      // ssh-keygen of Debian 12 does not read an Ed25519 key in PKCS#8; its public line is made by hand.
      const { x = '' } = pairs[2]?.publicKey.export({ format: 'jwk' }) ?? {};
      const prefix = Buffer.from('0000000b7373682d6564323535313900000020', 'hex');
      sshd.allow(`ssh-ed25519 ${Buffer.concat([prefix, Buffer.from(x, 'base64url')]).toString('base64')}`);
      for (const key of keys.slice(0, 2)) sshd.allow(execFileSync(KEYGEN, ['-y', '-f', key], { encoding: 'utf8' }));
      assert.equal(await Promise.all(keys.map((key) => whoAmI(sshd, key))), [me, me, me]);
    });
  },
  'a key with a pass phrase is refused with what to do, and works from the agent': async () => {
    await withSshd(async (sshd) => {
      const key = sshd.key('secret', '-t', 'ed25519', '-N', 'pass phrase');
      assert.is(
        await whoAmI(sshd, key),
        `Failure ssh-key: there is no key to log in to ${me}@127.0.0.1:${sshd.port} with: ${key} has a pass phrase\n` +
          `hint: load it into the agent and do not name it in the inventory: ssh-add ${key}`,
      );
      const socket = join(sshd.folder, 'agent');
      const agent = spawn('ssh-agent', ['-D', '-a', socket], { stdio: 'ignore' });
      try {
        while (!existsSync(socket)) await new Promise((resolve) => setTimeout(resolve, 20));
        execFileSync(KEYGEN, ['-q', '-p', '-P', 'pass phrase', '-N', '', '-f', key]);
        execFileSync('ssh-add', ['-q', key], { env: { ...process.env, SSH_AUTH_SOCK: socket }, stdio: 'ignore' });
        assert.is(await whoAmI(sshd, '', { SSH_AUTH_SOCK: socket }), me);
      } finally {
        agent.kill('SIGTERM');
      }
    });
  },
  'hashed known_hosts as ssh-keygen writes them are understood': async () => {
    await withSshd(async (sshd) => {
      const key = sshd.key('user', '-t', 'ed25519', '-N', '');
      execFileSync(KEYGEN, ['-q', '-H', '-f', join(sshd.folder, 'known_hosts')], { stdio: 'ignore' });
      assert.match(readFileSync(join(sshd.folder, 'known_hosts'), 'utf8'), /^\|1\|/);
      assert.is(await whoAmI(sshd, key), me);
    });
  },
  'fifteen programs at once are more than MaxSessions, and all of them run': async () => {
    await withSshd(async (sshd) => {
      const key = sshd.key('user', '-t', 'ed25519', '-N', '');
      const host = hostOf(
        {
          ansible_host: '127.0.0.1',
          ansible_port: sshd.port,
          ansible_user: me,
          ansible_ssh_private_key_file: key,
          ssh_known_hosts_file: join(sshd.folder, 'known_hosts'),
          ssh_config_file: join(sshd.folder, 'config'),
        },
        'host',
      );
      await withConnections(
        async (connections) => {
          const { ssh } = connections.reader(host, stepOf());
          const all = await Promise.all(Array.from({ length: 15 }, () => ssh.read(['id', '-un'])));
          assert.equal(
            all,
            Array.from({ length: 15 }, () => ({ code: 0, stdout: `${me}\n`, stderr: '' })),
          );
        },
        { environment: { PATH: process.env['PATH'] } },
      );
    });
  },
};

if (missing.length === 0) {
  tests('SSH with the real sshd', cases);
} else {
  console.log(`skipped: no sshd here (${missing.join(', ')})`);
  tests('SSH with the real sshd, which is not here', {
    'the programs are missing': () => assert.ok(missing.every((program) => !existsSync(program))),
  });
}
