import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TaskHost, Writer } from '../../../src/connection.ts';
import { keyFingerprint } from '../../../src/connections/ssh/known-hosts.ts';
import type { ValueMap } from '../../../src/model.ts';
import { Secret } from '../../../src/secret.ts';
import { assert, tests } from '../../tests.ts';
import { failureText, hostOf, stepOf, type TestStep, withConnections } from '../steps.ts';
import { newKey, type ServerOptions, startServer, type TestServer } from './server.ts';

const folder = mkdtempSync(join(tmpdir(), 'cs-play-ssh-'));
process.on('exit', () => rmSync(folder, { recursive: true }));
let files = 0;
function file(content: string, mode = 0o600): string {
  const path = join(folder, `file${files++}`);
  writeFileSync(path, content, { mode });
  return path;
}

const hostKey = newKey();
const userKey = newKey();
const keyFile = file(userKey.private);
/** Keeps the tests away from this machine's own ssh configuration. */
const configFile = file('');

interface Setting {
  readonly server?: Partial<ServerOptions>;
  /** Lines of known_hosts; default: the server's key under its name. */
  readonly known?: (port: number) => string;
  readonly vars?: (port: number) => ValueMap;
  readonly kind?: TaskHost['kind'];
  readonly seconds?: number;
}

interface Scene {
  readonly writer: Writer;
  readonly step: TestStep;
  readonly server: TestServer;
  readonly knownHosts: string;
  /** The same door for another step on the same host. */
  again(): Writer;
}

async function withSsh<T>(setting: Setting, body: (scene: Scene) => Promise<T>): Promise<T> {
  const server = await startServer({ hostKey, users: [userKey], ...setting.server });
  const known = setting.known ?? ((port) => `[127.0.0.1]:${port} ${hostKey.line}\n`);
  const knownHosts = file(known(server.port));
  const host = hostOf(
    {
      ansible_host: '127.0.0.1',
      ansible_port: server.port,
      ansible_user: 'operator',
      ansible_ssh_private_key_file: keyFile,
      ssh_known_hosts_file: knownHosts,
      ssh_config_file: configFile,
      ...setting.vars?.(server.port),
    },
    setting.kind ?? 'host',
    'ms1',
  );
  const step = stepOf(setting.seconds ?? 20);
  try {
    return await withConnections(
      (connections) =>
        body({
          writer: connections.writer(host, step),
          step,
          server,
          knownHosts,
          again: () => connections.writer(host, stepOf()),
        }),
      { environment: { PATH: process.env['PATH'] } },
    );
  } finally {
    await server.close();
  }
}

const outcomes = (step: TestStep) => step.told.map(({ what, outcome }) => [what, outcome]);
const output = (stdout: string, code = 0, stderr = '') => ({ code, stdout, stderr });

