// Whole processes, measured from outside: CPU by the shell's own accounting, peak memory by the kernel's.

import { spawn, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

export interface Run {
  readonly cpuSeconds: number;
  readonly wallSeconds: number;
  readonly code: number;
}

/** Runs a command once, its output thrown away. CPU counts its children that it waited for. */
export function runOnce(words: readonly string[], environment: NodeJS.ProcessEnv = process.env): Run {
  const script = 'TIMEFORMAT="%U %S %R"; time "$@" >/dev/null 2>/dev/null </dev/null';
  const done = spawnSync('bash', ['-c', script, 'measure', ...words], {
    encoding: 'utf8',
    env: { ...environment, LC_ALL: 'C' },
  });
  const [user = 0, system = 0, wall = 0] = (done.stderr.trim().split('\n').at(-1) ?? '').split(' ').map(Number);
  return { cpuSeconds: user + system, wallSeconds: wall, code: done.status ?? -1 };
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
