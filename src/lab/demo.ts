// `cs-play lab demo`: the real command line on a lab of its own, three times: the plan, the rotation, and once more.

import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { LabIo } from './io.ts';
import { startLab } from './lab.ts';

interface Scene {
  readonly says: string;
  readonly words: readonly string[];
}

const scenes: readonly Scene[] = [
  { says: 'The plan: what would change, what it costs, what will be proved. Nothing is written.', words: ['--check'] },
  { says: 'The rotation.', words: [] },
  { says: 'The same again: everything is right already, and nothing is written.', words: [] },
];

const PLAYBOOK = ['rotate-certs.yml', '-i', 'lab.yml'];

/** Gives the exit code of the first run that failed, or 0. Told to end (SIGTERM), it removes what it made as well. */
export async function demo(io: LabIo): Promise<number> {
  const end = new AbortController();
  const terminate = () => end.abort();
  process.on('SIGTERM', terminate);
  try {
    return await inFolder(io, end.signal);
  } finally {
    process.off('SIGTERM', terminate);
  }
}

async function inFolder(io: LabIo, end: AbortSignal): Promise<number> {
  const parent = mkdtempSync(join(tmpdir(), 'cs-play-demo-'));
  try {
    const lab = await startLab({ folder: join(parent, 'lab'), profile: '4.22' });
    try {
      io.stdout.write(`A lab of CloudStack 4.22 is up, with two zones; its certificate ends in six days.\n`);
      const code = await playAll(lab.folder, io, end);
      if (code === 0) io.stdout.write(farewell);
      return code;
    } finally {
      await lab.close();
    }
  } finally {
    rmSync(parent, { recursive: true, force: true });
  }
}

async function playAll(folder: string, io: LabIo, end: AbortSignal): Promise<number> {
  for (const { says, words } of scenes) {
    if (end.aborted) return TERMINATED;
    const line = [...PLAYBOOK, ...words];
    io.stdout.write(`\n${says}\n$ cs-play ${line.join(' ')}\n\n`);
    const code = await play(line, { ...io.environment, CS_PLAY_LAB: folder }, end);
    if (code !== 0) {
      io.stderr.write(`the demo ends here: "cs-play ${line.join(' ')}" ended with code ${code}\n`);
      return code;
    }
  }
  return 0;
}

const KILLED = 1;
/** What a shell says of a process that SIGTERM ended. */
const TERMINATED = 143;

function play(words: readonly string[], environment: NodeJS.ProcessEnv, end: AbortSignal): Promise<number> {
  const cli = fileURLToPath(new URL('../cli/main.js', import.meta.url));
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [cli, ...words], { stdio: 'inherit', env: environment });
    child.once('error', reject);
    // Ctrl-C reaches the child as well: it stops cleanly and says so, and only then the lab goes.
    const wait = () => undefined;
    process.on('SIGINT', wait);
    const terminate = () => child.kill('SIGTERM');
    end.addEventListener('abort', terminate);
    child.once('close', (code) => {
      process.off('SIGINT', wait);
      end.removeEventListener('abort', terminate);
      resolve(code ?? KILLED);
    });
  });
}

const farewell = `
That was all of it. Next:
  cs-play lab up                                    a lab that stays; then, in another terminal:
  cs-play rotate-certs.yml -i lab.yml --check       the plan for it
  cs-play lab up --fault vm-does-not-come-back      one where a VM stays away
  cs-play doc system_vm                             what a task does
  cs-play rotate-certs.yml -i YOURS.yml --check     your own clouds, as inventory/example.yml shows
`;
