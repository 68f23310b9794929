// The engine alone: 100 hosts, 10 debug tasks each, against ansible-playbook where it is installed.
//
//   npm run build && node dist/bench/hosts.js

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { median, runOnce } from './measure.ts';

const HOSTS = 100;
const TASKS = 10;
const cli = join(fileURLToPath(import.meta.url), '../../src/cli/main.js');
const folder = mkdtempSync(join(tmpdir(), 'cs-play-bench-'));

function cost(words: readonly string[], idle: readonly string[], runs: number): number {
  const pairs = Array.from({ length: runs }, () => [runOnce(words), runOnce(idle)] as const);
  const failed = pairs.flat().find((run) => run.code !== 0);
  if (failed) throw new Error(`${words.join(' ')} ended with ${failed.code}`);
  return median(pairs.map(([busy, empty]) => busy.cpuSeconds - empty.cpuSeconds)) / (HOSTS * TASKS);
}

function write(name: string, hosts: number, tasks: number): string {
  const file = join(folder, `${name}.yml`);
  const task = '    - debug: { msg: "hello {{ inventory_hostname }}" }\n';
  writeFileSync(file, `- hosts: all\n  gather_facts: false\n  tasks:\n${task.repeat(tasks)}`);
  const names = Array.from({ length: hosts }, (_, index) => `    h${index}: { ansible_connection: local }\n`).join('');
  writeFileSync(join(folder, `${name}-inventory.yml`), `all:\n  hosts:\n${names}`);
  return file;
}

try {
  const busy = write('busy', HOSTS, TASKS);
  const idle = write('idle', 1, 1);
  const words = (program: readonly string[], file: string) => [
    ...program,
    '-i',
    file.replace('.yml', '-inventory.yml'),
    file,
  ];
  const ours = cost(words([process.execPath, cli], busy), words([process.execPath, cli], idle), 7);
  console.log(
    `cs-play: ${(ours * 1000).toFixed(3)} ms CPU per host and task (${HOSTS} hosts, ${TASKS} debug tasks, start-up taken out)`,
  );
  if (runOnce(['ansible-playbook', '--version']).code === 0) {
    const theirs = cost(words(['ansible-playbook'], busy), words(['ansible-playbook'], idle), 3);
    console.log(`ansible-playbook: ${(theirs * 1000).toFixed(3)} ms`);
    console.log(`ratio 1/${(theirs / ours).toFixed(0)}; goal at most 1/100`);
  } else console.log('ansible-playbook is not installed here: no peer to compare with');
} finally {
  rmSync(folder, { recursive: true });
}