tests('SSH', {
  'a program runs with exactly its words, and its output comes as it is': async () => {
    await withSsh({}, async ({ writer, server, step }) => {
      assert.equal(await writer.ssh.run(['printf', '%s|', "it's", '$HOME', ' ä€ ']), output("it's|$HOME| ä€ |"));
      assert.equal(server.logins, ['operator']);
      assert.equal(outcomes(step), [["ssh ms1: printf '%s|' 'it'\\''s' '$HOME' ' ä€ '", 'done']]);
    });
  },
  'an exit code is an answer, with both streams apart': async () => {
    await withSsh({}, async ({ writer, step }) => {
      assert.equal(await writer.ssh.run(['sh', '-c', 'echo out; echo err >&2; exit 3']), output('out\n', 3, 'err\n'));
      assert.is(step.told[0]?.outcome, 'failed');
    });
  },
  'a program that a signal ended has the code that a shell gives it': async () => {
    await withSsh({}, async ({ writer }) => {
      assert.is((await writer.ssh.run(['sh', '-c', 'kill -9 $$'])).code, 137);
    });
  },
  'input, environment and folder reach the program': async () => {
    await withSsh({}, async ({ writer }) => {
      const options = { stdin: new Secret('from the input'), environment: { GREETING: 'a b' }, folder: '/tmp' };
      assert.equal(
        await writer.ssh.run(['sh', '-c', 'cat; echo; echo $GREETING; pwd'], options),
        output('from the input\na b\n/tmp\n'),
      );
    });
  },
  'a look is not counted as a write, and only programs that look are run': async () => {
    await withSsh({}, async ({ writer, step, server }) => {
      assert.equal(await writer.ssh.read(['test', '-e', '/tmp']), output(''));
      assert.match(
        await failureText(writer.ssh.read(['touch', '/tmp/x'])),
        /^Failure not-a-read: "touch" is not run for a look/,
      );
      assert.equal(step.told, []);
      assert.equal(server.lines, ['test -e /tmp']);
    });
  },
  'all steps of a run share one connection to a host': async () => {
    await withSsh({}, async ({ writer, again, server }) => {
      await Promise.all(Array.from({ length: 30 }, () => writer.ssh.read(['true'])));
      await again().ssh.read(['true']);
      assert.is(server.connections(), 1);
      assert.is(server.lines.length, 31);
    });
  },
  'sessions that the server refuses are opened later': async () => {
    await withSsh({ server: { maxSessions: 2 } }, async ({ writer }) => {
      const all = await Promise.all(Array.from({ length: 6 }, () => writer.ssh.read(['true'])));
      assert.is(all.length, 6);
    });
  },
  'a connection that is dropped before the handshake is tried again': async () => {
    await withSsh({ server: { dropFirst: 2 } }, async ({ writer }) => {
      assert.equal(await writer.ssh.read(['true']), output(''));
    });
  },
  'a connection that was lost is opened again for the next program': async () => {
    await withSsh({}, async ({ writer, server }) => {
      await writer.ssh.read(['true']);
      server.drop();
      await new Promise((resolve) => setTimeout(resolve, 50));
      assert.equal(await writer.ssh.read(['true']), output(''));
      assert.is(server.connections(), 2);
    });
  },
  'a connection that breaks under a program leaves its outcome unknown': async () => {
    await withSsh({}, async ({ writer, server, step }) => {
      const text = failureText(writer.ssh.run(['sleep', '30']));
      while (server.lines.length === 0) await new Promise((resolve) => setTimeout(resolve, 10));
      server.drop();
      assert.match(await text, /^Unreachable ssh-lost: operator@127\.0\.0\.1:\d+: the SSH connection was lost/);
      assert.equal(outcomes(step), [['ssh ms1: sleep 30', 'unknown']]);
    });
  },
  'a program that does not end in time leaves its outcome unknown': async () => {
    await withSsh({}, async ({ writer, server, step }) => {
      assert.is(
        await failureText(writer.ssh.run(['sleep', '30'], { timeoutSeconds: 0.6 })),
        `Unreachable ssh-timeout: operator@127.0.0.1:${server.port}: no end within 1 s: sleep 30`,
      );
      assert.equal(outcomes(step), [['ssh ms1: sleep 30', 'unknown']]);
    });
  },
  'a step that is stopped does not wait for its program': async () => {
    await withSsh({}, async ({ writer, step }) => {
      setTimeout(() => step.stop(), 200);
      assert.is(await failureText(writer.ssh.run(['sleep', '30'])), 'Failure cancelled: the step was stopped');
    });
  },
  'more than 1 MiB of output is refused': async () => {
    await withSsh({}, async ({ writer, server }) => {
      assert.is(
        await failureText(writer.ssh.run(['head', '-c', '1200000', '/dev/zero'])),
        `Failure output-too-long: operator@127.0.0.1:${server.port}: more than 1 MiB of output: head -c 1200000 /dev/zero\n` +
          'hint: let the program write less, or to a file',
      );
    });
  },
});

const other = newKey();

