// Whole processes, measured from outside: CPU by the shell's own accounting, peak memory by the kernel's.

import { spawn, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

export interface Run {
  readonly cpuSeconds: number;
  readonly wallSeconds: number;
  readonly code: number;
}

const SCRIPT = 'TIMEFORMAT="%U %S %R"; time "$@" >/dev/null 2>/dev/null </dev/null';
const bashWords = (words: readonly string[]) => ['-c', SCRIPT, 'measure', ...words];
const environment = { ...process.env, LC_ALL: 'C.UTF-8' };

/** Runs a command once, its output thrown away. CPU counts its children that it waited for. */
export function runOnce(words: readonly string[]): Run {
  const done = spawnSync('bash', bashWords(words), { encoding: 'utf8', env: environment });
  return runOf(done.stderr, done.status);
}

/** The same without blocking this process, which may have to answer the command. */
export function runOnceBeside(words: readonly string[]): Promise<Run> {
  const child = spawn('bash', bashWords(words), { env: environment, stdio: ['ignore', 'ignore', 'pipe'] });
  let told = '';
  child.stderr.setEncoding('utf8').on('data', (part) => (told += part));
  return new Promise((resolve) => child.on('close', (code) => resolve(runOf(told, code))));
}

function runOf(told: string, code: number | null): Run {
  const [user = 0, system = 0, wall = 0] = (told.trim().split('\n').at(-1) ?? '').split(' ').map(Number);
  return { cpuSeconds: user + system, wallSeconds: wall, code: code ?? -1 };
}

export interface Paired {
  readonly a: number;
  readonly b: number;
  /** Median of a/b, pair by pair: the machine's speed drifts, a pair's does not. */
  readonly ratio: number;
  readonly lowest: number;
  readonly highest: number;
}

/** CPU of two commands run in turn, `pairs` times after one warm-up each. */
export function pairedCpu(a: readonly string[], b: readonly string[], pairs: number): Paired {
  runOnce(a);
  runOnce(b);
  const runs = Array.from({ length: pairs }, () => [runOnce(a).cpuSeconds, runOnce(b).cpuSeconds] as const);
  const ratios = runs.map(([first, second]) => first / Math.max(second, 0.001));
  return {
    a: median(runs.map(([first]) => first)),
    b: median(runs.map(([, second]) => second)),
    ratio: median(ratios),
    lowest: Math.min(...ratios),
    highest: Math.max(...ratios),
  };
}

/** Peak resident memory of a command in MiB, read from /proc until it ends; undefined where there is no /proc. */
export async function peakMebibytes(
  words: readonly string[],
  environment: NodeJS.ProcessEnv = process.env,
): Promise<number | undefined> {
  const [program = '', ...rest] = words;
  const child = spawn(program, rest, { stdio: 'ignore', env: environment });
  let peak: number | undefined;
  const look = setInterval(() => (peak = highWater(child.pid) ?? peak), 10);
  await new Promise((resolve) => child.on('close', resolve));
  clearInterval(look);
  return peak;
}

function highWater(pid: number | undefined): number | undefined {
  try {
    const found = /^VmHWM:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
    return found ? Number(found[1]) / 1024 : undefined;
  } catch {
    // It has ended between two looks, or this is not Linux.
    return undefined;
  }
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((first, second) => first - second);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
