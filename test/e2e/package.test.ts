// The package as `npm pack` makes it, put into an empty folder as an installation would, without a network.

import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { projectFolder } from '../project.ts';
import { type Done, withFolder } from '../rig.ts';
import { assert, tests } from '../tests.ts';

const run = promisify(execFile);

/** What npm would install for a user, by folder: all that the lock file does not keep for development. */
function dependencies(): string[] {
  const lock = JSON.parse(readFileSync(join(projectFolder, 'package-lock.json'), 'utf8'));
  return Object.entries<{ dev?: boolean; optional?: boolean }>(lock.packages)
    .filter(([path, { dev }]) => path !== '' && !dev && !path.slice(13).includes('node_modules/'))
    .map(([path]) => path)
    .filter((path) => existsSync(join(projectFolder, path)));
}

/** Packs, unpacks, links the dependencies and the program, as `npm install` does from a registry. */
async function install(folder: string): Promise<string> {
  const words = ['pack', '--ignore-scripts', '--offline', '--json', '--pack-destination', folder];
  const environment = { ...process.env, npm_config_cache: join(folder, 'cache'), npm_config_update_notifier: 'false' };
  const { stdout } = await run('npm', words, { cwd: projectFolder, env: environment });
  const [{ filename }] = JSON.parse(stdout);
  const place = join(folder, 'node_modules/cs-play');
  mkdirSync(place, { recursive: true });
  await run('tar', ['-xzf', join(folder, filename), '-C', place, '--strip-components=1']);
  for (const path of dependencies()) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    symlinkSync(join(projectFolder, path), join(folder, path));
  }
  const { bin } = JSON.parse(readFileSync(join(place, 'package.json'), 'utf8'));
  const program = join(folder, 'node_modules/.bin/cs-play');
  mkdirSync(dirname(program));
  symlinkSync(join('../cs-play', bin['cs-play']), program);
  chmodSync(program, 0o755);
  return program;
}

interface Installed {
  readonly folder: string;
  readonly environment: NodeJS.ProcessEnv;
  readonly program: string;
}

function start({ folder, environment, program }: Installed, words: readonly string[]): ChildProcess {
  return spawn(program, words, { cwd: folder, env: environment, stdio: ['ignore', 'pipe', 'pipe'] });
}

async function play(installed: Installed, words: readonly string[]): Promise<Done> {
  const child = start(installed, words);
  const [stdout, stderr, code] = await Promise.all([textOf(child.stdout), textOf(child.stderr), ended(child)]);
  return { code, stdout, stderr };
}

async function textOf(stream: NodeJS.ReadableStream | null): Promise<string> {
  let text = '';
  for await (const part of stream ?? []) text += String(part);
  return text;
}

const ended = (child: ChildProcess) => new Promise<number | null>((resolve) => child.once('close', resolve));

/** Resolves with what was printed once it has these words; rejects when the process ends before. */
function says(child: ChildProcess, words: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    child.stdout?.on('data', (part) => (text += String(part)).includes(words) && resolve(text));
    child.once('close', (code) => reject(new Error(`ended with ${code} before it said "${words}": ${text}`)));
  });
}

/** A lab kept by the program itself, ended as an operator would: with Ctrl-C. */
async function withLabUp(installed: Installed, body: () => Promise<void>): Promise<void> {
  const lab = start(installed, ['lab', 'up', '--zones', '1']);
  const gone = ended(lab);
  try {
    await says(lab, 'Ctrl-C ends it.');
    await body();
    lab.kill('SIGINT');
    assert.is(await gone, 0);
  } finally {
    lab.kill('SIGKILL');
    await gone;
  }
}

function checkContents(folder: string): void {
  const place = join(folder, 'node_modules/cs-play');
  const pages = ['ARCHITECTURE.md', 'CHANGELOG.md', 'CONTRIBUTING.md', 'LICENSE', 'README.md'];
  const folders = ['dist', 'docs', 'inventory', 'playbooks', 'tasks'];
  assert.equal(readdirSync(place).sort(), [...pages, ...folders, 'package.json'].sort());
  assert.equal(readdirSync(join(place, 'dist')).sort(), ['src', 'tasks']);
  assert.ok(existsSync(join(place, 'dist/src/task.d.ts')), 'the types for modules of the user’s');
}

tests('the package', {
  'installed in an empty folder it has its version, its help, a lab, and a playbook to plan with': () =>
    withFolder(async (folder) => {
      const program = await install(folder);
      const environment = { PATH: process.env['PATH'], HOME: folder, XDG_STATE_HOME: join(folder, 'state') };
      const installed: Installed = { folder, environment, program };
      checkContents(folder);

      const { version } = JSON.parse(readFileSync(join(projectFolder, 'package.json'), 'utf8'));
      const done = (stdout: string): Done => ({ code: 0, stdout, stderr: '' });
      assert.equal(await play(installed, ['--version']), done(`cs-play ${version}\n`));
      const help = await play(installed, ['--help']);
      assert.equal(help, done(help.stdout));
      assert.match(help.stdout, /^usage:$/m);
      assert.match((await play(installed, ['rotate-certs.yml', '--check'])).stderr, /start the lab: cs-play lab up/);

      await withLabUp(installed, async () => {
        const plan = await play(installed, ['rotate-certs.yml', '--check']);
        assert.is(plan.code, 0, plan.stdout + plan.stderr);
        assert.is(plan.stderr, 'no inventory is given (-i): the lab is used\n');
        assert.match(plan.stdout, /^3 to change, .* Nothing was written\.\n$/m);
      });
      assert.not.ok(existsSync(join(folder, 'state/cs-play/lab/lab.json')), 'the lab leaves nothing behind');
    }),
});
