// Runs every test file in a process of its own, a few at a time, and decides by what was counted, not by exit codes:
// a file that ends without a count, with no tests, or with fewer passes than tests has failed.
//
//   node dist/test/runner.js [part of a path …]

import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { makeLabCertificates } from '../src/lab/lab.ts';
import { CERTIFICATES_FILE } from './certificates.ts';
import { projectFolder } from './project.ts';

const folder = dirname(fileURLToPath(import.meta.url));
const FILE_SECONDS = 120;
/** Beyond one a processor: those that come first, the whole runs against a lab, mostly wait. */
const SPARE_WORKERS = 1;

interface Outcome {
  readonly file: string;
  readonly passed: number;
  readonly failed: number;
  readonly output: string;
  readonly seconds: number;
}

/** What was compiled from a file that is gone is no test any more. */
const sourceOf = (name: string): string => join(projectFolder, 'test', name.replace(/\.js$/, '.ts'));

function testFiles(): string[] {
  const all = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  return all
    .filter((name) => name.endsWith('.test.js') && existsSync(sourceOf(name)))
    .map((name) => join(folder, name))
    .sort((a, b) => Number(b.includes('/e2e/')) - Number(a.includes('/e2e/')) || a.localeCompare(b));
}

function count(output: string, word: string): number | undefined {
  const found = [...output.matchAll(new RegExp(`^  ${word}:\\s+(\\d+)`, 'gm'))].pop();
  return found ? Number(found[1]) : undefined;
}

function judge(file: string, output: string, code: number | null, seconds: number): Outcome {
  // uvu colours its counts when told to; here it is a pipe, so the text is plain.
  const total = count(output, 'Total') ?? 0;
  const passed = count(output, 'Passed') ?? 0;
  const unfinished = total === 0 || (code !== 0 && passed === total);
  return { file, passed, failed: total - passed + (unfinished ? 1 : 0), output, seconds };
}

function run(file: string): Promise<Outcome> {
  const started = Date.now();
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [file], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, NO_COLOR: '1', FORCE_COLOR: undefined },
    });
    const parts: Buffer[] = [];
    child.stdout.on('data', (part) => parts.push(part));
    child.stderr.on('data', (part) => parts.push(part));
    const limit = setTimeout(() => {
      parts.push(Buffer.from(`\nnot finished after ${FILE_SECONDS} s\n`));
      child.kill('SIGKILL');
    }, FILE_SECONDS * 1000);
    child.on('close', (code) => {
      clearTimeout(limit);
      resolve(judge(file, Buffer.concat(parts).toString('utf8'), code, (Date.now() - started) / 1000));
    });
  });
}

async function runAll(files: readonly string[]): Promise<Outcome[]> {
  const waiting = [...files];
  const outcomes: Outcome[] = [];
  const worker = async () => {
    for (let file = waiting.shift(); file !== undefined; file = waiting.shift()) {
      const outcome = await run(file);
      outcomes.push(outcome);
      const name = relative(folder, file).replace(/\.js$/, '.ts');
      console.log(
        `${outcome.failed === 0 ? 'ok    ' : 'FAILED'} ${name} (${outcome.passed}, ${outcome.seconds.toFixed(1)} s)`,
      );
      if (outcome.failed > 0) console.log(outcome.output.replace(/^/gm, '    '));
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() + SPARE_WORKERS }, worker));
  return outcomes;
}

const shared = mkdtempSync(join(tmpdir(), 'cs-play-test-shared-'));
// No test may see, or leave anything in, the state of whoever runs the tests.
process.env['XDG_STATE_HOME'] = join(shared, 'state');
process.env[CERTIFICATES_FILE] = join(shared, 'certificates.json');
writeFileSync(process.env[CERTIFICATES_FILE], JSON.stringify(await makeLabCertificates()), { mode: 0o600 });

const parts = process.argv.slice(2);
const files = testFiles().filter((file) => parts.length === 0 || parts.some((part) => file.includes(part)));
const outcomes = await runAll(files);
const passed = outcomes.reduce((sum, outcome) => sum + outcome.passed, 0);
const failed = outcomes.reduce((sum, outcome) => sum + outcome.failed, 0);
if (files.length === 0) console.log(`no test file matches ${parts.join(' ')}`);
rmSync(shared, { recursive: true });
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed > 0 || passed === 0 ? 1 : 0;
