import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Writer } from '../../src/connection.ts';
import type { Value } from '../../src/model.ts';
import { Secret } from '../../src/secret.ts';
import { assert, tests } from '../tests.ts';
import { failureText, hostOf, stepOf, type TestStep, withConnections } from './steps.ts';

const folder = mkdtempSync(join(tmpdir(), 'cs-play-local-'));
process.on('exit', () => rmSync(folder, { recursive: true }));
writeFileSync(join(folder, 'plain.txt'), 'text\n\n');
writeFileSync(join(folder, 'large'), Buffer.alloc(1024 * 1024 + 1));
mkdirSync(join(folder, 'sub'));

const environment = { PATH: process.env['PATH'], COLOUR: 'blue', HOME: folder };
const around = { playbookFolder: folder, home: folder, environment };

const local = hostOf({ ansible_connection: 'local' }, 'host', 'here');

async function withHost<T>(body: (writer: Writer, step: TestStep) => Promise<T>, host = local): Promise<T> {
  const step = stepOf();
  return withConnections((connections) => body(connections.writer(host, step), step), around);
}

const outcomes = (step: TestStep) => step.told.map(({ what, outcome }) => [what, outcome]);

tests('programs on this machine', {
  'a program runs with exactly its words, and no shell sees them': async () => {
    await withHost(async ({ machine }, step) => {
      const words = ['printf', '%s|', "it's", '$HOME', '`id`', ' ä€ ', ''];
      assert.equal(await machine.run(words), { code: 0, stdout: "it's|$HOME|`id`| ä€ ||", stderr: '' });
      assert.equal(outcomes(step), [["run on here: printf '%s|' 'it'\\''s' '$HOME' '`id`' ' ä€ ' ''", 'done']]);
    });
  },
  'input, environment and folder reach the program': async () => {
    await withHost(async ({ machine }) => {
      const options = { stdin: new Secret('from the input'), environment: { GREETING: 'a b' }, folder: 'sub' };
      const words = ['sh', '-c', 'cat; echo; echo $GREETING $COLOUR; pwd'];
      assert.equal(await machine.run(words, options), {
        code: 0,
        stdout: `from the input\na b blue\n${folder}/sub\n`,
        stderr: '',
      });
    });
  },
  'without input a program that reads does not hang': async () => {
    await withHost(async ({ machine }) => {
      assert.equal(await machine.run(['cat']), { code: 0, stdout: '', stderr: '' });
    });
  },
  'an exit code is an answer, with both streams apart': async () => {
    await withHost(async ({ machine }, step) => {
      const words = ['sh', '-c', 'echo out; echo err >&2; exit 3'];
      assert.equal(await machine.run(words), { code: 3, stdout: 'out\n', stderr: 'err\n' });
      assert.is(step.told[0]?.outcome, 'failed');
    });
  },
  'a program that a signal ended has the code that a shell gives it': async () => {
    await withHost(async ({ machine }) => {
      assert.is((await machine.run(['sh', '-c', 'kill -9 $$'])).code, 137);
    });
  },
  'a program that is not there is a failure': async () => {
    await withHost(async ({ machine }, step) => {
      assert.is(
        await failureText(machine.run(['no-such-program-here', 'x'])),
        'Failure no-such-program: there is no program "no-such-program-here" on this machine',
      );
      assert.equal(outcomes(step), [['run on here: no-such-program-here x', 'failed']]);
    });
  },
  'a program that does not end in time is killed, and its outcome is unknown': async () => {
    await withHost(async ({ machine }, step) => {
      const started = Date.now();
      assert.is(
        await failureText(machine.run(['sleep', '30'], { timeoutSeconds: 0.6 })),
        'Unreachable program-timeout: "sleep" did not end within 1 s and was killed',
      );
      assert.ok(Date.now() - started < 5000);
      assert.is(step.told[0]?.outcome, 'unknown');
    });
  },
  'a step that is stopped ends its program': async () => {
    await withHost(async ({ machine }, step) => {
      setTimeout(() => step.stop(), 150);
      assert.is(await failureText(machine.run(['sleep', '30'])), 'Failure cancelled: the step was stopped');
    });
  },
  'more than 1 MiB of output is refused': async () => {
    await withHost(async ({ machine }) => {
      assert.is(
        await failureText(machine.run(['head', '-c', '3000000', '/dev/zero'])),
        'Failure output-too-long: this machine: more than 1 MiB of output: head -c 3000000 /dev/zero\n' +
          'hint: let the program write less, or to a file',
      );
    });
  },
  'what a cloud is told to run, and localhost, runs here': async () => {
    for (const host of [hostOf({}, 'cloud'), hostOf({}, 'host', 'localhost')]) {
      await withHost(async ({ machine }) => assert.is((await machine.run(['true'])).code, 0), host);
    }
  },
  'a connection of another name is refused': async () => {
    await withHost(
      async ({ machine }) => {
        assert.is(
          await failureText(machine.run(['true'])),
          'Failure variable: "ansible_connection" of host "eu-1" is "docker"\nhint: write ssh or local',
        );
      },
      hostOf({ ansible_connection: 'docker' }, 'host'),
    );
  },
  'whether a path exists is looked up here': async () => {
    await withHost(async ({ machine }) => {
      assert.equal(
        [await machine.exists(join(folder, 'sub')), await machine.exists(join(folder, 'none'))],
        [true, false],
      );
    });
  },
  'whether a port is open is asked through the routes': async () => {
    const server = createServer((socket) => socket.destroy());
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const host = hostOf({ connect_to: [`192.0.2.1:443:127.0.0.1:${port}`] });
    await withHost(async ({ machine }) => assert.is(await machine.portOpen('192.0.2.1', 443, 2), true), host);
    await new Promise((resolve) => server.close(resolve));
    await withHost(async ({ machine }) => assert.is(await machine.portOpen('192.0.2.1', 443, 2), false), host);
  },
});

