import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InvalidInput } from '../../src/errors.ts';
import { labCommand } from '../../src/lab/commands.ts';
import { defaultLabFolder, type LabFile } from '../../src/lab/folder.ts';
import { assert, tests } from '../tests.ts';

const HERE = new URL('../../src/lab/commands.js', import.meta.url);
const PROGRAM = `
import { labCommand } from ${JSON.stringify(HERE.href)};
const { env: environment, stdout, stderr } = process;
process.exitCode = await labCommand(process.argv.slice(1), { environment, stdout, stderr });
`;

async function inFolder(body: (folder: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'cs-play-lab-'));
  try {
    await body(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Starts `lab up` and resolves once it has said that it is up. */
function up(folder: string): Promise<ChildProcess> {
  const child = spawn(
    process.execPath,
    ['--input-type=module', '-e', PROGRAM, 'up', '--folder', folder, '--zones', '1'],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  return new Promise((resolve, reject) => {
    let said = '';
    child.stdout.on('data', (part: Buffer) => {
      said += part.toString('utf8');
      if (said.includes('Ctrl-C ends it')) resolve(child);
    });
    child.once('close', (code) => reject(new Error(`lab up ended with ${code}: ${said}`)));
  });
}

function end(child: ChildProcess): Promise<number | null> {
  return new Promise((resolve) => {
    child.removeAllListeners('close');
    child.once('close', resolve);
    child.kill('SIGTERM');
  });
}

/** What `labCommand` prints, its code, or the problems that it throws. */
async function run(...argv: string[]): Promise<unknown> {
  const printed: string[] = [];
  const stdout = { write: (text: string) => printed.push(text) } as unknown as NodeJS.WritableStream;
  try {
    const code = await labCommand(argv, { environment: {}, stdout, stderr: stdout });
    return { code, printed: printed.join('') };
  } catch (error) {
    if (error instanceof InvalidInput) return error.problems.map(({ message, hint }) => [message, hint]);
    throw error;
  }
}

function isOpen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}

const refusals: Readonly<Record<string, readonly [readonly string[], unknown]>> = {
  'no command': [[], [['the lab is to do what?', 'cs-play lab up, cs-play lab status or cs-play lab demo']]],
  'an unknown command': [['upp'], [['the lab has no command "upp"', 'did you mean "up"?']]],
  'an unknown flag': [['up', '--zone', '2'], [['unknown flag "--zone"', 'did you mean "--zones"?']]],
  'a flag that the command does not have': [
    ['status', '--zones', '2'],
    [['unknown flag "--zones"', 'cs-play lab --help lists them']],
  ],
  'a word too many': [['up', 'now'], [['unexpected argument "now"', 'cs-play lab --help lists what there is']]],
  'everything wrong at once': [
    [
      'up',
      '--zones',
      '0',
      '--clouds',
      'x',
      '--speed',
      'fast',
      '--profile',
      '4.20',
      '--fault',
      'job-fail',
      '--fault',
      'x*y',
    ],
    [
      ['there is no profile "4.20"', 'there are 4.18, 4.21, 4.22, 4.23'],
      ['--zones is a whole number from 1 to 50, not "0"', undefined],
      ['--clouds is a whole number from 1 to 250, not "x"', undefined],
      ['--speed is a number above 0, not "fast"', '1 is real time, 25 is 25 times as fast'],
      ['there is no fault "job-fail"', 'did you mean "job-fails"?'],
      [
        'there is no fault "x*y"',
        'there are job-fails, job-never-ends, answer-lost, http-401, http-429, http-503, connection-reset, vm-does-not-come-back, agent-never-up, apache-keeps-old-chain, no-listener-8443, host-key-changed, slow-restart, failed-start, clock-skew, program-fails, ssh-lost, dns-silent, dns-no-name',
      ],
    ],
  ],
};

const folders: readonly [NodeJS.ProcessEnv, string][] = [
  [{ CS_PLAY_LAB: '/x', XDG_STATE_HOME: '/y', HOME: '/z' }, '/x'],
  [{ CS_PLAY_LAB: '', XDG_STATE_HOME: '/y', HOME: '/z' }, '/y/cs-play/lab'],
  [{ XDG_STATE_HOME: '', HOME: '/z' }, '/z/.local/state/cs-play/lab'],
];

tests('cs-play lab', {
  ...Object.fromEntries(
    Object.entries(refusals).map(([title, [argv, expected]]) => [
      `${title} is refused before anything is started`,
      async () => assert.equal(await run(...argv), expected),
    ]),
  ),
  ...Object.fromEntries(
    folders.map(([environment, expected]) => [
      `with ${JSON.stringify(environment)} a lab lives in ${expected}`,
      () => assert.is(defaultLabFolder(environment), expected),
    ]),
  ),
  'a lab that is up says so, refuses a second one, and leaves neither file nor port at SIGTERM': () =>
    inFolder(async (parent) => {
      const folder = join(parent, 'lab');
      const child = await up(folder);
      const file = JSON.parse(readFileSync(join(folder, 'lab.json'), 'utf8')) as LabFile;
      const ports = file.clouds.flatMap(({ connect_to, api_url }) => [
        ...connect_to.map((rule) => Number(rule.split(':').at(-1))),
        Number(new URL(api_url).port),
      ]);
      const url = file.clouds[0]?.api_url;
      assert.equal(await run('status', '--folder', folder), {
        code: 0,
        printed: `a lab of CloudStack 4.22 is up in ${folder} (process ${child.pid})\n  lab   ${url}   answers\n`,
      });
      assert.equal(await run('up', '--folder', folder), [
        [
          `a lab is running in "${folder}" already (process ${child.pid})`,
          `end it (kill ${child.pid}), or name another --folder`,
        ],
      ]);
      assert.is(await end(child), 0);
      assert.equal(readdirSync(parent), []);
      assert.equal((await Promise.all(ports.map(isOpen))).filter(Boolean), []);
      assert.equal(await run('status', '--folder', folder), { code: 3, printed: `no lab is up in ${folder}\n` });
    }),
  'what a lab that was killed left behind does not stop the next one': () =>
    inFolder(async (folder) => {
      const gone = spawn(process.execPath, ['-e', '']);
      await new Promise((resolve) => gone.once('close', resolve));
      writeFileSync(join(folder, 'lab.json'), JSON.stringify({ pid: gone.pid }));
      const child = await up(folder);
      assert.is(await end(child), 0);
      assert.is(existsSync(join(folder, 'lab.json')), false);
    }),
  'a lab.json that no lab wrote is refused': () =>
    inFolder(async (folder) => {
      writeFileSync(join(folder, 'lab.json'), 'hello');
      const [[message = '', hint]] = (await run('up', '--folder', folder)) as [[string, string]];
      assert.match(message, `"${join(folder, 'lab.json')}" is not of a lab: `);
      assert.is(hint, 'remove it, or name another --folder');
    }),
});