tests('SSH host keys and logins', {
  'a key that is not known is refused with its fingerprint and the command to add it': async () => {
    await withSsh({ known: () => '' }, async ({ writer, server, knownHosts, step }) => {
      const shown = `ecdsa-sha2-nistp256 ${keyFingerprint(hostKey.public)}`;
      assert.is(
        await failureText(writer.ssh.run(['true'])),
        `Failure ssh-host-key-unknown: the host key of operator@127.0.0.1:${server.port} is not known: ${shown}, looked for in ${knownHosts}\n` +
          `hint: compare the fingerprint on its console (ssh-keygen -lf /etc/ssh/ssh_host_*_key.pub), then: ssh-keyscan -p ${server.port} 127.0.0.1 >> ${knownHosts}`,
      );
      assert.equal(outcomes(step), [['ssh ms1: true', 'failed']]);
      assert.equal(server.logins, []);
    });
  },
  'a key that has changed is refused with both fingerprints and the commands to replace it': async () => {
    await withSsh(
      { known: (port) => `\n[127.0.0.1]:${port} ${other.line}\n` },
      async ({ writer, server, knownHosts }) => {
        const type = 'ecdsa-sha2-nistp256';
        assert.is(
          await failureText(writer.ssh.read(['true'])),
          `Failure ssh-host-key-changed: the host key of operator@127.0.0.1:${server.port} has changed: ${type} ${keyFingerprint(hostKey.public)}, known is ${type} ${keyFingerprint(other.public)} (${knownHosts}:2)\n` +
            `hint: was the machine made anew? compare the fingerprint on its console, then: ssh-keygen -R '[127.0.0.1]:${server.port}' -f ${knownHosts} && ssh-keyscan -p ${server.port} 127.0.0.1 >> ${knownHosts}`,
        );
      },
    );
  },
  'a revoked key is refused': async () => {
    const known = (port: number) => `[127.0.0.1]:${port} ${hostKey.line}\n@revoked * ${hostKey.line}\n`;
    await withSsh({ known }, async ({ writer }) => {
      assert.match(await failureText(writer.ssh.read(['true'])), /^Failure ssh-host-key-revoked: /);
    });
  },
  'through a route the name that was meant is looked up, and the line to add is shown whole': async () => {
    const vars = (port: number) => ({
      ansible_host: 'ms1.example',
      ansible_port: 22,
      connect_to: [`ms1.example:22:127.0.0.1:${port}`],
    });
    await withSsh({ vars, known: () => `ms1.example ${hostKey.line}\n` }, async ({ writer }) => {
      assert.equal(await writer.ssh.read(['true']), output(''));
    });
    await withSsh({ vars, known: () => '' }, async ({ writer, knownHosts }) => {
      const text = await failureText(writer.ssh.read(['true']));
      assert.ok(text.endsWith(`then: echo 'ms1.example ${hostKey.line}' >> ${knownHosts}`));
    });
  },
  'a login that is refused names the user and the key': async () => {
    await withSsh({ server: { users: [other] } }, async ({ writer, server }) => {
      assert.is(
        await failureText(writer.ssh.read(['true'])),
        `Unreachable ssh-login: operator@127.0.0.1:${server.port} refuses the login with ${keyFile}\n` +
          `hint: try: ssh -p ${server.port} operator@127.0.0.1 true; the public key belongs into ~operator/.ssh/authorized_keys there`,
      );
    });
  },
  'a key in PKCS#8 is converted': async () => {
    const pkcs8 = newKey('pkcs8');
    const vars = () => ({ ansible_ssh_private_key_file: file(pkcs8.private) });
    await withSsh({ vars, server: { users: [pkcs8] } }, async ({ writer }) => {
      assert.equal(await writer.ssh.read(['true']), output(''));
    });
  },
  'a key that is missing is told': async () => {
    await withSsh({ vars: () => ({ ansible_ssh_private_key_file: '/nowhere/key' }) }, async ({ writer, server }) => {
      assert.is(
        await failureText(writer.ssh.read(['true'])),
        `Failure ssh-key: there is no key to log in to operator@127.0.0.1:${server.port} with: /nowhere/key is missing\n` +
          'hint: name one in "ansible_ssh_private_key_file", or load one into ssh-agent',
      );
    });
  },
  'a port that refuses is told': async () => {
    const gone = await withSsh({}, async ({ server }) => server.port);
    await withSsh({ vars: () => ({ ansible_port: gone }) }, async ({ writer }) => {
      assert.is(
        await failureText(writer.ssh.read(['true'])),
        `Unreachable ssh-refused: 127.0.0.1 port ${gone} refuses connections`,
      );
    });
  },
  'user, port, key and name come from the ssh configuration where the inventory says nothing': async () => {
    await withSsh({}, async ({ server, knownHosts }) => {
      const config = file(
        `Host ms1\n  HostName 127.0.0.1\n  Port ${server.port}\n  User configured\n  IdentityFile ${keyFile}\n  UserKnownHostsFile ${knownHosts}\n`,
      );
      await withConnections(
        async (connections) => {
          const host = hostOf({ ssh_config_file: config }, 'host', 'ms1');
          assert.equal(await connections.reader(host, stepOf()).ssh.read(['true']), output(''));
          assert.equal(server.logins, ['configured']);
        },
        { environment: { PATH: process.env['PATH'] } },
      );
    });
  },
  'a cloud is no machine': async () => {
    await withSsh({ kind: 'cloud' }, async ({ writer }) => {
      assert.is(
        await failureText(writer.ssh.read(['true'])),
        'Failure ssh-no-machine: host "ms1" is a cloud, not a machine: there is no SSH to it\n' +
          'hint: let the play run on management_servers or system_vms, or use "delegate_to"',
      );
    });
  },
});