const readFile = (path: string, maxBytes?: number) =>
  withHost(async ({ files }) => (await files.read(path, maxBytes === undefined ? {} : { maxBytes })).toString('utf8'));

tests('files of this machine', {
  'a relative path starts at the playbook, a tilde at home': async () => {
    const all = await Promise.all(
      ['plain.txt', './sub/../plain.txt', '~/plain.txt', join(folder, 'plain.txt')].map((path) => readFile(path)),
    );
    assert.equal(all, ['text\n\n', 'text\n\n', 'text\n\n', 'text\n\n']);
  },
  'what cannot be read is told with its whole path': async () => {
    const texts = [
      readFile('none'),
      readFile('sub'),
      readFile('plain.txt/x'),
      readFile('large'),
      readFile('plain.txt', 3),
    ];
    assert.equal(await Promise.all(texts.map(failureText)), [
      `Failure file-enoent: the file "${folder}/none" is missing`,
      `Failure file-eisdir: the file "${folder}/sub" is a folder`,
      `Failure file-enotdir: the file "${folder}/plain.txt/x" is missing: a part of its path is no folder`,
      `Failure file-too-large: the file "${folder}/large" has 1048577 bytes, more than the 1048576 that are read`,
      `Failure file-too-large: the file "${folder}/plain.txt" has 6 bytes, more than the 3 that are read`,
    ]);
  },
});

const lookup = (kind: string, ...terms: Value[]) =>
  withConnections(async (connections) => connections.lookup(kind, terms), around);

tests('lookups', {
  'env gives a variable, and an empty text for one that is not set': async () => {
    assert.equal([await lookup('env', 'COLOUR'), await lookup('env', 'NONE')], ['blue', '']);
  },
  'file gives a text without its last line ends': async () => {
    assert.is(await lookup('file', '~/plain.txt'), 'text');
  },
  'pipe gives what a command line prints, run in the folder of the playbook by a shell': async () => {
    assert.is(await lookup('pipe', 'echo "$COLOUR" | tr a-z A-Z; pwd'), `BLUE\n${folder}`);
  },
  'several terms are joined by commas': async () => {
    assert.is(await lookup('env', 'COLOUR', 'COLOUR'), 'blue,blue');
  },
  'the world is asked once a run': async () => {
    await withConnections(async ({ lookup: look }) => {
      const line = `date >> ${folder}/count; wc -l < ${folder}/count`;
      assert.equal([look('pipe', [line]), look('pipe', [line])].map(String).map(Number), [1, 1]);
    }, around);
  },
  'what fails says why': async () => {
    const texts = [
      lookup('pipe', 'echo no >&2; exit 4'),
      lookup('file', 'none'),
      lookup('envy', 'x'),
      lookup('url', 'x'),
      lookup('env', new Secret('hush-hush')),
      lookup('file', null),
    ];
    assert.equal(await Promise.all(texts.map(failureText)), [
      "Failure lookup-pipe: lookup('pipe', …) ended with exit code 4: no\nhint: it ran: echo no >&2; exit 4",
      `Failure file-enoent: the file "${folder}/none" is missing`,
      'Failure lookup: there is no lookup "envy"\nhint: did you mean "env"?',
      'Failure lookup: there is no lookup "url"\nhint: there are env, file, pipe',
      "Failure lookup: lookup('env', …): a secret is no name",
      "Failure lookup: lookup('file', …) takes texts",
    ]);
  },
});
